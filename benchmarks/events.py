"""The benchmark's events with all that belongs to them, as rows ready to be loaded, chunk by chunk.

A chunk depends on its number and on the world alone. Ids are made of the event's number, so that chunks need
not know of each other.
"""

from __future__ import annotations

import json
from bisect import bisect
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

from benchmarks.indexed import Pieces, line
from benchmarks.moments import Dated, some_date
from benchmarks.world import CONTRACTS, Named, World, moment
from timeline.fields import UNDATED_BOUNDS
from timeline.kept import ROOT, digest_of
from timeline.search.index import TABLE as SEARCHED
from timeline.search.query import FIELDS

CHUNK = 5_000
# The shares of one, two, … participations (2.2 on average), citations (1.3) and tags (1, with 0 first).
_PARTICIPATIONS = (0.24, 0.69, 0.90, 0.97, 1.0)
_CITATIONS = (0.76, 0.95, 0.99, 1.0)
_TAGS = (0.35, 0.70, 0.90, 1.0)
_CAPACITIES = ("", "", "", "", "spokesman", "head of the delegation", "minister", "chief executive")
_STANCES = ("supports",) * 8 + ("contradicts", "mentions")
_RELATIONS = ("asserts", "causes", "part_of", "precedes", "responds_to")

# The tables that a chunk fills and the columns of its rows.
COLUMNS: dict[str, tuple[str, ...]] = {
    "timeline_event": (
        "id", "slug", "created_at", "updated_at", "recorded_at", "version", "review", "title", "summary",
        "kind_id", "date", "status", "verification", "importance", "place_id",
    ),
    "timeline_participation": (
        "id", "event_id", "actor_id", "role_id", "capacity", "note", "position",
        "is_public", "scale", "sort_at", "earliest", "start_latest", "end_earliest", "latest",
    ),
    "timeline_citation": (
        "id", "event_id", "source_id", "field", "asserted_value", "quote", "locator", "attributed_to_id",
        "stance", "note", "quote_status", "position",
    ),
    "timeline_event_tags": ("id", "event_id", "tag_id"),
    "timeline_event_contracts": ("id", "event_id", "contract_id"),
    "timeline_milestone": ("id", "contract_id", "event_id", "kind", "title", "due", "met", "position"),
    "timeline_eventrelation": (
        "id", "event_id", "kind", "related_id", "attributed_to_id", "note", "position",
    ),
    "timeline_eventdocument": ("event_id", "body", "digest", "starts_on"),
    # Stored as each database has it (benchmarks/indexed.py).
    SEARCHED: ("event_id", *FIELDS),
}  # fmt: skip
UNDATED = json.dumps(["", None, *UNDATED_BOUNDS])

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]


class Drawn(NamedTuple):
    """An event of its chunk before the lines that belong to it."""

    number: int
    slug: str
    title: str
    date: Dated


def chunks(world: World) -> range:
    return range(-(-world.events // CHUNK))


def chunk(world: World, number: int) -> Rows:
    """The rows of the events from `number` times CHUNK on, table by table."""
    return Chunk(world, number).rows()


class Chunk:
    def __init__(self, world: World, number: int) -> None:
        self.world = world
        self.draw = Random(f"{world.seed} chunk {number}")
        first, last = number * CHUNK + 1, min((number + 1) * CHUNK, world.events)
        self.drawn = [self._drawn(one) for one in range(first, last + 1)]
        self.found: Rows = {table: [] for table in COLUMNS}
        # Of the event at hand, by field.
        self.texts: dict[str, list[Pieces]] = {}

    def rows(self) -> Rows:
        for index, event in enumerate(self.drawn):
            self._add(index, event)
        return self.found

    def one_of(self, things: Any) -> Any:
        return things[int(self.draw.random() * len(things))]

    def some(self, shares: tuple[float, ...]) -> int:
        return bisect(shares, self.draw.random())

    def _drawn(self, number: int) -> Drawn:
        title, slug = self.one_of(self.world.titles)
        return Drawn(number, f"{slug}-{number}", title, some_date(self.draw))

    def _add(self, index: int, event: Drawn) -> None:
        number, draw, world = event.number, self.draw.random, self.world
        kind, status = int(draw() * len(world.kinds)), "planned" if draw() < 0.05 else "occurred"
        verification = "confirmed" if draw() < 0.4 else "reported"
        importance = int(draw() * 5)
        place = int(draw() * len(world.places)) if draw() < 0.6 else None
        summary = (self._phrase(), self._phrase()) if draw() < 0.7 else ()
        self.texts = {
            "title": [(event.title,)],
            "names": [],
            "summary": [summary] * bool(summary),
            "quotes": [],
        }
        at = moment(number)
        stamp = at.isoformat(sep=" ", timespec="microseconds")[:26]
        self.found["timeline_event"].append(
            (
                number, event.slug, stamp, stamp, stamp, 1, "published", event.title, " ".join(summary),
                kind + 1, event.date.stored, status, verification, importance,
                None if place is None else place + 1,
            )
        )  # fmt: skip
        shown = f"{stamp[:10]}T{stamp[11:]}Z"
        body = (
            f'{{"slug":"{event.slug}","url":"{ROOT}events/{event.slug}/","title":"{event.title}",'
            f'"summary":"{" ".join(summary)}","kind":{world.kinds[kind].json},"status":"{status}",'
            f'"verification":"{verification}","review":"published","importance":{importance},'
            f'"date":{event.date.shown},"participants":[{",".join(self._participants(event))}],'
            f'"contracts":[{",".join(self._contracts(event))}],'
            f'"place":{"null" if place is None else world.places[place].json},'
            f'"tags":[{",".join(self._tags(number))}],"related":[{",".join(self._related(index))}],'
            f'"citations":[{",".join(self._citations(number))}],'
            f'"created_at":"{shown}","updated_at":"{shown}","version":1}}'
        )
        document = (number, body, digest_of(body), event.date.starts_on)
        self.found["timeline_eventdocument"].append(document)
        if world.is_searched:
            self.found[SEARCHED].append((number, *(line(self.texts[name]) for name in FIELDS)))

    def _phrase(self) -> str:
        return self.one_of(self.world.vocabulary.phrases)  # type: ignore[no-any-return]

    def _participants(self, event: Drawn) -> Iterator[str]:
        number, world, taken = event.number, self.world, set()
        copied = (True, event.date.scale, *event.date.bounds)
        for position in range(self.some(_PARTICIPATIONS) + 1):
            actor, role = self.one_of(world.actor_table), int(self.draw.random() * len(world.roles))
            while (actor, role) in taken:
                role = (role + 1) % len(world.roles)
            taken.add((actor, role))
            capacity = self.one_of(_CAPACITIES)
            self.texts["names"] += [(name,) for name in world.names[actor]]
            self.found["timeline_participation"].append(
                (number * 8 + position, number, actor + 1, role + 1, capacity, "", position, *copied)
            )
            yield (
                f'{{"actor":{world.actors[actor].json},"role":{world.roles[role].json},'
                f'"capacity":"{capacity}","note":""}}'
            )

    def _contracts(self, event: Drawn) -> Iterator[str]:
        """Each 200th event belongs to a contract, each 2,000th meets a milestone of it."""
        number = event.number
        if number % 200:
            return
        contract = number // 200 % len(self.world.contracts)
        self.found["timeline_event_contracts"].append((number, number, contract + 1))
        kind = "null"
        if number % 2000 == 0:
            kind = '"signed"'
            position = number // 200 // len(self.world.contracts)
            self.found["timeline_milestone"].append(
                (number, contract + 1, number, "signed", "", UNDATED, event.date.stored, position)
            )
        yield f'{self.world.contracts[contract].json},"milestone":{kind}}}'

    def _tags(self, number: int) -> list[str]:
        tags = {int(self.draw.random() * len(self.world.tags)) for _ in range(self.some(_TAGS))}
        self.found["timeline_event_tags"] += [
            (number * 4 + place, number, tag + 1) for place, tag in enumerate(sorted(tags))
        ]
        return [tag.json for tag in sorted((self.world.tags[tag] for tag in tags), key=_slug)]

    def _related(self, index: int) -> Iterator[str]:
        """Each 40th event of a chunk names the next one, which then shows it, too."""
        here = self.drawn[index]
        if index % 40 == 0 and index + 1 < len(self.drawn):
            kind = _RELATIONS[index // 40 % len(_RELATIONS)]
            self.found["timeline_eventrelation"].append(
                (here.number, here.number, kind, here.number + 1, None, "", 0)
            )
            yield _relation(kind, "outgoing", self.drawn[index + 1])
        if index % 40 == 1:
            yield _relation(_RELATIONS[index // 40 % len(_RELATIONS)], "incoming", self.drawn[index - 1])

    def _citations(self, number: int) -> Iterator[str]:
        world = self.world
        for position in range(self.some(_CITATIONS) + 1):
            source, stance = self.one_of(world.source_table), self.one_of(_STANCES)
            who = self.one_of(world.actor_table) if self.draw.random() < 0.2 else None
            phrases = (self._phrase(), self._phrase(), self._phrase(), self._phrase())
            quote = " ".join(phrases)
            self.texts["quotes"].append(phrases)
            locator = f"p. {int(self.draw.random() * 300) + 1}"
            self.found["timeline_citation"].append(
                (
                    CONTRACTS + number * 8 + position, number, source + 1, "", "", quote, locator,
                    None if who is None else who + 1, stance, "", "unchecked", position,
                )
            )  # fmt: skip
            yield (
                f'{{"source":{world.sources[source].json},"quote":"{quote}","locator":"{locator}",'
                f'"attributed_to":{"null" if who is None else world.actors[who].json},"stance":"{stance}",'
                f'"field":"","asserted_value":"","note":"","quote_status":"unchecked"}}'
            )


def _slug(thing: Named) -> str:
    return thing.slug


def _relation(kind: str, direction: str, other: Drawn) -> str:
    return (
        f'{{"kind":"{kind}","direction":"{direction}","event":{{"slug":"{other.slug}",'
        f'"title":"{other.title}","url":"{ROOT}events/{other.slug}/"}},"attributed_to":null,"note":""}}'
    )
