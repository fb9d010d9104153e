"""What the nouns promise by themselves: addresses, versions, constraints and the rules over several rows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from tests import factories as make
from timeline.models import (
    Actor,
    Affiliation,
    Alias,
    Citation,
    Contract,
    ContractItem,
    ContractParty,
    Event,
    EventRelation,
    Identifier,
    Milestone,
    Participation,
    PaymentTerm,
    Place,
    Source,
    TimelineEntry,
)

pytestmark = pytest.mark.django_db


# --- addresses and versions ---


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Mevlüt Çavuşoğlu", "mevlut-cavusoglu"),
        ("Diyarbakır", "diyarbakir"),
        ("Łódź", "lodz"),
        ("Дмитрий Шугаев", "дмитрий-шугаев"),
        ("!!!", "actor"),
        ("x" * 200, "x" * 92),
    ],
)
def test_a_slug_is_made_from_the_name(name: str, slug: str) -> None:
    assert make.an_actor(name=name).slug == slug


def test_a_taken_slug_gets_a_number() -> None:
    assert [make.an_actor(name="Turkey").slug for _ in range(3)] == ["turkey", "turkey-2", "turkey-3"]


def test_a_slug_that_leads_to_another_thing_is_refused() -> None:
    actor = make.an_actor(name="Turkey", is_public=True)
    actor.slug = "turkiye"
    actor.full_clean()
    actor.save()
    with pytest.raises(ValidationError) as caught:
        Actor(name="Another", kind="state", slug="turkey").full_clean()
    assert caught.value.error_dict["slug"][0].code == "slug_was_anothers"
    assert make.an_actor(name="Turkey").slug == "turkey-2"
    actor.slug = "turkey"
    actor.full_clean()
    actor.save()


def test_saving_counts_versions_and_moves_the_time_stamp() -> None:
    event = make.an_event()
    before = event.updated_at
    event.title = "Another"
    event.save(update_fields=["title"])
    event.refresh_from_db()
    assert event.version == 2
    assert event.updated_at > before
    assert event.recorded_at is not None


@pytest.mark.parametrize("review", ["draft", "published"])
def test_a_slug_that_is_emptied_stays_what_it_was(review: str) -> None:
    event = make.an_event(title="A title", review=review)
    event.slug, event.title = "", "Another title"
    event.full_clean()
    event.save(update_fields=["title"])
    event.refresh_from_db()
    assert event.slug == "a-title"


# --- constraints ---


def _relation(**fields: Any) -> EventRelation:
    event = make.an_event()
    return EventRelation(event=event, kind="denies", **{"related": event, **fields})


def _own_place() -> Place:
    place = make.a_place()
    place.part_of = place
    return place


def _own_source() -> Source:
    source = make.a_source()
    source.quoted_in = source
    return source


def _own_contract() -> Contract:
    contract = make.a_contract()
    contract.follows = contract
    return contract


def _affiliation() -> Affiliation:
    actor = make.an_actor()
    return Affiliation(member=actor, organization=actor)


def _term(**fields: Any) -> PaymentTerm:
    return PaymentTerm(contract=make.a_contract(), kind="loan", **fields)


def _contract(**fields: Any) -> Contract:
    return Contract(title="A contract", slug="a-contract", kind="purchase", status="signed", **fields)


def _citation(**fields: Any) -> Citation:
    return Citation(source=make.a_source(), **fields)


def _again(row: Any) -> Any:
    row.pk, row._state.adding = None, True
    return row


BREACHES: dict[str, Callable[[], Any]] = {
    "event_importance_is_0_to_4": lambda: Event(title="E", slug="e", kind=make.a_kind(), importance=5),
    "event_is_not_related_to_itself": _relation,
    "event_relation_is_given_once": lambda: _again(
        make.an_event().relations.create(kind="denies", related=make.an_event())
    ),
    "participation_is_given_once": lambda: _again(make.a_participation()),
    "affiliation_is_not_with_oneself": _affiliation,
    "affiliation_is_given_once": lambda: _again(make.an_affiliation(held="2014")),
    "alias_is_given_once": lambda: _again(make.an_actor().aliases.create(name="A")),
    "identifier_names_one_actor": lambda: _again(
        make.an_actor().identifiers.create(scheme="wikidata", value="Q1")
    ),
    "place_latitude_is_on_the_globe": lambda: Place(name="P", slug="p", latitude=91, longitude=0),
    "place_longitude_is_on_the_globe": lambda: Place(name="P", slug="p", latitude=0, longitude=-181),
    "place_has_both_coordinates_or_none": lambda: Place(name="P", slug="p", latitude=0),
    "place_is_not_part_of_itself": _own_place,
    "contract_currency_is_a_code": lambda: _contract(value=1, currency="XYZ"),
    "contract_value_has_a_currency": lambda: _contract(value=1),
    "contract_value_is_ordered": lambda: _contract(value_low=2, value_high=1, currency="USD"),
    "contract_does_not_follow_itself": _own_contract,
    "contract_party_is_given_once": lambda: _again(
        make.a_contract().parties.create(actor=make.an_actor(), role="buyer")
    ),
    "contract_item_quantity_is_ordered": lambda: ContractItem(
        contract=make.a_contract(), designation="S-400", quantity_low=3, quantity_high=2
    ),
    "payment_term_currency_is_a_code": lambda: _term(amount=1, currency="usd"),
    "payment_term_share_is_a_percentage": lambda: _term(share=101),
    "payment_term_has_share_or_amount": lambda: _term(share=1, amount=1, currency="USD"),
    "payment_term_amount_has_a_currency": lambda: _term(amount=1),
    "source_is_not_quoted_in_itself": _own_source,
    "citation_has_one_target": _citation,
    "timeline_has_an_event_once": lambda: _again(make.a_timeline(make.an_event()).entries.get()),
}


@pytest.mark.parametrize("name", BREACHES)
def test_a_breach_is_named_before_it_is_saved_and_refused_when_it_is(name: str) -> None:
    row = BREACHES[name]()
    with pytest.raises(ValidationError) as caught:
        row.validate_constraints()
    codes = {error.code for errors in caught.value.error_dict.values() for error in errors}
    assert codes & {name, "unique_together", "unique"}
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.bulk_create([row])


def test_a_citation_is_not_of_two_things() -> None:
    citation = _citation(event=make.an_event(), contract=make.a_contract())
    with pytest.raises(IntegrityError), transaction.atomic():
        citation.save()


@pytest.mark.parametrize("model", [Event, Affiliation, Milestone, Source])
def test_every_time_span_has_its_constraint(model: Any) -> None:
    spans = {field.name for field in model._meta.get_fields() if hasattr(model, f"{field.name}_edtf")}
    names = {constraint.name for constraint in model._meta.constraints}
    assert spans
    assert all(f"{model._meta.model_name}_{span}_is_a_time_span" in names for span in spans)


def test_offsets_of_a_passage_are_ordered() -> None:
    citation = make.a_citation()
    with pytest.raises(IntegrityError), transaction.atomic():
        Citation.objects.filter(pk=citation.pk).update(start=5, end=5)


# --- what is in use stays ---


@pytest.mark.parametrize(
    "used",
    [
        lambda: make.a_participation().actor,
        lambda: make.a_participation().role,
        lambda: make.a_citation().source,
        lambda: make.a_citation(attributed_to=make.an_actor()).attributed_to,
        lambda: make.an_event().kind,
        lambda: make.an_event(place=make.a_place()).place,
        lambda: make.a_place(part_of=make.a_place()).part_of,
        lambda: make.a_source(quoted_in=make.a_source()).quoted_in,
        lambda: make.a_source(publisher=make.an_actor()).publisher,
        lambda: make.an_affiliation().organization,
        lambda: make.a_contract(follows=make.a_contract()).follows,
        lambda: make.a_contract().milestones.create(kind="signed", event=make.an_event()).event,
    ],
)
def test_what_is_in_use_is_not_deleted(used: Callable[[], Any]) -> None:
    thing = used()
    with pytest.raises(ProtectedError):
        thing.delete()
    assert type(thing).objects.filter(pk=thing.pk).exists()


# --- rules over several rows ---


@pytest.mark.parametrize("make_one", [make.an_event, make.a_contract])
def test_what_is_published_has_a_citation(make_one: Callable[..., Any]) -> None:
    thing = make_one()
    thing.check_publishable()
    thing.review = "published"
    message = f"A published {thing._meta.verbose_name} has at least one citation."
    for citations in (None, 0):
        with pytest.raises(ValidationError) as refused:
            thing.check_publishable(citations)
        assert refused.value.message_dict == {"review": [message]}
        assert refused.value.error_dict["review"][0].code == "not_ready_to_publish"
    thing.check_publishable(1)
    make.a_citation(**{thing._meta.model_name: thing})
    thing.check_publishable()


@pytest.mark.parametrize(
    ("shares", "refused"), [((45, 55), False), ((45, 60), True), ((100, "0.01"), True), ((), False)]
)
def test_shares_add_up_to_at_most_100(shares: tuple[Any, ...], refused: bool) -> None:
    contract = make.a_contract()
    for position, share in enumerate(shares):
        contract.payment_terms.create(kind="loan", share=share, position=position)
    if refused:
        with pytest.raises(ValidationError, match="more than 100"):
            contract.check_shares()
    else:
        contract.check_shares()


def test_shares_to_come_add_up_to_at_most_100() -> None:
    make.a_contract().check_shares([None, Decimal(60), Decimal(40)])
    with pytest.raises(ValidationError, match=r"add up to 100\.5 %, more than 100"):
        make.a_contract().check_shares([None, Decimal(60), Decimal("40.50")])


def test_an_event_stays_with_the_contract_of_which_it_meets_a_milestone() -> None:
    event, contract = make.an_event(), make.a_contract(title="S-400")
    contract.milestones.create(kind="signed", event=event)
    event.check_contracts()
    event.check_contracts([contract])
    with pytest.raises(ValidationError, match="meets a milestone of “S-400”"):
        event.check_contracts([])
    event.contracts.clear()
    with pytest.raises(ValidationError, match="meets a milestone of “S-400”"):
        event.check_contracts()


def test_a_place_is_not_part_of_its_parts() -> None:
    country = make.a_place()
    city = make.a_place(part_of=make.a_place(part_of=country))
    country.part_of = city
    with pytest.raises(ValidationError) as caught:
        country.full_clean()
    assert caught.value.error_dict["part_of"][0].code == "place_is_circular"


def test_nothing_follows_or_quotes_itself_by_way_of_others() -> None:
    first = make.a_contract()
    last = make.a_contract(follows=make.a_contract(follows=first))
    first.follows = last
    source = make.a_source()
    source.quoted_in = make.a_source(quoted_in=source)
    for thing, field, code in (
        (first, "follows", "contract_is_circular"),
        (source, "quoted_in", "source_is_circular"),
    ):
        with pytest.raises(ValidationError) as caught:
            thing.full_clean()
        assert caught.value.error_dict[field][0].code == code


def test_a_new_line_whose_position_is_taken_goes_to_the_end() -> None:
    contract, event = make.a_contract(), make.an_event()
    items = [contract.items.create(designation="S-400") for _ in range(3)]
    assert [item.position for item in items] == [0, 1, 2]
    assert [make.a_citation(event=event).position for _ in range(3)] == [0, 1, 2]
    items[2].position = 0
    items[2].save()
    assert items[2].position == 0


def test_a_milestone_is_met_on_the_date_of_its_event() -> None:
    event, contract = make.an_event(date="2017-04"), make.a_contract()
    milestone = Milestone(contract=contract, kind="signed", event=event)
    milestone.full_clean()
    milestone.save()
    assert milestone.met == event.date
    assert contract in event.contracts.all()
    assert Event.objects.get(pk=event.pk).version == event.version + 1
    milestone.met = "2018"
    with pytest.raises(ValidationError) as caught:
        milestone.full_clean()
    assert caught.value.error_dict["met"][0].code == "milestone_is_met_by_its_event"


# --- sources and quotes ---


def test_a_text_given_to_a_source_checks_its_quotes() -> None:
    source = make.a_source()
    exact = make.a_citation(source=source, quote="the S-400")
    missing = make.a_citation(source=source, quote="the S-500")
    assert exact.quote_status == "unchecked"
    source.text = "It was the S-400."
    source.save()
    assert source.text_sha256
    for citation in (exact, missing):
        citation.refresh_from_db()
    assert (exact.quote_status, exact.start, exact.end) == ("exact", 7, 16)
    assert (missing.quote_status, missing.start, missing.end) == ("missing", None, None)
    later = make.a_citation(source=source, quote="It   was")
    assert later.quote_status == "normalized"
    source.text = ""
    source.save(update_fields=["text"])
    exact.refresh_from_db()
    assert (exact.quote_status, source.text_sha256) == ("unchecked", "")


def test_an_update_of_a_quote_alone_looks_for_it_too() -> None:
    citation = make.a_citation(source=make.a_source(text="alpha beta"), quote="alpha")
    Citation.objects.update_or_create(pk=citation.pk, defaults={"quote": "beta"})
    citation.refresh_from_db()
    assert (citation.quote_status, citation.start, citation.end) == ("exact", 6, 10)
    Citation.objects.update_or_create(pk=citation.pk, defaults={"quote": "gamma"})
    citation.refresh_from_db()
    assert (citation.quote_status, citation.start) == ("missing", None)


def test_saving_other_fields_of_a_source_leaves_its_text_alone() -> None:
    source = make.a_source(text="Words.")
    make.a_citation(source=source, quote="Words")
    source.text = "unsaved"
    source.byline = "Somebody"
    source.save(update_fields=["byline"])
    source.refresh_from_db()
    assert (source.text, source.byline) == ("Words.", "Somebody")
    assert source.check_quotes() == {"exact": 1, "normalized": 0, "missing": 0, "unchecked": 0}


# --- what an editor reads ---


def test_every_row_says_what_it_is() -> None:
    turkey, buk = make.an_actor(name="Turkey"), make.an_actor(name="Buk")
    event = make.an_event(title="The signing", date="2017-04")
    contract = make.a_contract(title="The contract")
    source = make.a_source(title="An article")
    role = make.a_role(name="signatory")
    rows = [
        (event, "The signing"),
        (Alias(actor=turkey, name="Türkiye", language="tr"), "Türkiye (tr)"),
        (Alias(actor=turkey, name="Ankara"), "Ankara"),
        (Identifier(actor=turkey, scheme="wikidata", value="Q43"), "wikidata:Q43"),
        (Affiliation(member=buk, organization=turkey, title="president"), "Buk, president of Turkey"),
        (Affiliation(member=buk, organization=turkey), "Buk, member of Turkey"),
        (Participation(event=event, actor=turkey, role=role), "Turkey (signatory)"),
        (EventRelation(event=event, kind="part_of", related=event), "The signing is part of The signing"),
        (ContractParty(contract=contract, actor=turkey, role="end_user"), "Turkey (End user)"),
        (ContractItem(designation="S-400"), "S-400"),
        (Milestone(kind="signed"), "Signed: no date"),
        (Milestone(kind="delivered", title="First battery", due="2019"), "First battery: 2019"),
        (Citation(source=source, locator="paragraph 3"), "An article, paragraph 3"),
        (Citation(source=source), "An article"),
        (TimelineEntry(event=event), "The signing"),
        (TimelineEntry(event=event, headline="It begins"), "It begins"),
        (PaymentTerm(kind="barter"), "Barter"),
    ]
    assert [str(row) for row, _ in rows] == [words for _, words in rows]


def test_amounts_are_shown_without_trailing_zeros() -> None:
    contract = make.a_contract()
    item = contract.items.create(designation="S-400", quantity="4", unit="systems")
    share = contract.payment_terms.create(kind="advance", share="45.00")
    amount = contract.payment_terms.create(kind="grant", amount="10", currency="USD")
    for row in (item, share, amount):
        row.refresh_from_db()
    assert str(item) == "4 systems of S-400"
    assert str(share) == "45 % advance"
    assert str(amount) == "Grant 10.00 USD"


def test_a_token_shows_its_name_and_not_itself() -> None:
    from timeline.models import Token

    token, secret = Token.objects.create(make.a_user(), name="mirror")
    assert str(token).startswith("mirror ")
    assert secret not in str(token)
    assert Actor.objects.count() == 0
