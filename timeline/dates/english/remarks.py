"""Remarks in brackets behind a date: which of its parts are uncertain, and where on Earth its season was."""

from typing import Final

from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.partial import Partial

_PARTS: Final = frozenset(("year", "month", "day"))
_QUALITIES: Final = {"approximate": "~", "uncertain": "?"}
_SUMMER, _WINTER, _SOUTHERN_WINTER = 22, 24, 32


def read_remark(cursor: Cursor, partial: Partial) -> bool:
    """Read "(year uncertain, month and day approximate)" or "(southern hemisphere)" up to its last bracket.

    False, with nothing read, for anything else in brackets.
    """
    at = cursor.at
    cursor.at += 1
    if cursor.kind() == "hemisphere":
        found = _read_hemisphere(cursor, partial)
    else:
        marks: dict[str, str] = {}
        while _read_clause(cursor, marks):
            cursor.skip("comma")
        found = bool(marks) and cursor.kind() == "close"
        if found:
            _set_marks(partial, marks)
    if not found:
        cursor.at = at
    return found


def follows_two_years(cursor: Cursor, season: int) -> bool:
    """Whether the season can lie in two years: a winter, or a summer of the southern hemisphere."""
    steps = 4 if cursor.kind(1) == "era" else 3
    southern = cursor.kind(steps) == "hemisphere" and cursor.ahead(steps).value == _SOUTHERN_WINTER - _WINTER
    return season == _WINTER or (season == _SUMMER and southern)


def _read_hemisphere(cursor: Cursor, partial: Partial) -> bool:
    """Set EDTF's code for the season of one hemisphere; a southern winter never lies in two years."""
    if partial.kind != "season" or partial.number > _WINTER:
        return False
    code = partial.number + integer(cursor.token)
    if code == _SOUTHERN_WINTER and cursor.kinds[cursor.at - 3] in ("dash", "slash"):
        return False
    partial.number = code
    cursor.at += 1
    return True


def _read_clause(cursor: Cursor, marks: dict[str, str]) -> bool:
    """The parts of the date, none of them for the whole, and what they are."""
    parts: list[str] = []
    while cursor.kind() == "unit" and cursor.token.value in _PARTS:
        parts.append(str(cursor.token.value))
        cursor.at += 1
        cursor.skip("and")
    if cursor.kind() not in _QUALITIES:
        return False
    mark = ""
    while cursor.kind() in _QUALITIES:
        mark += _QUALITIES[cursor.kind()]
        cursor.at += 1
        cursor.skip("and")
    for part in parts or ("",):
        marks[part] = mark if len(mark) == 1 else "%"
    return True


def _set_marks(partial: Partial, marks: dict[str, str]) -> None:
    whole = marks.pop("", "")
    partial.approximate |= whole in ("~", "%")
    partial.uncertain |= whole in ("?", "%")
    partial.marks = marks
