"""The JSON of places."""

from __future__ import annotations

from typing import Any

from api.documents.base import (
    Document,
    Part,
    Viewer,
    address,
    briefly,
    by_slug,
    columns,
    fetch,
    named,
    plain,
    seen,
    shown,
)
from timeline.models import Place


def _parts(viewer: Viewer) -> list[Any]:
    return [fetch("parts", briefly(Place, viewer, "part_of"))]


PLACE = Document(
    "places",
    {
        **columns("slug"),
        "url": address("places"),
        **columns("name"),
        "latitude": Part(lambda place, viewer: plain(place.latitude)),
        "longitude": Part(lambda place, viewer: plain(place.longitude)),
        "part_of": Part(
            lambda place, viewer: named(shown(place, "part_of")),
            fetched=lambda viewer: [seen("part_of", Place, viewer)],
        ),
        **columns("is_public", "created_at", "updated_at", "version"),
        "parts": Part(
            lambda place, viewer: [named(part) for part in by_slug(place.fetched_parts)],
            fetched=_parts,
            extra=True,
        ),
    },
)
