"""Which thing is which: former addresses, merges and their undoing, and what is perhaps there twice."""
