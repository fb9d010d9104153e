"""Digits of a date of which some are unspecified (`X`), and the real days that they can stand for."""

from collections.abc import Iterator, Sequence

from timeline.dates.calendar import is_leap, month_length

Day = tuple[int, int, int]


def matching(mask: str, low: int, high: int) -> Sequence[int]:
    """The numbers from low to high that the two digits can stand for, in order."""
    if mask == "XX":
        return range(low, high + 1)
    tens = range(0, 100, 10) if mask[0] == "X" else (int(mask[0]) * 10,)
    units = range(10) if mask[1] == "X" else (int(mask[1]),)
    return [number for ten in tens for unit in units if low <= (number := ten + unit) <= high]


def year_range(digits: str, *, negative: bool) -> tuple[int, int] | None:
    """The first and last astronomical year that the four digits can stand for; None for `-0000`."""
    if "X" in digits:
        low, high = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    else:
        low = high = int(digits)
    if not negative:
        return low, high
    if low == 0:
        if high == 0:
            return None
        # Minus zero is no year: the smallest number above it has a 1 in the lowest unspecified place.
        place = digits.rindex("X")
        low = 10 ** (3 - place)
    return -high, -low


def leap_year_range(digits: str, *, negative: bool) -> tuple[int, int] | None:
    """Like `year_range` with leap years only; None where none matches."""
    ends = []
    for direction in (1, -1):
        ends.append(next(_leap_years(digits, direction, negative=negative), None))
    first, last = ends
    if first is None or last is None:
        return None
    return (-last, -first) if negative else (first, last)


def _leap_years(digits: str, direction: int, *, negative: bool) -> Iterator[int]:
    # At most a hundred centuries of 25 candidates; the first or second century already has one, or none has.
    within = [number for number in matching(digits[2:], 0, 99) if number % 4 == 0][::direction]
    for century in matching(digits[:2], 0, 99)[::direction]:
        for number in within:
            year = century * 100 + number
            if is_leap(year) and not (negative and year == 0):
                yield year


def first_day(year: int, months: Sequence[int], days: Sequence[int]) -> Day | None:
    """The first real day of the year among the months and days, which are in order."""
    for month in months:
        if days[0] <= month_length(year, month):
            return year, month, days[0]
    return None


def last_day(year: int, months: Sequence[int], days: Sequence[int]) -> Day | None:
    """The last real day of the year among the months and days, which are in order."""
    for month in reversed(months):
        length = month_length(year, month)
        for day in reversed(days):
            if day <= length:
                return year, month, day
    return None


def day_range(
    digits: str, months: Sequence[int], days: Sequence[int], *, negative: bool
) -> tuple[Day, Day] | None:
    """The first and last real day among those that the digits can stand for; None where there is none."""
    years = year_range(digits, negative=negative)
    if years is None or not months or not days:
        return None
    first, last = first_day(years[0], months, days), last_day(years[1], months, days)
    if first is None or last is None:
        # Only 29 February can be missing from a year, so the leap years decide.
        leap_years = leap_year_range(digits, negative=negative)
        if leap_years is None:
            return None
        first = first or first_day(leap_years[0], months, days)
        last = last or last_day(leap_years[1], months, days)
    return (first, last) if first and last else None
