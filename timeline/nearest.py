"""The passage of a text that a quote, which does not stand in it, was probably taken from."""

from __future__ import annotations

from bisect import bisect_right

from timeline.quotes import Quotable

# So many words in a row are looked for, at so many places of the quote.
RUN, PLACES = 3, 40


def nearest(quote: str, text: Quotable) -> str:
    """The passage that has most runs of the quote's words where they would have to be; "" where none has any.

    Apart from typography and case. Looks through the text once for each of at most PLACES runs.
    """
    plain, wanted = text.plain, Quotable(quote).plain
    folded = plain.lower()
    if len(folded) != len(plain):  # a few letters have more than one in lower case
        folded = plain
    starts = sorted(
        found - offset for run, offset in _runs(wanted.lower()) if (found := folded.find(run)) >= 0
    )
    if not starts:
        return ""
    # Words left out or put in move what follows, by no more than the quote is long.
    reach = len(wanted) // 2 + 1
    most = max(range(len(starts)), key=lambda first: bisect_right(starts, starts[first] + reach) - first)
    start = max(starts[most], 0)
    return _whole_words(plain, start, start + len(wanted) + len(wanted) // 4)


def _runs(quote: str) -> list[tuple[str, int]]:
    """Runs of words and where each begins in the quote."""
    words = quote.split(" ")
    offsets, offset = [], 0
    for word in words:
        offsets.append(offset)
        offset += len(word) + 1
    number = max(len(words) - RUN + 1, 1)
    step = max(number // PLACES, 1)
    return [(" ".join(words[first : first + RUN]), offsets[first]) for first in range(0, number, step)]


def _whole_words(text: str, start: int, end: int) -> str:
    start = text.rfind(" ", 0, start + 1) + 1 if start else 0
    end = text.find(" ", min(end, len(text)))
    before, after = "… " if start else "", " …" if end >= 0 else ""
    return f"{before}{text[start : end if end >= 0 else len(text)].strip()}{after}"
