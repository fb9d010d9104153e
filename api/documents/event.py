"""The JSON of events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.documents.base import (
    Document,
    Part,
    Viewer,
    address,
    brief_actor,
    briefly,
    by_slug,
    column,
    columns,
    fetch,
    named,
    seen,
    shown,
    time_span,
    titled,
)
from api.documents.source import CITATIONS
from timeline.models import (
    Actor,
    Contract,
    Event,
    EventRelation,
    Milestone,
    Participation,
    Place,
    Tag,
    Timeline,
)


def brief_event(event: Any, viewer: Viewer) -> dict[str, Any]:
    """An event as a contract lists it."""
    return {**(titled("events", event, viewer) or {}), "date": time_span(event.date)}


def _participants(event: Any, viewer: Viewer) -> list[Any]:
    return [
        {
            "actor": brief_actor(shown(part, "actor")),
            "role": part.role.slug,
            "capacity": part.capacity,
            "note": part.note,
        }
        for part in event.fetched_participations
        if shown(part, "actor")
    ]


def _contracts(event: Any, viewer: Viewer) -> list[Any]:
    milestones = {milestone.contract_id: milestone.kind for milestone in reversed(event.fetched_milestones)}
    return [
        {"slug": contract.slug, "title": contract.title, "milestone": milestones.get(contract.pk)}
        for contract in by_slug(event.fetched_contracts)
    ]


def _related(event: Any, viewer: Viewer) -> list[Any]:
    directions = (
        ("outgoing", ((relation, shown(relation, "related")) for relation in event.fetched_relations)),
        ("incoming", ((relation, shown(relation, "event")) for relation in event.fetched_relations_to_it)),
    )
    return [
        {
            "kind": relation.kind,
            "direction": direction,
            "event": titled("events", other, viewer),
            "attributed_to": brief_actor(shown(relation, "attributed_to")),
            "note": relation.note,
        }
        for direction, relations in directions
        for relation, other in relations
        if other
    ]


def _with_participations(viewer: Viewer) -> list[Any]:
    parts = Participation.objects.select_related("role").prefetch_related(seen("actor", Actor, viewer))
    return [fetch("participations", parts)]


def _with_contracts(viewer: Viewer) -> list[Any]:
    return [fetch("contracts", briefly(Contract, viewer)), fetch("milestones", Milestone.objects.all())]


def _with_relations(viewer: Viewer) -> list[Any]:
    rows = EventRelation.objects.prefetch_related(seen("attributed_to", Actor, viewer))
    return [
        fetch("relations", rows.prefetch_related(seen("related", Event, viewer))),
        fetch("relations_to_it", rows.prefetch_related(seen("event", Event, viewer))),
    ]


def _with_timelines(viewer: Viewer) -> list[Any]:
    return [fetch("timelines", briefly(Timeline, viewer))]


EVENT = Document(
    "events",
    {
        **columns("slug"),
        "url": address("events"),
        **columns("title", "summary"),
        "kind": Part(lambda event, viewer: event.kind.slug, related=("kind",)),
        **columns("status", "verification", "review", "importance"),
        "date": Part(lambda event, viewer: time_span(event.date)),
        "participants": Part(_participants, fetched=_with_participations),
        "contracts": Part(_contracts, fetched=_with_contracts),
        "place": Part(
            lambda event, viewer: named(shown(event, "place")),
            fetched=lambda viewer: [seen("place", Place, viewer)],
        ),
        "tags": Part(
            lambda event, viewer: [named(tag) for tag in by_slug(event.fetched_tags)],
            fetched=lambda viewer: [fetch("tags", briefly(Tag, viewer))],
        ),
        "related": Part(_related, fetched=_with_relations),
        "citations": CITATIONS,
        **columns("created_at", "updated_at", "version"),
        "timelines": Part(
            lambda event, viewer: [
                titled("timelines", timeline, viewer) for timeline in by_slug(event.fetched_timelines)
            ],
            fetched=_with_timelines,
            extra=True,
        ),
    },
)

# With a date filter each event says how it meets the window.
EVENT_IN_WINDOW = Document("events", {**EVENT.parts, "match": column("match")})

LISTS = ("participations", "contracts", "milestones", "tags", "relations", "relations_to_it", "citations")


def fetched_as_new(event: Any, lists: Mapping[str, list[Any]]) -> None:
    """Give a new event what its document is made of. Nothing else hangs on it, so none need be fetched."""
    for name in LISTS:
        setattr(event, f"fetched_{name}", list(dict.fromkeys(lists.get(name, ()))))
    event.is_fetched = True
