"""Where in a text the words stand that somebody pastes or looks for: what they may mean to quote."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from timeline.folding import fold
from timeline.quotes import Place, Quotable
from timeline.search.words import spans, words

MOST = 10
# So much of a paragraph is shown on either side of a passage.
AROUND = 600
CUT = "…"

_PARAGRAPH = re.compile(r"\S[^\n]*(?:\n(?!\s*\n)[^\n]*)*")
# A sentence ends with its mark and the quotation marks and brackets that close behind it.
_SENTENCE = re.compile(r"""[.!?…]["'”’»)\]]*\s+""")


class Passage(NamedTuple):
    """text[start:end], with what stands around it in its paragraph, which is number `paragraph`, from 1."""

    start: int
    end: int
    words: str
    before: str
    after: str
    paragraph: int


class Found(NamedTuple):
    """The passages; `as_given` says that they are the words to the letter or apart from typography.

    Else they are the sentences in which all the words stand.
    """

    passages: list[Passage]
    as_given: bool
    are_more: bool


def find(text: str, wanted: str) -> Found:
    """At most MOST passages of the text. Linear in its length."""
    places = Quotable(text).places(wanted, most=MOST + 1)
    as_given = bool(places)
    places = places or _first(_sentences(text, set(words(wanted))), MOST + 1)
    starts = [match.span() for match in _PARAGRAPH.finditer(text)] if places else []
    passages = [_passage(text, starts, *place) for place in places[:MOST]]
    return Found(passages, as_given, len(places) > MOST)


def _first(places: Iterator[Place], number: int) -> list[Place]:
    return [place for place, _ in zip(places, range(number), strict=False)]


def _sentences(text: str, wanted: set[str]) -> Iterator[Place]:
    """From each paragraph that has all the words the sentences in which they stand closest together."""
    if not wanted:
        return
    for match in _PARAGRAPH.finditer(text):
        # To tell the words apart takes long, and most paragraphs lack one.
        folded = fold(match[0])
        if all(word in folded for word in wanted) and (place := _closest(match[0], wanted)):
            start, end = _whole_sentences(match[0], *place)
            yield match.start() + start, match.start() + end


def _closest(paragraph: str, wanted: set[str]) -> Place | None:
    """The shortest stretch that has all the words; None where one is only a part of other words."""
    standing = [span for span in spans(paragraph)[0] if span.words[0] in wanted]
    found: Place | None = None
    inside: Counter[str] = Counter()
    left = 0
    for span in standing:
        inside[span.words[0]] += 1
        while len(inside) == len(wanted):
            first = standing[left]
            if found is None or span.end - first.start < found[1] - found[0]:
                found = first.start, span.end
            inside[first.words[0]] -= 1
            inside += Counter()  # without the words that are no longer there
            left += 1
    return found


def _whole_sentences(paragraph: str, start: int, end: int) -> Place:
    ends = [match.end() for match in _SENTENCE.finditer(paragraph)]
    first = max((at for at in ends if at <= start), default=0)
    last = min((at for at in ends if at >= end), default=len(paragraph))
    return first, first + len(paragraph[first:last].rstrip())


def _passage(text: str, paragraphs: list[Place], start: int, end: int) -> Passage:
    number = next((n for n, (_, last) in enumerate(paragraphs, 1) if start < last), len(paragraphs))
    first = min(paragraphs[number - 1][0], start) if paragraphs else start
    last = next((last for _, last in paragraphs[number - 1 :] if end <= last), len(text))
    before, after = text[first:start], text[end:last]
    before = CUT + before[-AROUND:] if len(before) > AROUND else before
    after = after[:AROUND] + CUT if len(after) > AROUND else after
    return Passage(start, end, text[start:end], before, after, number)
