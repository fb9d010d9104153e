"""One small world for each check, in which it finds one thing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import factories
from timeline import models
from timeline.models import Contract, Event


def an_event(title: str, date: str = "", review: str = "published") -> Event:
    """An event with a citation of its date."""
    event = factories.an_event(title=title, date=date, review=review, kind=a_kind())
    factories.a_citation(
        event=event, field="date", quote=f"It was {date}", source=a_source(f"Paper on {title}")
    )
    return event


def a_kind() -> models.EventKind:
    return models.EventKind.objects.get_or_create(name="Matter")[0]


def a_source(title: str) -> models.Source:
    return models.Source.objects.filter(title=title).first() or factories.a_source(title=title)


def a_contract(title: str = "Deal", review: str = "published", **fields: Any) -> Contract:
    contract = factories.a_contract(title=title, review=review, **fields)
    factories.a_citation(
        contract=contract, field="milestones", quote="in time", source=a_source(f"Paper on {title}")
    )
    return contract


def milestones(contract: Contract, **dates: str) -> Contract:
    """Milestones of the contract, met on these dates, by their kinds."""
    for kind, met in dates.items():
        contract.milestones.create(kind=kind, met=met)
    return contract


def before_signature(review: str = "published") -> None:
    milestones(a_contract(review=review), signed="April 2017", delivered="fall of 2016")


def due_before_signature(review: str = "published") -> None:
    contract = milestones(a_contract("Plan", review), signed="April 2017")
    contract.milestones.create(kind="delivered", due="2016", position=1)


def out_of_order(review: str = "published") -> None:
    contract = a_contract("Course", review)
    contract.milestones.create(kind="delivered", met="May 2019", position=0)
    contract.milestones.create(kind="accepted", due="early 2018", met="fall of 2018", position=1)


def planned_out_of_order(review: str = "published") -> None:
    contract = a_contract("Intent", review)
    contract.milestones.create(kind="signed", due="2020", position=0)
    contract.milestones.create(kind="completed", due="2019", position=1)


def shares(review: str = "published") -> None:
    contract = a_contract("Shared", review)
    contract.payment_terms.create(kind="advance", share=60)
    contract.payment_terms.create(kind="loan", share="45.5")


def amounts(review: str = "published") -> None:
    contract = a_contract("Dear", review, value=100, currency="USD")
    contract.payment_terms.create(kind="advance", amount=60, currency="USD")
    contract.payment_terms.create(kind="loan", amount="41.5", currency="USD")


def responds_to_later(review: str = "published", kind: str = "responds_to") -> None:
    answer, question = an_event("Answer", "2019", review), an_event("Question", "March 2020")
    models.EventRelation.objects.create(event=answer, related=question, kind=kind)


def causes_earlier(review: str = "published", kind: str = "causes") -> None:
    cause, effect = an_event("Cause", "2020", review), an_event("Effect", "2019")
    models.EventRelation.objects.create(event=cause, related=effect, kind=kind)


def precedes_earlier(review: str = "published") -> None:
    causes_earlier(review, "precedes")


def outside_date(review: str = "published") -> None:
    member = factories.an_actor(name="Dmitry Shugaev")
    service = factories.an_actor(name="FSMTC", kind="organization", is_public=True)
    factories.an_affiliation(member=member, organization=service, title="head", held="2017/..")
    event = an_event("Meeting", "2015", review)
    factories.a_participation(event=event, actor=member, role=a_role(), capacity="head of the FSMTC")


def a_role() -> models.Role:
    return models.Role.objects.get_or_create(name="Speaker")[0]


def contradicts(review: str = "published") -> None:
    event = an_event("Raid", "May 2018", review)
    source = a_source("Denial")
    factories.a_citation(
        event=event, source=source, stance="contradicts", field="date", asserted_value="never",
        quote="no raid took place", position=1,
    )  # fmt: skip


def dates_apart(review: str = "published") -> None:
    two_say(an_event("Flood", "May 2018", review), "date", "May 2018", "June 2018")


def amounts_differ(review: str = "published") -> None:
    two_say(a_contract("Loan", review, currency="USD"), "value", "$ 2.5 billion", "3.1 billion USD")


def values_differ(review: str = "published") -> None:
    two_say(an_event("March", "2018", review), "place", "Ankara", "Istanbul")
    two_say(a_contract("Sale", review), "status", "refused", "signed")


def two_say(thing: Event | Contract, field: str, *values: str) -> None:
    whole = {"event": thing} if isinstance(thing, Event) else {"contract": thing}
    for number, value in enumerate(values, 1):
        source = a_source(f"{thing.title} {number}")
        factories.a_citation(
            **whole, source=source, field=field, asserted_value=value, quote=f"said {value}", position=number
        )


# Every world, and the code that its findings have.
WORLDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("milestone_before_signature", before_signature),
    ("milestone_before_signature", due_before_signature),
    ("milestones_out_of_order", out_of_order),
    ("milestones_out_of_order", planned_out_of_order),
    ("shares_exceed_100", shares),
    ("amounts_exceed_value", amounts),
    ("responds_to_later", responds_to_later),
    ("causes_earlier", causes_earlier),
    ("precedes_earlier", precedes_earlier),
    ("affiliation_outside_date", outside_date),
    ("citation_contradicts", contradicts),
    ("asserted_dates_apart", dates_apart),
    ("asserted_amounts_differ", amounts_differ),
    ("asserted_values_differ", values_differ),
)
