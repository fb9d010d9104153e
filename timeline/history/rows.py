"""The flat rows that documents of published events are made of, as they stood at a moment.

They are those that api/rendering.py reads of today. One statement finds the rows of the events by number,
another what they name, by number again: joined, no database finds what stood quickly. What names something
that was not there yet is left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
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

Row = list[Any]


class Part(NamedTuple):
    """Columns of a table, and the one that the rows are found by."""

    model: type[models.Model]
    key: str
    columns: tuple[str, ...]
    condition: str = ""


_PUBLISHED = "AND {row}.review = 'published'"
_RELATION = ("position", "id", "event_id", "related_id", "kind", "note", "attributed_to_id")
# By the number of the event; those with a position first have an order.
OWN = {
    "event": Part(
        Event,
        "id",
        (
            "id", "slug", "title", "summary", "kind_id", "status", "verification", "importance",
            "date_text", "date_edtf", "place_id", "created_at", "updated_at", "version",
        ),
        _PUBLISHED,
    ),
    "participation": Part(
        Participation,
        "event_id",
        ("position", "id", "event_id", "actor_id", "role_id", "capacity", "note"),
    ),
    "milestone": Part(Milestone, "event_id", ("position", "id", "event_id", "contract_id", "kind")),
    "contract": Part(Event.contracts.through, "event_id", ("event_id", "contract_id")),
    "tag": Part(Event.tags.through, "event_id", ("event_id", "tag_id")),
    "relation_of_event": Part(EventRelation, "event_id", _RELATION),
    "relation_of_related": Part(EventRelation, "related_id", _RELATION),
    "citation": Part(
        Citation,
        "event_id",
        (
            "position", "id", "event_id", "source_id", "attributed_to_id", "quote", "locator", "stance",
            "field", "asserted_value", "note", "quote_status",
        ),
    ),
}  # fmt: skip
# By their own number.
NAMED = {
    "kind": Part(EventKind, "id", ("id", "slug")),
    "place": Part(Place, "id", ("id", "slug", "name")),
    "actor": Part(Actor, "id", ("id", "slug", "name", "kind")),
    "role": Part(Role, "id", ("id", "slug")),
    "source": Part(Source, "id", ("id", "slug", "title", "url")),
    "tag": Part(Tag, "id", ("id", "slug", "name")),
    "contract": Part(Contract, "id", ("id", "slug", "title"), _PUBLISHED),
    "event": Part(Event, "id", ("id", "slug", "title"), _PUBLISHED),
}
NOBODY = (None, None, None)
# PostgreSQL expects ten in a list that it does not know.
_PLANNED_FOR = 20


class RowsThen:
    """The rows of some events, an event with its lines from one statement. Runs two queries."""

    def __init__(self, ids: Sequence[int], moment: datetime) -> None:
        at = stamp(moment)
        self.own = own = _found("own", dict.fromkeys(OWN, ids), at)
        for lines in own.values():
            lines.sort(key=lambda row: (row[0], row[1]))
        own["relation_of_related"].sort(key=lambda row: row[2])
        relations = own["relation_of_event"] + own["relation_of_related"]
        asked = {
            "kind": (row[4] for row in own["event"]),
            "place": (row[10] for row in own["event"]),
            "actor": (
                *(row[3] for row in own["participation"]),
                *(row[4] for row in own["citation"]),
                *(row[6] for row in relations),
            ),
            "role": (row[4] for row in own["participation"]),
            "source": (row[3] for row in own["citation"]),
            "tag": (row[1] for row in own["tag"]),
            "contract": (row[1] for row in own["contract"]),
            "event": (number for row in relations for number in row[2:4]),
        }
        found = _found("named", {name: {*numbers} - {None} for name, numbers in asked.items()}, at)
        self.named = {name: {row[0]: row[1:] for row in found[name]} for name in NAMED}

    def events(self) -> Iterator[Row]:
        kinds, places = self.named["kind"], self.named["place"]
        for row in self.own["event"]:
            *first, kind, status, verification, importance, text, edtf, place, made, changed, version = row
            if kind in kinds:
                yield [
                    *first, *kinds[kind], status, verification, "published", importance, text, edtf,
                    *places.get(place, (None, None)), _moment(made), _moment(changed), version,
                ]  # fmt: skip

    def participations(self) -> Iterator[Row]:
        actors, roles = self.named["actor"], self.named["role"]
        for _, _, event, actor, role, *rest in self.own["participation"]:
            if actor in actors and role in roles:
                yield [event, *actors[actor], *roles[role], *rest]

    def milestones(self) -> Iterator[Row]:
        return (row[2:] for row in self.own["milestone"])

    def contracts(self) -> Iterator[Row]:
        found = self.named["contract"]
        return ([event, one, *found[one]] for event, one in self.own["contract"] if one in found)

    def tags(self) -> Iterator[Row]:
        found = self.named["tag"]
        return ([event, *found[one]] for event, one in self.own["tag"] if one in found)

    def relations(self, own: str, other: str) -> Iterator[Row]:
        actors, public = self.named["actor"], self.named["event"]
        for _, _, event, related, kind, note, actor in self.own[f"relation_of_{own}"]:
            this, that = (event, related) if own == "event" else (related, event)
            if that in public:
                yield [this, kind, *public[that], note, *actors.get(actor, NOBODY)]

    def citations(self) -> Iterator[Row]:
        actors, sources = self.named["actor"], self.named["source"]
        for _, _, event, source, actor, *words in self.own["citation"]:
            if source in sources:
                yield [event, *sources[source], *actors.get(actor, NOBODY), *words]


def _found(which: str, numbers: Mapping[str, Iterable[int]], at: Any) -> dict[str, list[Row]]:
    """The rows of each part. Runs one query."""
    in_one = json.dumps if connection.vendor == "sqlite" else _padded
    values = {name: in_one([*given]) for name, given in numbers.items()}
    found: dict[str, list[Row]] = defaultdict(list)
    with connection.cursor() as cursor:
        prepared.execute(cursor, _statement(connection.vendor, which), {**values, "as_of": at})
        for name, row in cursor.fetchall():
            found[name].append(orjson.loads(row))
    return found


def _padded(numbers: list[int]) -> list[int]:
    """So many that PostgreSQL keeps a plan for any of them; planning takes longer than finding the rows."""
    return numbers + (numbers[:1] or [0]) * (_PLANNED_FOR - len(numbers))


@lru_cache
def _statement(vendor: str, which: str) -> str:
    """The rows of all parts as lists in JSON, after the name of the part."""
    parts = OWN if which == "own" else NAMED
    return " UNION ALL ".join(_select(vendor, name, part) for name, part in parts.items())


def _select(vendor: str, name: str, part: Part) -> str:
    columns = ", ".join(f"{{row}}.{column}" for column in part.columns)
    if vendor == "sqlite":
        row, among = f"json_array({columns})", f"IN (SELECT value FROM json_each(%({name})s))"
    else:
        row, among = f"json_build_array({columns})::text", f"= ANY(%({name})s::bigint[])"
    condition = f"{{row}}.{part.key} {among} {part.condition}"
    return rows(part.model, f"'{name}' AS part, {row} AS row", condition, part.key)


def _moment(text: str) -> datetime:
    """As the models give it: SQLite has no time zones."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
