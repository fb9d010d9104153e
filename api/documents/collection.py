"""The JSON of kinds, roles, tags and timelines."""

from __future__ import annotations

from typing import Any

from api.documents.base import Document, Part, Viewer, address, columns, fetch, seen, shown, titled
from timeline.models import Event, TimelineEntry


def _entries(timeline: Any, viewer: Viewer) -> list[Any]:
    return [
        {"event": titled("events", shown(entry, "event"), viewer), "headline": entry.headline}
        for entry in timeline.fetched_entries
        if shown(entry, "event")
    ]


def _with_entries(viewer: Viewer) -> list[Any]:
    return [fetch("entries", TimelineEntry.objects.prefetch_related(seen("event", Event, viewer)))]


def _vocabulary(noun: str, *names: str) -> Document:
    parts = {**columns("slug"), "url": address(noun), **columns("name", *names)}
    return Document(noun, {**parts, **columns("created_at", "updated_at", "version")})


KIND = _vocabulary("kinds", "description")
ROLE = _vocabulary("roles", "description")
TAG = _vocabulary("tags", "is_public")
TIMELINE = Document(
    "timelines",
    {
        **columns("slug"),
        "url": address("timelines"),
        **columns("title", "introduction", "is_public"),
        "entries": Part(_entries, fetched=_with_entries),
        **columns("created_at", "updated_at", "version"),
    },
)
