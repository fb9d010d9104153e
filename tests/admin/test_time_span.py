"""How a time span is entered, read back on the page and while typing, and searched for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from tests import factories
from tests.admin.forms import address, errors, messages, send
from timeline.models import Event

ADD = "/admin/timeline/event/add/"

READ = [
    # the words, the EDTF beside them, the EDTF that is kept, what the page says
    ("mid-March 2020", "", "[2020-03-11..2020-03-20]", "some day from 11 to 20 March 2020"),
    ("2020-03-11", "", "2020-03-11", "11 March 2020"),
    ("0000", "", "0000", "1 BC"),
    ("44 BC", "", "-0043", "44 BC"),
    ("Y17000", "", "Y17000", "AD 17"),
    ("Y-13800000000", "", "Y-13800000000", "13,800,000,001 BC"),
    ("shortly before the signing", "[..2020-08-23]", "[..2020-08-23]", "Given by hand"),
    ("", "1914/1918", "1914/1918", "1914"),
    ("in a short time", "undated", None, "undated"),
    ("in a short time", "Undated", None, "undated"),
    ("n.d.", "", None, "undated"),
    ("c. 1917", "", "1917~", "1917"),
    ("  2020  ", " ", "2020", "2020"),
]

UNREAD = [
    ("whenever", ""), ("last week", ""), ("August 23", ""), ("2020-03-32", ""), ("before", "2002/2001"),
    ("1900-02-29", ""),
    ("a\0b", ""), ("2020\0", ""), ("2020", "\0"), ("words", "mid-March 2020"),
     ("x" * 501, ""), ("x" * 501, "2020"),
     ("2020", "x" * 5000),
    ("[" * 400, ""), ("\u202e2020-99", ""),
]  # fmt: skip


def data(text: str, edtf: str) -> dict[str, Any]:
    return {"title": "Signing", "kind": factories.a_kind().pk, "date_text": text, "date_edtf": edtf}


@pytest.mark.parametrize(("text", "edtf", "kept", "said"), READ)
def test_a_date_is_kept_as_written_and_shown_as_read(
    client: Client, text: str, edtf: str, kept: str | None, said: str
) -> None:
    assert errors(send(client, ADD, data(text, edtf))) == ""
    event: Any = Event.objects.get()
    assert event.date_edtf == kept
    assert event.date_text == (text.strip() or edtf)
    html = client.get(address("event", "change", event.pk)).content.decode()
    assert said in html
    assert errors(send(client, address("event", "change", event.pk), {})) == ""
    event.refresh_from_db()
    assert (event.date_edtf, event.date_text) == (kept, text.strip() or edtf)


@pytest.mark.parametrize(("text", "edtf"), UNREAD)
def test_what_cannot_be_read_is_said_beside_the_field(client: Client, text: str, edtf: str) -> None:
    response = send(client, ADD, data(text, edtf))
    assert response.status_code == 200
    assert errors(response) != ""
    assert "date" in response.context["adminform"].form.errors
    assert not Event.objects.exists()
    assert "reading-error" in response.content.decode() or "\0" in text + edtf


def test_the_page_marks_the_character_that_cannot_be_read(client: Client) -> None:
    html = send(client, ADD, data("mid-Mrach 2020", "")).content.decode()
    assert "mid-<mark>M</mark>rach 2020" in html


def test_bounds_stand_under_the_field(client: Client) -> None:
    event = factories.an_event(date="1914/1918")
    html = client.get(address("event", "change", event.pk)).content.decode()
    assert "Searched: 1914-01-01 to 1918-12-31" in html
    assert "Certain: 1914-12-31 to 1918-01-01" in html


def read_date(client: Client, **query: str) -> str:
    response = client.get(reverse("admin:timeline_read_date"), query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_date_is_read_while_it_is_typed(client: Client) -> None:
    html = read_date(client, text="2020-03-11")
    assert "11 March 2020" in html
    assert "<code>2020-03-11</code>" in html
    assert "Searched: 2020-03-11</p>" in html
    assert read_date(client).strip() == ""
    assert "Searched: up to 2016-12-31" in read_date(client, text="[..2016]")
    assert "Searched: from 2015-01-01 on" in read_date(client, text="2015/..")
    assert "Searched: at any time" in read_date(client, text="../..")
    assert "Certain" not in read_date(client, text="[2015..2016]")


@pytest.mark.parametrize(("text", "edtf"), UNREAD)
def test_what_cannot_be_read_is_said_while_it_is_typed(client: Client, text: str, edtf: str) -> None:
    assert "reading-error" in read_date(client, text=text, edtf=edtf)


def test_what_is_typed_is_never_markup(client: Client) -> None:
    html = read_date(client, text="<img src=x onerror=alert(1)>")
    assert "<img" not in html
    assert escape("<img")[:3] in html


def test_a_reading_given_by_hand_says_how_the_words_alone_read(client: Client) -> None:
    assert "the words alone read: 2020." in read_date(client, text="2020", edtf="2020-03")
    assert "the words alone cannot be read" in read_date(client, text="before the signing", edtf="[..2020]")
    html = read_date(client, text="before the signing", edtf="[..2020]", kept="1")
    assert "The words have changed" in html
    assert "The words have changed" not in read_date(client, text="2020", kept="1")


LIST = [
    # the filter, and which of the events below it finds
    ("date_from=1916&date_to=1916", {"1914/1918", "[1914..1918]"}),
    ("date_from=1916&date_to=1916&date_match=possible", {"1914/1918", "[1914..1918]"}),
    ("date_from=1916&date_to=1916&date_match=certain", {"1914/1918"}),
    ("date_from=1914&date_to=1920&date_match=within", {"1914/1918", "[1914..1918]"}),
    ("date_from=1914&date_to=1914&date_match=starts", {"1914/1918"}),
    ("date_from=2020", {"2020-03-11", "Y17000"}),
    ("date_to=0000", {"-0043", "Y-13800000000"}),
    ("date_to=44 BC", {"-0043", "Y-13800000000"}),
    ("date_from=Y-13800000000&date_to=Y17000",
     {"1914/1918", "[1914..1918]", "2020-03-11", "-0043", "Y17000", "Y-13800000000"}),
    ("date_from=fall of 2019&date_to=mid-March 2020", {"2020-03-11"}),
    ("date_from=&date_to=&date_match=&undated=only", {None}),
    ("undated=exclude&date_from=2020", {"2020-03-11", "Y17000"}),
]  # fmt: skip


@pytest.mark.parametrize(("query", "expected"), LIST)
def test_events_are_filtered_by_date(client: Client, query: str, expected: set[str | None]) -> None:
    for date in ("1914/1918", "[1914..1918]", "2020-03-11", "-0043", "Y17000", "Y-13800000000", ""):
        factories.an_event(date=date)
    response = client.get(f"{address('event', 'changelist')}?{query}")
    assert messages(response) == []
    assert {event.date.edtf for event in response.context["cl"].result_list} == expected


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("date_from=whenever", "whenever"), ("date_to=last week", "last week"),
        ("date_from=2020&date_to=2019", "ends before"),
        ("date_from=n.d.", "is no date"), ("date_from=a%00b", "Null characters"),
        ("date_match=surely", "surely"), ("undated=maybe", "maybe"),
        ("date_from=" + "x" * 9000, "200 characters"), ("date_from=%ED%A0%80", "date_from"),
    ],
)  # fmt: skip
def test_a_filter_that_cannot_be_read_is_said_and_lists_nothing(
    client: Client, query: str, said: str
) -> None:
    factories.an_event(date="2020")
    response = client.get(f"{address('event', 'changelist')}?{query}")
    assert response.status_code == 200
    assert list(response.context["cl"].result_list) == []
    assert len(messages(response)) == 1
    assert said in messages(response)[0] or said == "date_from"
    assert escape(said) in response.content.decode()


def test_sources_are_filtered_by_publication(client: Client) -> None:
    factories.a_source(title="New", published="2020")
    factories.a_source(title="Old", published="1917")
    response = client.get(f"{address('source', 'changelist')}?date_from=2000")
    assert [source.title for source in response.context["cl"].result_list] == ["New"]


def test_a_filter_keeps_the_others_and_can_be_cleared(client: Client) -> None:
    html = client.get(
        f"{address('event', 'changelist')}?review__exact=draft&date_from=2020&q=a&p=1"
    ).content.decode()
    assert '<input type="hidden" name="review__exact" value="draft">' in html
    assert '<a href="?review__exact=draft&amp;q=a">Clear</a>' in html


def listed(client: Client, model: str, query: str) -> list[str]:
    response = client.get(f"{address(model, 'changelist')}?{query}")
    assert messages(response) == []
    return [row.title for row in response.context["cl"].result_list]


def test_events_and_contracts_are_filtered_by_actor(client: Client) -> None:
    turkey = factories.an_actor(name="Turkey", slug="turkey")
    turkey.aliases.create(name="Türkiye", language="tr")
    factories.a_participation(actor=turkey, event=factories.an_event(title="Signing"))
    factories.a_participation(event=factories.an_event(title="Other"))
    contract = factories.a_contract(title="S-400")
    contract.parties.create(actor=turkey, role="buyer")
    factories.a_contract(title="F-35")
    for name in ("Turkey", "turkey", "Türkiye", "TURKIYE", "türkiye", "urke", "ürki", "URKI"):
        assert listed(client, "event", f"actor={name}") == ["Signing"]
        assert listed(client, "contract", f"actor={name}") == ["S-400"]
    assert listed(client, "event", "actor=") == ["Signing", "Other"]
    assert "Turkey</p>" in client.get(f"{address('event', 'changelist')}?actor=turk").content.decode()


@pytest.mark.parametrize(
    ("name", "said"), [("Nobody", "No actor is called"), ("a%00", "Null"), ("Actor", "More than 50")]
)
def test_a_name_that_says_too_little_is_asked_again(client: Client, name: str, said: str) -> None:
    for _ in range(51):
        factories.an_actor()
    factories.a_participation()
    response = client.get(f"{address('event', 'changelist')}?actor={name}")
    assert said in messages(response)[0]
    assert list(response.context["cl"].result_list) == []


def test_several_actors_of_a_name_are_all_meant(client: Client) -> None:
    for number in range(7):
        factories.an_actor(name=f"Ministry {number}")
    html = client.get(f"{address('event', 'changelist')}?actor=ministry").content.decode()
    assert "and 2 more</p>" in html


def test_every_time_span_is_read_on_its_page(client: Client) -> None:
    source = factories.a_source(published="2020-03")
    affiliation = factories.an_affiliation(held="2015/2018")
    contract = factories.a_contract()
    contract.milestones.create(kind="delivered", due="2019", met="2020")
    for model, thing, words in (
        ("source", source, ["March 2020"]),
        ("actor", affiliation.member, ["2015 to 2018"]),
        ("contract", contract, ["2019", "2020"]),
    ):
        html = client.get(address(model, "change", thing.pk)).content.decode()
        for word in words:
            assert f'<span class="reading-words">{word}</span>' in html
