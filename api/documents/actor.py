"""The JSON of actors."""

from __future__ import annotations

from typing import Any

from api.documents.base import (
    Document,
    Part,
    Viewer,
    address,
    brief_actor,
    columns,
    fetch,
    seen,
    shown,
    time_span,
)
from timeline.models import Actor, Affiliation, Alias, Identifier


def _aliases(actor: Any, viewer: Viewer) -> list[Any]:
    return [{"name": alias.name, "language": alias.language} for alias in actor.fetched_aliases]


def _identifiers(actor: Any, viewer: Viewer) -> list[Any]:
    return [{"scheme": known.scheme, "value": known.value} for known in actor.fetched_identifiers]


def _affiliations(actor: Any, viewer: Viewer) -> list[Any]:
    return [
        {
            "organization": brief_actor(shown(held, "organization")),
            "title": held.title,
            "held": time_span(held.held),
        }
        for held in actor.fetched_affiliations
        if shown(held, "organization")
    ]


def _members(actor: Any, viewer: Viewer) -> list[Any]:
    return [
        {"member": brief_actor(shown(held, "member")), "title": held.title, "held": time_span(held.held)}
        for held in actor.fetched_members
        if shown(held, "member")
    ]


def _as_given(name: str, model: Any) -> Any:
    return fetch(name, model.objects.order_by("pk"))


def _with(name: str, other: str) -> Any:
    def fetched(viewer: Viewer) -> list[Any]:
        return [fetch(name, Affiliation.objects.prefetch_related(seen(other, Actor, viewer)))]

    return fetched


ACTOR = Document(
    "actors",
    {
        **columns("slug"),
        "url": address("actors"),
        **columns("name", "kind", "description", "is_public"),
        "aliases": Part(_aliases, fetched=lambda viewer: [_as_given("aliases", Alias)]),
        "identifiers": Part(_identifiers, fetched=lambda viewer: [_as_given("identifiers", Identifier)]),
        "affiliations": Part(_affiliations, fetched=_with("affiliations", "organization")),
        **columns("created_at", "updated_at", "version"),
        "members": Part(_members, fetched=_with("members", "member"), extra=True),
    },
)
