"""A small world in which everything is connected: each noun with all that can hang on it."""

from __future__ import annotations

from tests import factories
from timeline import models
from timeline.models import Contract, Event

NOUNS = ("events", "actors", "contracts", "sources", "timelines", "places", "tags", "kinds", "roles")


def a_world(name: str = "One", *, review: str = "published", with_words: bool = True) -> Event:
    """Makes at least one of each noun, all named after `name` and connected, and returns an event of them.

    With another `review` the events and contracts are hidden, and so is all that only they use. Kinds and
    roles are public always: without `with_words` those of the first world serve.
    """
    public = review == "published"
    state = factories.an_actor(name=f"State {name}", kind="state")
    person = factories.an_actor(name=f"Person {name}", description="Somebody")
    models.Alias.objects.create(actor=person, name=f"Alias {name}", language="en")
    models.Identifier.objects.create(actor=person, scheme="wikidata", value=f"Q {name}")
    factories.an_affiliation(member=person, organization=state, title="minister", held="2018/2020")
    country = factories.a_place(name=f"Country {name}")
    city = factories.a_place(name=f"City {name}", part_of=country, latitude="41.5", longitude="29")
    event = factories.an_event(
        title=f"Event {name}",
        summary="What happened",
        kind=factories.a_kind(name=f"Kind {name}") if with_words else models.EventKind.objects.first(),
        date="mid-March 2020",
        place=city,
        tags=(factories.a_tag(name=f"Tag {name}"),),
        review=review,
    )
    role = factories.a_role(name=f"Role {name}") if with_words else models.Role.objects.get()
    factories.a_participation(event=event, actor=person, role=role, capacity="head of the board")
    paper = factories.an_actor(name=f"Paper {name}", kind="media")
    first = factories.a_source(title=f"First source {name}", publisher=paper, published="2020-03-16")
    source = factories.a_source(
        title=f"Source {name}",
        publisher=paper,
        url="https://example.org/article",
        published="March 2020",
        text=f"It was signed by {name}.",
        quoted_in=first,
    )
    factories.a_citation(event=event, source=source, quote="It was signed", attributed_to=person)
    factories.a_citation(event=event, source=first, position=1)
    other = factories.an_event(title=f"Other event {name}", kind=event.kind, review=review)
    factories.a_citation(event=other, source=source)
    for pair in ((event, other), (other, event)):
        models.EventRelation.objects.create(
            event=pair[0], related=pair[1], kind="asserts", attributed_to=person
        )
    contract = a_contract_with_everything(name, event, state, source, review)
    earlier = factories.a_contract(title=f"Earlier contract {name}", review=review)
    factories.a_citation(contract=earlier, source=source)
    contract.follows = earlier
    contract.save()
    factories.a_timeline(event, other, title=f"Timeline {name}", is_public=public)
    return event


def a_contract_with_everything(
    name: str, event: Event, actor: models.Actor, source: models.Source, review: str
) -> Contract:
    contract = factories.a_contract(
        title=f"Contract {name}",
        value="2500000000.50",
        value_low="2000000000",
        currency="USD",
        value_is_estimate=True,
        review=review,
    )
    models.ContractParty.objects.create(contract=contract, actor=actor, role="buyer")
    models.ContractItem.objects.create(
        contract=contract, designation="S-400", quantity="4", quantity_high="5", unit="divisions"
    )
    models.PaymentTerm.objects.create(contract=contract, kind="loan", share="55", provider=actor)
    models.PaymentTerm.objects.create(contract=contract, kind="advance", share="45", position=1)
    models.Milestone.objects.create(contract=contract, kind="announced", event=event)
    models.Milestone.objects.create(
        contract=contract, kind="delivered", due="July 2019", met="2019-07-12", position=1
    )
    factories.a_citation(contract=contract, source=source, quote="signed")
    return contract
