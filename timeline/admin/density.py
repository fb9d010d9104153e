"""The strip above a list of events: how many of them start when, in bars that lead to their spans.

The database counts by bucket, and the strip has a few dozen of these: no event is read here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from timeline import histogram
from timeline.buckets import Days, Months, TooManyBuckets
from timeline.dates import OPEN_FUTURE, OPEN_PAST, parse_edtf
from timeline.dates.calendar import civil
from timeline.histogram import Histogram
from timeline.models import Event, Review
from timeline.querysets import EventQuerySet, Window

# So many bars at most: a link is to be at least 24 pixels wide, and is passed by each who goes on by Tab.
MOST_BARS = 24
HEIGHT, WIDEST, FULL_WIDTH, GAP = 64, 80, 600, 4
EVERYTHING = Window()
YEAR = 12
# What a bar may stand for, the shortest first. No finer than a day, as dates of events mostly are.
DAYS = (Days(), Days(7))
MONTHS = (Months(), Months(3), Months(6))
YEARS = tuple(
    Months(YEAR * digit * 10**zeros) for zeros in range(8) for digit in (1, 2, 5) if (zeros, digit) < (7, 5)
)
# The years that a day or a month can be written of.
FOUR_DIGITS = range(10_000)

# The address of the list with this span as its filter, (from, to) as one writes them.
Address = Callable[[str, str], str]


@dataclass(frozen=True)
class Bar:
    """How many events start in a span: what it is called, where it leads, and how it is drawn."""

    label: str
    count: int
    address: str
    x: int
    height: int

    @property
    def top(self) -> int:
        return HEIGHT - self.height

    @property
    def left(self) -> int:
        return self.x + GAP // 2


@dataclass(frozen=True)
class Density:
    """The bars of one list, in order, and how many of its events are in none.

    With `more` there are more than `total`, and they have not been counted.
    """

    bars: list[Bar] = field(default_factory=list)
    undated: int = 0
    before: int = 0
    after: int = 0
    total: int = 0
    slot: int = WIDEST
    more: bool = False

    @property
    def width(self) -> int:
        return self.slot * len(self.bars)

    @property
    def height(self) -> int:
        return HEIGHT

    @property
    def bar_width(self) -> int:
        return self.slot - GAP

    @property
    def highest(self) -> Bar | None:
        return max(self.bars, key=lambda bar: bar.count, default=None)

    @property
    def ends(self) -> list[Bar]:
        """The first and the last bar, which may be one."""
        return self.bars[:1] + self.bars[1:][-1:]


def density_of(rows: EventQuerySet, window: Window, address: Address) -> Density:
    """The strip for these events, which the window has narrowed already.

    Runs one query over the rows; a second one where they are of a few weeks of an open window, or where their
    months are too many. Where nothing narrows the rows, most of them are taken from the counts that are kept.
    """
    return _drawn(_counted(rows, window), address)


def _counted(rows: EventQuerySet, window: Window) -> Histogram:
    if window.start > OPEN_PAST and window.end < OPEN_FUTURE:
        return histogram.by_start(rows, *_fitting(window, window))

    def by(division: Days | Months) -> Histogram:
        is_everything = not rows.query.where
        return _of_everything(division) if is_everything else histogram.by_start(rows, division, window)

    try:
        months = by(MONTHS[0])
    except TooManyBuckets:
        first, last = histogram.starts_found(rows)
        return histogram.by_start(rows, *_fitting(_within(window, first or 0, last or 0), window))
    if not months.buckets:
        return months
    cut, span = _fitting(_within(window, months.buckets[0][0], months.buckets[-1][1]), window)
    if isinstance(cut, int):
        return histogram.by_start(rows, cut, span)
    return _joined(months if isinstance(cut, Months) else by(cut), cut, span)


def _within(window: Window, first: int, last: int) -> Window:
    """The window, its open ends at what is known of its events."""
    start, end = window
    return Window(first if start <= OPEN_PAST else start, last if end >= OPEN_FUTURE else end)


def _fitting(span: Window, window: Window) -> tuple[Days | Months | int, Window]:
    """The shortest bars that are not too many; the span in whole ones, as far as the window goes."""
    years = [civil(moment)[0] for moment in span]
    finer = (*DAYS, *MONTHS) if all(year in FOUR_DIGITS for year in years) else ()
    for division in (*finer, *YEARS):
        first, last = division.place(span.start), division.place(span.end)
        if last - first < MOST_BARS:
            whole = Window(division.first(first), division.first(last + 1) - 1)
            return division, Window(max(whole.start, window.start), min(whole.end, window.end))
    return MOST_BARS, span


def _of_everything(division: Days | Months) -> Histogram:
    """What is published from the counts that are kept, what is not by counting it."""
    public = histogram.everything_by_start(division, EVERYTHING)
    hidden = histogram.by_start(Event.objects.exclude(review=Review.PUBLISHED), division, EVERYTHING)
    counts = Counter({bucket[:2]: int(bucket[2]) for bucket in public.buckets})
    counts.update({bucket[:2]: int(bucket[2]) for bucket in hidden.buckets})
    return Histogram(
        public.before + hidden.before,
        public.after + hidden.after,
        public.undated + hidden.undated,
        [(*ends, count) for ends, count in sorted(counts.items())],
    )


def _joined(found: Histogram, division: Days | Months, span: Window) -> Histogram:
    """What was counted in shorter buckets or the same, in all that the span has."""
    counts: Counter[int] = Counter()
    for start, _, count in found.buckets:
        counts[division.place(start)] += int(count)
    places = range(division.place(span.start), division.place(span.end) + 1)
    ends = [(division.first(place), division.first(place + 1) - 1) for place in places]
    buckets: list[tuple[int, int, float]] = [
        (max(start, span.start), min(end, span.end), counts[place])
        for place, (start, end) in zip(places, ends, strict=True)
    ]
    return replace(found, buckets=buckets)


# --- As it is drawn and written ---


def _drawn(found: Histogram, address: Address) -> Density:
    slot = min(WIDEST, FULL_WIDTH // max(len(found.buckets), 1))
    highest = max((count for *_, count in found.buckets), default=0)
    bars = []
    for number, (start, end, count) in enumerate(found.buckets):
        first, last = ends_of(start, end)
        words, height = words_for(first, last), _height(count, highest)
        bars.append(Bar(words, int(count), address(first, last), number * slot, height))
    return Density(bars, found.undated, found.before, found.after, found.total, slot)


def _height(count: float, highest: float) -> int:
    """In pixels; whatever is there is seen."""
    return max(2, round(count * (HEIGHT - 4) / highest)) if count else 0


def ends_of(start: int, end: int) -> tuple[str, str]:
    """A span by its first and last second, as two EDTF texts: years, months or days where whole ones fit."""
    # Only of years with four digits are there months and days.
    has_parts = all(civil(moment)[0] in FOUR_DIGITS for moment in (start, end))
    parts = max(_parts_needed(start), _parts_needed(end + 1)) if has_parts else 1
    return _edtf(start, parts), _edtf(end, parts)


def _parts_needed(moment: int) -> int:
    """1 where a year begins, 2 for a month, 3 for a day, 4 otherwise."""
    _, month, day, *clock = civil(moment)
    if any(clock):
        return 4
    return 3 if day != 1 else 2 if month != 1 else 1


def _edtf(moment: int, parts: int) -> str:
    year, month, day, hour, minute, second = civil(moment)
    if abs(year) > 9_999:
        return f"Y{year}"
    text = f"-{-year:04d}" if year < 0 else f"{year:04d}"
    if parts > 1:
        text += f"-{month:02d}"
    if parts > 2:
        text += f"-{day:02d}"
    return f"{text}T{hour:02d}:{minute:02d}:{second:02d}" if parts > 3 else text


def words_for(first: str, last: str) -> str:
    """`2020` and `2020-03` are “January 2020 to March 2020”."""
    if first == last:
        return parse_edtf(first).display()
    if {"Y", "T"} & {*first, *last}:  # which no interval takes
        return f"{parse_edtf(first).display()} to {parse_edtf(last).display()}"
    return parse_edtf(f"{first}/{last}").display()
