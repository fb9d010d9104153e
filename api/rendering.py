"""Renders events as everybody may read them, many at a time, from flat rows instead of from models.

It makes exactly what api/documents makes of an event for an anonymous reader, in a fifth of the time;
tests/api/test_kept.py compares them. What a published event names is public itself, but for contracts and
other events.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

import orjson

from api.documents import reading
from timeline.history.rows import RowsThen
from timeline.kept import ROOT_IN_UTF8
from timeline.models import Citation, Contract, Event, EventRelation, Milestone, Participation, Review, Tag
from timeline.rows import among

# NUL is in no text, so a string that begins with it is an address.
_ADDRESS = "\0"
Lines = dict[int, list[Any]]
Rows = Iterable[Sequence[Any]]


class RowsNow:
    """The rows of some events; other reading gives such rows of another moment (timeline/history/rows.py)."""

    def __init__(self, ids: Sequence[int]) -> None:
        self.ids = ids

    def events(self) -> Rows:
        """Of those that are public."""
        columns = (
            "id", "slug", "title", "summary", "kind__slug", "status", "verification", "review", "importance",
            "date_text", "date_edtf", "place__slug", "place__name", "created_at", "updated_at", "version",
        )  # fmt: skip
        return Event.objects.public().filter(pk__in=self.ids).order_by().values_list(*columns)

    def participations(self) -> Rows:
        columns = ("event_id", "actor__slug", "actor__name", "actor__kind", "role__slug", "capacity", "note")
        return self._lines(Participation, *columns)

    def milestones(self) -> Rows:
        return self._lines(Milestone, "event_id", "contract_id", "kind")

    def contracts(self) -> Rows:
        links = Contract.events.through.objects.filter(event__in=self.ids, contract__review=Review.PUBLISHED)
        return links.values_list("event_id", "contract_id", "contract__slug", "contract__title")

    def tags(self) -> Rows:
        links = Tag.events.through.objects.filter(event__in=self.ids)
        return links.values_list("event_id", "tag__slug", "tag__name")

    def relations(self, own: str, other: str) -> Rows:
        """Where the event is `own`, and `other` is public."""
        rows = EventRelation.objects.filter(**{f"{own}__in": self.ids, f"{other}__review": Review.PUBLISHED})
        actor = (f"attributed_to__{column}" for column in ("slug", "name", "kind"))
        columns = (f"{own}_id", "kind", f"{other}__slug", f"{other}__title", "note", *actor)
        return rows.order_by("event_id", "position", "id").values_list(*columns)

    def citations(self) -> Rows:
        source = ("source__slug", "source__title", "source__url")
        speaker = ("attributed_to__slug", "attributed_to__name", "attributed_to__kind")
        words = ("quote", "locator", "stance", "field", "asserted_value", "note", "quote_status")
        return self._lines(Citation, "event_id", *source, *speaker, *words)

    def _lines(self, model: Any, *columns: str) -> Rows:
        return model.objects.filter(event__in=self.ids).order_by("position", "id").values_list(*columns)  # type: ignore[no-any-return]


def bodies(ids: Sequence[int]) -> dict[int, str]:
    """The JSON of those of the events that are public, with ROOT for the address of the API.

    Runs eight queries.
    """
    return bodies_of(RowsNow(among(ids)))


def bodies_of(rows: RowsNow | RowsThen) -> dict[int, str]:
    events = rows.events()
    lines = [make(rows) for make in (_participants, _contracts, _tags, _related, _citations)]
    return {event[0]: _body(event, *(of_all[event[0]] for of_all in lines)) for event in events}


def _body(
    event: Sequence[Any], participants: Any, contracts: Any, tags: Any, related: Any, citations: Any
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
    return found.replace(b'"\\u0000', b'"' + ROOT_IN_UTF8).decode()


def _address(slug: str) -> str:
    return f"{_ADDRESS}events/{quote(slug)}/"


def _actor(slug: str | None, name: str, kind: str) -> dict[str, str] | None:
    return None if slug is None else {"slug": slug, "name": name, "kind": kind}


def _participants(rows: RowsNow | RowsThen) -> Lines:
    found: Lines = defaultdict(list)
    for event, slug, name, kind, role, capacity, note in rows.participations():
        actor = {"slug": slug, "name": name, "kind": kind}
        found[event].append({"actor": actor, "role": role, "capacity": capacity, "note": note})
    return found


def _contracts(rows: RowsNow | RowsThen) -> Lines:
    milestones: dict[tuple[int, int], str] = {}
    for event, contract, kind in rows.milestones():
        milestones.setdefault((event, contract), kind)
    found: Lines = defaultdict(list)
    for event, contract, slug, title in sorted(rows.contracts(), key=lambda link: link[2]):
        milestone = milestones.get((event, contract))
        found[event].append({"slug": slug, "title": title, "milestone": milestone})
    return found


def _tags(rows: RowsNow | RowsThen) -> Lines:
    found: Lines = defaultdict(list)
    for event, slug, name in sorted(rows.tags(), key=lambda link: link[1]):
        found[event].append({"slug": slug, "name": name})
    return found


def _related(rows: RowsNow | RowsThen) -> Lines:
    found: Lines = defaultdict(list)
    for direction, own, other in (("outgoing", "event", "related"), ("incoming", "related", "event")):
        for event, kind, slug, title, note, *actor in rows.relations(own, other):
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


def _citations(rows: RowsNow | RowsThen) -> Lines:
    found: Lines = defaultdict(list)
    for event, slug, title, url, *rest in rows.citations():
        words, locator, stance, field, asserted_value, note, quote_status = rest[3:]
        found[event].append(
            {
                "source": {"slug": slug, "title": title, "url": url},
                "quote": words,
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
