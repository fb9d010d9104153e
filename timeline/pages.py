"""Pages of published events by date, in one statement that walks no further than it has to.

The questions that are asked most often (everything, an actor, a time, both) have statements of their own. A
statement is made of arms: ranges of one index, each limited, merged in the order of the page. Whatever it
finds, the QuerySet of the same question finds too (tests/test_pages.py), to which all others are left.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection

from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.querysets import Window
from timeline.scales import ranges

MAX_ID = 2**63 - 1


@dataclass(frozen=True)
class Edge:
    """Where a page begins: after the event with this slug and `created_at`, which stands at `sort_at`.

    Backwards, the page ends before it. If the event is gone, what is tied with it comes again.
    """

    sort_at: int
    slug: str
    created_at: datetime
    backwards: bool = False


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
    """An event of a page, in the order of the page, with its document as it is kept."""

    id: int
    sort_at: int
    body: str | None
    digest: str | None
    overtaken: bool
    certain: bool | None


class Arm(NamedTuple):
    """A range of `sort_at`, both ends inclusive, of one class of spans or (None) of all.

    `place` is 1 for what comes after all the others, whatever its order.
    """

    place: int
    scale: int | None
    least: int
    greatest: int
    at_edge: bool


def page(question: Question) -> list[Found]:
    """At most `limit` events in the order of the list, whichever way the page is walked. Runs one query."""
    arms = tuple(_arms(question))
    backwards = question.edge is not None and question.edge.backwards
    if not arms:
        return []
    shape = Shape(
        vendor=connection.vendor,
        scales=tuple(arm.scale for arm in arms),
        at_edge=tuple(arm.at_edge for arm in arms),
        match=question.match if question.window else None,
        of_actor=question.actor is not None,
        places=tuple(arm.place for arm in arms),
        downwards=question.descending is not backwards,
        backwards=backwards,
        limit=question.limit,
    )
    with connection.cursor() as cursor:
        cursor.execute(shape.statement(), list(_parameters(question, arms, shape)))
        rows = [Found(*row) for row in cursor.fetchall()]
    return rows[::-1] if backwards else rows


def _arms(question: Question) -> Iterator[Arm]:
    """The ranges that can hold events of the page, those that lie wholly before the edge left out.

    Newest first, what sorts last (undated, or open at both ends) is a group of its own after the others.
    """
    edge = question.edge
    for scale, least, greatest in _ranges(question):
        place = int(question.descending and least >= OPEN_FUTURE)
        if edge is None:
            yield Arm(place, scale, least, greatest, False)
            continue
        place_of_edge = int(question.descending and edge.sort_at >= OPEN_FUTURE)
        if place != place_of_edge:
            if (place > place_of_edge) is not edge.backwards:
                yield Arm(place, scale, least, greatest, False)
            continue
        if question.descending is edge.backwards:
            least = max(least, edge.sort_at)
        else:
            greatest = min(greatest, edge.sort_at)
        if least <= greatest:
            yield Arm(place, scale, least, greatest, True)


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


def _parameters(question: Question, arms: tuple[Arm, ...], shape: Shape) -> Iterator[Any]:
    """The values in the order in which Shape.statement() has their marks."""
    edge, window = question.edge, question.window
    start, end = window or Window()
    within = [] if shape.match is None else _WINDOWS[shape.match](start, end)
    position: list[Any] = []
    if edge is not None:
        created_at = connection.ops.adapt_datetimefield_value(edge.created_at)
        position = [edge.sort_at, edge.slug, created_at]
    if shape.match is not None:
        yield from (end, start)
    for arm in arms:
        if shape.of_actor:
            yield question.actor
        yield from (arm.least, arm.greatest, *within)
        if arm.at_edge:
            yield from position


# The conditions of timeline.querysets.during(), each with the order of its values.
_CONDITIONS = {
    "possible": ("{earliest} <= %s", "{latest} >= %s"),
    "certain": ("{start_latest} <= %s", "{end_earliest} >= %s"),
    "starts": ("{earliest} BETWEEN %s AND %s", "{start_latest} BETWEEN %s AND %s"),
    "within": ("{earliest} BETWEEN %s AND %s", "{latest} BETWEEN %s AND %s"),
}
_WINDOWS = {
    "possible": lambda start, end: [end, start],
    "certain": lambda start, end: [end, start],
    "starts": lambda start, end: [end, start, start, end, start, end],
    "within": lambda start, end: [end, start, start, end, start, end],
}


@dataclass(frozen=True)
class Shape:
    """All that the text of a statement depends on; the rest are its parameters."""

    vendor: str
    scales: tuple[int | None, ...]
    at_edge: tuple[bool, ...]
    match: str | None
    of_actor: bool
    places: tuple[int, ...]
    downwards: bool
    backwards: bool
    limit: int

    @lru_cache(maxsize=512)  # noqa: B019  (the shapes are few and small)
    def statement(self) -> str:
        certain, rows = "NULL", ""
        if self.match is not None:
            certain = "event.date_start_latest <= %s AND event.date_end_earliest >= %s"
            rows = "JOIN timeline_event AS event ON event.id = page.id"
        order = self._order("page.place", "page.sort_at", "page.id")
        return f"""
            SELECT page.id, page.sort_at, document.body, document.digest,
                EXISTS (SELECT 1 FROM timeline_eventchange WHERE event_id = page.id), {certain}
            FROM ({self._page()}) AS page {rows}
            LEFT JOIN timeline_eventdocument AS document ON document.event_id = page.id
            ORDER BY {order}"""

    def _page(self) -> str:
        places = sorted(set(self.places))
        parts = [f"SELECT {place} AS place, part.* FROM ({self._merged(place)}) AS part" for place in places]
        if len(parts) == 1:
            return parts[0]
        order = self._order("place", "sort_at", "id")
        return f"{' UNION ALL '.join(parts)} ORDER BY {order} LIMIT {self.limit}"

    def _merged(self, place: int) -> str:
        """The arms of one place as one, walked in their order and no further than the limit.

        No event comes twice, though an actor may have several roles in it.
        """
        ours = [at for at in range(len(self.scales)) if self.places[at] == place]
        arms = [self._arm(at, distinct=self.of_actor and len(ours) == 1) for at in ours]
        rows = " UNION ALL ".join(arms)
        if self.of_actor and len(arms) > 1:
            # SQLite merges what it walks; PostgreSQL would sort all of it first.
            rows = (
                " UNION ".join(arms)
                if self.vendor == "sqlite"
                else f"SELECT DISTINCT * FROM ({rows}) AS arms"
            )
        return f"{rows} ORDER BY {self._order(None, 'sort_at', 'id')} LIMIT {self.limit}"

    def _arm(self, at: int, *, distinct: bool) -> str:
        prefix = "part." if self.of_actor else "event.date_"
        names = {
            name: prefix + name for name in ("sort_at", "earliest", "start_latest", "end_earliest", "latest")
        }
        event = "part.event_id" if self.of_actor else "event.id"
        conditions = [f"{names['sort_at']} BETWEEN %s AND %s"]
        if self.scales[at] is not None:
            conditions.insert(0, f"{prefix}scale = {self.scales[at]}")
        if self.of_actor:
            conditions.insert(0, "part.actor_id = (SELECT id FROM timeline_actor WHERE slug = %s)")
        if self.match is not None:
            kinds = (self.match,) if self.match in ("possible", "certain") else ("certain", self.match)
            conditions += [text.format(**names) for kind in kinds for text in _CONDITIONS[kind]]
        if self.at_edge[at]:
            conditions.append(self._beyond(names["sort_at"], event))
        rows = "timeline_event AS event"
        if self.of_actor:
            rows = "timeline_participation AS part JOIN timeline_event AS event ON event.id = part.event_id"
        return f"""
            SELECT {"DISTINCT" if distinct else ""} {names["sort_at"]} AS sort_at, {event} AS id
            FROM {rows}
            WHERE {" AND ".join(conditions)} AND event.review = 'published'"""

    def _order(self, place: str | None, *columns: str) -> str:
        """Forwards or backwards; what sorts last does so whichever way the others go."""
        first = [] if place is None else [f"{place} DESC" if self.backwards else place]
        return ", ".join([*first, *(f"{column} DESC" if self.downwards else column for column in columns)])

    def _beyond(self, sort_at: str, event: str) -> str:
        gone, side = (MAX_ID, "<") if self.downwards else (0, ">")
        return f"""({sort_at}, {event}) {side} (%s, COALESCE(
            (SELECT id FROM timeline_event WHERE slug = %s AND created_at = %s), {gone}))"""
