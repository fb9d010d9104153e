"""Years, eras and decades: behind a day or month, and by themselves."""

from typing import Final

from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.partial import Partial

_IN_YEARS: Final = frozenset(("month", "season", "q", "h"))
# What may part a month behind a year from a year of its own.
_BETWEEN: Final = frozenset(("number", "ordinal", "comma", "of"))
_BETWEEN_JOINED: Final = _BETWEEN | _IN_YEARS | {"to", "and", "or", "dash", "slash"}


def year_after_comma(cursor: Cursor) -> int | None:
    """The year of "15, 2020", passed if it is there."""
    steps = 1 if cursor.kind() == "comma" else 0
    if cursor.kind(steps) != "number" or cursor.kind(steps + 1) in ("colon", "half_day"):
        return None
    year = cursor.number(steps, digits=(4, 4))
    if year is not None:
        cursor.at += steps + 1
    return year


def read_year(cursor: Cursor, partial: Partial) -> bool:
    """The year behind a month, day, season or feast, if there is one: "of 2020", ", 2020", "'98", "44 BC"."""
    at = cursor.at
    if cursor.kind() == "open" and cursor.kind(2) == "close" and cursor.number(1, digits=(4, 4)) is not None:
        # "May [2019]": the year was supplied.
        partial.year = cursor.number(1)
        cursor.at += 3
        return True
    while cursor.skip("comma", "of", "in"):
        pass
    if cursor.kind() in ("dash", "slash") and cursor.adjacent(0) and cursor.adjacent(1):
        # "5-Mar-2020"; with spaces it is a range.
        if cursor.number(1, digits=(3, 3)) is not None:
            return False
        cursor.at += 1
    if cursor.kind() == "deictic" and cursor.ahead(1).value == "year":
        # "March of last year".
        partial.year = cursor.context.referred(cursor.token.start, "This").year + integer(cursor.token)
        cursor.at += 2
        return True
    short = cursor.skip("apostrophe")
    era_first = cursor.kind() == "era" and cursor.number(1) is not None
    steps = 1 if era_first else 0
    year = cursor.number(steps, digits=(2, 2) if short else (1, 6))
    end = cursor.kind(steps + 1)
    long_enough = short or era_first or end == "era" or cursor.has_years_digits(steps)
    if year is None or not long_enough or end in ("colon", "half_day", "s") or cursor.at - at > 2:
        cursor.at = at
        return False
    partial.year, partial.short = year, short
    if era_first:
        read_era_mark(cursor, partial)
    cursor.at += 1
    read_era_mark(cursor, partial)
    return True


def read_short_year(cursor: Cursor, partial: Partial) -> bool:
    """The 14 of "12-Aug-14", the cursor standing on its mark; not that of "12-Aug-14-Sep-2020"."""
    year = cursor.number(1, digits=(2, 2))
    joined = cursor.adjacent(0) and cursor.adjacent(1)
    ranged = cursor.kind(2) in ("dash", "slash")
    # "12-Aug-14 - 3-Sep-15": what stands behind the dash has its own day.
    day_of_own = cursor.kind(3) == "number" and "month" in (cursor.kind(4), cursor.kind(5))
    if year is None or not joined or cursor.kind(2) in ("dot", "of", "month", "era"):
        return False
    if ranged and cursor.kind(3) in ("number", "month") and not day_of_own:
        return False
    partial.year, partial.short = year, True
    cursor.at += 2
    return True


def own_year_follows(cursor: Cursor, steps: int, *, joined: bool) -> bool:
    """Whether what is behind a year has one of its own: "in 1914, May 1915", "1914-May or June 1915"."""
    passed = _BETWEEN_JOINED if joined else _BETWEEN
    for _ in range(6 if joined else 3):
        if cursor.number(steps, digits=(4, 4)) is not None:
            return not (joined and _begins_date(cursor, steps))
        if cursor.kind(steps) not in passed:
            return False
        steps += 1
    return False


def _begins_date(cursor: Cursor, steps: int) -> bool:
    """Whether a year is not that of the words before it: "or 2020", " – 2020", "2020-Mar"."""
    mark, before = cursor.kind(steps + 1), cursor.kind(steps - 1)
    if mark in ("dash", "slash") and cursor.adjacent(steps + 1) and cursor.kind(steps + 2) in _IN_YEARS:
        return True
    if before in ("dash", "slash"):
        return not (cursor.adjacent(steps - 1) and cursor.adjacent(steps))
    return before in ("to", "and", "or")


def read_winter_before_christ(cursor: Cursor, partial: Partial) -> bool:
    """The years of "winter 44-43 BC"."""
    first, second = cursor.number(), cursor.number(2)
    if cursor.kind(3) != "era" or cursor.ahead(3).value != "BC" or cursor.kind(1) not in ("dash", "slash"):
        return False
    if first is None or second is None or first != second + 1:
        return False
    partial.year, partial.era = first, "BC"
    cursor.at += 4
    return True


def read_era_mark(cursor: Cursor, partial: Partial) -> bool:
    """BC, AD and the like, passed if there is one."""
    if cursor.kind() != "era":
        return False
    partial.era = str(cursor.token.value)
    cursor.at += 1
    return True


def read_era(cursor: Cursor, partial: Partial) -> None:
    """AD 79."""
    read_era_mark(cursor, partial)
    if cursor.kind() != "number":
        cursor.unexpected()
    partial.era_first = True
    partial.kind, partial.number = "year", integer(cursor.token)
    partial.year, partial.digits = partial.number, 4
    cursor.at += 1


def read_era_first(cursor: Cursor, partial: Partial) -> None:
    """AD 79, and the AD 1990s."""
    if cursor.kind(1) == "number" and cursor.kind(2) == "s":
        read_era_mark(cursor, partial)
        read_decade(cursor, partial)
        partial.era_first, partial.short = True, False
    else:
        read_era(cursor, partial)


def read_apostrophe(cursor: Cursor, partial: Partial) -> None:
    """'98 and the '90s."""
    cursor.at += 1
    number = cursor.number(digits=(2, 2))
    if number is None:
        cursor.unexpected()
    partial.short, partial.number, partial.digits = True, number, 2
    cursor.at += 1
    partial.kind = "decade" if cursor.skip("s") else "year"
    partial.year = number if partial.kind == "year" else None
    if cursor.kind() == "apostrophe" and cursor.kind(1) == "s":
        cursor.at += 2
        partial.kind = "decade"


def read_decade(cursor: Cursor, partial: Partial) -> None:
    """1990s, 1990's, the 440s BC, the 90s."""
    token = cursor.token
    partial.kind, partial.number, partial.digits = "decade", integer(token), token.end - token.start
    partial.short = partial.digits <= 2
    if partial.number % 10 or partial.digits > 4:
        cursor.context.refuse(token.start, "A decade begins in a year that ends in 0.")
    cursor.at += 1
    cursor.skip("apostrophe")
    cursor.skip("s")
    if read_era_mark(cursor, partial):
        partial.short = False


def read_spelled_decade(cursor: Cursor, partial: Partial) -> None:
    """The nineties, nineteen-nineties."""
    token = cursor.token
    partial.kind, partial.number = "decade", integer(token)
    partial.digits = 4
    if token.kind == "tens":
        partial.number, partial.short, partial.digits = integer(token) * 10, True, 2
    cursor.at += 1
