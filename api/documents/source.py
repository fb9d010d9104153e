"""The JSON of sources, and of citations wherever they stand."""

from __future__ import annotations

from typing import Any

from api.documents.base import (
    Document,
    Part,
    Viewer,
    brief_actor,
    brief_source,
    column,
    columns,
    fetch,
    seen,
    shown,
    time_span,
)
from timeline.models import Actor, Citation, Source


def citations(row: Any, viewer: Viewer) -> list[Any]:
    return [
        {
            "source": brief_source(shown(citation, "source")),
            "quote": citation.quote,
            "locator": citation.locator,
            "attributed_to": brief_actor(shown(citation, "attributed_to")),
            "stance": citation.stance,
            "field": citation.field,
            "asserted_value": citation.asserted_value,
            "note": citation.note,
            "quote_status": citation.quote_status,
        }
        for citation in row.fetched_citations
        if shown(citation, "source")
    ]


def _with_citations(viewer: Viewer) -> list[Any]:
    source = seen("source", Source, viewer)
    rows = Citation.objects.prefetch_related(source, seen("attributed_to", Actor, viewer))
    return [fetch("citations", rows)]


CITATIONS = Part(citations, fetched=_with_citations)


def _quoted_in(viewer: Viewer) -> list[Any]:
    return [seen("quoted_in", Source, viewer)]


SOURCE = Document(
    "sources",
    {
        **columns("slug", "title", "kind"),
        "publisher": Part(
            lambda source, viewer: brief_actor(shown(source, "publisher")),
            fetched=lambda viewer: [seen("publisher", Actor, viewer)],
        ),
        **columns("byline", "url", "archived_url", "language"),
        "published": Part(lambda source, viewer: time_span(source.published)),
        **columns("retrieved_on", "reliability", "licence"),
        "quoted_in": Part(
            lambda source, viewer: brief_source(shown(source, "quoted_in")), fetched=_quoted_in
        ),
        "has_text": Part(lambda source, viewer: source.text_sha256 != ""),
        **columns("text_sha256", "is_public", "created_at", "updated_at", "version"),
        "text": Part(column("text").value, columns=("text",), extra=True),
    },
)
