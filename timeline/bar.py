"""A time span as a small picture: where it lies, possibly and certainly, in a stretch of the calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from timeline.dates import OPEN_FUTURE, OPEN_PAST, TimeSpan
from timeline.dates.calendar import DAY, civil, first_of_month, first_of_year, iso_bound, iso_year

WIDTH = 1000
# What is shorter would not be seen.
LEAST = 6

Part = tuple[int, int]


@dataclass(frozen=True)
class Bar:
    """A frame from `first` to `last`, in words, and in it the parts as (x, width) of WIDTH."""

    first: str
    last: str
    possible: Part
    certain: Part | None

    @classmethod
    def of(cls, span: TimeSpan) -> Bar | None:
        """The picture of a span with these bounds; None where both ends are open."""
        ends = [end for end in (span.earliest, span.latest) if OPEN_PAST < end < OPEN_FUTURE]
        if not ends:
            return None
        from_past, into_future = span.earliest <= OPEN_PAST, span.latest >= OPEN_FUTURE
        frames = _years(ends[0], ends[0], 10) if len(ends) == 1 else _frames(*ends)
        named, start, end = next(frame for frame in frames if 2 * (ends[-1] - ends[0]) < frame[2] - frame[1])
        # What is open at one end reaches over the frame, which is longer there.
        start, end = start - (end - start) * from_past, end + (end - start) * into_future
        certain = span.start_latest <= span.end_earliest
        return cls(
            "…" if from_past else named(start),
            "…" if into_future else named(end - 1),
            _part(span.earliest, span.latest, start, end),
            _part(span.start_latest, span.end_earliest, start, end) if certain else None,
        )


Frame = tuple[Callable[[int], str], int, int]


def _frames(first: int, last: int) -> Iterator[Frame]:
    """Ever longer stretches of whole days, months, years … that hold both, and how each is named."""
    yield _moment, first // DAY * DAY, (last // DAY + 1) * DAY
    (year, month, *_), (last_year, last_month, *_) = civil(first), civil(last)
    yield _day, first_of_month(year, month), first_of_month(last_year, last_month + 1)
    yield _day, first_of_year(year), first_of_year(last_year + 1)
    yield from _years(first, last, 10)


def _years(first: int, last: int, years: int) -> Iterator[Frame]:
    year, last_year = civil(first)[0], civil(last)[0]
    while True:
        yield _year, first_of_year(year // years * years), first_of_year((last_year // years + 1) * years)
        years *= 10


def _moment(moment: int) -> str:
    return iso_bound(moment, with_time=True) or ""


def _day(moment: int) -> str:
    return iso_bound(moment) or ""


def _year(moment: int) -> str:
    return iso_year(civil(moment)[0])


def _part(first: int, last: int, start: int, end: int) -> Part:
    """Where these lie in the frame; what lies outside is cut off."""
    left = (max(first, start) - start) * WIDTH // (end - start)
    right = (min(last + 1, end) - start) * WIDTH // (end - start)
    width = max(right - left, LEAST)
    return min(left, WIDTH - width), width
