"""A contract's page: parties, items, payment terms, milestones, citations, and the rules over them."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, rows, send
from timeline.models import Contract, Milestone, PaymentTerm

ADD = "/admin/timeline/contract/add/"


def add(client: Client, **changes: Any) -> Any:
    return send(client, ADD, {"title": "S-400", "kind": "purchase", "status": "signed", **changes})


def change(client: Client, contract: Contract, **changes: Any) -> Any:
    return send(client, address("contract", "change", contract.pk), changes)


def terms(*shares: str) -> dict[str, Any]:
    return rows("payment_terms", *({"kind": "instalment", "share": share} for share in shares))


def test_a_contract_is_entered_with_all_that_belongs_to_it(client: Client) -> None:
    buyer, seller = factories.an_actor(), factories.an_actor()
    event = factories.an_event(date="2017-12-29")
    data = rows("parties", {"actor": buyer.pk, "role": "buyer"}, {"actor": seller.pk, "role": "seller"})
    data |= rows("items", {"designation": "S-400", "quantity": "4", "unit": "divisions"})
    data |= rows(
        "payment_terms",
        {"kind": "advance", "share": "45"},
        {"kind": "loan", "share": "55", "provider": seller.pk},
    )
    signed = {"kind": "signed", "event": event.pk}
    delivered = {
        "kind": "delivered",
        "due_text": "2019",
        "met_text": "shortly after",
        "met_edtf": "2019-07/..",
    }
    data |= rows("milestones", signed, delivered)
    data |= rows("citations", {"source": factories.a_source().pk, "stance": "supports"})
    response = add(client, **data, value="2500000000", currency="usd", _review="publish")
    assert errors(response) == ""
    contract = Contract.objects.get()
    assert contract.currency == "USD"
    assert [party.actor for party in contract.parties.all()] == [buyer, seller]
    assert [party.position for party in contract.parties.all()] == [1, 2]
    assert contract.items.get().unit == "divisions"
    first, second = contract.milestones.all()
    assert first.met == event.date
    assert (second.due.edtf, second.met.text, second.met.edtf) == ("2019", "shortly after", "2019-07/..")
    assert list(event.contracts.all()) == [contract]


def test_shares_of_more_than_the_whole_are_refused(client: Client) -> None:
    assert "The shares add up to 105 %, more than 100 %." in errors(add(client, **terms("45", "60")))
    assert not Contract.objects.exists()
    assert errors(add(client, **terms("45", "55"))) == ""
    contract = Contract.objects.get()
    response = change(client, contract, **{"payment_terms-0-share": "60"})
    assert "The shares add up to 115 %" in errors(response)
    assert (
        errors(change(client, contract, **{"payment_terms-0-share": "60", "payment_terms-1-DELETE": "on"}))
        == ""
    )
    assert [term.share for term in contract.payment_terms.all()] == [60]


@pytest.mark.parametrize("term", [
    {"kind": "loan", "share": "101"}, {"kind": "loan", "share": "-1"}, {"kind": "loan", "share": "x"},
    {"kind": "loan", "share": "5", "amount": "5", "currency": "USD"}, {"kind": "loan", "amount": "5"},
    {"kind": "loan", "amount": "5", "currency": "XYZ"},
    {"kind": "loan", "amount": "1e400", "currency": "USD"},
    {"kind": "loan", "amount": "NaN", "currency": "USD"}, {"kind": "x", "share": "5"}, {"share": "5"},
    {"kind": "loan", "note": "a\0b"}, {"kind": "loan", "provider": "x"},
])  # fmt: skip
def test_a_payment_term_that_makes_no_sense_is_refused(client: Client, term: dict[str, Any]) -> None:
    assert errors(add(client, **rows("payment_terms", term))) != ""
    assert not Contract.objects.exists()
    assert not PaymentTerm.objects.exists()


@pytest.mark.parametrize(("changes", "said"), [
    ({"value": "5"}, "A value needs a currency."),
    ({"value": "5", "currency": "XYZ"}, "ISO 4217"),
    ({"value": "-5", "currency": "USD"}, "none is negative"),
    ({"value_low": "7", "value_high": "5", "currency": "USD"}, "in order"),
    ({"value": "4", "value_low": "5", "currency": "USD"}, "in order"),
    ({"value": "x", "currency": "USD"}, "Enter a number"),
    ({"follows": "x"}, "valid choice"),
    ({"items-0-designation": "S-400", "items-0-quantity": "-1"}, "none is negative"),
    ({"parties-0-actor": "1", "parties-0-role": "x"}, "valid choice"),
    ({"milestones-0-kind": "signed", "milestones-0-due_text": "whenever"}, "whenever"),
    ({"milestones-0-kind": "signed", "milestones-0-event": "x"}, "valid choice"),
])  # fmt: skip
def test_what_makes_no_sense_is_said_and_nothing_is_saved(
    client: Client, changes: dict[str, Any], said: str
) -> None:
    assert said in errors(add(client, **changes))
    assert not Contract.objects.exists()


def test_a_contract_does_not_follow_itself(client: Client) -> None:
    contract = factories.a_contract()
    assert "That contract follows this one." in errors(change(client, contract, follows=contract.pk))


def test_a_published_contract_keeps_its_last_citation(client: Client) -> None:
    contract = factories.a_contract(review="published")
    factories.a_citation(contract=contract)
    assert "at least one citation" in errors(change(client, contract, **{"citations-0-DELETE": "on"}))
    assert contract.citations.count() == 1


def test_a_milestone_follows_the_event_that_is_chosen_for_it(client: Client) -> None:
    contract = factories.a_contract()
    first, second = factories.an_event(date="2019"), factories.an_event(date="2020")
    milestone = contract.milestones.create(kind="signed", event=first)
    assert errors(change(client, contract, **{"milestones-0-event": second.pk})) == ""
    milestone.refresh_from_db()
    assert milestone.met == second.date
    response = change(client, contract, **{"milestones-0-met_text": "2021"})
    assert "The milestone is met on the date of its event" in errors(response)
    assert Milestone.objects.get().met == second.date


def test_a_contract_that_is_continued_is_not_deleted(client: Client) -> None:
    contract = factories.a_contract()
    factories.a_contract(title="Second", follows=contract)
    html = client.post(address("contract", "delete", contract.pk), {"post": "yes"}).content.decode()
    assert "Cannot delete contract" in html
    assert Contract.objects.count() == 2


def test_the_list_shows_parties_and_price(client: Client) -> None:
    contract = factories.a_contract(value="2500000000", currency="USD", value_is_estimate=True)
    contract.parties.create(actor=factories.an_actor(name="Rosoboronexport"), role="seller")
    factories.a_contract(value_low="1", currency="USD")
    html = client.get(address("contract", "changelist")).content.decode()
    assert "Rosoboronexport" in html
    assert "c. 2,500,000,000 USD" in html
    assert "1 to ? USD" in html
