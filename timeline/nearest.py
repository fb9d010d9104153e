"""The passage of a text that a quote, which does not stand in it, was probably taken from."""

from __future__ import annotations

import re
from bisect import bisect_right

# So many words in a row are looked for, at so many places of the quote.
RUN, PLACES = 3, 40

_word = re.compile(r"\w+")


class Passages:
    """A text by its words, in which the nearest passages to many quotes can be found."""

    def __init__(self, text: str) -> None:
        self.text = " ".join(text.split())
        found = [*_word.finditer(self.text)]
        # Where each word begins in the text, and in all the words with blanks around them.
        self.places = [word.start() for word in found]
        self.offsets: list[int] = []
        length = 1
        words = [word[0].lower() for word in found]
        for word in words:
            self.offsets.append(length)
            length += len(word) + 1
        self.words = f" {' '.join(words)} "

    def nearest(self, quote: str) -> str:
        """The passage in which most runs of the quote's words stand where they would have to.

        Case and whatever is no letter or digit do not count; "" where there is no such run. Looks through the
        text once for each of at most PLACES runs.
        """
        words = [word.lower() for word in _word.findall(quote)]
        starts = sorted(
            bisect_right(self.offsets, at + 1) - 1 - number
            for number, run in _runs(words)
            if (at := self.words.find(run)) >= 0
        )
        if not starts:
            return ""
        # Words left out or put in move what follows, by fewer words than the quote has.
        reach = len(words) // 2
        most = max(range(len(starts)), key=lambda one: bisect_right(starts, starts[one] + reach) - one)
        start = max(starts[most], 0)
        return self._passage(start, start + len(words) + len(words) // 4)

    def _passage(self, start: int, end: int) -> str:
        """The words from `start` to before `end`, with dots where more stands before and behind them."""
        blank = self.text.find(" ", self.places[min(end, len(self.places)) - 1])
        passage = self.text[self.places[start] : None if blank < 0 else blank]
        return f"{'… ' if start else ''}{passage}{' …' if blank >= 0 else ''}"


def _runs(words: list[str]) -> list[tuple[int, str]]:
    """Runs of words, each after the number of its first word."""
    if not words:
        return []
    number = max(len(words) - RUN + 1, 1)
    step = max(number // PLACES, 1)
    return [(first, f" {' '.join(words[first : first + RUN])} ") for first in range(0, number, step)]
