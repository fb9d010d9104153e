"""The things that the benchmark's events refer to: actors, sources, places, contracts, words of vocabularies.

They are saved with the models, and kept as the pieces of JSON that stand in the documents of events.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from django.utils.text import slugify

from benchmarks.vocabulary import Vocabulary, words_of, zipf_table
from timeline import models
from timeline.folding import LETTERS

# At a million events and 2.2 participations each the first of 20,000 actors has about 100,000 events, and
# those around rank 440 have about 500; at ten millions so have others.
ACTORS, ACTOR_EXPONENT = 20_000, 0.86
SOURCES, SOURCE_EXPONENT = 50_000, 0.6
PLACES, TAGS, CONTRACTS = 300, 120, 500
KINDS = words_of(
    "agreement assessment conference conflict decision delivery meeting negotiation statement test"
)
ROLES = words_of("buyer seller speaker host participant mediator observer target author signatory")
RECORDED = datetime(2026, 1, 1, tzinfo=UTC)


def moment(number: int) -> datetime:
    """When the event of this number was made and last changed: never at a whole second."""
    return RECORDED + timedelta(seconds=number, microseconds=1 + number % 999_999)


def slug_of(text: str, number: int) -> str:
    return f"{slugify(text.translate(LETTERS))[:80]}-{number}"


def compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True)
class Named:
    """A row as documents refer to it: its piece of JSON."""

    slug: str
    json: str


class World:
    """All but the events. The same seed and number of events give the same world."""

    def __init__(self, events: int, seed: int, *, is_searched: bool = True) -> None:
        self.events, self.seed, self.is_searched = events, seed, is_searched
        self.vocabulary = Vocabulary(seed, events=events)
        self._random = Random(f"{seed} world")
        actors, sources = min(ACTORS, events // 10 + 50), min(SOURCES, events // 10 + 50)
        self.actor_table = zipf_table(actors, ACTOR_EXPONENT, 200 * actors)
        self.source_table = zipf_table(sources, SOURCE_EXPONENT, 20 * sources)
        self.titles = [(title, slugify(title.translate(LETTERS))[:80]) for title in self.vocabulary.titles]
        self.rows: dict[type[Any], list[Any]] = {}
        self.kinds = self._vocabulary(models.EventKind, KINDS)
        self.roles = self._vocabulary(models.Role, ROLES)
        self.places = self._places()
        self.tags = self._tags()
        # By actor the names that a search finds.
        self.names: list[list[str]] = []
        self.actors = self._actors(actors)
        self.sources = self._sources(sources)
        self.contracts = self._contracts()

    def _phrase(self, words: int) -> str:
        text = self._random.choice(self.vocabulary.phrases).rstrip(".").split()
        return " ".join(text[:words]).title()

    def _vocabulary(self, model: Any, slugs: list[str]) -> list[Named]:
        self.rows[model] = [
            model(pk=number, slug=slug, name=slug.capitalize()) for number, slug in enumerate(slugs, 1)
        ]
        return [Named(slug, compact(slug)) for slug in slugs]

    def _places(self) -> list[Named]:
        rows, named = [], []
        for number in range(1, PLACES + 1):
            name = self._phrase(2)
            slug = slug_of(name, number)
            above = None if number <= 30 else self._random.randint(1, 30)
            rows.append(models.Place(pk=number, slug=slug, name=name, part_of_id=above))
            named.append(Named(slug, compact({"slug": slug, "name": name})))
        self.rows[models.Place] = rows
        return named

    def _tags(self) -> list[Named]:
        names = [(slug_of(name, number), name) for number in range(1, TAGS + 1) for name in [self._phrase(1)]]
        self.rows[models.Tag] = [
            models.Tag(pk=number, slug=slug, name=name) for number, (slug, name) in enumerate(names, 1)
        ]
        return [Named(slug, compact({"slug": slug, "name": name})) for slug, name in names]

    def _actors(self, number: int) -> list[Named]:
        kinds = list(models.Actor.Kind.values)
        actors, aliases, named = [], [], []
        for pk in range(1, number + 1):
            name, kind = self._phrase(3), self._random.choice(kinds)
            slug = slug_of(name, pk)
            actors.append(models.Actor(pk=pk, slug=slug, name=name, kind=kind))
            self.names.append([name])
            if pk % 2:
                alias = self._phrase(2)
                aliases.append(models.Alias(pk=pk, actor_id=pk, name=alias, language="en"))
                self.names[-1].append(alias)
            named.append(Named(slug, compact({"slug": slug, "name": name, "kind": kind})))
        self.rows[models.Actor] = actors
        self.rows[models.Alias] = aliases
        return named

    def _sources(self, number: int) -> list[Named]:
        rows, named, kinds = [], [], list(models.Source.Kind.values)
        for pk in range(1, number + 1):
            title = f"{self._random.choice(self.vocabulary.titles)} {pk}"
            slug, url = slug_of(title, pk), f"https://example.org/{pk}"
            published = f"{self._random.randint(1990, 2025)}-{self._random.randint(1, 12):02d}"
            publisher = self._random.randint(1, len(self.actors))
            rows.append(
                models.Source(
                    pk=pk, slug=slug, title=title, url=url, language="en", kind=self._random.choice(kinds),
                    published={"text": published, "edtf": published}, publisher_id=publisher,
                )
            )  # fmt: skip
            named.append(Named(slug, compact({"slug": slug, "title": title, "url": url})))
        self.rows[models.Source] = rows
        return named

    def _contracts(self) -> list[Named]:
        contracts, parties, citations, named = [], [], [], []
        for pk in range(1, min(CONTRACTS, self.events // 10 + 10) + 1):
            title = f"{self._random.choice(self.vocabulary.titles)} {pk}"
            slug = slug_of(title, pk)
            contracts.append(
                models.Contract(
                    pk=pk, slug=slug, title=title, kind="purchase", status="signed", review="published"
                )
            )
            for position, role in enumerate(("buyer", "seller")):
                actor = self._random.randint(1, len(self.actors))
                parties.append(
                    models.ContractParty(contract_id=pk, position=position, actor_id=actor, role=role)
                )
            # Numbers below those of the events' citations.
            source = self._random.randint(1, len(self.sources))
            citations.append(models.Citation(pk=pk, contract_id=pk, source_id=source, quote=self._phrase(6)))
            # Of one that the event meets no milestone of; the other form has its milestone.
            named.append(Named(slug, compact({"slug": slug, "title": title})[:-1]))
        self.rows |= {
            models.Contract: contracts, models.ContractParty: parties, models.Citation: citations
        }  # fmt: skip
        return named

    def save(self) -> None:
        """Store all of it. Time stamps are those of the world, not of the clock."""
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows, batch_size=500)
            if hasattr(model, "recorded_at"):
                stamps = dict.fromkeys(("created_at", "updated_at", "recorded_at"), RECORDED)
                model._default_manager.update(**stamps)
