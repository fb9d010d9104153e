"""What a file of everything holds: the nouns in their order, with the keys and the lines of each.

The names of keys are those of the models' fields. An import takes its rules from the same fields.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import models

from timeline.models import (
    Actor,
    Affiliation,
    Alias,
    Citation,
    Contract,
    ContractItem,
    ContractParty,
    Event,
    EventKind,
    EventRelation,
    Identifier,
    Milestone,
    Participation,
    PaymentTerm,
    Place,
    Role,
    Source,
    Tag,
    Timeline,
    TimelineEntry,
)
from timeline.models.base import Line, Record

FORMAT = {"type": "format", "name": "timeline", "version": 1}
STAMPS = ("created_at", "updated_at", "version")
# Who sent it to review and who wrote last stay behind: users are in no file.
REVIEW = ("review", "review_note", "retracted_at", "retraction_reason")


@dataclass(frozen=True)
class Lines:
    """What belongs to a thing: rows of `model` whose key `whole` leads to it, as a list under `key`."""

    key: str
    model: type[models.Model]
    whole: str
    keys: tuple[str, ...]
    order: tuple[str, ...] = ()

    @property
    def ordering(self) -> tuple[str, ...]:
        return self.order or (("position", "id") if issubclass(self.model, Line) else ("id",))


@dataclass(frozen=True)
class Links:
    """Other things that a thing belongs to: rows of a table of pairs, as a list of slugs under `key`."""

    key: str
    model: type[models.Model]
    whole: str
    other: str


@dataclass(frozen=True)
class Noun:
    """A noun. `name` is the type of its lines; what the foreign key `above` leads to comes before it."""

    name: str
    model: type[Record]
    keys: tuple[str, ...]
    lines: tuple[Lines, ...] = ()
    links: tuple[Links, ...] = ()
    above: str = ""

    @property
    def rows(self) -> models.QuerySet[Any]:
        rows: models.QuerySet[Any] = self.model._default_manager.all()
        return rows


def _citations(whole: str) -> Lines:
    keys = ("source", "quote", "locator", "attributed_to", "stance", "field", "asserted_value", "note")
    return Lines("citations", Citation, whole, keys)


QUANTITY = ("quantity", "quantity_low", "quantity_high", "quantity_is_estimate", "unit")

EVENT = Noun(
    "event",
    Event,
    ("title", "summary", "kind", "status", "verification", *REVIEW, "importance", "date", "place"),
    lines=(
        Lines("participants", Participation, "event", ("actor", "role", "capacity", "note")),
        Lines("related", EventRelation, "event", ("kind", "related", "attributed_to", "note")),
        _citations("event"),
    ),
    links=(
        Links("contracts", Event.contracts.through, "event", "contract"),
        Links("tags", Event.tags.through, "event", "tag"),
    ),
)

# Each names things of those before it, of its own kind, and in milestones of those after it.
NOUNS = (
    Noun("kind", EventKind, ("name", "description")),
    Noun("role", Role, ("name", "description")),
    Noun("tag", Tag, ("name", "is_public")),
    Noun("place", Place, ("name", "latitude", "longitude", "part_of", "is_public"), above="part_of"),
    Noun(
        "actor",
        Actor,
        ("name", "kind", "description", "is_public"),
        lines=(
            Lines("aliases", Alias, "actor", ("name", "language")),
            Lines("identifiers", Identifier, "actor", ("scheme", "value")),
            Lines("affiliations", Affiliation, "member", ("organization", "title", "held")),
        ),
    ),
    Noun(
        "source",
        Source,
        (
            "title", "kind", "publisher", "byline", "url", "archived_url", "language", "published",
            "retrieved_on", "reliability", "licence", "quoted_in", "is_public", "text",
        ),
        above="quoted_in",
    ),
    Noun(
        "contract",
        Contract,
        (
            "title", "kind", "status", *REVIEW, "description", "value", "value_low", "value_high",
            "value_is_estimate", "currency", "follows",
        ),
        lines=(
            Lines("parties", ContractParty, "contract", ("actor", "role")),
            Lines("items", ContractItem, "contract", ("designation", "description", *QUANTITY)),
            Lines(
                "payment_terms",
                PaymentTerm,
                "contract",
                ("kind", "share", "amount", "currency", "provider", "note"),
            ),
            Lines("milestones", Milestone, "contract", ("kind", "title", "due", "met", "event")),
            _citations("contract"),
        ),
        above="follows",
    ),
    EVENT,
    Noun(
        "timeline",
        Timeline,
        ("title", "introduction", "is_public"),
        lines=(
            Lines(
                "entries",
                TimelineEntry,
                "timeline",
                ("event", "headline"),
                order=("event__date_sort_at", "event_id"),
            ),
        ),
    ),
)  # fmt: skip
BY_TYPE = {noun.name: noun for noun in NOUNS}
