"""Lists of events as lines of JSON and as tables: the same events, all of them, whoever asks."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from api import streams
from tests import factories as make
from tests.api.world import a_world
from timeline import kept
from timeline.exchange.spreadsheet import unescaped
from timeline.models import Actor, Event, Participation

EVENTS = "/api/v1/events/"
QUERIES = (
    "",
    "order=-date",
    "order=-updated",
    "date=2020",
    "date=2020&undated=include&order=-date",
    "date_from=2019&date_match=certain",
    "undated=only",
    "actor=person-one&role=role-one",
    "actor=state-one&members=true",
    "place=country-one&tag=tag-one",
    "fields=slug,date",
    "date=2020&fields=match,slug",
    "include=timelines",
    "q=what happened",
    "q=person&order=relevance",
)


def whole(client: APIClient, query: str, path: str = EVENTS) -> bytes:
    response: Any = client.get(f"{path}?{query}")
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content)


def lines(client: APIClient, query: str, path: str = EVENTS) -> list[Any]:
    return [json.loads(line) for line in whole(client, f"format=ndjson&{query}", path).splitlines()]


def table(client: APIClient, query: str, path: str = EVENTS) -> list[dict[str, str]]:
    text = whole(client, f"format=csv&{query}", path).decode()
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def page(client: APIClient, query: str, path: str = EVENTS) -> list[Any]:
    results: list[Any] = client.get(f"{path}?limit=500&{query}").json()["results"]
    return results


@pytest.fixture
def world(db: None) -> Event:
    a_world("Two", review="draft")
    event = a_world()
    for number in range(7):
        make.a_published_event(title=f"More {number}", kind=event.kind, date=f"{2016 + number}")
    return event


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("who", ["anyone", "editor"])
def test_lines_are_the_documents_of_the_list(
    world: Event, who: str, query: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "CHUNK", 2)
    client = request.getfixturevalue(who)
    expected = page(client, query)
    assert len(expected) > 0
    assert lines(client, query) == expected
    sum(kept.settle_all())
    assert lines(client, query) == expected


@pytest.mark.parametrize("query", QUERIES)
def test_a_table_has_the_same_events_in_the_same_order(world: Event, anyone: APIClient, query: str) -> None:
    rows = table(anyone, query)
    assert [row["slug"] for row in rows] == [event["slug"] for event in page(anyone, query)]


@pytest.mark.parametrize("noun", ["actors/person-one", "contracts/contract-one", "sources/source-one"])
def test_the_events_of_a_thing_are_streamed_too(world: Event, anyone: APIClient, noun: str) -> None:
    path = f"/api/v1/{noun}/events/"
    assert lines(anyone, "", path) == page(anyone, "", path)
    assert [row["slug"] for row in table(anyone, "", path)] == [
        event["slug"] for event in page(anyone, "", path)
    ]


def test_what_does_not_stand_is_rendered_and_not_kept(world: Event, anyone: APIClient) -> None:
    sum(kept.settle_all())
    Actor.objects.filter(slug="person-one").update(name="Renamed")
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM timeline_eventchange")
        (before,) = cursor.fetchone()
    assert "Renamed" in whole(anyone, "format=ndjson").decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM timeline_eventchange")
        assert cursor.fetchone() == (before,)


def test_the_columns_of_a_table(world: Event, anyone: APIClient) -> None:
    (row,) = table(anyone, "actor=person-one")
    told = {name: row[name] for name in ("date_text", "date_edtf", "date_earliest", "date_latest", "place")}
    assert told == {
        "date_text": "mid-March 2020",
        "date_edtf": "[2020-03-11..2020-03-20]",
        "date_earliest": "2020-03-11",
        "date_latest": "2020-03-20",
        "place": "city-one",
    }
    assert row["participants"] == "person-one:role-one"
    assert row["sources"] == "source-one; first-source-one"
    assert row["related"] == "asserts:other-event-one"
    assert row["contracts"] == "contract-one"
    assert row["tags"] == "tag-one"
    (row,) = table(anyone, "actor=person-one&fields=date,slug&include=timelines")
    assert [*row] == ["date_text", "date_edtf", "date_earliest", "date_latest", "slug", "timelines"]
    assert row["timelines"] == "timeline-one"


def test_words_without_a_date_are_told_from_no_words(db: None, anyone: APIClient) -> None:
    make.a_published_event(slug="some-day", date={"text": "some day", "edtf": None})
    make.a_published_event(slug="never-said")
    found = {row["slug"]: (row["date_text"], row["date_edtf"]) for row in table(anyone, "")}
    assert found == {"some-day": ("some day", "undated"), "never-said": ("", "")}


@pytest.mark.parametrize(
    "title", ["=1+1", "+1", "-1", "@a", "\ta", "'=1", "''", "'tis", " =1", "a", "\uff1d1"]
)
def test_no_cell_is_a_formula(db: None, anyone: APIClient, title: str) -> None:
    make.a_published_event(title=title)
    (row,) = table(anyone, "")
    assert row["title"][0] not in "=+-@\t\r\uff1d"
    assert unescaped(row["title"]) == title


def test_a_table_without_events_has_its_first_row(db: None, anyone: APIClient) -> None:
    assert whole(anyone, "format=csv&fields=slug,date").decode() == (
        "slug,date_text,date_edtf,date_earliest,date_latest\r\n"
    )
    assert whole(anyone, "format=ndjson") == b""


@pytest.mark.parametrize(
    ("form", "accepted", "told"),
    [
        ("ndjson", "application/x-ndjson", "application/x-ndjson"),
        ("csv", "text/csv", "text/csv; charset=utf-8; header=present"),
    ],
)
def test_the_form_may_be_asked_for_by_its_type(
    world: Event, anyone: APIClient, form: str, accepted: str, told: str
) -> None:
    by_type: Any = anyone.get(EVENTS, headers={"Accept": accepted})
    by_name: Any = anyone.get(f"{EVENTS}?format={form}")
    assert by_type["Content-Type"] == by_name["Content-Type"] == told
    assert b"".join(by_type.streaming_content) == b"".join(by_name.streaming_content)
    assert anyone.get(EVENTS, headers={"Accept": "*/*"})["Content-Type"] == "application/json"


@pytest.mark.parametrize("query", ["limit=5", "cursor=x", "count=exact", "q=person&include=snippets"])
@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_there_are_no_pages_in_a_stream(db: None, anyone: APIClient, form: str, query: str) -> None:
    response = anyone.get(f"{EVENTS}?format={form}&{query}")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/json"
    ((error,),) = response.json().values()
    assert error["code"] == "excluded_by_another_parameter"


@pytest.mark.parametrize("path", ["/api/v1/actors/", "/api/v1/events/x/", "/api/v1/"])
@pytest.mark.parametrize("form", ["ndjson", "csv"])
def test_only_lists_of_events_are_streamed(db: None, anyone: APIClient, path: str, form: str) -> None:
    response = anyone.get(f"{path}?format={form}")
    assert response.status_code == 400
    assert response.json()["format"][0]["code"] == "invalid_choice"


@pytest.mark.parametrize("query", ["colour=red", "actor=nobody", "fields=match", "date=12 Foo 2020"])
def test_what_is_wrong_is_told_in_json(db: None, anyone: APIClient, query: str) -> None:
    expected = anyone.get(f"{EVENTS}?{query}")
    response = anyone.get(f"{EVENTS}?format=csv&{query}")
    assert (response.status_code, response.json()) == (400, expected.json())
    assert response["Content-Type"] == "application/json"
    assert anyone.get("/api/v1/actors/nobody/events/?format=csv").status_code == 404


def test_head_has_the_headers_and_reads_nothing(world: Event, anyone: APIClient) -> None:
    response: Any = anyone.head(f"{EVENTS}?format=csv")
    assert response["Content-Type"].startswith("text/csv")
    assert response["Content-Disposition"] == 'attachment; filename="events.csv"'
    assert b"".join(response.streaming_content) == b""


@pytest.mark.parametrize("form", ("ndjson", "csv"))
def test_connections_of_a_pool_by_transaction_stream_the_same(
    world: Event, anyone: APIClient, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    before = whole(anyone, f"format={form}")
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    assert whole(anyone, f"format={form}") == before


@pytest.mark.django_db(transaction=True)
def test_who_goes_away_ends_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that goes away in the middle leaves a connection on which others can write."""
    monkeypatch.setattr(streams, "CHUNK", 1)
    for number in range(3):
        make.a_published_event(title=f"Event {number}", slug=f"event-{number}")
    response: Any = APIClient().get(f"{EVENTS}?format=ndjson")
    parts = response.streaming_content
    first = json.loads(next(parts))
    assert first["slug"] == "event-0"
    response.close()
    make.an_event()  # would be refused inside the reading transaction
    assert Participation.objects.count() == 0
