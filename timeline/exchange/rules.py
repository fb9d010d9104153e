"""The rules that a line has to keep beyond those of its columns, and those over several lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, F, OuterRef

from timeline.exchange.nouns import Noun
from timeline.exchange.shapes import Amiss
from timeline.models import Citation, Contract, Event, Milestone, Review
from timeline.models.event import Reviewed


def check(noun: Noun, found: dict[str, Any], amiss: Amiss) -> None:
    """What the models' `clean()` and the checks of a whole say against a line."""
    citations = found.get("citations", ())
    if found.get("review") == Review.PUBLISHED and not citations:
        thing: Any = noun.model
        _ask(thing(review=found["review"]), Reviewed.check_publishable, 0, "review", amiss)
    known = Citation.EVENT_FIELDS if noun.model is Event else Citation.CONTRACT_FIELDS
    for number, citation in enumerate(citations):
        if citation.get("field") and citation["field"] not in known:
            amiss.append((f"citations.{number}.field", f"It is one of: {', '.join(known)}."))
    for number, milestone in enumerate(found.get("milestones", ())):
        if milestone.get("event") is not None and milestone.get("met") is not None:
            amiss.append((f"milestones.{number}.met", "It is met on the date of its event; leave it out."))
    if terms := found.get("payment_terms"):
        shares = [Decimal(term["share"]) for term in terms if term.get("share") is not None]
        _ask(Contract(), Contract.check_shares, shares, "payment_terms", amiss)


def _ask(thing: Any, rule: Any, given: Any, path: str, amiss: Amiss) -> None:
    try:
        rule(thing, given)
    except ValidationError as error:
        amiss.append((path, error.messages[0]))


def circles(noun: Noun, slugs: Iterable[str]) -> Iterator[str]:
    """Which of these things lead back to themselves, by what they are part of or follow. Runs one query."""
    rows = noun.rows.filter(**{f"{noun.above}__isnull": False})
    above = dict(rows.values_list("slug", f"{noun.above}__slug"))
    for slug in slugs:
        seen: set[str] = set()
        step = above.get(slug)
        while step is not None and step not in seen and step != slug:
            seen.add(step)
            step = above.get(step)
        if step == slug:
            yield slug


def milestones_of_foreign_events() -> Iterator[tuple[Milestone, str, str]]:
    """Each milestone whose event lacks the contract, with the slugs of event and contract. Runs one query."""
    pairs = Event.contracts.through._default_manager
    belongs = pairs.filter(event=OuterRef("event"), contract=OuterRef("contract"))
    rows = Milestone.objects.exclude(event=None).filter(~Exists(belongs))
    rows = rows.annotate(event_slug=F("event__slug"), contract_slug=F("contract__slug"))
    for milestone in rows.select_related("contract").order_by("pk"):
        yield milestone, milestone.event_slug, milestone.contract_slug
