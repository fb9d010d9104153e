"""Seconds on the proleptic Gregorian calendar, without limits, and their ISO 8601 forms."""

from functools import lru_cache

DAY = 86_400
OPEN_PAST = -(2**62)
OPEN_FUTURE = 2**62

# 2**62 seconds are a little more than 146 billion years.
MAX_YEAR = 146_000_000_000

_MONTH_LENGTHS = (0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Days from 0000-03-01 to 1970-01-01.
_EPOCH = 719_468
# Days from 0001-01-01 to 1970-01-01.
_YEAR_ONE = 719_162


def is_leap(year: int) -> bool:
    """Whether the astronomical year has a 29 February (0 is 1 BC, a leap year)."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def month_length(year: int, month: int) -> int:
    """The number of days in the month, 28 to 31."""
    return 29 if month == 2 and is_leap(year) else _MONTH_LENGTHS[month]


def days_from_civil(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to the given date, which is not checked."""
    # Years that begin in March put the leap day last, so that months need no table.
    if month <= 2:
        year -= 1
        month += 12
    return (
        year * 365 + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 1 - _EPOCH
    )


def civil_from_days(days: int) -> tuple[int, int, int]:
    """Year, month and day, the inverse of `days_from_civil`."""
    cycle, rest = divmod(days + _EPOCH, 146_097)
    # The last day of the 4-, 100- and 400-year cycles is a 29 February that belongs to the year before.
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    rest -= year * 365 + year // 4 - year // 100
    month = (5 * rest + 2) // 153
    day = rest - (153 * month + 2) // 5 + 1
    year += cycle * 400
    return (year, month + 3, day) if month < 10 else (year + 1, month - 9, day)


def seconds(year: int, month: int = 1, day: int = 1, hour: int = 0, minute: int = 0, second: int = 0) -> int:
    """Seconds from 1970-01-01T00:00:00 to the given moment; no part is checked."""
    return days_from_civil(year, month, day) * DAY + hour * 3_600 + minute * 60 + second


def civil(moment: int) -> tuple[int, int, int, int, int, int]:
    """Year, month, day, hour, minute and second, the inverse of `seconds`."""
    days, rest = divmod(moment, DAY)
    hour, rest = divmod(rest, 3_600)
    return (*civil_from_days(days), hour, *divmod(rest, 60))


def first_of_year(year: int) -> int:
    """The first second of the year."""
    before = year - 1
    return (before * 365 + before // 4 - before // 100 + before // 400 - _YEAR_ONE) * DAY


def first_of_month(year: int, month: int) -> int:
    """The first second of the month; months past 12 or before 1 run into the neighbouring years."""
    carry, month = divmod(month - 1, 12)
    return days_from_civil(year + carry, month + 1, 1) * DAY


def add_months(moment: int, months: int) -> int:
    """The same time and day so many months on; the month's last day where it is too short."""
    days, time = divmod(moment, DAY)
    year, month, day = civil_from_days(days)
    carry, month = divmod(month - 1 + months, 12)
    year += carry
    month += 1
    return days_from_civil(year, month, min(day, month_length(year, month))) * DAY + time


def iso_year(year: int) -> str:
    """Four digits, or outside 0000 to 9999 a sign and at least six: what JavaScript's Date reads."""
    return f"{year:04d}" if 0 <= year <= 9_999 else f"{year:+07d}"


def iso_bound(moment: int, *, with_time: bool = False) -> str | None:
    """The ISO date, or date-time, that holds the second; None for an open end."""
    if moment <= OPEN_PAST or moment >= OPEN_FUTURE:
        return None
    days, rest = divmod(moment, DAY)
    if not with_time:
        return _iso_day(days)
    hour, rest = divmod(rest, 3_600)
    return f"{_iso_day(days)}T{hour:02d}:{rest // 60:02d}:{rest % 60:02d}"


@lru_cache(maxsize=64)
def _iso_day(days: int) -> str:
    # Most spans have bounds on one day.
    year, month, day = civil_from_days(days)
    return f"{iso_year(year)}-{month:02d}-{day:02d}"
