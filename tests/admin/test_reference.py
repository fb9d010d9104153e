"""Relative dates: read against a day that the editor gives, while typing and when saved, never guessed."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.admin.forms import address, errors, filled_in, rows, send
from timeline.models import Event

ADD = "/admin/timeline/event/add/"


def add(client: Client, **inputs: str) -> Any:
    date = {f"date_{name}": value for name, value in inputs.items()}
    return send(client, ADD, {"title": "Signing", "kind": factories.a_kind().pk, **date})


def read(client: Client, **query: str) -> str:
    response = client.get(reverse("admin:timeline_read_date"), query)
    assert response.status_code == 200
    return response.content.decode()


RELATIVE = [
    ("last Tuesday", "2020-03-12", "2020-03-10"),
    ("in September", "2019-11-01", "2019-09"),
    ("August 23", "2020-08-25", "2020-08-23"),
    ("two days ago", "2020-03-01", "2020-02-28"),
    ("gestern", "2020-03-12", "2020-03-11"),
    ("Tuesday, March 10", "2020-08-30", "2020-03-10"),
    ("Wed 13 May", "2020-08-30", "2020-05-13"),
    ("29 February", "2020-08-30", "2020-02-29"),
    ("fifth Monday of March", "2020-08-30", "2020-03-30"),
]


@pytest.mark.parametrize(("text", "reference", "edtf"), RELATIVE)
def test_relative_words_are_kept_with_what_they_are_read_as(
    client: Client, text: str, reference: str, edtf: str
) -> None:
    html = read(client, text=text, reference=reference)
    assert f"<code>{edtf}</code>" in html
    assert "data-asks" in html
    assert "Counted from" in html
    assert errors(add(client, text=text, reference=reference)) == ""
    event = Event.objects.get()
    assert event.date.as_parts() == {"text": text, "edtf": edtf}
    assert errors(send(client, address("event", "change", event.pk), {})) == ""
    event.refresh_from_db()
    assert event.date.as_parts() == {"text": text, "edtf": edtf}


def test_without_a_day_to_count_from_nothing_is_guessed(client: Client) -> None:
    html = read(client, text="last Tuesday")
    assert "no reference date was given" in html
    assert "Give the day that the words count from" in html
    assert "<mark>l</mark>ast" in html
    response = add(client, text="last Tuesday")
    assert "no reference date was given" in errors(response)
    assert not Event.objects.exists()
    assert filled_in(response)["date_text"] == ["last Tuesday"]


def test_words_that_need_no_day_do_not_take_it_into_account(client: Client) -> None:
    html = read(client, text="mid-March 2020", reference="1990-01-01")
    assert "<code>[2020-03-11..2020-03-20]</code>" in html
    assert "data-asks" not in html
    assert "Counted" not in html


@pytest.mark.parametrize("reference", ["yesterday", "2020-02-30", "2020", "0", "x" * 999, "2020-03-12\0"])
def test_a_day_that_is_none_is_refused(client: Client, reference: str) -> None:
    assert "What the words count from is a day" in read(client, text="last Tuesday", reference=reference)
    response = add(client, text="last Tuesday", reference=reference)
    assert errors(response) != ""
    assert not Event.objects.exists()


def test_what_cannot_be_read_with_the_day_either_is_refused(client: Client) -> None:
    assert "reading-error" in read(client, text="29 February", reference="2019-03-01")
    assert "reading-error" in read(client, text="whenever", reference="2019-03-01")
    assert "data-asks" not in read(client, text="whenever", reference="2019-03-01")


def test_a_weekday_that_does_not_fit_the_day_is_told_as_that(client: Client) -> None:
    html = read(client, text="Monday, March 10", reference="2020-08-30")
    assert "10 March 2020 was a Tuesday, not a Monday." in html
    assert "data-asks" in html
    response = add(client, text="Monday, March 10", reference="2020-08-30")
    assert "10 March 2020 was a Tuesday, not a Monday." in errors(response)
    assert filled_in(response)["date_reference"] == ["2020-08-30"]


def test_a_reading_given_by_hand_needs_no_day(client: Client) -> None:
    html = read(client, text="last Tuesday", edtf="2020-03-10")
    assert "the words count from another day" in html
    assert "data-asks" not in html


def test_what_is_entered_stands_after_an_error(client: Client) -> None:
    response = send(client, ADD, {"date_text": "last Tuesday", "date_reference": "2020-03-12"})
    assert filled_in(response)["date_reference"] == ["2020-03-12"]
    assert "<code>2020-03-10</code>" in response.content.decode()


def test_a_milestone_counts_from_a_day_of_its_own(client: Client) -> None:
    contract = factories.a_contract()
    line = {"kind": "signed", "met_text": "yesterday", "met_reference": "2020-03-12", "due_text": "2020"}
    response = send(client, address("contract", "change", contract.pk), rows("milestones", line))
    assert errors(response) == ""
    milestone = contract.milestones.get()
    assert (milestone.met.edtf, milestone.due.edtf) == ("2020-03-11", "2020")


def test_the_picture_of_a_reading_has_no_style_and_says_nothing_twice(client: Client) -> None:
    html = read(client, text="1914/1918")
    assert '<rect class="bar-possible" x="400" width="500" height="10"/>' in html
    assert '<rect class="bar-certain" x="499" width="301" height="10"/>' in html
    assert 'aria-hidden="true"' in html
    assert "style=" not in html
    assert "<svg" not in read(client, text="n.d.")


TOLD = [
    ("2020-03-12", "2020-03-12"),
    ("2020-03-12T10:30", "2020-03-12"),
    ("March 2020", None),
    ("2020-03-12~", None),
    ("2020-03-12?", None),
    ("", None),
    ("-0043-03-15", None),
]


def test_a_source_offers_the_day_on_which_it_was_published(client: Client) -> None:
    sources = [factories.a_source(title=f"Source {text}", published=text) for text, _ in TOLD]
    query: dict[str, Any] = {"id": [*(source.pk for source in sources), "x", "9" * 30]}
    told = client.get(reverse("admin:timeline_sources_told"), query).json()["sources"]
    assert told == {
        str(source.pk): {"title": source.title, "published": day}
        for source, (_, day) in zip(sources, TOLD, strict=True)
    }
