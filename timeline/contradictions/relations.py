"""Relations between events that their dates deny: responses, causes and predecessors that began too early."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from timeline.contradictions.check import Check, Rows, Severity, Told, in_order, seen_by
from timeline.contradictions.finding import Side, finding
from timeline.contradictions.spans import fact, has_begun_before, words
from timeline.models import Event, EventRelation

Kind = EventRelation.Kind
NEEDED = tuple(f"{end}__{name}" for end in ("event", "related") for name in ("slug", "title", "date"))


def _rows(user: Any, *, kind: str, first: str, then: str) -> Rows:
    """Relations in which the event `first` has begun before `then`, and must not have."""
    rows: Rows = EventRelation.objects.filter(has_begun_before(f"{first}__date", f"{then}__date"), kind=kind)
    rows = seen_by(user, rows, event=Event, related=Event)
    rows = rows.select_related("event", "related").only("kind", *NEEDED)
    return in_order(rows, "event", "related__slug", keys=["pk"])


def _tell(rows: Sequence[Any], *, code: str, wrong: str) -> Told:
    for row in rows:
        event, related = row.event, row.related
        message = f"{event.slug} ({words(event.date)}) {row.get_kind_display().lower()} {related.slug} "
        message += f"({words(related.date)}), which {wrong}."
        sides = (Side(event, "date", words(event.date)), Side(related, "date", words(related.date)))
        facts = (*fact(event.date), *fact(related.date))
        yield finding(code, message, sides, about=(related.slug,), facts=facts)


def _check(code: str, title: str, kind: str, first: str, then: str, wrong: str) -> Check:
    rows = partial(_rows, kind=kind, first=first, then=then)
    return Check(code, Severity.ERROR, title, rows, partial(_tell, code=code, wrong=wrong), Event)


CHECKS = (
    _check(
        "responds_to_later",
        "Responses to something later",
        Kind.RESPONDS_TO,
        "event",
        "related",
        "began later for certain",
    ),
    _check(
        "causes_earlier",
        "Causes of something earlier",
        Kind.CAUSES,
        "related",
        "event",
        "began earlier for certain",
    ),
    _check(
        "precedes_earlier",
        "Predecessors of something earlier",
        Kind.PRECEDES,
        "related",
        "event",
        "began earlier for certain",
    ),
)
