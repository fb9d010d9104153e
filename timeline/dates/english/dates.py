"""The rules for one date: a day, month, season, year, decade or century in the orders that people write."""

from collections.abc import Callable
from typing import Final

from timeline.dates.english.clock import is_dotted_clock, read_clock, read_clock_word, read_time_after
from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.numeric import iso_week, read_compact, read_numeric
from timeline.dates.english.partial import WITHIN_YEAR, Partial
from timeline.dates.english.relative import read_ago, read_deictic, read_near, read_past, read_vague
from timeline.dates.english.remarks import follows_two_years
from timeline.dates.english.some_year import read_estimate, read_some_year
from timeline.dates.english.tables import Feast
from timeline.dates.english.years import (
    own_year_follows,
    read_apostrophe,
    read_decade,
    read_era_first,
    read_era_mark,
    read_short_year,
    read_spelled_decade,
    read_winter_before_christ,
    read_year,
    year_after_comma,
)

_YEAR_DIGITS: Final = (3, 12)
# Units that may stand before their own date: "the year 1917", "the decade of the 1990s".
_NAMED: Final = frozenset(("year", "month", "day", "decade"))
_DAY_DIGITS: Final = (1, 2)
_CLOCK_MARKS: Final = frozenset(("colon", "half_day", "h", "o'clock"))
_JOINTS: Final = frozenset(("dash", "slash", "dot"))
# What makes more of a number, and of a year, than it is alone.
_BEHIND_NUMBERS: Final = (
    _CLOCK_MARKS | _JOINTS | {"s", "apostrophe", "unit", "count", "scale", "of", "month", "q"}
)
_BEHIND_YEARS: Final = frozenset(("comma", "dash", "slash", "month", "q", "h", "season"))


def read_date(cursor: Cursor, partial: Partial) -> None:
    """Read one date into the partial and move the cursor past it. Raise DateError."""
    partial.start = cursor.token.start
    rule = _RULES.get(cursor.kind())
    if rule is None:
        cursor.unexpected()
    rule(cursor, partial)
    if partial.year is None and partial.kind in WITHIN_YEAR:
        read_some_year(cursor, partial)
    if (partial.kind == "day" or partial.reading is not None) and not partial.clock:
        read_time_after(cursor, partial)
        if partial.year is None and partial.clock:
            read_year(cursor, partial)


def _read_number(cursor: Cursor, partial: Partial) -> None:
    following = cursor.kind(1)
    if following not in _BEHIND_NUMBERS:
        _read_bare_number(cursor, partial)
    elif following == "h" and cursor.number(2, digits=(4, 4)) is not None and cursor.adjacent(1):
        # "1H 2019"; a time has a day behind it.
        _set_division(partial, cursor, 39 + integer(cursor.token), 41)
    elif following in _CLOCK_MARKS and read_clock(cursor, partial):
        _read_day_of_clock(cursor, partial)
    elif following == "s" or (following == "apostrophe" and cursor.kind(2) == "s"):
        read_decade(cursor, partial)
    elif following == "dot" and is_dotted_clock(cursor) and read_clock(cursor, partial):
        _read_day_of_clock(cursor, partial)
    elif following in _JOINTS and read_numeric(cursor, partial):
        return
    elif following in ("unit", "count", "scale", "dot") and _is_ago(cursor):
        read_ago(cursor, partial)
    elif cursor.number(digits=_DAY_DIGITS) is not None and _month_follows(cursor, 1):
        _read_day_month(cursor, partial)
    elif following == "q" and cursor.number(digits=_DAY_DIGITS) is not None:
        cursor.at += 1
        _set_division(partial, cursor, 32 + integer(cursor.tokens[cursor.at - 1]), 36)
    else:
        _read_bare_number(cursor, partial)


def _is_ago(cursor: Cursor) -> bool:
    return (
        "ago" in (cursor.kind(2), cursor.kind(3))
        or "scale" in (cursor.kind(1), cursor.kind(3))
        or (cursor.kind(1) == "unit" and cursor.follows("in"))
    )


def _read_bare_number(cursor: Cursor, partial: Partial) -> None:
    token = cursor.token
    partial.number, partial.digits = integer(token), token.end - token.start
    if partial.digits > 20:
        cursor.context.refuse(token.start, "This number is too long for a year.")
    cursor.at += 1
    if partial.digits == 8 and cursor.kind() != "era" and not cursor.follows("year", steps=1):
        read_compact(cursor, partial)
        return
    if read_era_mark(cursor, partial):
        partial.kind, partial.year = "year", partial.number
    elif cursor.has_years_digits(-1):
        partial.kind, partial.year = "year", partial.number
        _read_after_year(cursor, partial)
    elif partial.digits > 4:
        # "12,000-10,000 BC" has its era behind the second year.
        if cursor.kind() in ("dash", "to", "or", "and") and cursor.kind(2) == "era":
            partial.kind = "number"
            return
        if not cursor.follows("year", steps=1):
            reason = "A year of more than four digits needs BC, AD, BCE or CE, or “year” before it."
            cursor.context.refuse(token.start, reason)
        partial.kind, partial.year = "year", partial.number
    elif (year := year_after_comma(cursor)) is not None:
        # "15, 2020" after "March 12 -".
        partial.kind, partial.day, partial.year = "day", partial.number, year
    else:
        partial.kind = "number"


def _read_after_year(cursor: Cursor, partial: Partial) -> None:
    """What may follow a year: "1935, January 5", "2019-Jan-05", "2019 Q3", "2019-Q3", "2020 spring"."""
    mark = cursor.kind()
    if mark not in _BEHIND_YEARS:
        return
    joined = mark in ("dash", "slash")
    hyphened = joined and _has_hyphened_day(cursor)
    if joined and not (hyphened or _is_joined(cursor, partial)):
        return
    steps = 1 if mark == "comma" or joined else 0
    kind = cursor.kind(steps)
    if own_year_follows(cursor, steps + 1, joined=joined):
        return
    if kind == "month":
        cursor.at += steps
        partial.kind, partial.month = "month", integer(cursor.token)
        cursor.at += 2 if hyphened else 1
        day = cursor.number(digits=_DAY_DIGITS)
        if cursor.kind() == "ordinal" or (day is not None and cursor.kind(1) not in ("colon", "half_day")):
            partial.kind, partial.day = "day", integer(cursor.token)
            cursor.at += 1
    elif kind in ("q", "h") and mark != "comma" and cursor.number(steps + 1, digits=(1, 1)) is not None:
        cursor.at += steps
        _read_q(cursor, partial)
    elif kind == "season" and mark != "comma":
        partial.kind, partial.number = "season", integer(cursor.ahead(steps))
        cursor.at += steps + 1


def _has_hyphened_day(cursor: Cursor) -> bool:
    """Whether two equal marks lead from a year to a month and its day: "2019-Jan-05"."""
    day = cursor.kind(3) == "ordinal" or cursor.number(3, digits=_DAY_DIGITS) is not None
    spaces = {cursor.adjacent(step) for step in range(4)}
    return day and cursor.kind(1) == "month" and cursor.kind(2) == cursor.kind() and len(spaces) == 1


def _is_joined(cursor: Cursor, partial: Partial) -> bool:
    """Whether a mark makes one date of a year and what follows: "2020-Mar", not "1914 – May"."""
    return cursor.adjacent(0) and cursor.adjacent(1) and not (partial.parts or partial.approximate)


def _set_division(partial: Partial, cursor: Cursor, code: int, highest: int) -> None:
    """A quarter or half by its number, the cursor standing on the number or its letter."""
    if not (32 if highest == 36 else 39) < code <= highest:
        cursor.context.refuse(partial.start, "A year has four quarters and two halves.")
    partial.kind, partial.number = "season", code
    cursor.at += 1
    cursor.skip("h")
    if partial.year is None:
        read_year(cursor, partial)


def _read_q(cursor: Cursor, partial: Partial) -> None:
    """Q3 2019, and H1 2019."""
    number = cursor.number(1, digits=(1, 1))
    if number is None:
        cursor.unexpected()
    half = cursor.kind() == "h"
    cursor.at += 1
    if half and not 1 <= number <= 2:
        cursor.context.refuse(partial.start, "A year has four quarters and two halves.")
    _set_division(partial, cursor, number + (39 if half else 32), 41 if half else 36)


def _month_follows(cursor: Cursor, steps: int) -> bool:
    joined = cursor.kind(steps) in ("dash", "slash") and cursor.adjacent(steps)
    if cursor.kind(steps) == "of" or joined:
        steps += 1
    return cursor.kind(steps) == "month"


def _read_day_month(cursor: Cursor, partial: Partial) -> None:
    """12 March 2020, 3rd of March."""
    partial.kind, partial.day = "day", integer(cursor.token)
    cursor.at += 1
    mark = cursor.kind()
    cursor.skip("of", "dash", "slash")
    partial.month = integer(cursor.token)
    cursor.at += 1
    if not (cursor.kind() == mark and read_short_year(cursor, partial)):
        read_year(cursor, partial)


def _read_month(cursor: Cursor, partial: Partial) -> None:
    """March 2020, March 12, 2020, March 12th."""
    partial.month_first = True
    partial.kind, partial.month = "month", integer(cursor.token)
    cursor.at += 1
    if cursor.kind() == "ordinal" and cursor.kind(1) not in ("unit", "fraction"):
        partial.day = integer(cursor.token)
    elif cursor.kind(1) not in ("colon", "half_day", "era", "s"):
        partial.day = cursor.number(digits=_DAY_DIGITS)
    if partial.day is not None:
        partial.kind = "day"
        cursor.at += 1
    read_year(cursor, partial)


def _read_season(cursor: Cursor, partial: Partial) -> None:
    """Fall of 2019, winter of 2019-20."""
    partial.kind, partial.number = "season", integer(cursor.token)
    cursor.at += 1
    if partial.number == 24 and read_winter_before_christ(cursor, partial):
        return
    if (
        read_year(cursor, partial)
        and cursor.kind() in ("dash", "slash")
        and follows_two_years(cursor, partial.number)
    ):
        cursor.at += _next_year(cursor, partial)


def _next_year(cursor: Cursor, partial: Partial) -> int:
    """How many tokens name the second year of a winter, behind a mark: 2019-20, 9999-10,000, 1 BC-AD 1."""
    if partial.era == "BC":
        turns = partial.year == 1 and cursor.ahead(1).value == "AD" and cursor.number(2) == 1
        return 3 if turns else 0
    token, year = cursor.ahead(1), (partial.year or 0) + 1
    width = token.end - token.start
    return 2 if token.kind == "number" and token.value == (year if width > 3 else year % 10**width) else 0


def _read_feast(cursor: Cursor, partial: Partial) -> None:
    feast = cursor.token.value
    assert isinstance(feast, Feast)
    partial.kind, partial.month, partial.day = "day", feast.month, feast.day
    partial.approximate |= feast.around
    cursor.at += 1
    read_year(cursor, partial)


def _read_weekday(cursor: Cursor, partial: Partial) -> None:
    """Tuesday, 3 March 2020."""
    token = cursor.token
    cursor.at += 1
    cursor.skip("comma")
    while cursor.skip("in"):
        pass
    if cursor.kind() not in ("number", "month", "ordinal"):
        cursor.context.refuse(
            token.start, "Which of these days is meant the words do not say: last, this or next?"
        )
    read_date(cursor, partial)
    if partial.kind in ("day", "number"):
        partial.weekday = integer(token)
        partial.start = token.start


def _read_ordinal(cursor: Cursor, partial: Partial) -> None:
    """19th century, 3rd of March; a part of a date was taken before this."""
    token = cursor.token
    if _month_follows(cursor, 1):
        _read_day_month(cursor, partial)
        return
    cursor.at += 1
    partial.number, partial.digits = integer(token), 2
    steps = 1 if cursor.kind() == "dash" else 0
    unit = cursor.ahead(steps)
    if cursor.kind() == "c" or (unit.kind == "unit" and unit.value in ("century", "millennium")):
        cursor.at += steps + 1
        partial.kind = "century" if unit.kind != "unit" else str(unit.value)
        read_era_mark(cursor, partial)
    elif (year := year_after_comma(cursor)) is not None:
        partial.kind, partial.day, partial.year = "day", partial.number, year
    else:
        partial.kind = "ordinal"


def _read_turn(cursor: Cursor, partial: Partial) -> None:
    """Turn of the 20th century: about 1900."""
    token = cursor.token
    cursor.at += 1
    if cursor.kind() == "ordinal":
        _read_ordinal(cursor, partial)
    if partial.kind != "century":
        cursor.context.refuse(token.start, "Which century turned the words do not say.")
    partial.kind = "year"
    partial.year = partial.number = (
        partial.number * 100 if partial.era == "BC" else (partial.number - 1) * 100
    )
    partial.approximate, partial.digits = True, 4


def _read_week_of(cursor: Cursor, partial: Partial) -> None:
    token = cursor.token
    cursor.at += 1
    cursor.skip("in")
    read_date(cursor, partial)
    if partial.kind != "day":
        cursor.context.refuse(token.start, "A week is named by one of its days.")
    partial.week = str(token.value)


def _read_unit(cursor: Cursor, partial: Partial) -> None:
    """Week 12 of 2020; "year 1917" and "month of May" say no more than the date."""
    unit = cursor.token.value
    number = cursor.number(1, digits=_DAY_DIGITS)
    cursor.at += 1
    if unit == "week" and number is not None:
        cursor.at += 1
        partial.kind, partial.number = "reading", number
        partial.reading = iso_week(partial.year or 0, number) if read_year(cursor, partial) else None
        if partial.reading is None:
            cursor.context.refuse(partial.start, "A week by its number needs a year that has such a week.")
    elif unit in _NAMED and cursor.kind() in ("number", "month", "era", "of"):
        cursor.skip("of")
        read_date(cursor, partial)
        if partial.kind == "number" and unit == "year":
            partial.kind, partial.year = "year", partial.number
    else:
        cursor.at -= 1
        cursor.unexpected()


def _read_timed_day(cursor: Cursor, partial: Partial) -> None:
    """Noon on 5 March 2020; the night of 5 March."""
    read_clock_word(cursor, partial)
    _read_day_of_clock(cursor, partial)


def _read_day_of_clock(cursor: Cursor, partial: Partial) -> None:
    clock, start = partial.clock, partial.start
    partial.clock_first = cursor.tokens[cursor.at - 1].kind != "clock"
    while cursor.skip("in", "of", "comma"):
        pass
    if cursor.kind() not in _RULES:
        cursor.context.refuse(start, "This time of day has no day.")
    read_date(cursor, partial)
    partial.clock = partial.clock or clock


def _read_end(cursor: Cursor, partial: Partial) -> None:
    """The present, or an unknown end: "1999-present", "1874 - unknown"."""
    partial.kind = cursor.token.kind
    cursor.at += 1


_RULES: Final[dict[str, Callable[[Cursor, Partial], None]]] = {
    "number": _read_number,
    "ordinal": _read_ordinal,
    "month": _read_month,
    "season": _read_season,
    "weekday": _read_weekday,
    "feast": _read_feast,
    "estimated": read_estimate,
    "era": read_era_first,
    "apostrophe": read_apostrophe,
    "decade": read_spelled_decade,
    "tens": read_spelled_decade,
    "turn": _read_turn,
    "week of": _read_week_of,
    "unit": _read_unit,
    "q": _read_q,
    "h": _read_q,
    "clock": _read_timed_day,
    "near": read_near,
    "deictic": read_deictic,
    "past": read_past,
    "count": read_ago,
    "vague": read_vague,
    "present": _read_end,
    "unknown": _read_end,
}
