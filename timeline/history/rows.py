"""The flat rows that documents of published events are made of, as they stood at a moment.

They are those that api/rendering.py reads of today. Each table is asked for its rows by number, and what
they name is looked up by number again, in a table at a time: joined, no database finds what stood
quickly. What names something that was not there yet is left out.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import connection, models

from timeline import prepared
from timeline.history.standing import rows, stamp
from timeline.models import (
    Actor,
    Citation,
    Contract,
    Event,
    EventKind,
    EventRelation,
    Milestone,
    Participation,
    Place,
    Role,
    Source,
    Tag,
)

Rows = list[tuple[Any, ...]]
ACTOR = ("slug", "name", "kind")
NOBODY = (None, None, None)


class RowsThen:
    """The rows of some events. Runs one query for each table in which there is something to find."""

    def __init__(self, ids: Sequence[int], moment: datetime) -> None:
        self.ids, self.moment = ids, stamp(moment)

    def events(self) -> Iterator[tuple[Any, ...]]:
        columns = (
            "id", "slug", "title", "summary", "kind_id", "status", "verification", "importance",
            "date_text", "date_edtf", "place_id", "created_at", "updated_at", "version",
        )  # fmt: skip
        found = self._found(Event, columns, "id", self.ids, _PUBLISHED)
        kinds = self._named(EventKind, ("slug",), {row[4] for row in found})
        places = self._named(Place, ("slug", "name"), {row[10] for row in found} - {None})
        for row in found:
            *first, kind, status, verification, importance, text, edtf, place, made, changed, version = row
            if kind in kinds:
                yield (
                    *first, *kinds[kind], status, verification, "published", importance, text, edtf,
                    *places.get(place, (None, None)), _aware(made), _aware(changed), version,
                )  # fmt: skip

    def participations(self) -> Iterator[tuple[Any, ...]]:
        columns = ("position", "id", "event_id", "actor_id", "role_id", "capacity", "note")
        found = sorted(self._found(Participation, columns, "event_id", self.ids), key=_in_order)
        actors = self._named(Actor, ACTOR, {row[3] for row in found})
        roles = self._named(Role, ("slug",), {row[4] for row in found})
        for _, _, event, actor, role, *rest in found:
            if actor in actors and role in roles:
                yield event, *actors[actor], *roles[role], *rest

    def milestones(self) -> Iterator[tuple[Any, ...]]:
        columns = ("position", "id", "event_id", "contract_id", "kind")
        for _, _, *row in sorted(self._found(Milestone, columns, "event_id", self.ids), key=_in_order):
            yield tuple(row)

    def contracts(self) -> Iterator[tuple[Any, ...]]:
        found = self._found(Event.contracts.through, ("event_id", "contract_id"), "event_id", self.ids)
        public = self._named(Contract, ("slug", "title"), {row[1] for row in found}, _PUBLISHED)
        return ((event, contract, *public[contract]) for event, contract in found if contract in public)

    def tags(self) -> Iterator[tuple[Any, ...]]:
        found = self._found(Event.tags.through, ("event_id", "tag_id"), "event_id", self.ids)
        tags = self._named(Tag, ("slug", "name"), {row[1] for row in found})
        return ((event, *tags[tag]) for event, tag in found if tag in tags)

    def relations(self, own: str, other: str) -> Iterator[tuple[Any, ...]]:
        columns = ("position", "id", f"{own}_id", f"{other}_id", "kind", "note", "attributed_to_id")
        found = sorted(self._found(EventRelation, columns, f"{own}_id", self.ids), key=_in_order)
        public = self._named(Event, ("slug", "title"), {row[3] for row in found}, _PUBLISHED)
        actors = self._named(Actor, ACTOR, {row[6] for row in found} - {None})
        for _, _, event, related, kind, note, actor in found:
            if related in public:
                yield event, kind, *public[related], note, *actors.get(actor, NOBODY)

    def citations(self) -> Iterator[tuple[Any, ...]]:
        columns = (
            "position", "id", "event_id", "source_id", "attributed_to_id", "quote", "locator", "stance",
            "field", "asserted_value", "note", "quote_status",
        )  # fmt: skip
        found = sorted(self._found(Citation, columns, "event_id", self.ids), key=_in_order)
        sources = self._named(Source, ("slug", "title", "url"), {row[3] for row in found})
        actors = self._named(Actor, ACTOR, {row[4] for row in found} - {None})
        for _, _, event, source, actor, *words in found:
            if source in sources:
                yield event, *sources[source], *actors.get(actor, NOBODY), *words

    def _named(
        self, model: type[models.Model], columns: tuple[str, ...], numbers: Collection[int], more: str = ""
    ) -> dict[int, tuple[Any, ...]]:
        found = self._found(model, ("id", *columns), "id", numbers, more) if numbers else []
        return {row[0]: row[1:] for row in found}

    def _found(
        self,
        model: type[models.Model],
        columns: tuple[str, ...],
        key: str,
        numbers: Collection[int],
        more: str = "",
    ) -> Rows:
        given = [*numbers] if connection.vendor == "postgresql" else json.dumps([*numbers])
        with connection.cursor() as cursor:
            statement = _statement(connection.vendor, model, columns, key, more)
            prepared.execute(cursor, statement, {"numbers": given, "as_of": self.moment})
            return list(cursor.fetchall())


_PUBLISHED = "AND {row}.review = 'published'"


@lru_cache(maxsize=100)
def _statement(vendor: str, model: type[models.Model], columns: tuple[str, ...], key: str, more: str) -> str:
    among = (
        "= ANY(%(numbers)s)" if vendor == "postgresql" else "IN (SELECT value FROM json_each(%(numbers)s))"
    )
    return rows(model, ", ".join(f"{{row}}.{name}" for name in columns), f"{{row}}.{key} {among} {more}")


def _in_order(row: tuple[Any, ...]) -> tuple[int, int]:
    return row[0], row[1]


def _aware(moment: datetime | str) -> datetime:
    """As the models give it: SQLite has no time zones."""
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
