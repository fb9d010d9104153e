"""Whether a quote stands in a text: to the letter, or apart from white space, quotation marks and dashes."""

from __future__ import annotations

from functools import cached_property

from django.db import models


class QuoteStatus(models.TextChoices):
    EXACT = "exact"
    NORMALIZED = "normalized"
    MISSING = "missing"
    UNCHECKED = "unchecked"


SAME = {
    **dict.fromkeys("“”„‟«»″＂", '"'),
    **dict.fromkeys("‘’‚‛′‹›`´", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "\N{HORIZONTAL ELLIPSIS}": "...",
}
_same = str.maketrans(SAME)


class Quotable:
    """A text in which many quotes are looked for; it is normalized once, and only if one is not exact."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def plain(self) -> str:
        return _plain(self.text)

    @cached_property
    def normalized(self) -> tuple[str, list[int]]:
        return _normalized(self.text)

    def find(self, quote: str) -> tuple[QuoteStatus, int | None, int | None]:
        """The status of `quote` in the text, and the offsets of its first occurrence in code points.

        Linear in the length of both. Without a text or a quote there is nothing to check.
        """
        if not quote or not self.text:
            return QuoteStatus.UNCHECKED, None, None
        start = self.text.find(quote)
        if start >= 0:
            return QuoteStatus.EXACT, start, start + len(quote)
        wanted = _plain(quote)
        # To know where it stands takes a hundred times as long as to know that it does.
        if not wanted or wanted not in self.plain:
            return QuoteStatus.MISSING, None, None
        text, offsets = self.normalized
        start = text.index(wanted)
        return QuoteStatus.NORMALIZED, offsets[start], offsets[start + len(wanted) - 1] + 1


def _plain(text: str) -> str:
    """The text with marks made alike, white space single, and none of it at the ends."""
    return " ".join(text.translate(_same).split())


def _normalized(text: str) -> tuple[str, list[int]]:
    """The text with marks made alike and white space single, and the offset of each character."""
    characters: list[str] = []
    offsets: list[int] = []
    for offset, character in enumerate(text):
        if character.isspace():
            if characters and characters[-1] == " ":
                continue
            character = " "
        for made in SAME.get(character, character):
            characters.append(made)
            offsets.append(offset)
    return "".join(characters), offsets
