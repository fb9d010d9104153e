"""Rules over several rows, checked over everything that is stored.

Saving a whole through the admin or the API keeps them; bulk writes, fixtures and raw SQL may not.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum

from timeline.fields import out_of_step, time_span_fields
from timeline.models import Citation, Contract, ContractItem, Event, Milestone, PaymentTerm, Source
from timeline.models.base import Line, Record
from timeline.quotes import Quotable


class Breach(NamedTuple):
    """What is wrong: a stable code, the model and slug (or key) of the thing, and a sentence."""

    code: str
    model: str
    slug: str
    message: str

    def __str__(self) -> str:
        return f"{self.model} {self.slug}: {self.message} [{self.code}]"


def findings() -> Iterator[Breach]:
    """Everything that breaks a rule. Reads each kept source text once."""
    yield from _published_without_citation()
    yield from _shares_over_100()
    yield from _milestones_of_foreign_events()
    yield from _quotes_out_of_step()
    yield from _bounds_out_of_step()
    yield from _lines_in_one_place()


def _breach(code: str, thing: Record, message: str) -> Breach:
    return Breach(code, str(thing._meta.verbose_name), thing.slug, message)


def _published_without_citation() -> Iterator[Breach]:
    published: tuple[tuple[str, QuerySet[Any]], ...] = (
        ("event", Event.objects.published()),
        ("contract", Contract.objects.published()),
    )
    for target, things in published:
        cited = Citation.objects.filter(**{target: OuterRef("pk")})
        for thing in things.filter(~Exists(cited)).order_by("slug"):
            yield _breach("published_without_citation", thing, "It is published and has no citation.")


def _shares_over_100() -> Iterator[Breach]:
    contracts = Contract.objects.annotate(shares=Sum("payment_terms__share")).filter(shares__gt=100)
    for contract in contracts.order_by("slug"):
        total = f"{contract.shares.normalize():f}"
        yield _breach("shares_exceed_100", contract, f"Its payment terms share out {total} % of the price.")


def _milestones_of_foreign_events() -> Iterator[Breach]:
    pairs = Event.contracts.through._default_manager
    belongs = pairs.filter(event=OuterRef("event"), contract=OuterRef("contract"))
    milestones = (
        Milestone.objects.exclude(event=None).filter(~Exists(belongs)).annotate(met_by=F("event__slug"))
    )
    for milestone in milestones.select_related("contract").order_by("contract__slug", "position"):
        message = f"A milestone is met by {milestone.met_by}, an event of another contract."
        yield _breach("milestone_of_foreign_event", milestone.contract, message)


def _quotes_out_of_step() -> Iterator[Breach]:
    for source in Source.objects.order_by("slug").iterator(chunk_size=20):
        if source.digest() != source.text_sha256:
            yield _breach("text_has_other_digest", source, "The stored SHA-256 is not that of the text.")
        text = Quotable(source.text)
        for citation in source.citations.order_by("id").iterator(chunk_size=2000):
            found = text.find(citation.quote, chosen=(citation.start, citation.end))
            if found != (citation.quote_status, citation.start, citation.end):
                marked, is_ = citation.quote_status, found[0].value
                message = f"A quote is marked {marked} and is {is_}: “{citation.quote[:60]}”."
                yield _breach("quote_out_of_step", source, message)


def _bounds_out_of_step() -> Iterator[Breach]:
    for model, field in time_span_fields():
        for pk in out_of_step(model, field):
            message = f"The bounds of “{field}” are not those of its reading; `manage.py restamp` mends them."
            yield Breach("bounds_out_of_step", str(model._meta.verbose_name), str(pk), message)


def _lines_in_one_place() -> Iterator[Breach]:
    lines: tuple[type[Line], ...] = (Citation, ContractItem, PaymentTerm, Milestone)
    for model in lines:
        shared = model._default_manager.values(*model.whole, "position").annotate(number=Count("pk"))
        for place in shared.filter(number__gt=1).order_by(*model.whole, "position"):
            whole = next(name for name in model.whole if place[name] is not None)
            things: Any = model._meta.get_field(whole).related_model
            thing = things._default_manager.get(pk=place[whole])
            many, position = model._meta.verbose_name_plural, place["position"]
            message = f"{place['number']} of its {many} share position {position}."
            yield _breach("lines_share_a_position", thing, message)
