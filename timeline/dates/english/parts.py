"""Parts of a date: early, mid and late, halves, quarters, first weeks and last decades."""

from typing import Final, NamedTuple

from timeline.dates.calendar import month_length
from timeline.dates.conventions import Conventions
from timeline.dates.english.points import (
    Point,
    Reading,
    first_day,
    last_day,
    moved,
    single,
    span,
    weekday,
    written,
)


class Part(NamedTuple):
    """Such parts from one to another, counted from 0, or from the end with -1.

    The division is "stage" (early, mid, late), "half", "third", "quarter", a smaller unit ("week of"), or a
    weekday by its number: "weekday 0" for Mondays.
    """

    division: str
    first: int
    last: int


# How many of each make a whole.
_COUNTS: Final = {"stage": 3, "half": 2, "third": 3, "quarter": 4}
_YEARS: Final = {"decade": 10, "century": 100, "millennium": 1000}
# EDTF's codes for the parts of a year.
_YEAR_CODES: Final = {"stage": 37, "third": 37, "half": 40, "quarter": 33}
_MONTHS_IN: Final = {"season": 3, "quarter": 3, "semester": 6, "quadrimester": 4}
_DAYS_IN: Final = {"day": 1, "week": 7, "fortnight": 14}
_MONTH_DAYS: Final = {
    "stage": ((1, 10), (11, 20), (21, 31)),
    "third": ((1, 10), (11, 20), (21, 31)),
    "half": ((1, 15), (16, 31)),
    "quarter": ((1, 8), (8, 16), (16, 24), (23, 31)),
    "fortnight": ((1, 14), (15, 28)),
    "week": ((1, 7), (8, 14), (15, 21), (22, 28), (29, 31)),
}


def part_of(whole: Reading, part: Part, conventions: Conventions) -> Reading | None:
    """The part of the whole, never narrower than the words; None where there is no such part."""
    unit = whole.unit
    if part.division.startswith("weekday"):
        return _weekday_of(whole, part)
    if unit in ("day", "week"):
        # Early in the day, late in the week: the whole is as much as can be said.
        return whole if part.division == "stage" else _days_of(whole, part)
    if part.division in _COUNTS:
        part = _from_the_front(part, _COUNTS[part.division])
        if not 0 <= part.first <= part.last < _COUNTS[part.division]:
            return None
    if unit == "year" and part.division in _YEAR_CODES:
        return _of_year(whole, part)
    if unit in _YEARS and part.division != "day":
        return _of_years(whole, part, conventions)
    if unit == "month" and part.division in _MONTH_DAYS:
        return _of_month(whole, part)
    if unit in _MONTHS_IN and part.division in _COUNTS:
        return _of_months(whole, part, _MONTHS_IN[unit])
    return _days_of(whole, part)


def is_loose(whole: Reading, part: Part) -> bool:
    """Whether the part begins or ends within a unit of its reading, as half a season does in a month."""
    if part.division not in _COUNTS:
        return False
    if whole.unit == "month":
        return part.division == "quarter"
    return whole.unit in _MONTHS_IN and _MONTHS_IN[whole.unit] % _COUNTS[part.division] > 0


def _from_the_front(part: Part, count: int) -> Part:
    first = part.first + count if part.first < 0 else part.first
    return Part(part.division, first, part.last + count if part.last < 0 else part.last)


def _of_year(whole: Reading, part: Part) -> Reading:
    year = whole.first[0] if whole.first else 0
    months = 12 // _COUNTS[part.division]
    first, last = (year, part.first * months + 1), (year, (part.last + 1) * months)
    if part.first != part.last:
        return span(first, last)
    unit = {6: "semester", 3: "quarter"}.get(months, "quadrimester")
    return Reading(first, last, f"{written((year,))}-{_YEAR_CODES[part.division] + part.first}", unit)


def _of_month(whole: Reading, part: Part) -> Reading | None:
    year, month = whole.first if whole.first and len(whole.first) == 2 else (0, 1)
    length = month_length(year, month)
    if part.division in ("week", "fortnight") and part.first < 0:
        return _days_of(whole, part)
    table = _MONTH_DAYS[part.division]
    if not 0 <= part.first <= part.last < len(table) or table[part.first][0] > length:
        return None
    return span((year, month, table[part.first][0]), (year, month, min(table[part.last][1], length)))


def _of_months(whole: Reading, part: Part, months: int) -> Reading:
    count = _COUNTS[part.division]
    # Half a season is a month and a half, so the months are taken that it touches.
    start, end = part.first * months // count, -(-(part.last + 1) * months // count) - 1
    first: Point = whole.first if whole.first is not None else ()
    return span(moved(first, start), moved(first, end))


def _of_years(whole: Reading, part: Part, conventions: Conventions) -> Reading | None:
    start = whole.first[0] if whole.first else 0
    length = _YEARS[whole.unit]
    if part.division in ("stage", "third"):
        first, last = _stage_years(part, length, conventions)
    elif part.division in ("half", "quarter"):
        count = _COUNTS[part.division]
        first, last = part.first * length // count, -(-(part.last + 1) * length // count) - 1
        if conventions.neighbouring_parts_meet:
            last = min(last + 1, length - 1)
    else:
        step = {"year": 1, "decade": 10, "century": 100}.get(part.division, length)
        part = _from_the_front(part, length // step)
        first, last = part.first * step, (part.last + 1) * step - 1
        if step == length or not 0 <= first <= last < length:
            return None
        if step == 10 and part.first == part.last and start >= 0:
            return decade(start + first)
    return span((start + first,), (start + last,))


def _stage_years(part: Part, length: int, conventions: Conventions) -> tuple[int, int]:
    if conventions.stage_years == "halves" and part.division == "stage":
        meet = int(conventions.neighbouring_parts_meet)
        firsts = 0, length // 4, length // 2
        lasts = length // 2 - 1 + meet, length - length // 4 - 1 + meet, length - 1
    else:
        firsts = 0, -(-length // 3), -(-2 * length // 3)
        lasts = firsts[1] - 1, firsts[2] - 1, length - 1
    return firsts[part.first], lasts[part.last]


def _days_of(whole: Reading, part: Part) -> Reading | None:
    """Days, weeks and months counted from either end of something longer."""
    if part.division not in ("month", *_DAYS_IN):
        return None
    if part.division == "month":
        start = _ends_in_months(whole)
        if start is None or whole.unit == "month":
            return None
        edge, steps = start[0 if part.first >= 0 else 1], 1
    else:
        edge, steps = _edge_day(whole, from_end=part.first < 0), _DAYS_IN[part.division]
    if part.first >= 0:
        return span(moved(edge, part.first * steps), moved(edge, (part.last + 1) * steps - 1))
    return span(moved(edge, part.first * steps + 1), moved(edge, (part.last + 1) * steps))


def _weekday_of(whole: Reading, part: Part) -> Reading | None:
    """The first Monday of March, the last Friday of 2020."""
    assert whole.first is not None and whole.last is not None
    if whole.unit == "day":
        return None
    name = int(part.division.removeprefix("weekday"))
    start, end = first_day(whole.first), last_day(whole.last)
    if part.first >= 0:
        day = moved(start, (name - weekday(start)) % 7 + 7 * part.first)
    else:
        day = moved(end, -((weekday(end) - name) % 7))
    return single(day) if start <= day <= end else None


def _edge_day(whole: Reading, *, from_end: bool) -> Point:
    assert whole.first is not None and whole.last is not None
    return last_day(whole.last) if from_end else first_day(whole.first)


def _ends_in_months(whole: Reading) -> tuple[Point, Point] | None:
    assert whole.first is not None and whole.last is not None
    if len(whole.first) > 2 or len(whole.last) > 2:
        return None
    return (*whole.first, 1)[:2], (*whole.last, 12)[:2]


def decade(year: int) -> Reading:
    """The ten years from the given one, which ends in 0."""
    return Reading((year,), (year + 9,), f"{year // 10:03d}X" if 0 <= year <= 9999 else "", "decade")


def century_of(number: int, *, before_christ: bool) -> Reading:
    """The nth century: 18XX for the 19th, whose bounds are 1800 and 1899."""
    first, last = _counted(number, 100, before_christ=before_christ)
    sign = "-" if before_christ else ""
    edtf = f"{sign}{number - 1:02d}XX" if 1 < number <= 100 else ""
    return Reading((first,), (last,), edtf, "century")


def millennium_of(number: int, *, before_christ: bool) -> Reading:
    """The nth millennium."""
    first, last = _counted(number, 1000, before_christ=before_christ)
    edtf = f"{number - 1}XXX" if 1 < number <= 10 and not before_christ else ""
    return Reading((first,), (last,), edtf, "millennium")


def _counted(number: int, years: int, *, before_christ: bool) -> tuple[int, int]:
    """The first and the last year of the nth hundred, or thousand, years."""
    if before_christ:
        return -years * number + 1, -years * (number - 1)
    # There is no year 0 in the words, and a year 100 that nobody would put in the second century.
    return (1, years) if number == 1 else (years * (number - 1), years * number - 1)
