"""How many public events start on each day and in each month, kept in step with the documents.

The rows of EventCount are differences that add up: whoever stores documents (timeline/kept.py) adds rows in
the same transaction, so nobody waits for a shared total. For each day and month they add up to the documents
that have it in `starts_on`. What documents that do not stand say is corrected by the statement that reads,
so the sums are always those of the events as they are.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models, transaction
from django.db.models import F, Func, OuterRef, Subquery

from timeline.buckets import CALENDAR, Parts
from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.dates.calendar import DAY
from timeline.models import Event, EventChange, EventCount, EventDocument
from timeline.querysets import Window
from timeline.rows import among

# The days of what is open at the start, begins after the window, or has no date. No event begins on them.
BEFORE, UNDATED = OPEN_PAST // DAY, OPEN_FUTURE // DAY
AFTER = UNDATED - 1
# After so many new rows they are added up; it takes the longer, the more days there are.
ADDED_UP_AFTER = {EventCount.By.MONTH: 10_000, EventCount.By.DAY: 200_000}
TABLE = EventCount._meta.db_table

ALL_TIME = Window()
# SQL and its parameters.
Statement = tuple[str, tuple[Any, ...]]


class Start(Func):
    """Under what an event is counted: the day on which it starts, or the part of the window.

    What has no such place is BEFORE, AFTER or UNDATED.
    """

    output_field = models.BigIntegerField()

    def __init__(self, *columns: Any, window: Window = ALL_TIME, parts: Parts | None = None) -> None:
        super().__init__(*(columns or (F("date_sort_at"), F("date_earliest"))))
        self.window, self.parts = window, parts

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> Any:
        sort_at, earliest = (compiler.compile(column)[0] for column in self.source_expressions)
        return start_of(sort_at, earliest, self.window, self.parts), []


def start_of(sort_at: str, earliest: str, window: Window = ALL_TIME, parts: Parts | None = None) -> str:
    """The SQL of Start, of columns with these names."""
    # Division cuts off, also below zero.
    day = f"({sort_at} - CASE WHEN {sort_at} < 0 THEN {DAY - 1} ELSE 0 END) / {DAY}"
    sql = f"""CASE WHEN {earliest} > {OPEN_FUTURE} THEN {UNDATED}
        WHEN {earliest} <= {OPEN_PAST} OR {sort_at} < {window.start} THEN {BEFORE}
        WHEN {sort_at} > {window.end} THEN {AFTER}
        ELSE {day if parts is None else parts.sql(sort_at)} END"""
    return " ".join(sql.split())


def recounted(ids: Sequence[int]) -> dict[int, int]:
    """Count these events where they start now; the days of those that are public.

    To be called in the transaction that stores these days with the documents, before it does. Runs three
    queries, and now and then some more.
    """
    public = Event.objects.public().filter(pk__in=among(ids)).order_by()
    days = dict(public.annotate(day=Start()).values_list("pk", "day"))
    documents = EventDocument.objects.filter(event_id__in=among(ids), starts_on__isnull=False)
    moved = Counter(days.values())
    moved.subtract(documents.values_list("starts_on", flat=True))
    _add(moved)
    return days


def _add(moved: Counter[int]) -> None:
    by_month: Counter[int] = Counter()
    for day, events in moved.items():
        by_month[_month_of(day)] += events
    for by, found in ((EventCount.By.DAY, moved), (EventCount.By.MONTH, by_month)):
        added = _inserted(by, [(day, events) for day, events in found.items() if events])
        limit = ADDED_UP_AFTER[by]
        if added and min(added) // limit != (max(added) + 1) // limit:
            add_up(by)


def _inserted(by: EventCount.By, rows: list[tuple[int, int]]) -> list[int]:
    """Insert rows (day, events); their ids."""
    if not rows:
        return []
    given: list[Any] = [json.dumps(rows)]
    listed = "SELECT json_extract(value, '$[0]') AS day, json_extract(value, '$[1]') FROM json_each(%s)"
    if connection.vendor == "postgresql":
        given = [[*column] for column in zip(*rows, strict=True)]
        listed = "SELECT * FROM unnest(%s::bigint[], %s::integer[])"
    with connection.cursor() as cursor:
        insert = f"""INSERT INTO {TABLE} ("by", day, events) SELECT %s, found.* FROM ({listed}) AS found"""
        cursor.execute(f"{insert} RETURNING id", [by.value, *given])
        return [pk for (pk,) in cursor.fetchall()]


def _month_of(day: int) -> int:
    """The first day of the month of a day."""
    month = CALENDAR["month"]
    return day if day in (BEFORE, UNDATED) else month.first(month.place(day * DAY)) // DAY


def add_up(*kinds: str) -> None:
    """Replace the rows by one for each day and month. Readers and writers at the same time do not notice."""
    names = ", ".join(f"'{EventCount.By(by).value}'" for by in kinds)
    summed = '"by", day, SUM(events)'
    grouped = 'GROUP BY "by", day HAVING SUM(events) <> 0'
    columns = '("by", day, events)'
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Rows that somebody else is just adding up are left to them.
            cursor.execute(f"""WITH gone AS (
                    DELETE FROM {TABLE} WHERE id IN
                        (SELECT id FROM {TABLE} WHERE "by" IN ({names}) FOR UPDATE SKIP LOCKED)
                    RETURNING "by", day, events)
                INSERT INTO {TABLE} {columns} SELECT {summed} FROM gone {grouped}""")
            return
        cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {TABLE}")
        (last,) = cursor.fetchone()
        old = f'"by" IN ({names}) AND id <= {last:d}'
        cursor.execute(f"INSERT INTO {TABLE} {columns} SELECT {summed} FROM {TABLE} WHERE {old} {grouped}")
        cursor.execute(f"DELETE FROM {TABLE} WHERE {old}")


def count_all_again() -> None:
    """Make the rows from the documents: they are right afterwards, whatever has been done to the tables."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Who is about to store documents waits, and what has just been stored is seen.
            cursor.execute(f"LOCK TABLE {TABLE} IN EXCLUSIVE MODE")
        EventCount.objects.all().delete()
        counted = EventDocument.objects.exclude(starts_on=None).values_list("starts_on")
        _add(Counter(dict(counted.annotate(events=models.Count("pk")).order_by())))


def starts(kept: str, days: str = "TRUE") -> Statement:
    """SQL that gives rows (day, events) which add up to how many public events start on each day.

    `kept` is the condition for the rows of EventCount, `days` that on the `day` of what is pending; neither
    has parameters. Where rows by month are taken, all days of a month may be its first.
    """
    (now, now_params), (then, then_params) = _pending()
    sql = f"""SELECT day, events FROM {TABLE} WHERE {kept}
        UNION ALL SELECT day, 1 FROM ({now}) AS pending WHERE day IS NOT NULL AND {days}
        UNION ALL SELECT day, -1 FROM ({then}) AS pending WHERE day IS NOT NULL AND {days}"""
    return sql, (*now_params, *then_params)


@cache
def _pending() -> tuple[Statement, Statement]:
    """SQL of the days (day) of what is pending: on which it starts now, and under which it is counted."""
    event = OuterRef("event_id")
    now = Event.objects.public().filter(pk=event).order_by().annotate(day=Start()).values("day")
    then = EventDocument.objects.filter(pk=event).values("starts_on")
    # As a subquery for each, so that no planner reads all events for the few that are pending.
    changes = EventChange.objects.order_by().values("event_id").distinct()
    first, second = (changes.annotate(day=Subquery(day)).query.sql_with_params() for day in (now, then))
    return first, second
