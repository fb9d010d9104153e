"""How many events there are at each time: counted where they start, or spread over the time they may take.

The database counts; Python sees a row for each bucket, or for each distinct span where spans are spread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, Max, Min, Q, QuerySet

from timeline import scales
from timeline.buckets import CALENDAR, SHOWN, Days, Months, Parts, Spread, TooManyBuckets
from timeline.counts import AFTER, ALL_TIME, BEFORE, UNDATED, Start, Statement, start_of, starts
from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.dates.calendar import DAY
from timeline.models import Actor, Event, EventCount, Participation
from timeline.querysets import EventQuerySet, Window, during

MOST = 5_000
APART = {-1: BEFORE, -2: AFTER, -3: UNDATED}
# A unit of the calendar, by its name or itself, or a number of equal parts.
Cut = str | int | Days | Months
Division = Days | Months | Parts


@dataclass
class Histogram:
    """Counts by bucket, and what is in none; all of them add up to the number of the events.

    A bucket is its first and last second and its count, in order. They are without gaps where the window has
    two ends; elsewhere the empty ones are left out. `before` are events that start before the window or at no
    known time, `after` those that start after it, or that have no known end and are not spread.
    """

    before: int = 0
    after: int = 0
    undated: int = 0
    buckets: list[tuple[int, int, float]] = field(default_factory=list)

    @property
    def total(self) -> int:
        return int(sum(count for *_, count in self.buckets)) + self.before + self.after + self.undated


def by_start(rows: EventQuerySet, cut: Cut, window: Window) -> Histogram:
    """The events counted where they start. Runs one query, or two for parts of an open window.

    An open end of a window that is cut into parts is the first or last day on which one of the events starts.
    """
    division, window = _divided(cut, window, lambda: starts_found(rows))
    parts = division if isinstance(division, Parts) else None
    keys = rows.order_by().annotate(day=Start(window=window, parts=parts)).values("day")
    counted = keys.annotate(events=Count("pk")).values_list("day", "events")
    if isinstance(division, Parts):
        return _assembled(dict(counted), division, window)
    try:
        statement = counted.query.sql_with_params()
    except EmptyResultSet:
        return _assembled({}, division, window)
    return _assembled(_added_up(statement, division), division, window)


def everything_by_start(unit: str | Days | Months, window: Window) -> Histogram:
    """The same of all public events that may touch the window, from the counts that are kept. Runs one query.

    The ends of the window are those of days (`is_of_days`).
    """
    division, window = _divided(unit, window, lambda: (None, None))
    assert not isinstance(division, Parts)
    return _assembled(_added_up(_kept(division, window), division), division, window)


def of_actor_by_start(actor: Actor, cut: Cut, window: Window, match: str | None) -> Histogram:
    """The same of an actor's public events that meet the window, from one range of an index.

    Without a `match` they need not meet it, so that the undated are among them. Runs one query, or two for
    parts of an open window.
    """
    rows = Participation.objects.filter(actor=actor, is_public=True).order_by()
    if match is not None:
        rows = rows.filter(during(window, match))
    division, window = _divided(cut, window, lambda: starts_found(rows, ""))
    # An event in which the actor has two roles is found twice in a row: this is the order of the index.
    once = rows.values("scale", "sort_at", "event", "earliest").distinct()
    taken, params = once.query.sql_with_params()
    place = start_of("sort_at", "earliest", window, division if isinstance(division, Parts) else None)
    statement = f"SELECT {place} AS day, COUNT(*) AS events FROM ({taken}) AS taken GROUP BY 1", params
    if not isinstance(division, Parts):
        return _assembled(_added_up(statement, division), division, window)
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return _assembled(dict(cursor.fetchall()), division, window)


def spread_evenly(rows: EventQuerySet, cut: Cut, window: Window) -> Histogram:
    """The events spread over the time that each may take, as far as it is in the window.

    Runs one query, or two for parts of an open window, whose end is then the first or last day that any event
    may take. Counts are multiples of 1 / SHOWN. Where the window is open and an event, too, the event has no
    place: it is `before` or `after`. Memory does not grow with the events.
    """
    division, window = _divided(cut, window, lambda: _bounds_found(rows))
    found, spread = Histogram(), Spread(division)
    spans = rows.order_by().values("date_earliest", "date_latest").annotate(events=Count("pk"))
    for earliest, latest, events in spans.values_list("date_earliest", "date_latest", "events").iterator():
        start, end = max(earliest, window.start), min(latest, window.end)
        if earliest > OPEN_FUTURE:
            found.undated += events
        elif start <= OPEN_PAST or latest < window.start:
            found.before += events
        elif end >= OPEN_FUTURE or earliest > window.end:
            found.after += events
        else:
            spread.add(start, end, events)
    counts = {number: count / SHOWN for number, count in spread.counts(MOST).items()}
    found.buckets = list(_buckets(counts, division, window, 0.0))
    return found


def is_of_days(window: Window) -> bool:
    """Whether each end of the window is open or that of a day."""
    return (window.start <= OPEN_PAST or window.start % DAY == 0) and (
        window.end >= OPEN_FUTURE or (window.end + 1) % DAY == 0
    )


# --- Where the buckets are ---

Extent = tuple[int | None, int | None]


def _divided(cut: Cut, window: Window, extent: Any) -> tuple[Division, Window]:
    """The buckets, and the window that they fill. Raises TooManyBuckets."""
    if isinstance(cut, str):
        cut = CALENDAR[cut]
    if not isinstance(cut, int):
        if _is_closed(window) and _number(cut, window) > MOST:
            raise TooManyBuckets
        return cut, window
    if not _is_closed(window):
        window = _closed(window, *extent())
        if not _is_closed(window):
            return CALENDAR["century"], window  # nothing has a place, so nothing is in a bucket
    if window.end - window.start + 1 < cut:
        raise TooManyBuckets
    return Parts(window.start, window.end, cut), window


def _is_closed(window: Window) -> bool:
    return window.start > OPEN_PAST and window.end < OPEN_FUTURE


def _number(division: Division, window: Window) -> int:
    return division.place(window.end) - division.place(window.start) + 1


def _closed(window: Window, first: int | None, last: int | None) -> Window:
    """The window with whole days put for its open ends, as far as any are known."""
    start, end = window
    known = [one for one in (first, last, start, end) if one is not None and OPEN_PAST < one < OPEN_FUTURE]
    if not known:
        return window
    if start <= OPEN_PAST:
        start = min(known) // DAY * DAY
    if end >= OPEN_FUTURE:
        end = max(known) // DAY * DAY + DAY - 1
    return Window(start, end)


def starts_found(rows: QuerySet[Any], prefix: str = "date_") -> Extent:
    """When the first and the last of these events start, as far as that is known. Runs one query."""
    at, earliest = f"{prefix}sort_at", f"{prefix}earliest"
    known = rows.order_by().filter(**{f"{earliest}__gt": OPEN_PAST, f"{earliest}__lt": OPEN_FUTURE})
    found = known.aggregate(first=Min(at), last=Max(at))
    return found["first"], found["last"]


def _bounds_found(rows: EventQuerySet) -> Extent:
    ends: dict[str, Any] = {}
    for name in ("date_earliest", "date_latest"):
        finite = Q(**{f"{name}__gt": OPEN_PAST, f"{name}__lt": OPEN_FUTURE})
        ends |= {f"first_{name}": Min(name, filter=finite), f"last_{name}": Max(name, filter=finite)}
    known = [one for one in rows.order_by().aggregate(**ends).values() if one is not None]
    return min(known, default=None), max(known, default=None)


# --- What is counted under a day, added up by bucket ---


def _added_up(statement: Statement, division: Days | Months) -> dict[int, int]:
    """By number of the bucket, of SQL that gives rows (day, events)."""
    sql, params = statement
    # The numbers that the database gives to buckets are not negative.
    apart = " ".join(f"WHEN day = {day} THEN {number}" for number, day in APART.items())
    number = f"CASE {apart} ELSE {division.sql('day')} END"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {number}, SUM(events) FROM ({sql}) AS days GROUP BY 1", params)
        found = cursor.fetchall()
    return {APART.get(number, number - division.offset): int(events) for number, events in found}


def _kept(division: Days | Months, window: Window) -> Statement:
    """SQL that gives rows (day, events) of everything public that may touch the window."""
    if window == ALL_TIME:
        by = EventCount.By.DAY if isinstance(division, Days) else EventCount.By.MONTH
        return starts(f"\"by\" = '{by.value}'")
    first = window.start // DAY if window.start > OPEN_PAST else BEFORE + 1
    last = window.end // DAY if window.end < OPEN_FUTURE else AFTER - 1
    days = f"day BETWEEN {first} AND {last}"
    kept = f"\"by\" = 'day' AND {days}"
    if isinstance(division, Months):
        kept = _by_months(window, first, last)
    inside, params = starts(kept, days)
    outside, more = _outside(window)
    return f"{inside} UNION ALL SELECT day, 1 FROM ({outside}) AS outside", (*params, *more)


def _by_months(window: Window, first: int, last: int) -> str:
    """The condition for rows by month where the month is wholly in the window, and by day at its ends."""
    month = CALENDAR["month"]
    start, end = first, last + 1
    if window.start > OPEN_PAST:
        start = month.first(month.place(window.start - 1) + 1) // DAY
    if window.end < OPEN_FUTURE:
        end = month.first(month.place(window.end + 1)) // DAY
    if start >= end:
        return f"\"by\" = 'day' AND day BETWEEN {first} AND {last}"
    return f"""(("by" = 'month' AND day >= {start} AND day < {end})
        OR ("by" = 'day' AND day >= {first} AND day < {start})
        OR ("by" = 'day' AND day >= {end} AND day <= {last}))"""


def _outside(window: Window) -> Statement:
    """SQL of the events that may touch the window but do not start in it, or at no known time: (day)."""
    rows = Event.objects.public().during(window).order_by().annotate(day=Start(window=window)).values("day")
    found = [rows.filter(part).query.sql_with_params() for part in _parts_outside(window)]
    # No planner finds the ranges of an index in one long OR.
    return " UNION ALL ".join(sql for sql, _ in found), tuple(one for _, params in found for one in params)


def _parts_outside(window: Window) -> Iterator[Q]:
    """Conditions of which each is a range of the index by scale, and no event meets two."""
    before, after = Q(date_sort_at__lt=window.start), Q(date_sort_at__gt=window.end)
    for scale, least, greatest in scales.ranges(*window):
        of_scale = Q(date_scale=scale)
        if scale == scales.OPEN_START:
            yield of_scale & Q(date_sort_at__gte=least)
        elif scale == scales.ANY:
            yield of_scale & (before | after | Q(date_earliest__lte=OPEN_PAST))
        else:
            if window.start > OPEN_PAST:
                yield of_scale & before & Q(date_sort_at__gte=least)
            if window.end < OPEN_FUTURE:
                yield of_scale & after & Q(date_sort_at__lte=greatest)


# --- The buckets ---


def _assembled(counts: dict[int, int], division: Division, window: Window) -> Histogram:
    found = Histogram(counts.pop(BEFORE, 0), counts.pop(AFTER, 0), counts.pop(UNDATED, 0))
    full = {number: count for number, count in counts.items() if count}
    if len(full) > MOST:
        raise TooManyBuckets
    found.buckets = list(_buckets(full, division, window, 0))
    return found


def _buckets(
    counts: dict[int, Any], division: Division, window: Window, nothing: float
) -> Iterator[tuple[int, int, float]]:
    """In order: all those of a closed window, of another those with something in it; cut off at its ends."""
    numbers: Iterable[int] = sorted(counts)
    if _is_closed(window):
        numbers = range(division.place(window.start), division.place(window.end) + 1)
    for number in numbers:
        start, end = _ends(division, number)
        yield max(start, window.start), min(end, window.end), counts.get(number, nothing)


@lru_cache(maxsize=20_000)
def _ends(division: Division, number: int) -> tuple[int, int]:
    return division.first(number), division.first(number + 1) - 1
