"""Whether a quote stands in a text: to the letter, or apart from white space, quotation marks and dashes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import islice

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


Place = tuple[int, int]


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

    def find(
        self, quote: str, *, chosen: tuple[int | None, int | None] = (None, None)
    ) -> tuple[QuoteStatus, int | None, int | None]:
        """The status of `quote` in the text, and the offsets of an occurrence in code points.

        It is the one at `chosen` where the quote stands there, else the first. Linear in the length of both.
        Without a text or a quote there is nothing to check.
        """
        if not quote or not self.text:
            return QuoteStatus.UNCHECKED, None, None
        start, end = chosen
        there = "" if start is None or end is None else self.text[start:end]
        if there == quote:
            return QuoteStatus.EXACT, start, end
        if place := next(self._exact(quote), None):
            return QuoteStatus.EXACT, *place
        if there and _plain(there) == _plain(quote) and there.strip() == there:
            return QuoteStatus.NORMALIZED, start, end
        if place := next(self._normalized(quote), None):
            return QuoteStatus.NORMALIZED, *place
        return QuoteStatus.MISSING, None, None

    def places(self, quote: str, *, most: int) -> list[Place]:
        """Where the quote stands, in order: to the letter, or else apart from typography."""
        if not quote.strip():
            return []
        return list(islice(self._exact(quote), most)) or list(islice(self._normalized(quote), most))

    def _exact(self, quote: str) -> Iterator[Place]:
        start = self.text.find(quote)
        while start >= 0:
            yield start, start + len(quote)
            start = self.text.find(quote, start + len(quote))

    def _normalized(self, quote: str) -> Iterator[Place]:
        wanted = _plain(quote)
        # To know where it stands takes a hundred times as long as to know that it does.
        if not wanted or wanted not in self.plain:
            return
        text, offsets = self.normalized
        start = text.find(wanted)
        while start >= 0:
            yield offsets[start], offsets[start + len(wanted) - 1] + 1
            start = text.find(wanted, start + len(wanted))


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
