"""Renders events as everybody may read them, many at a time, from flat rows instead of from models.

It makes exactly what api/documents makes of an event for an anonymous reader, in a fifth of the time;
tests/api/test_kept.py compares them. What a published event names is public itself, but for contracts and
other events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson

from api.documents import reading
from timeline.kept import ROOT
from timeline.models import Citation, Contract, Event, EventRelation, Milestone, Participation, Review, Tag

# NUL is in no text, so a string that begins with it is an address.
_ADDRESS = "\0"
Lines = dict[int, list[Any]]


def bodies(ids: Sequence[int]) -> dict[int, str]:
    """The JSON of those of the events that are public, with ROOT for the address of the API.

    Runs eight queries.
    """
    columns = (
        "id", "slug", "title", "summary", "kind__slug", "status", "verification", "review", "importance",
        "date_text", "date_edtf", "place__slug", "place__name", "created_at", "updated_at", "version",
    )  # fmt: skip
    events = Event.objects.public().filter(pk__in=ids).order_by().values_list(*columns)
    lines = [make(ids) for make in (_participants, _contracts, _tags, _related, _citations)]
    return {event[0]: _body(event, *(of_all[event[0]] for of_all in lines)) for event in events}


def _body(
    event: tuple[Any, ...], participants: Any, contracts: Any, tags: Any, related: Any, citations: Any
) -> str:
    _, slug, title, summary, kind, status, verification, review, importance, *rest = event
    text, edtf, place, place_name, created_at, updated_at, version = rest
    document = {
        "slug": slug,
        "url": _address(slug),
        "title": title,
        "summary": summary,
        "kind": kind,
        "status": status,
        "verification": verification,
        "review": review,
        "importance": importance,
        "date": {"text": text, **reading(edtf)} if text or edtf is not None else None,
        "participants": participants,
        "contracts": contracts,
        "place": place and {"slug": place, "name": place_name},
        "tags": tags,
        "related": related,
        "citations": citations,
        "created_at": created_at,
        "updated_at": updated_at,
        "version": version,
    }
    found = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return found.replace(b'"\\u0000', b'"' + ROOT.encode()).decode()


def _address(slug: str) -> str:
    return f"{_ADDRESS}events/{quote(slug)}/"


def _actor(slug: str | None, name: str, kind: str) -> dict[str, str] | None:
    return None if slug is None else {"slug": slug, "name": name, "kind": kind}


def _participants(ids: Sequence[int]) -> Lines:
    rows = Participation.objects.filter(event__in=ids).order_by("position", "id")
    found: Lines = defaultdict(list)
    for event, slug, name, kind, role, capacity, note in rows.values_list(
        "event_id", "actor__slug", "actor__name", "actor__kind", "role__slug", "capacity", "note"
    ):
        actor = {"slug": slug, "name": name, "kind": kind}
        found[event].append({"actor": actor, "role": role, "capacity": capacity, "note": note})
    return found


def _contracts(ids: Sequence[int]) -> Lines:
    milestones: dict[tuple[int, int], str] = {}
    for event, contract, kind in (
        Milestone.objects.filter(event__in=ids)
        .order_by("position", "id")
        .values_list("event_id", "contract_id", "kind")
    ):
        milestones.setdefault((event, contract), kind)
    links = Contract.events.through.objects.filter(
        event__in=ids, contract__review=Review.PUBLISHED
    ).values_list("event_id", "contract_id", "contract__slug", "contract__title")
    found: Lines = defaultdict(list)
    for event, contract, slug, title in sorted(links, key=lambda link: link[2]):
        milestone = milestones.get((event, contract))
        found[event].append({"slug": slug, "title": title, "milestone": milestone})
    return found


def _tags(ids: Sequence[int]) -> Lines:
    links = Tag.events.through.objects.filter(event__in=ids).values_list("event_id", "tag__slug", "tag__name")
    found: Lines = defaultdict(list)
    for event, slug, name in sorted(links, key=lambda link: link[1]):
        found[event].append({"slug": slug, "name": name})
    return found


def _related(ids: Sequence[int]) -> Lines:
    found: Lines = defaultdict(list)
    for direction, own, other in (("outgoing", "event", "related"), ("incoming", "related", "event")):
        rows = EventRelation.objects.filter(**{f"{own}__in": ids, f"{other}__review": Review.PUBLISHED})
        columns = ("slug", "name", "kind")
        for event, kind, slug, title, note, *actor in rows.order_by("position", "id").values_list(
            f"{own}_id",
            "kind",
            f"{other}__slug",
            f"{other}__title",
            "note",
            *(f"attributed_to__{column}" for column in columns),
        ):
            found[event].append(
                {
                    "kind": kind,
                    "direction": direction,
                    "event": {"slug": slug, "title": title, "url": _address(slug)},
                    "attributed_to": _actor(*actor),
                    "note": note,
                }
            )
    return found


def _citations(ids: Sequence[int]) -> Lines:
    words = ("quote", "locator", "stance", "field", "asserted_value", "note", "quote_status")
    source = ("source__slug", "source__title", "source__url")
    speaker = ("attributed_to__slug", "attributed_to__name", "attributed_to__kind")
    rows = Citation.objects.filter(event__in=ids).order_by("position", "id")
    found: Lines = defaultdict(list)
    for event, slug, title, url, *rest in rows.values_list("event_id", *source, *speaker, *words):
        words_, locator, stance, field, asserted_value, note, quote_status = rest[3:]
        found[event].append(
            {
                "source": {"slug": slug, "title": title, "url": url},
                "quote": words_,
                "locator": locator,
                "attributed_to": _actor(*rest[:3]),
                "stance": stance,
                "field": field,
                "asserted_value": asserted_value,
                "note": note,
                "quote_status": quote_status,
            }
        )
    return found
