"""Which of two time spans came first, where every reading of both says so."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q

from timeline.fields import When


def began_before(first: When, then: When) -> bool:
    """Whether `first` has begun before `then` can have begun. Nothing undated has."""
    return first.edtf is not None and then.edtf is not None and bool(first.start_latest < then.earliest)


def cannot_meet(one: When, other: When) -> bool:
    """Whether no reading of the one touches any of the other. Nothing undated is apart from anything."""
    if one.edtf is None or other.edtf is None:
        return False
    return bool(one.latest < other.earliest or other.latest < one.earliest)


def has_begun_before(first: str, then: str) -> Q:
    """The same as `began_before`, for the columns of two time spans in a query."""
    dated = Q(**{f"{first}_edtf__isnull": False, f"{then}_edtf__isnull": False})
    return dated & Q(**{f"{first}_start_latest__lt": F(f"{then}_earliest")})


def words(when: When) -> str:
    """The source's words, and the reading where it says more."""
    reading = when.display()
    return reading if when.text in ("", reading) else f"{when.text} ({reading})"


def fact(when: When) -> list[Any]:
    return [when.text, when.edtf]
