"""Tests of timeline/identity: former addresses, merges and what is there twice."""
