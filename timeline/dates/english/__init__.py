"""What people write, read as a time span: words to tokens, tokens to dates, dates to one EDTF expression."""

from timeline.dates.english.reader import MAX_LENGTH, read

__all__ = ["MAX_LENGTH", "read"]
