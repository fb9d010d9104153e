"""What two sources give for one field: whether both can be right, as far as their words are understood."""

from __future__ import annotations

from functools import lru_cache

from timeline.contradictions.amounts import Amount, differ, read_amount
from timeline.contradictions.spans import cannot_meet
from timeline.fields import When
from timeline.folding import fold


def dates_are_apart(one: str, other: str) -> bool:
    """Whether both can be read as dates that do not touch."""
    first, second = _date(one), _date(other)
    return first is not None and second is not None and cannot_meet(first, second)


def amounts_differ(one: str, other: str, currency: str = "") -> bool:
    """Whether both are amounts of one currency that no rounding brings together."""
    first, second = _amount(one, currency), _amount(other, currency)
    return first is not None and second is not None and differ(first, second)


def words_differ(one: str, other: str) -> bool:
    """Whether more than case, accents and white space is different."""
    return _plain(one) != _plain(other)


@lru_cache(maxsize=10_000)
def _date(text: str) -> When | None:
    """The date, or None where it cannot be read. Relative ones cannot: it is not known to what."""
    try:
        return When.of(text)
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def _amount(text: str, currency: str) -> Amount | None:
    return read_amount(text, currency)


def _plain(text: str) -> str:
    return " ".join(fold(text).split())
