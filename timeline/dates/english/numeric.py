"""Dates in digits only: 2020-03-05, 5.3.2020, 03/04/2020, 3/1959, and weeks by number."""

from timeline.dates.calendar import days_from_civil, month_length
from timeline.dates.english.cursor import Cursor
from timeline.dates.english.partial import Partial
from timeline.dates.english.points import Point, Reading, moved, span, weekday
from timeline.dates.english.resolve import short_year


def read_numeric(cursor: Cursor, partial: Partial) -> bool:
    """A date of two or three numbers joined by one mark; False, with nothing read, for anything else."""
    if not _joined(cursor):
        return False
    mark = cursor.kind(1)
    first, second = cursor.number(), cursor.number(2)
    if first is None or second is None:
        return False
    third = cursor.number(4) if cursor.kind(3) == mark else None
    if third is None or (mark == "dash" and not (cursor.adjacent(3) and cursor.adjacent(4))):
        return _read_pair(cursor, partial, first, second)
    widths = [cursor.ahead(step).end - cursor.ahead(step).start for step in (0, 2, 4)]
    if widths[0] == 4 and max(widths[1:]) <= 2:
        cursor.at += 5
        _set_day(cursor, partial, first, second, third)
        return True
    if max(widths[:2]) > 2 or widths[2] not in (2, 4):
        # "2019-05-2019-07" is a range of months.
        return widths[0] == widths[2] and _read_year_month(cursor, partial, first, second)
    cursor.at += 5
    year = short_year(third, partial.start, cursor.context) if widths[2] == 2 else third
    _settle_order(cursor, partial, mark, (first, second, year))
    return True


def _joined(cursor: Cursor) -> bool:
    """Dashes join digits only where no space parts them; "12 - 15" is a range."""
    return cursor.kind(1) != "dash" or (cursor.adjacent(1) and cursor.adjacent(2))


def _read_pair(cursor: Cursor, partial: Partial, first: int, second: int) -> bool:
    return _read_month_year(cursor, partial, first, second) or _read_year_month(
        cursor, partial, first, second
    )


def _read_month_year(cursor: Cursor, partial: Partial, month: int, year: int) -> bool:
    token = cursor.ahead(2)
    if token.end - token.start != 4 or not 1 <= month <= 12 or cursor.number(digits=(1, 2)) is None:
        return False
    if cursor.kind(3) in ("era", "s") or (cursor.kind(1) == "dash" and partial.link):
        # "1734 or 5-1786" is a range.
        return False
    partial.kind, partial.month, partial.year = "month", month, year
    cursor.at += 3
    return True


def _read_year_month(cursor: Cursor, partial: Partial, year: int, month: int) -> bool:
    """The 2019-07 of "since 2019-07"; 2005-07 beside other words may be a span or a month, and holds both."""
    token, context = cursor.ahead(2), cursor.context
    if cursor.number(digits=(4, 4)) is None or token.end - token.start != 2 or not 1 <= month <= 12:
        return False
    mark = context.text[cursor.ahead(1).start]
    if mark not in "-/." or cursor.kind(3) in ("era", "s", "colon", "half_day"):
        # A longer dash can only lead from one year to another.
        return False
    if mark == "." or month <= year % 100:
        partial.kind, partial.month, partial.year = "month", month, year
    elif mark == "-" and context.conventions.short_spans_with_hyphen:
        return False
    else:
        last = year - year % 100 + month
        partial.kind, partial.reading = "reading", Reading((year,), (last,), "", "span")
        partial.year, partial.within = year, True
    cursor.at += 3
    return True


def _set_day(cursor: Cursor, partial: Partial, year: int, month: int, day: int) -> None:
    if not 1 <= month <= 12:
        cursor.context.refuse(partial.start, f"There is no month {month}.")
    partial.kind, partial.year, partial.month, partial.day = "day", year, month, day


def _settle_order(cursor: Cursor, partial: Partial, mark: str, numbers: tuple[int, int, int]) -> None:
    """Day or month first: by what is possible, then by the convention, else it is one of the two."""
    first, second, year = numbers
    order = "day" if mark == "dot" else cursor.context.conventions.numeric_dates_begin_with
    if first > 12 or first == second:
        order = "day"
    elif second > 12:
        order = "month"
    if order == "day":
        _set_day(cursor, partial, year, second, first)
    elif order == "month":
        _set_day(cursor, partial, year, first, second)
    else:
        days = sorted([(year, first, second), (year, second, first)])
        partial.kind = "reading"
        partial.reading = Reading(days[0], days[1], "", "either") if min(first, second) else None
        partial.year, partial.within = year, True
        if partial.reading is None:
            cursor.context.refuse(partial.start, "There is no month or day 0.")


def read_compact(cursor: Cursor, partial: Partial) -> None:
    """20200305, whose number was read before."""
    number = partial.number
    year, month, day = number // 10000, number // 100 % 100, number % 100
    if not (1 <= month <= 12 and 1 <= day <= month_length(year, month)):
        cursor.context.refuse(partial.start, "These eight digits are not a year, month and day.")
    partial.kind, partial.year, partial.month, partial.day = "day", year, month, day


def iso_week(year: int, number: int) -> Reading | None:
    """The seven days of a week by ISO 8601, whose first week holds 4 January."""
    fourth: Point = (year, 1, 4)
    start = moved(fourth, 7 * (number - 1) - weekday(fourth))
    next_first = moved((year + 1, 1, 4), -weekday((year + 1, 1, 4)))
    if not 1 <= number <= 53 or days_from_civil(*start) >= days_from_civil(*next_first):
        return None
    return span(start, moved(start, 6), "week")
