"""Search over HTTP: the parameter `q`, and the passages in which its words stand."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from api.documents import Viewer
from api.documents.base import visible
from api.exceptions import TryAgain, error, refusal
from api.filters import Parameter, Refused
from timeline import kept
from timeline.models import Actor, Source
from timeline.permissions import unsearched
from timeline.querysets import EventQuerySet
from timeline.search import Query, QueryError, Unsettled, texts
from timeline.search.index import NAMES, QUOTES
from timeline.search.query import MAX_LENGTH
from timeline.search.snippets import Snippet, snippets

# What a page has to know of events whose documents are kept.
COLUMNS = ("slug", "date", "created_at", "updated_at")
SHOWN_AS = ("title", "name", "summary", "quote")
# In JSON Schema.
SNIPPETS: dict[str, Any] = {
    "type": "array",
    "description": "With include=snippets only: passages in which the words that were looked for stand.",
    "items": {
        "type": "object",
        "properties": {
            "field": {"type": "string", "enum": ["title", "name", "summary", "quote"]},
            "text": {"type": "string", "description": "Plain text, not HTML; … stands where it is cut."},
            "marks": {
                "type": "array",
                "description": "Where the words stand in the text: [start, end) in code points.",
                "items": {
                    "type": "array",
                    "items": {"type": "integer", "minimum": 0},
                    "minItems": 2,
                    "maxItems": 2,
                },
            },
        },
        "required": ["field", "text", "marks"],
    },
}


@dataclass(frozen=True)
class Words(Parameter):
    """What to search for."""

    def read(self, values: list[str], user: Any) -> Query:
        try:
            query = Query.read(values[0])
        except QueryError as found:
            raise Refused(error(str(found), found.code)) from found
        return dataclasses.replace(query, hidden=unsearched(user))

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}


def leave_out_quotes(asked: dict[str, Any]) -> None:
    """What was known by a date is not found by the words of sources that came later."""
    if "known_by" in asked and "q" in asked:
        query: Query = asked["q"]
        asked["q"] = dataclasses.replace(query, searched=query.searched - {QUOTES})


def matching(rows: EventQuerySet, query: Query) -> EventQuerySet:
    try:
        return rows.matching(query)
    except Unsettled as found:
        raise not_yet() from found


def by_relevance(rows: EventQuerySet, query: Query | None) -> list[EventQuerySet]:
    """A QuerySet a tier; pages go on from one to the next."""
    if query is None:
        raise refusal("order", "`relevance` needs `q`.", "needs_another_parameter")
    try:
        return rows.by_relevance(query)
    except Unsettled as found:
        raise not_yet() from found


def kept_documents(events: Iterable[Any], keys: Iterable[str], viewer: Viewer) -> dict[int, dict[str, Any]]:
    """What everybody may read of these events, by id; without those that the public sees no longer."""
    rows = {event.pk: event for event in events}
    found = {}
    for pk, body in kept.bodies_of([*rows]).items():
        document = orjson.loads(body.replace(kept.ROOT, viewer.root))
        document["match"] = getattr(rows[pk], "match", None)
        found[pk] = {key: document[key] for key in keys}
    return found


def not_yet() -> TryAgain:
    return TryAgain("Much has changed and is just being made ready to be searched. Send it again.")


def passages(events: Iterable[Any], query: Query, viewer: Viewer) -> dict[int, list[dict[str, Any]]]:
    """By event, passages of what the viewer may see of it. Runs up to three queries."""
    found = texts([event.pk for event in events])
    seen = {
        field: _seen(model, {text.owner for text in found if text.field == field}, viewer)
        for field, model in ((NAMES, Actor), (QUOTES, Source))
    }
    by_event: dict[int, list[tuple[int, str]]] = {event.pk: [] for event in events}
    for text in found:
        if text.field not in seen or text.owner in seen[text.field]:
            by_event[text.event].append((text.field, text.text))
    return {event: [_told(one) for one in snippets(of, query)] for event, of in by_event.items()}


def _seen(model: Any, owners: set[int | None], viewer: Viewer) -> set[int | None]:
    if viewer.known is None and model.objects.hides_nothing_from(viewer.user):
        return owners
    return set(visible(model, viewer).filter(pk__in=owners).values_list("pk", flat=True))


def _told(snippet: Snippet) -> dict[str, Any]:
    marks = [[start, end] for start, end in snippet.marks]
    return {"field": SHOWN_AS[snippet.field], "text": snippet.text, "marks": marks}
