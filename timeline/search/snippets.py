"""Passages of texts in which the words of a query stand, with the places of these words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from timeline.search.query import Query, Way
from timeline.search.words import Span, spans

LONGEST = 200
MOST = 5
CUT = "…"
# So much of a passage stands before the first word that was looked for.
_BEFORE = 60

Mark = tuple[int, int]


class Snippet(NamedTuple):
    """A passage of a field (a number of FIELDS); `marks` are places in `text`, in code points."""

    field: int
    text: str
    marks: list[Mark]


def snippets(texts: Iterable[tuple[int, str]], query: Query) -> list[Snippet]:
    """A passage of each text in which something stands that was looked for, MOST at most; equal ones once."""
    ways = [way for term in query.wanted for way in term]
    found: dict[tuple[int, str], Snippet] = {}
    for field, text in texts:
        if (field, text) not in found and (places := marks(text, ways)):
            found[field, text] = Snippet(field, *passage(text, places))
            if len(found) == MOST:
                break
    return [*found.values()]


def marks(text: str, ways: Iterable[Way]) -> list[Mark]:
    """Where in the text any of these stands, in order; what touches or overlaps is one place."""
    single, compounds = spans(text)
    found = [place for way in ways for place in (*_runs(single, way), *_whole(compounds, way))]
    merged: list[Mark] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _runs(single: list[Span], way: Way) -> Iterable[Mark]:
    length = len(way)
    for at in range(len(single) - length + 1):
        if all(single[at + step].words[0] == word for step, word in enumerate(way)):
            yield single[at].start, single[at + length - 1].end


def _whole(compounds: list[Span], way: Way) -> Iterable[Mark]:
    """In the index nothing follows a compound, so a way stands within one."""
    for compound in compounds:
        if f" {' '.join(way)} " in f" {' '.join(compound.words)} ":
            yield compound.start, compound.end


def passage(text: str, places: list[Mark]) -> tuple[str, list[Mark]]:
    """At most LONGEST characters from shortly before the first place, and the places that are in it."""
    if len(text) <= LONGEST:
        return text, places
    start = max(0, min(places[0][0] - _BEFORE, len(text) - LONGEST + len(CUT)))
    if start:
        # Not from the middle of a word, if there is a blank before the place.
        blank = text.find(" ", start, places[0][0])
        start = blank + 1 if blank >= 0 else start
    before = CUT if start else ""
    end = start + LONGEST - len(before)
    if end < len(text):
        end -= len(CUT)
        blank = text.rfind(" ", start, end)
        end = blank if blank > places[0][0] else end
    after = CUT if end < len(text) else ""
    shift = len(before) - start
    inside = [(first + shift, min(last, end) + shift) for first, last in places if first < end]
    return before + text[start:end] + after, inside
