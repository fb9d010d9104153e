"""Pages of published events as they stood, in one statement each: what timeline/pages.py asks of a moment.

Every arm of a page is walked twice, among the rows of today that stood since and among past rows. A kept
document serves where nothing that it shows has changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from timeline import pages, prepared
from timeline.history.since import SINCE
from timeline.history.standing import AS_OF, past_table, rows, stamp, stands_since, stood
from timeline.models import Actor, Event, Participation
from timeline.pages import CERTAIN, END, END_ID, FROM_KEPT, Edge, Found, Question, Shape


def page(question: Question, moment: datetime) -> list[Found]:
    """The page as it was at the moment; `overtaken` are events that are not as their documents say.

    Runs one query, or two where the first looks at no more than is likely to do, and does not find enough;
    and a small one before where there is an edge.
    """
    if question.edge is not None:
        question = replace(question, edge=_at(question.edge, moment, descending=question.descending))
    as_of = stamp(moment)
    if connection.vendor == "postgresql":
        skimmed = pages.rows_of(question, Skimmed, as_of=as_of)
        if len(skimmed) == question.limit or (skimmed and skimmed[0][-1]):
            return [Found._make(row[:-1]) for row in skimmed]
    return [*map(Found._make, pages.rows_of(question, ShapeThen, as_of=as_of))]


def one(slug: str, moment: datetime) -> Found | None:
    """The event that was published under this slug. Runs one query."""
    found = _asked(_one(), {"slug": slug, "as_of": stamp(moment)})
    return Found._make(found[0]) if found else None


def _at(edge: Edge, moment: datetime, *, descending: bool) -> Edge:
    """The edge with the id that the event had, or a bound before all ids (pages.id_of)."""
    found = _asked(_BY_SLUG, {"slug": edge.slug, "as_of": stamp(moment)})
    return replace(edge, id=pages.id_in(found, edge.created_at, least=descending is edge.backwards))


def _asked(statement: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor, prepared.in_bytes(cursor):
        prepared.execute(cursor, statement, values)
        return list(cursor.fetchall())


class ShapeThen(Shape):
    """A page with `as_of` as a further parameter."""

    @lru_cache(maxsize=512)  # noqa: B019  (the shapes are few and small)
    def statement(self) -> str:
        rows = self._merged_in_memory() if self._is_lateral else self._merged_as_walked()
        return _with_documents(
            rows, self._order("page.place", "page.sort_at", "page.id"), in_window=self.match is not None
        )

    @property
    def _is_lateral(self) -> bool:
        return self.vendor == "postgresql"

    @property
    def _is_said_on_the_way(self) -> bool:
        return False

    def _rows(self, scale: str | None, low: str, high: str, *also: str) -> list[str]:
        table, past = self._tables
        conditions = [*self._conditions(scale, low, high), *also]
        return [
            self._rows_in(table, [*conditions, self._stands(table)]),
            self._rows_in(past, [*conditions, stood(past)]),
        ]

    def _rows_of(self, at: int, scale: str | None) -> list[str]:
        """Past rows are few: no arm of their own for those that are tied with the end."""
        if not self._is_ended(at):
            return super()._rows_of(at, scale)
        standing = super()._rows_of(at, scale)[::2]
        past = self._rows(scale, *self._ended(at, END, END_ID, or_at="="))[1]
        return [*standing, past]

    def _stands(self, row: str) -> str:
        stands = stands_since(self._model, row)
        if self.vendor == "postgresql":  # which might take all the moments there are for a list to look in
            return stands
        return f"({_is_as_kept(f'{row}.event_id' if self.of_actor else f'{row}.id')} OR {stands})"

    @property
    def _model(self) -> type[models.Model]:
        return Participation if self.of_actor else Event

    @property
    def _tables(self) -> tuple[str, str]:
        return self._model._meta.db_table, past_table(self._model)

    @property
    def _actor(self) -> str:
        return _ACTOR


class Skimmed(ShapeThen):
    """A page of what stood among the first candidates: past rows, and those of today, standing then or not.

    It may be too short, unless its rows say at their end that these were all that there are. PostgreSQL,
    which walks every arm as far as the limit, walks an index alone for it.
    """

    @lru_cache(maxsize=512)  # noqa: B019  (the shapes are few and small)
    def statement(self) -> str:
        most = self.limit + self.limit // 4 + 20
        candidates = replace(self, limit=most)._merged_in_memory()
        stands = f"standing.id = candidate.id AND {stands_since(Event, 'standing')}"
        page = f"""
            SELECT place, sort_at, id, candidates < {most} AS is_all
            FROM (SELECT *, count(*) OVER () AS candidates FROM ({candidates}) AS found) AS candidate
            WHERE is_past OR {_is_as_kept("candidate.id")}
            OR EXISTS (SELECT 1 FROM timeline_event AS standing WHERE {stands})
            ORDER BY {self._order("place", "sort_at", "id")} LIMIT {self.limit}"""
        order = self._order("page.place", "page.sort_at", "page.id")
        return _with_documents(page, order, ", page.is_all", in_window=self.match is not None)

    def _rows(self, scale: str | None, low: str, high: str, *also: str) -> list[str]:
        table, past = self._tables
        conditions = [*self._conditions(scale, low, high), *also]
        return [
            self._rows_in(table, conditions, ", false AS is_past"),
            self._rows_in(past, [*conditions, stood(past)], ", true AS is_past"),
        ]


def _is_as_kept(event: str) -> str:
    """That the event stood, and all that its document shows, as they do now; most do, and no row is read."""
    return f"""EXISTS (SELECT 1 FROM {SINCE} AS kept WHERE kept.event_id = {event} AND kept.at <= {AS_OF}
        AND NOT EXISTS (SELECT 1 FROM timeline_eventchange AS note WHERE note.event_id = {event}))"""


def _with_documents(page: str, order: str, more: str = "", *, in_window: bool) -> str:
    certain, dates = "NULL", ""
    if in_window:
        dates = f"""LEFT JOIN {past_table(Event)} AS was ON was.id = page.id AND {stood("was")}
            LEFT JOIN timeline_event AS event ON event.id = page.id"""
        then, now = CERTAIN.format("was.date_"), CERTAIN.format("event.date_")
        certain = f"CASE WHEN was.id IS NULL THEN {now} ELSE {then} END"
    noted = "EXISTS (SELECT 1 FROM timeline_eventchange WHERE event_id = page.id)"
    return f"""
        SELECT page.id, page.sort_at, document.body, document.digest,
            since.at IS NULL OR since.at > {AS_OF} OR {noted}, {certain}{more}
        FROM ({page}) AS page {dates}
        {FROM_KEPT.format("page.id")} LEFT JOIN {SINCE} AS since ON since.event_id = page.id
        ORDER BY {order}"""


_BY_SLUG = rows(Event, "{row}.id AS id, {row}.created_at AS created_at", "{row}.slug = %(slug)s")
# Transactions that overlap may give one slug to several: the last is meant, as in `the_one` of api/views.py.
_ACTOR = f"SELECT max(id) FROM ({rows(Actor, '{row}.id AS id', '{row}.slug = %(actor)s')}) AS actor"


@lru_cache
def _one() -> str:
    columns = "{row}.id AS id, {row}.date_sort_at AS sort_at"
    page = rows(Event, columns, "{row}.slug = %(slug)s AND {row}.review = 'published'")
    return _with_documents(page, "page.id DESC", in_window=False)
