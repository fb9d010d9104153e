"""Tests of timeline/search."""
