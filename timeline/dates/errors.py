"""The error that every reader of dates raises."""

EXCERPT_LENGTH = 40


class DateError(ValueError):
    """A text that cannot be read as a date.

    `text` is the whole text, `position` the 0-based code point at which it stops making sense (the text's
    length where something is missing at its end) and `reason` a full sentence for the person who wrote it.
    """

    def __init__(self, text: str, position: int, reason: str) -> None:
        self.text = text
        self.position = position
        self.reason = reason
        # All three are arguments so that the error survives pickling between processes.
        super().__init__(text, position, reason)

    def __str__(self) -> str:
        if not self.text:
            return self.reason
        return f"{self.reason} (Character {self.position + 1} of {self.excerpt()}.)"

    def excerpt(self) -> str:
        """The text around the position in quotation marks, at most EXCERPT_LENGTH characters of it."""
        start = max(0, min(self.position - EXCERPT_LENGTH // 2, len(self.text) - EXCERPT_LENGTH))
        shown = self.text[start : start + EXCERPT_LENGTH]
        left = "…" if start else ""
        right = "…" if start + EXCERPT_LENGTH < len(self.text) else ""
        return f'"{left}{shown}{right}"'
