"""Points of the calendar to a year, month or day, and readings: from one point to another."""

from datetime import date
from typing import NamedTuple

from timeline.dates.calendar import civil_from_days, days_from_civil, month_length

# A year, a year and month, or a year, month and day. None, where a point may stand, is an open end.
Point = tuple[int, ...]


class Reading(NamedTuple):
    """Where something lies: from the first to the last point, both included.

    `edtf` is the one EDTF date that says the same, or empty where only a range does. `unit` is what the words
    count in: day, week, month, season, quarter, year, decade, century, millennium or span.
    """

    first: Point | None
    last: Point | None
    edtf: str
    unit: str


def written(point: Point) -> str:
    """The point in EDTF."""
    year = point[0]
    if 0 <= year <= 9999:
        text = f"{year:04d}"
    elif -9999 <= year < 0:
        text = f"-{-year:04d}"
    else:
        # Years with Y have no months; the whole year is wider.
        return f"Y{year}"
    for part in point[1:]:
        text += f"-{part:02d}"
    return text


def single(point: Point) -> Reading:
    """The reading that is just this year, month or day."""
    return Reading(point, point, written(point), ("year", "month", "day")[len(point) - 1])


def span(first: Point, last: Point, unit: str = "span") -> Reading:
    """The reading from one point to another, a plain date where they are the same."""
    return single(first) if first == last else Reading(first, last, "", unit)


def moved(point: Point, steps: int) -> Point:
    """The point so many days, months or years on, in the point's own precision."""
    if len(point) == 1:
        return (point[0] + steps,)
    if len(point) == 2:
        years, month = divmod(point[1] - 1 + steps, 12)
        return (point[0] + years, month + 1)
    return civil_from_days(days_from_civil(*point) + steps)


def first_day(point: Point) -> Point:
    """The first day that lies in the point."""
    return (*point, 1, 1)[:3]


def last_day(point: Point) -> Point:
    """The last day that lies in the point."""
    if len(point) == 1:
        return (*point, 12, 31)
    return point if len(point) == 3 else (*point, month_length(*point))


def weekday(point: Point) -> int:
    """The day's place in the week; Monday is 0."""
    # 1970-01-01 was a Thursday.
    return (days_from_civil(*point) + 3) % 7


def point_of(day: date) -> Point:
    """The point that is this day."""
    return (day.year, day.month, day.day)
