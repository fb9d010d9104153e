"""The events of a list as a file: the same events as the list shows, as the API writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories
from tests.admin.forms import messages
from tests.api.world import a_world
from timeline.models import Event, User

EVENTS = "/admin/timeline/event/"


def exported(client: Client, form: str, query: str = "") -> bytes:
    response: Any = client.get(f"{EVENTS}export/{form}/{query}")
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def slugs(client: Client, query: str = "") -> list[str]:
    return [event["slug"] for event in json.loads(exported(client, "json", query))["results"]]


def staff(*permissions: str) -> User:
    return factories.a_user(permissions=permissions, is_staff=True)


def some_events() -> None:
    turkey, kind = factories.an_actor(name="Turkey"), factories.a_kind()
    for number, date in enumerate(("2018", "2019-05", "2020~", "2021?", "../2017", "", "1914/2022")):
        make = factories.a_published_event if number % 2 else factories.an_event
        states: dict[str, Any] = {"status": "planned"} if number % 3 else {"verification": "disputed"}
        event = make(kind=kind if number < 5 else None, date=date, title=f"Signing {number}", **states)
        if number < 4:
            factories.a_participation(event=event, actor=turkey)


@pytest.mark.parametrize(
    "query",
    [
        "", "?q=signing+1", "?q=nothing+has+this", "?date_from=2018", "?date_to=2019", "?actor=turkey",
        "?date_from=2019&date_to=2020&date_match=certain", "?date_from=2019&date_match=within&actor=turkey",
        "?date_from=2019&date_match=starts", "?undated=only", "?undated=exclude", "?review__exact=published",
        "?status__exact=planned", "?verification__exact=disputed", "?o=-1", "?o=2", "?p=1", "?all=",
    ],
)  # fmt: skip
def test_it_has_what_the_list_shows_in_the_same_order(client: Client, query: str) -> None:
    some_events()
    shown = client.get(EVENTS + query).context["cl"]
    assert slugs(client, query) == [event.slug for event in shown.queryset]


def test_the_filter_by_kind_holds_too(client: Client) -> None:
    some_events()
    query = f"?kind__id__exact={Event.objects.get(title='Signing 0').kind_id}"
    assert slugs(client, query) == [event.slug for event in client.get(EVENTS + query).context["cl"].queryset]
    assert len(slugs(client, query)) == 5


def test_the_links_of_the_page_lead_there(client: Client) -> None:
    some_events()
    for form, link in client.get(f"{EVENTS}?date_from=2019&q=signing").context["cl"].exports:
        response: Any = client.get(link)
        assert response["Content-Disposition"] == f'attachment; filename="events.{form.lower()}"'
        assert (
            len(b"".join(response.streaming_content).splitlines()) == {"JSON": 1, "CSV": 5, "NDJSON": 4}[form]
        )


@pytest.mark.django_db
def test_it_is_written_as_the_api_writes_it() -> None:
    a_world()
    user = factories.an_editor()
    client, api = Client(), APIClient()
    client.force_login(user)
    api.force_authenticate(user)
    for form in ("ndjson", "csv"):
        answer: Any = api.get(f"/api/v1/events/?format={form}")
        assert exported(client, form) == b"".join(answer.streaming_content)
        assert client.get(f"{EVENTS}export/{form}/")["Content-Type"] == answer["Content-Type"]
    page = api.get("/api/v1/events/").json()
    assert json.loads(exported(client, "json")) == page


def test_a_message_that_waits_for_the_next_page_keeps_no_file_back(client: Client) -> None:
    event = factories.an_event(slug="one")
    client.post("/admin/timeline/tag/add/", {"name": "Arms"})  # "was added successfully"
    assert slugs(client) == [event.slug]
    wrong = client.get(f"{EVENTS}export/json/?undated=perhaps")
    assert len(messages(client.get(wrong["Location"]))) == 2


def test_nothing_found_is_an_empty_list(client: Client) -> None:
    assert json.loads(exported(client, "json")) == {"next": None, "previous": None, "results": []}
    assert exported(client, "ndjson") == b""
    assert len(exported(client, "csv").splitlines()) == 1


def test_more_than_a_chunk_is_one_list(client: Client) -> None:
    kind = factories.a_kind()
    Event.objects.bulk_create(
        Event(title=f"E {number}", slug=f"e-{number}", kind=kind) for number in range(201)
    )
    assert slugs(client) == [f"e-{number}" for number in range(201)]


def test_who_sees_less_gets_less(client: Client) -> None:
    event = factories.an_event(title="A draft")
    factories.a_participation(event=event, actor=factories.an_actor(name="Somebody hidden"))
    client.force_login(staff("view_event"))
    text = exported(client, "json").decode()
    assert "A draft" in text
    assert "Somebody hidden" not in text


def test_who_may_not_look_gets_nothing(client: Client) -> None:
    some_events()
    client.force_login(staff("view_actor"))
    assert client.get(f"{EVENTS}export/csv/").status_code == 403
    response = Client().get(f"{EVENTS}export/csv/")
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_another_form_is_not_there(client: Client) -> None:
    assert client.get(f"{EVENTS}export/xml/").status_code == 404


@pytest.mark.parametrize(
    "query", ["?date_from=banana", "?actor=nobody", "?undated=banana", "?kind__id__exact=x"]
)
def test_a_filter_that_cannot_be_read_is_said_by_the_list(client: Client, query: str) -> None:
    some_events()
    response = client.get(f"{EVENTS}export/csv/{query}", follow=True)
    assert response.redirect_chain[0] == (EVENTS + query, 302)
    assert len([*response.context["messages"]]) == 1


def test_it_takes_the_same_queries_whatever_there_is(client: Client) -> None:
    taken = []
    for _ in range(2):
        some_events()
        with CaptureQueriesContext(connection) as queries:
            exported(client, "csv")
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 20
