"""What in the chronology does not go together: the checks, the list of what they find, and notes on it."""
