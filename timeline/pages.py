"""Pages of published events by date, in one statement that walks no further than it has to.

The questions that are asked most often (everything, an actor, a time, both) have statements of their own. A
statement is made of arms: ranges of one index, each limited, merged in the order of the page. Whatever it
finds, the QuerySet of the same question finds too (tests/test_pages.py), to which all others are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from timeline import prepared
from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.querysets import Window
from timeline.scales import OPEN_END, OPEN_START, ranges

MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Edge:
    """Where a page begins: after the event with this slug and `created_at`, which stands at `sort_at`.

    Backwards, the page ends before it. If the event is gone, what is tied with it comes again. `id` is the
    event's, where it is known.
    """

    sort_at: int
    slug: str
    created_at: datetime
    backwards: bool = False
    id: int | None = None


@dataclass(frozen=True)
class Question:
    """Published events, of an actor (a slug), in a window, oldest or newest first, from an edge on."""

    limit: int
    actor: str | None = None
    window: Window | None = None
    match: str = "possible"
    descending: bool = False
    edge: Edge | None = None


class Found(NamedTuple):
    """An event of a page, in the order of the page, with its document as it is kept, in UTF-8."""

    id: int
    sort_at: int
    body: bytes | None
    digest: bytes | None
    overtaken: bool
    certain: bool | None


class Arm(NamedTuple):
    """The events of one class of spans (None: of all) strictly between two places (`sort_at`, id).

    `place` is 1 for what comes after all the others, whatever its order.
    """

    place: int
    scale: int | None
    low: tuple[int, int]
    high: tuple[int, int]


# The columns of Found that say what is kept of an event, and where they stand; {0} is the event's id.
KEPT = "document.body, document.digest, EXISTS (SELECT 1 FROM timeline_eventchange WHERE event_id = {0})"
FROM_KEPT = "LEFT JOIN timeline_eventdocument AS document ON document.event_id = {0}"


def page(question: Question) -> list[Found]:
    """At most `limit` events in the order of the list. Runs one query, at an edge a small one before it."""
    return [*map(Found._make, rows_of(question, Shape))]


def rows_of(question: Question, shape_of: type[Shape], **given: Any) -> list[tuple[Any, ...]]:
    """The rows of the statement that a shape makes of the question, with `given` as further parameters."""
    arms = tuple(_arms(question))
    if not arms:
        return []
    backwards = question.edge is not None and question.edge.backwards
    shape = shape_of(
        vendor=connection.vendor,
        arms=tuple((arm.place, arm.scale) for arm in arms),
        match=question.match if question.window else None,
        of_actor=question.actor is not None,
        downwards=question.descending is not backwards,
        backwards=backwards,
        limit=question.limit,
    )
    start, end = question.window or Window()
    values = {"actor": question.actor, "start": start, "end": end, **given}
    for at, arm in enumerate(arms):
        places = (*arm.low, *arm.high)
        values |= zip((f"low_{at}", f"low_id_{at}", f"high_{at}", f"high_id_{at}"), places, strict=True)
    with connection.cursor() as cursor, prepared.in_bytes(cursor):
        prepared.execute(cursor, shape.statement(), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows[::-1] if backwards else rows


def one(slug: str) -> Found | None:
    """The published event with this slug. Runs one query."""
    with connection.cursor() as cursor, prepared.in_bytes(cursor):
        prepared.execute(cursor, _ONE, {"slug": slug})
        row = cursor.fetchone()
    return row and Found._make(row)


_ONE = f"""
    SELECT event.id, event.date_sort_at, {KEPT.format("event.id")}, NULL
    FROM timeline_event AS event {FROM_KEPT.format("event.id")}
    WHERE event.slug = %(slug)s AND event.review = 'published'"""


def _arms(question: Question) -> Iterator[Arm]:
    """The ranges that can hold events of the page, those that lie wholly before the edge left out.

    Newest first, what sorts last (undated, or open at both ends) is a group of its own after the others.
    """
    edge = question.edge
    upwards = edge is not None and question.descending is edge.backwards
    at_edge = None if edge is None else (edge.sort_at, _id_at(edge, least=upwards))
    for scale, least, greatest in _ranges(question):
        arm = Arm(int(question.descending and least >= OPEN_FUTURE), scale, (least, 0), (greatest, MAX_ID))
        if edge is None or at_edge is None:
            yield arm
            continue
        place_of_edge = int(question.descending and edge.sort_at >= OPEN_FUTURE)
        if arm.place != place_of_edge:
            if (arm.place > place_of_edge) is not edge.backwards:
                yield arm
            continue
        if upwards:
            arm = arm._replace(low=max(arm.low, at_edge))
        else:
            arm = arm._replace(high=min(arm.high, at_edge))
        if arm.low < arm.high:
            yield arm


def _id_at(edge: Edge, *, least: bool) -> int:
    return id_of(edge.slug, edge.created_at, least=least) if edge.id is None else edge.id


def id_of(slug: str, created_at: datetime, *, least: bool) -> int:
    """The id of the event, also if it is hidden by now. Runs one query.

    If it is gone, a bound before all ids: what is tied with it comes again, and nothing is lost.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, created_at FROM timeline_event WHERE slug = %s", [slug])
        return id_in(cursor.fetchall(), created_at, least=least)


def id_in(found: list[tuple[Any, ...]], created_at: datetime, *, least: bool) -> int:
    """The id of the event that was made then, if it was found."""
    # Compared here: SQLite would compare the letters of two ways of writing one moment.
    ids = [int(number) for number, made_at in found if _in_utc(made_at) == created_at]
    return ids[0] if ids else 0 if least else MAX_ID


def _in_utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _ranges(question: Question) -> Iterator[tuple[int | None, int, int]]:
    found: list[tuple[int | None, int, int]] = [(None, OPEN_PAST, OPEN_FUTURE)]
    if question.window is not None:
        found = [*ranges(*question.window)]
    for scale, least, greatest in found:
        if question.descending and greatest >= OPEN_FUTURE:
            yield scale, least, OPEN_FUTURE - 1
            yield scale, OPEN_FUTURE, OPEN_FUTURE
        else:
            yield scale, least, greatest


CERTAIN = "{0}start_latest <= %(end)s AND {0}end_earliest >= %(start)s"
# The conditions of timeline.querysets.during(); {0} leads to the bounds.
_MATCHES = {
    "possible": "{0}earliest <= %(end)s AND {0}latest >= %(start)s",
    "certain": CERTAIN,
    "within": f"{CERTAIN} AND {{0}}earliest BETWEEN %(start)s AND %(end)s"
    " AND {0}latest BETWEEN %(start)s AND %(end)s",
    "starts": f"{CERTAIN} AND {{0}}earliest BETWEEN %(start)s AND %(end)s"
    " AND {0}start_latest BETWEEN %(start)s AND %(end)s",
}


@dataclass(frozen=True)
class Shape:
    """All that the text of a statement depends on; the rest are its parameters, by name."""

    vendor: str
    arms: tuple[tuple[int, int | None], ...]
    match: str | None
    of_actor: bool
    downwards: bool
    backwards: bool
    limit: int

    @lru_cache(maxsize=512)  # noqa: B019  (the shapes are few and small)
    def statement(self) -> str:
        certain, event = "page.certain" if self._is_said_on_the_way else "NULL", ""
        if self.match is not None and not self._is_said_on_the_way:
            certain = CERTAIN.format("event.date_")
            event = "JOIN timeline_event AS event ON event.id = page.id"
        order = self._order("page.place", "page.sort_at", "page.id")
        rows = self._merged_in_memory() if self._is_lateral else self._merged_as_walked()
        return f"""
            SELECT page.id, page.sort_at, {KEPT.format("page.id")}, {certain}
            FROM ({rows}) AS page {event}
            {FROM_KEPT.format("page.id")}
            ORDER BY {order}"""

    @property
    def _is_lateral(self) -> bool:
        """PostgreSQL plans one arm for all; planning each by itself would take longer than walking them."""
        return self.vendor == "postgresql" and len(self.arms) > 2

    @property
    def _is_said_on_the_way(self) -> bool:
        """Whether an arm says which events are certain; else the events of the page are asked.

        Where arms are merged or made distinct by all their columns, another column would make them be sorted.
        """
        return self._is_lateral and not self.of_actor

    @property
    def _leading(self) -> int | None:
        """The arm of which all is in the window, where it is among the first: what is open on the far side.

        That is so of what is possible. With as many events as the page has it says where the page ends: no
        other is walked beyond, where each would be as far as its own first event, past all that ended before.
        """
        places = [place for place, _ in self.arms]
        leading = ((max if self.backwards else min)(places), OPEN_START if self.downwards else OPEN_END)
        is_told = self.match == "possible" and leading in self.arms and len(places) > 2
        return self.arms.index(leading) if is_told else None

    def _with_end(self, rows: str) -> str:
        """With the place of the page's last event at the latest, or the end of time."""
        if self._leading is None:
            return rows
        arm = self._arm(str(self.arms[self._leading][1]), *self._place_of(self._leading))
        order = self._order(None, "sort_at", "id")
        end = f"{OPEN_PAST}, 0" if self.downwards else f"{OPEN_FUTURE}, {MAX_ID}"
        return f"""
            WITH last AS MATERIALIZED (
                SELECT DISTINCT sort_at, id FROM ({arm}) AS surely
                ORDER BY {order} LIMIT 1 OFFSET {self.limit - 1}
            ), page_end (sort_at, id) AS MATERIALIZED (
                SELECT sort_at, id FROM last UNION ALL SELECT {end} WHERE NOT EXISTS (SELECT 1 FROM last)
            ) {rows}"""

    def _place_of(self, at: int) -> tuple[str, str]:
        """Between which places (`sort_at`, id) an arm lies."""
        cast = "::bigint" if self._is_lateral else ""
        low, low_id, high, high_id = (
            f"%({name}_{at})s{cast}" for name in ("low", "low_id", "high", "high_id")
        )
        return f"{low}, {low_id}", f"{high}, {high_id}"

    def _is_ended(self, at: int) -> bool:
        """Whether the arm is walked no further than to the page's end."""
        leading = self._leading
        return leading is not None and leading != at and self.arms[leading][0] == self.arms[at][0]

    def _ended(self, at: int, end: str, end_id: str, *, or_at: str = "") -> tuple[str, str]:
        """The place of the arm, cut off at this end; `or_at` says whether one that ends there is cut, too."""
        low, high = self._place_of(at)
        if not self._is_ended(at):
            return low, high
        if self.downwards:
            return _nearer(low, f">{or_at}", end, end_id), high
        return low, _nearer(high, f"<{or_at}", end, end_id)

    def _merged_in_memory(self) -> str:
        rows = ", ".join(
            f"({place}, {'NULL' if scale is None else scale}, {low}, {high})"
            for at, (place, scale) in enumerate(self.arms)
            for low, high in [self._ended(at, END, END_ID, or_at="=")]
        )
        columns = "place, scale, low, low_id, high, high_id"
        scale = None if self.arms[0][1] is None else "arm.scale"
        arm = self._arm(scale, "arm.low, arm.low_id", "arm.high, arm.high_id")
        return self._with_end(f"""
            SELECT arm.place, found.* FROM (VALUES {rows}) AS arm ({columns})
            CROSS JOIN LATERAL ({arm}) AS found
            ORDER BY {self._order("place", "sort_at", "id")} LIMIT {self.limit}""")

    def _merged_as_walked(self) -> str:
        places = sorted({place for place, _ in self.arms})
        parts = [f"SELECT {place} AS place, part.* FROM ({self._part(place)}) AS part" for place in places]
        if len(parts) == 1:
            return self._with_end(parts[0])
        order = self._order("place", "sort_at", "id")
        return self._with_end(f"{' UNION ALL '.join(parts)} ORDER BY {order} LIMIT {self.limit}")

    def _part(self, place: int) -> str:
        """The arms of one place. SQLite merges them as it walks them, and stops at the limit."""
        arms = [
            rows
            for at, (own, scale) in enumerate(self.arms)
            if own == place
            for rows in self._rows_of(at, None if scale is None else str(scale))
        ]
        return self._merged(arms)

    def _rows_of(self, at: int, scale: str | None) -> list[str]:
        """For SQLite, which finds two columns between two places by the first alone, ties are apart."""
        if not self._is_ended(at):
            return self._rows(scale, *self._place_of(at))
        step, least, before = ("+ 1", 0, ">") if self.downwards else ("- 1", MAX_ID, "<")
        sort_at, event = self._key
        is_in = f"{END} BETWEEN %(low_{at})s AND %(high_{at})s"
        tied = f"{sort_at} = CASE WHEN {is_in} THEN {END} END AND {event} {before} {END_ID}"
        return [
            *self._rows(scale, *self._ended(at, f"{END} {step}", str(least))),
            *self._rows(scale, *self._place_of(at), tied),
        ]

    def _merged(self, arms: list[str]) -> str:
        if len(arms) == 1:
            return self._walked(arms[0])
        # UNION, because an actor may have several roles in an event.
        merged = (" UNION " if self.of_actor else " UNION ALL ").join(f"SELECT {rows}" for rows in arms)
        return f"{merged} ORDER BY {self._order(None, 'sort_at', 'id')} LIMIT {self.limit}"

    def _arm(self, scale: str | None, low: str, high: str) -> str:
        rows = self._rows(scale, low, high)
        if self._is_lateral:
            return " UNION ALL ".join(f"({self._walked(one)})" for one in rows)
        return self._merged(rows)

    def _walked(self, rows: str) -> str:
        distinct = "DISTINCT" if self.of_actor else ""
        return f"SELECT {distinct} {rows} ORDER BY {self._order(None, 'sort_at', 'id')} LIMIT {self.limit}"

    def _rows(self, scale: str | None, low: str, high: str, *also: str) -> list[str]:
        """The rest of each SELECT of (sort_at, id) that an arm is made of."""
        table = "timeline_participation" if self.of_actor else "timeline_event"
        return [self._rows_in(table, [*self._conditions(scale, low, high), *also])]

    def _rows_in(self, table: str, conditions: list[str], more: str = "") -> str:
        certain = f", {CERTAIN.format(self._prefix)} AS certain" if self._is_said_on_the_way else ""
        sort_at, event = self._key
        where = " AND ".join(conditions)
        return f"{sort_at} AS sort_at, {event} AS id{certain}{more} FROM {table} WHERE {where}"

    def _conditions(self, scale: str | None, low: str, high: str) -> list[str]:
        """All their columns are those of one index."""
        conditions = ["review = 'published'"]
        if self.of_actor:
            conditions = ["is_public", f"actor_id = ({self._actor})"]
        if scale is not None:
            conditions.append(f"{self._prefix}scale = {scale}")
        key = f"({', '.join(self._key)})"
        conditions += [f"{key} > ({low})", f"{key} < ({high})"]
        if self.match is not None:
            conditions.append(_MATCHES[self.match].format(self._prefix))
        return conditions

    @property
    def _prefix(self) -> str:
        return "" if self.of_actor else "date_"

    @property
    def _key(self) -> tuple[str, str]:
        return f"{self._prefix}sort_at", "event_id" if self.of_actor else "id"

    @property
    def _actor(self) -> str:
        return "SELECT id FROM timeline_actor WHERE slug = %(actor)s"

    def _order(self, place: str | None, *columns: str) -> str:
        """Forwards or backwards; what sorts last does so whichever way the others go."""
        first = [] if place is None else [f"{place} DESC" if self.backwards else place]
        return ", ".join([*first, *(f"{column} DESC" if self.downwards else column for column in columns)])


END, END_ID = "(SELECT sort_at FROM page_end)", "(SELECT id FROM page_end)"


def _nearer(place: str, compared: str, end: str, end_id: str) -> str:
    """The place, or this end where the place does not come before it."""
    sort_at, event = place.split(", ")
    is_nearer = f"CASE WHEN {sort_at} {compared} {END} THEN"
    return f"{is_nearer} {sort_at} ELSE {end} END, {is_nearer} {event} ELSE {end_id} END"
