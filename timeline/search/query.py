"""What a person types into a search, and what it means: words, "quoted phrases", and -what to leave out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from timeline.search.words import without_joiners, words

MAX_LENGTH = 200
MAX_TERMS = 8
# The fields of an event that are searched. A hit is of the lowest tier within whose fields, from the first
# on, all is found that was asked for: in the title alone, with names, with the summary, with quotes.
FIELDS = ("title", "names", "summary", "quotes")
EVERY = frozenset(range(len(FIELDS)))
TIERS = range(len(FIELDS))

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_TERM = re.compile(r'(-*)(?:"([^"]*)"?|([^\s"]+))')

# Ways to write the same thing, each of words that follow each other.
Way = tuple[str, ...]
Term = tuple[Way, ...]


class QueryError(ValueError):
    """What cannot be searched for; `code` names why."""

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class Query:
    """Terms of which an event has all, and terms of which it has none.

    Each term may be found in another field, but a term of several words stands within one text.
    `searched` are the fields that are looked in; those that are `hidden` must not tell who asks anything
    about events that are not published.
    """

    wanted: tuple[Term, ...]
    unwanted: tuple[Term, ...] = ()
    searched: frozenset[int] = EVERY
    hidden: frozenset[int] = frozenset()

    @classmethod
    def read(cls, text: str) -> Self:
        """The query that the text means, or a QueryError. Quotation marks left open close at the end."""
        if len(text) > MAX_LENGTH:
            raise QueryError(f"A search has at most {MAX_LENGTH} characters.", "too_long")
        found: dict[bool, dict[Term, None]] = {True: {}, False: {}}
        for minus, phrase, word in _TERM.findall(text.translate(_QUOTES)):
            if term := _term(phrase or word):
                found[not minus][term] = None
        if len(found[True]) + len(found[False]) > MAX_TERMS:
            raise QueryError(f"A search has at most {MAX_TERMS} words and phrases.", "too_many_terms")
        if not found[True]:
            raise QueryError("There is no word to look for.", "nothing_to_search")
        return cls(tuple(found[True]), tuple(found[False]))

    @property
    def is_one_word(self) -> bool:
        return len(self.wanted) == 1 and all(len(way) == 1 for way in self.wanted[0])

    def tier(self, lines: Sequence[str], shown: frozenset[int] = EVERY) -> int | None:
        """Where an event is found whose fields are these lines of words; None: it is not.

        For events whose rows in the index are overtaken, and what the index is tested against.
        """
        if any(_stands(term, lines, shown) for term in self.unwanted):
            return None
        return next((tier for tier in TIERS if self._found(lines, upto(tier, shown))), None)

    def _found(self, lines: Sequence[str], fields: frozenset[int]) -> bool:
        return all(_stands(term, lines, fields) for term in self.wanted)


def upto(tier: int, shown: frozenset[int] = EVERY) -> frozenset[int]:
    """The fields of a tier."""
    return shown & {*range(tier + 1)}


def _term(text: str) -> Term:
    ways = dict.fromkeys((tuple(words(text)), tuple(without_joiners(text))))
    return tuple(way for way in ways if way)


def _stands(term: Term, lines: Sequence[str], fields: frozenset[int]) -> bool:
    return any(f" {' '.join(way)} " in f" {lines[field]} " for way in term for field in fields)
