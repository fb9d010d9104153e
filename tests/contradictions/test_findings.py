"""What each check finds in the database, what it leaves, and who sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from tests import factories
from tests.contradictions import worlds
from timeline import models
from timeline.contradictions import listing
from timeline.contradictions.listing import Page, page_of, proofs
from timeline.contradictions.registry import CHECKS, SEVERITIES, TITLES
from timeline.models import Citation, Contract, EventRelation

pytestmark = pytest.mark.django_db


def found(user: Any = None, **asked: Any) -> list[str]:
    page = page_of(user or AnonymousUser(), 500, **asked)
    return [one.finding.code for one in page.found]


def messages() -> list[str]:
    return [one.finding.message for one in page_of(AnonymousUser(), 500).found]


@pytest.mark.parametrize(("code", "make"), worlds.WORLDS, ids=[make.__name__ for _, make in worlds.WORLDS])
def test_each_check_finds_what_it_is_for(code: str, make: Callable[..., None]) -> None:
    make()
    assert set(found()) == {code}
    page = page_of(AnonymousUser(), 10)
    proved = proofs([one.finding for one in page.found], Citation.objects.all())
    for one in page.found:
        assert one.finding.key.split(":")[:2] == [code, one.finding.sides[0].thing.slug]
        assert one.finding.sides[0] != one.finding.sides[1]
        without = ("shares_exceed_100", "amounts_exceed_value", "affiliation_outside_date")
        assert all(proved[side] for side in one.finding.sides) == (code not in without)


def test_everybody_sees_only_what_has_both_sides_published() -> None:
    for _, make in worlds.WORLDS:
        make(review="draft")
    assert found() == []
    sees_all = factories.a_user(permissions=("view_event", "view_contract", "view_actor", "view_source"))
    assert set(found(sees_all)) == set(TITLES)


def test_every_check_has_its_world() -> None:
    assert {code for code, _ in worlds.WORLDS} == set(TITLES) == set(SEVERITIES)
    assert {check.code for check in CHECKS} == set(TITLES)


# --- Milestones ---


def test_the_first_of_several_milestones_counts() -> None:
    contract = worlds.a_contract()
    contract.milestones.create(kind="delivered", met="2018", position=0)
    contract.milestones.create(kind="delivered", met="2020", position=1)
    contract.milestones.create(kind="accepted", met="2019", position=2)
    assert found() == []  # the first part, before the second was delivered
    contract.milestones.filter(position=0).update(met="2021")
    assert found() == ["milestones_out_of_order"]


def test_a_milestone_that_may_have_been_the_first_counts() -> None:
    worlds.before_signature()
    models.Milestone.objects.create(contract=Contract.objects.get(), kind="signed", position=2, met="2018")
    assert found() == ["milestone_before_signature"]
    unknown = models.Milestone.objects.create(contract=Contract.objects.get(), kind="signed", position=3)
    assert found() == []
    unknown.delete()
    hidden = worlds.an_event("Secret", "2020", review="draft")
    Contract.objects.get().milestones.create(kind="signed", event=hidden, position=4)
    assert found() == []
    assert found(factories.an_editor()) == ["milestone_before_signature"]


@pytest.mark.parametrize(
    ("signed", "later"),
    [
        ({"met": "2017"}, {"met": "2017-03"}),
        ({"met": "2017"}, {"met": "c. 2016"}),
        ({"met": "2017"}, {"met": "2016?"}),
        ({"met": "2017"}, {}),
        ({}, {"met": "2016"}),
        ({"due": "2017"}, {"met": "2016"}),  # it was signed before it had to be
        ({"met": "2017"}, {"met": "2016", "kind": "announced"}),
        ({"met": "2017"}, {"met": "2016", "kind": "negotiated"}),
        ({"met": "2017"}, {"met": "2016", "kind": "cancelled"}),
    ],
)
def test_milestones_that_may_be_in_order(signed: dict[str, str], later: dict[str, str]) -> None:
    contract = worlds.a_contract()
    contract.milestones.create(kind="signed", **signed)
    contract.milestones.create(**{"kind": "delivered", "position": 1, **later})
    assert found() == []


def test_a_milestone_with_an_event_is_proved_by_it() -> None:
    contract = worlds.milestones(worlds.a_contract(), signed="2017")
    event = worlds.an_event("Handover", "2016")
    contract.milestones.create(kind="delivered", event=event, position=1)
    [one] = page_of(AnonymousUser(), 10).found
    proved = proofs([one.finding], Citation.objects.all())
    assert [[row.quote for row in proved[side]] for side in one.finding.sides] == [
        ["in time"],
        ["It was 2016"],
    ]


def test_the_message_says_how_late_a_milestone_was() -> None:
    worlds.out_of_order()
    [message] = messages()
    assert message.startswith("course: “Accepted”, met fall of 2018")
    assert message.endswith("“Accepted” was due early 2018 and met fall of 2018: 124 to 333 days later.")


def test_the_message_leaves_when_a_hidden_event_was() -> None:
    """Due dates are compared; when each was met is the date of an event."""
    contract = worlds.a_contract()
    secret = worlds.an_event("Secret", "1 May 2020", review="draft")
    contract.milestones.create(kind="delivered", due="2019", event=secret, position=0)
    contract.milestones.create(kind="accepted", due="2018", event=secret, position=1)
    contract.milestones.create(kind="signed", met="21 June 2021", position=2)
    contract.milestones.create(kind="paid", due="2017", event=secret, position=3)
    assert len(messages()) == 4
    assert not [message for message in messages() if "2020" in message]


# --- Payments ---


@pytest.mark.parametrize(
    ("value", "terms", "codes"),
    [
        ({"value": 100}, [{"share": 45}, {"share": 55}], []),
        ({}, [{"share": "33.33"}, {"share": "33.33"}, {"share": "33.34"}], []),
        ({}, [{"share": "33.33"}, {"share": "33.33"}, {"share": "33.35"}], ["shares_exceed_100"]),
        ({"value": 100}, [{"amount": 60}, {"amount": 40}], []),
        ({"value": "0.3"}, [{"amount": "0.1"}, {"amount": "0.2"}], []),
        ({"value": 100}, [{"amount": 60}, {"amount": "40.01"}], ["amounts_exceed_value"]),
        ({"value": 100, "value_high": 120}, [{"amount": 110}], []),
        ({"value_low": 50, "value_high": 100}, [{"amount": 110}], ["amounts_exceed_value"]),
        ({"value_low": 50}, [{"amount": 110}], []),
        ({"value": 100, "value_is_estimate": True}, [{"amount": 110}], ["amounts_exceed_value"]),
        ({"value": 100}, [{"amount": 110, "currency": "EUR"}], []),
        ({"value": 100}, [{"share": 45}, {"amount": 55}], []),
        ({"value": 100}, [{"share": 45}, {"amount": 60}], ["amounts_exceed_value"]),
        ({}, [{"amount": 60}], []),
    ],
)
def test_payment_terms_and_the_value(value: Any, terms: list[dict[str, Any]], codes: list[str]) -> None:
    contract = worlds.a_contract(currency="USD", **value)
    for number, term in enumerate(terms):
        currency = {"currency": "USD"} if "amount" in term else {}
        contract.payment_terms.create(**{"kind": "loan", "position": number, **currency, **term})
    assert found() == codes


# --- Relations ---


@pytest.mark.parametrize("kind", ["part_of", "asserts", "denies", "implements", "same_as"])
def test_relations_that_say_nothing_of_order(kind: str) -> None:
    worlds.responds_to_later(kind=kind)
    worlds.causes_earlier(kind=kind)
    assert found() == []


@pytest.mark.parametrize(
    ("kind", "first", "then", "codes"),
    [
        ("responds_to", "2020", "2019", []),
        ("responds_to", "2020", "2020-05", []),
        ("responds_to", "", "2019", []),
        ("responds_to", "2019", "", []),
        ("causes", "2019", "2020", []),
        ("causes", "1914/1918", "1916", []),
        ("causes", "1916", "1914/1918", ["causes_earlier"]),
        ("precedes", "2019", "2019", []),
        ("precedes", "2020", "[..2019]", ["precedes_earlier"]),
    ],
)
def test_relations_by_date(kind: str, first: str, then: str, codes: list[str]) -> None:
    event, related = worlds.an_event("One", first), worlds.an_event("Other", then)
    EventRelation.objects.create(event=event, related=related, kind=kind)
    assert found() == codes


# --- Offices ---


@pytest.mark.parametrize(
    ("capacity", "date", "is_found"),
    [
        ("head", "2015", True),
        ("head of FSMTC", "2015", True),
        ("head of the FSMTC", "2015", True),
        ("head, FSMTC", "2015", True),
        ("former head", "2015", False),  # which office that was would have to be guessed
        ("deputy head of the FSMTC", "2015", False),
        ("", "2015", False),
        ("head", "2018", False),
        ("head", "2016/2018", False),
        ("head", "", False),
    ],
)
def test_a_capacity_that_names_an_office(capacity: str, date: str, is_found: bool) -> None:
    worlds.outside_date()
    event = models.Event.objects.get()
    event.date = date
    event.save()
    models.Participation.objects.update(capacity=capacity)
    assert found() == (["affiliation_outside_date"] if is_found else [])


def test_an_office_that_was_held_twice_or_at_nobody_knows_what_time() -> None:
    worlds.outside_date()
    held = models.Affiliation.objects.get()
    again = factories.an_affiliation(
        member=held.member, organization=held.organization, title="head", held="2009"
    )
    assert found() == ["affiliation_outside_date"]  # once
    again.held = "2014/2015"
    again.save()
    assert found() == []
    again.held = ""
    again.save()
    assert found() == []
    models.Participation.objects.update(capacity="head")
    hidden = factories.an_actor(name="Secret", kind="group")
    models.Affiliation.objects.filter(pk=again.pk).update(organization=hidden)
    assert found() == ["affiliation_outside_date"]
    assert found(factories.an_editor()) == []


# --- Citations ---


@pytest.mark.parametrize(
    ("field", "values", "codes"),
    [
        ("date", ("May 2018", "2018"), []),
        ("date", ("May 2018", "some day"), []),
        ("date", ("May 2018", "June 2018", "2018-06-05"), ["asserted_dates_apart"] * 2),
        ("participants", ("two", "three"), []),  # a list: both may be true
        ("title", ("The raid", "A raid"), []),
        ("place", ("ankara", "Ankara"), []),
        ("status", ("planned", "Planned"), []),
        ("kind", ("raid", "battle"), ["asserted_values_differ"]),
        ("", ("2018", "2019"), []),
    ],
)
def test_asserted_values_of_an_event(field: str, values: tuple[str, ...], codes: list[str]) -> None:
    worlds.two_say(worlds.an_event("Raid", "2018"), field, *values)
    assert found() == codes


def test_values_of_two_events_or_fields_are_not_compared() -> None:
    worlds.two_say(worlds.an_event("Raid"), "date", "May 2018")
    worlds.two_say(worlds.an_event("Sortie"), "date", "June 2018")
    worlds.two_say(models.Event.objects.all()[0], "status", "June 2017")
    assert found() == []


# --- The list ---


def walk(limit: int, **asked: Any) -> tuple[list[str], Page]:
    """The keys on all pages, forwards, and the last page."""
    keys: list[str] = []
    page = page_of(AnonymousUser(), limit, **asked)
    while True:
        assert len(page.found) <= limit
        keys += [one.finding.key for one in page.found]
        if page.next is None:
            return keys, page
        page = page_of(AnonymousUser(), limit, start=page.next, **asked)


def back_from(page: Page, limit: int) -> list[str]:
    """The keys on the page and all before it."""
    keys = [one.finding.key for one in page.found]
    while page.previous is not None:
        page = page_of(AnonymousUser(), limit, start=page.previous, backwards=True)
        keys = [one.finding.key for one in page.found] + keys
    return keys


def test_pages_have_everything_once_forwards_and_backwards() -> None:
    for _, make in worlds.WORLDS:
        make()
    every = [one.finding.key for one in page_of(AnonymousUser(), 500).found]
    assert len(set(every)) == len(every) == 15
    for limit in (4, 15):
        keys, page = walk(limit)
        assert keys == every
        assert back_from(page, limit) == every


def test_pages_go_on_behind_many_rows_that_are_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only Python can tell that these dates agree."""
    monkeypatch.setattr(listing, "MOST_EXAMINED", 3)
    monkeypatch.setattr(listing, "NEXT_ROWS", 2)
    for number in range(9):
        worlds.two_say(worlds.an_event(f"Agreed {number}", review="published"), "date", "2018", "May 2018")
    worlds.two_say(worlds.an_event("Zeal"), "date", "2018", "2019")
    first = page_of(AnonymousUser(), 1)
    assert first.found == []
    assert first.next is not None and first.next.place is not None
    assert (first.next.check, first.next.place.slug, first.next.place.at[:-16]) == (12, "agreed-3", "1 2 ")
    keys, last = walk(1)
    assert [key.split(":")[1] for key in keys] == ["zeal"]
    # Pages without any finding lead back, too, and on again.
    second = page_of(AnonymousUser(), 1, start=first.next)
    assert second.found == []
    assert second.previous is not None
    again = page_of(AnonymousUser(), 1, start=second.previous, backwards=True)
    assert again.next is not None
    assert page_of(AnonymousUser(), 1, start=again.next) == second
    assert back_from(last, 1) == keys


def test_a_page_behind_which_all_has_gone_leads_back() -> None:
    for number in range(3):
        worlds.two_say(worlds.an_event(f"Flood {number}"), "date", "2018", "2019")
    first = page_of(AnonymousUser(), 1)
    Citation.objects.exclude(event__slug="flood-0").delete()
    last = page_of(AnonymousUser(), 1, start=first.next)
    assert (last.found, last.next) == ([], None)
    assert back_from(last, 1) == [one.finding.key for one in first.found]


def test_what_was_put_in_first_comes_first_whatever_it_is_called() -> None:
    titles = ("Zeal", "Ardour", "Mirth")
    for title in titles:
        worlds.two_say(worlds.an_event(title), "date", "2018", "2019", "2020")
    keys, last = walk(2)
    assert [key.split(":")[1] for key in keys] == [title.lower() for title in titles for _ in range(3)]
    assert back_from(last, 2) == keys


def test_nothing_is_lost_behind_a_thing_that_is_gone() -> None:
    made = [worlds.an_event(f"Flood {number}") for number in range(4)]
    for event in made:
        worlds.two_say(event, "date", "2018", "2019")
    start = page_of(AnonymousUser(), 2).next
    made[1].delete()
    for backwards in (False, True):
        again = page_of(AnonymousUser(), 9, start=start, backwards=backwards)
        slugs = [one.finding.sides[0].thing.slug for one in again.found]
        assert slugs == ["flood-0", "flood-2", "flood-3"]


def test_pages_lose_nothing_that_stands_at_the_same_position() -> None:
    contract = worlds.milestones(worlds.a_contract(), signed="2019")
    for kind in ("delivered", "accepted", "completed"):
        contract.milestones.create(kind=kind, due="2018", position=0)
    event = worlds.an_event("Flood")
    for number in range(3):
        source = worlds.a_source("Gazette")
        factories.a_citation(event=event, source=source, stance="contradicts", locator=f"page {number}")
    keys, last = walk(1)
    assert len(set(keys)) == len(keys) == 6
    assert [one.finding.key for one in page_of(AnonymousUser(), 9).found] == keys
    assert back_from(last, 1) == keys


def test_a_page_of_the_longest_is_proved() -> None:
    """SQLite takes no condition of a thousand parts."""
    numbers = range(501)
    made = Contract.objects.bulk_create(
        Contract(slug=f"deal-{number}", title="Deal", kind="purchase", status="signed", review="published")
        for number in numbers
    )
    models.PaymentTerm.objects.bulk_create(
        models.PaymentTerm(contract=contract, kind="loan", share=share, position=share)
        for contract in made
        for share in (60, 70)
    )
    source = worlds.a_source("Gazette")
    Citation.objects.bulk_create(
        Citation(contract=contract, source=source, field=field, quote=f"{field} of {contract}")
        for contract in made[:2]
        for field in ("value", "payment_terms", "title")
    )
    page = page_of(AnonymousUser(), 500)
    proved = proofs([one.finding for one in page.found], Citation.objects.all())
    assert (len(page.found), len(proved)) == (500, 1000)
    assert [[row.quote for row in proved[side]] for side in page.found[0].finding.sides] == [
        ["value of Deal"],
        ["payment_terms of Deal"],
    ]


def test_codes_leave_what_is_asked_for() -> None:
    worlds.shares()
    worlds.amounts()
    assert found(codes=["amounts_exceed_value"]) == ["amounts_exceed_value"]
