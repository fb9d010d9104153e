"""How time is cut into buckets, by the calendar or into equal parts, and how spans are spread over them.

All arithmetic is of whole numbers, so counts add up exactly, however old or long a span is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, Protocol

from timeline.dates.calendar import DAY, civil_from_days, first_of_month

# The Gregorian calendar repeats itself after 400 years, which are whole weeks. The databases count from so
# many such cycles back that no day is negative: their division cuts off where Python's goes down.
_CYCLES = 365_400_000
_CYCLE_DAYS = 146_097
_CYCLE_MONTHS = 4_800
# From 0000-03-01, where the years of the formula below begin, to 1970-01-01.
_MARCH_OF_YEAR_0 = 719_468
# The first Monday at or before 1970-01-01 is so many days before it.
_MONDAY = 3

# What one event is split into while it is spread, and what is shown of it: 2**-20, about a millionth.
_WHOLE = 2**128
SHOWN = 2**20


class Division(Protocol):
    """Time cut into buckets that are numbered in order, without gaps."""

    def place(self, moment: int) -> int:
        """The number of the bucket that holds the second."""

    def first(self, number: int) -> int:
        """The first second of the bucket."""


class Days(NamedTuple):
    """Buckets of so many days: days, or ISO weeks, which start on Monday."""

    days: int = 1

    def place(self, moment: int) -> int:
        return (moment // DAY + self._before) // self.days

    def first(self, number: int) -> int:
        return (number * self.days - self._before) * DAY

    @property
    def _before(self) -> int:
        return _MONDAY if self.days == 7 else 0

    def sql(self, day: str) -> str:
        """The bucket of a day (since 1970-01-01), as the database counts them."""
        return f"({day} + {self._before + _CYCLES * _CYCLE_DAYS}) / {self.days}"

    @property
    def offset(self) -> int:
        """How much further the database has counted than `place`."""
        return _CYCLES * _CYCLE_DAYS // self.days


class Months(NamedTuple):
    """Buckets of so many months; 1 to 1,200, so that centuries are 1900 to 1999."""

    months: int = 1

    def place(self, moment: int) -> int:
        year, month, _ = civil_from_days(moment // DAY)
        return (year * 12 + month - 1) // self.months

    def first(self, number: int) -> int:
        return first_of_month(0, number * self.months + 1)

    def sql(self, day: str) -> str:
        """The bucket of a day (since 1970-01-01), as the database counts them.

        Months from days by the method of Neri and Schneider, "Euclidean affine functions and their
        application to calendar algorithms" (2022), which needs neither a table nor a case.
        """
        quarters = f"(4 * ({day} + {_MARCH_OF_YEAR_0 + _CYCLES * _CYCLE_DAYS}) + 3)"
        of_century = f"(2939745 * (({quarters} - {quarters} / 146097 * 146097) | 3))"
        day_of_year = f"(({of_century} & 4294967295) / 2939745 / 4)"
        year = f"(100 * ({quarters} / 146097) + {of_century} / 4294967296)"
        month = f"((2141 * {day_of_year} + 197913) / 65536)"
        return f"(12 * {year} + {month} - 1) / {self.months}"

    @property
    def offset(self) -> int:
        return _CYCLES * _CYCLE_MONTHS // self.months


CALENDAR: dict[str, Days | Months] = {
    "day": Days(1),
    "week": Days(7),
    "month": Months(1),
    "quarter": Months(3),
    "year": Months(12),
    "decade": Months(120),
    "century": Months(1_200),
}


class Parts(NamedTuple):
    """The window from `start` to `end`, both inclusive, in `number` parts that differ by a second at most.

    The longer ones come first. There are no more parts than seconds.
    """

    start: int
    end: int
    number: int

    @property
    def length(self) -> int:
        """Of the shorter parts."""
        return (self.end - self.start + 1) // self.number

    @property
    def longer(self) -> int:
        """How many parts have a second more."""
        return (self.end - self.start + 1) % self.number

    def place(self, moment: int) -> int:
        seconds, head = moment - self.start, self.longer * (self.length + 1)
        if seconds < head:
            return seconds // (self.length + 1)
        return self.longer + (seconds - head) // self.length

    def first(self, number: int) -> int:
        return self.start + number * self.length + min(number, self.longer)

    def sql(self, moment: str) -> str:
        """The part of a second of the window."""
        seconds, head = f"({moment} - {self.start})", self.longer * (self.length + 1)
        return f"""CASE WHEN {seconds} < {head} THEN {seconds} / {self.length + 1}
            ELSE {self.longer} + ({seconds} - {head}) / {self.length} END"""


class TooManyBuckets(ValueError):
    """There are more buckets than are listed."""


class Spread:
    """Adds spans, each of which is spread evenly over its seconds, up by bucket.

    What is added is one whole number of a fixed size for each span, cut with whole numbers, so no order of
    adding makes a difference and nothing is lost. Memory depends on the buckets that are touched alone.
    """

    def __init__(self, division: Division) -> None:
        self.place = lru_cache(maxsize=20_000)(division.place)
        self.first = lru_cache(maxsize=20_000)(division.first)
        self.spans = 0
        # What lies in a bucket whose whole length is not covered, and by how much from a bucket on each
        # second weighs more than before it.
        self.parts: defaultdict[int, int] = defaultdict(int)
        self.rises: defaultdict[int, int] = defaultdict(int)

    def add(self, start: int, end: int, spans: int = 1) -> None:
        """Add so many spans from the second `start` to the second `end`, inclusive."""
        self.spans += spans
        one, last = self.place(start), self.place(end)
        if one == last:
            self.parts[one] += spans * _WHOLE
            return
        # Of one span, so that it makes no difference how many are added at once.
        weight, rest = (spans * part for part in divmod(_WHOLE, end - start + 1))
        self.parts[one] += weight * (self.first(one + 1) - start)
        self.parts[last] += weight * (end + 1 - self.first(last)) + rest
        if one + 1 < last:
            self.rises[one + 1] += weight
            self.rises[last] -= weight

    def counts(self, most: int) -> dict[int, int]:
        """By bucket the number of spans, in units of 1 / SHOWN; no bucket is zero, and all add up exactly."""
        exact = defaultdict(int, self.parts)
        for number, weight in self._covered(most):
            exact[number] += weight * (self.first(number + 1) - self.first(number))
        if len(exact) > most:
            raise TooManyBuckets
        return _rounded(exact, self.spans)

    def _covered(self, most: int) -> Iterable[tuple[int, int]]:
        """The buckets whose whole length is covered, and how much each second of theirs weighs."""
        weight, before, covered = 0, 0, 0
        for number, rise in sorted(self.rises.items()):
            if weight:
                covered += number - before
                if covered > most:
                    raise TooManyBuckets
                yield from ((one, weight) for one in range(before, number))
            weight, before = weight + rise, number


def _rounded(exact: dict[int, int], spans: int) -> dict[int, int]:
    """Rounded down, and what is missing then to where most was cut off: the method of largest remainders."""
    unit = _WHOLE // SHOWN
    counts = {number: part // unit for number, part in exact.items()}
    missing = spans * SHOWN - sum(counts.values())
    for number in sorted(exact, key=lambda number: (-(exact[number] % unit), number))[:missing]:
        counts[number] += 1
    return {number: count for number, count in sorted(counts.items()) if count}
