"""Pages: every row once, forwards and backwards, whatever is tied; and cursors that only their list takes."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from tests import factories
from timeline.models import Event, Tag

pytestmark = pytest.mark.django_db


def events(*dates: str | None) -> None:
    kind = factories.a_kind()
    Event.objects.bulk_create(
        Event(slug=f"e{number:05d}", title="Tied", kind=kind, date=date, review="published")
        for number, date in enumerate(dates)
    )


def slugs(body: dict[str, Any]) -> list[str]:
    return [row["slug"] for row in body["results"]]


def walk(client: APIClient, address: str | None, way: str = "next") -> list[list[str]]:
    pages = []
    while address:
        body = client.get(address).json()
        pages.append(slugs(body))
        address = body[way]
        assert len(pages) < 2000
    return pages


def last_page(client: APIClient, address: str) -> str:
    while following := client.get(address).json()["next"]:
        address = following
    return address


@pytest.mark.parametrize("order", ["date", "-date", "updated", "-updated"])
def test_every_event_comes_once_and_backwards_the_same(anyone: APIClient, order: str) -> None:
    events("2020", None, "1917~", "2020", "../2020", None, "-0043", "2020-05", "2015/..", "2020", None)
    start = f"/api/v1/events/?order={order}&limit=3&fields=slug"
    forwards = walk(anyone, start)
    assert [len(page) for page in forwards] == [3, 3, 3, 2]
    assert [slug for page in forwards for slug in page] == slugs(
        anyone.get(f"/api/v1/events/?order={order}").json()
    )
    backwards = walk(anyone, last_page(anyone, start), "previous")
    assert backwards == [forwards[3], forwards[2], forwards[1], forwards[0]]


def test_thirteen_hundred_tied_events_end(anyone: APIClient) -> None:
    events(*["2020"] * 1300)
    for order in ("date", "-date"):
        pages = walk(anyone, f"/api/v1/events/?limit=100&fields=slug&order={order}")
        assert [len(page) for page in pages] == [100] * 13
        assert len({slug for page in pages for slug in page}) == 1300


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(
    dates=st.lists(st.sampled_from([None, "2020", "1917~", "../2020", "2015/..", "2020-05-01"]), max_size=12),
    limit=st.integers(1, 5),
    order=st.sampled_from(["date", "-date"]),
)
def test_any_dates_in_any_pages(anyone: APIClient, dates: list[str | None], limit: int, order: str) -> None:
    Event.objects.all().delete()
    events(*dates)
    whole = slugs(anyone.get(f"/api/v1/events/?order={order}").json())
    pages = walk(anyone, f"/api/v1/events/?order={order}&limit={limit}")
    assert [slug for page in pages for slug in page] == whole
    assert sorted(whole) == sorted(Event.objects.values_list("slug", flat=True))


def test_slugs_are_in_the_order_of_code_points_on_every_database(anyone: APIClient) -> None:
    names = ["Z", "a", "B", "a-b", "ab", "a_b", "Öz", "z", "олег", "1", "a1", "a-1", "İz"]
    for name in names:
        Tag.objects.create(slug=name, name=name, is_public=True)
    pages = walk(anyone, "/api/v1/tags/?limit=2")
    assert [slug for page in pages for slug in page] == sorted(names)
    assert walk(anyone, last_page(anyone, "/api/v1/tags/?limit=2"), "previous")[::-1] == pages


def test_rows_that_come_and_go_do_not_disturb_a_walk(anyone: APIClient) -> None:
    events("2001", "2002", "2003", "2004")
    first = anyone.get("/api/v1/events/?limit=2").json()
    Event.objects.filter(slug="e00001").delete()
    factories.a_published_event(slug="late", date="2001-06")
    assert slugs(anyone.get(first["next"]).json()) == ["e00002", "e00003"]
    Event.objects.all().delete()
    assert anyone.get(first["next"]).json() == {"next": None, "previous": None, "results": []}


def test_a_walk_goes_on_exactly_where_a_row_was_hidden_meanwhile(anyone: APIClient) -> None:
    events(*["2020"] * 5)
    for order in ("date", "-date"):
        whole = slugs(anyone.get(f"/api/v1/events/?order={order}").json())
        first = anyone.get(f"/api/v1/events/?order={order}&limit=2").json()
        Event.objects.filter(slug=whole[1]).update(review="draft")
        assert slugs(anyone.get(first["next"]).json()) == whole[2:4]
        Event.objects.update(review="published")


@pytest.mark.parametrize("order", ["date", "-date", "updated", "-updated"])
def test_what_is_tied_with_a_row_that_was_deleted_meanwhile_comes_again_and_is_not_lost(
    anyone: APIClient, order: str
) -> None:
    events(*["2020"] * 5)
    Event.objects.update(updated_at=Event.objects.earliest("pk").updated_at)
    whole = slugs(anyone.get(f"/api/v1/events/?order={order}").json())
    first = anyone.get(f"/api/v1/events/?order={order}&limit=2").json()
    second = anyone.get(first["next"]).json()
    Event.objects.filter(slug__in=(whole[1], whole[2])).delete()
    assert slugs(anyone.get(first["next"]).json()) == [whole[0], whole[3]]
    assert slugs(anyone.get(second["previous"]).json()) == [whole[3], whole[4]]
    # Another row that has the address now is not the one where the page ended.
    factories.a_published_event(slug=whole[1], date="2020")
    assert whole[0] in slugs(anyone.get(first["next"]).json())


def test_a_cursor_tells_no_more_than_the_row_does(anyone: APIClient) -> None:
    events(*["2020"] * 3)
    Event.objects.filter(slug="e00000").update(created_at="2001-02-03T04:05:06Z")
    payload = cursor_of(anyone, "").partition("%3A")[0]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    sort_at = Event.objects.values_list("date_sort_at", flat=True).get(slug="e00000")
    assert told == [False, ["e00000", {"at": "2001-02-03T04:05:06+00:00"}], sort_at]


def test_the_first_and_the_only_page_lead_nowhere_else(anyone: APIClient) -> None:
    events("2001", "2002")
    body = anyone.get("/api/v1/events/").json()
    assert (body["next"], body["previous"]) == (None, None)
    assert "count" not in body
    first = anyone.get("/api/v1/events/?limit=1").json()
    second = anyone.get(first["next"]).json()
    assert (first["previous"], second["next"]) == (None, None)
    assert second["previous"].startswith("http://testserver/api/v1/events/?")


def test_the_count_is_of_all_that_match(anyone: APIClient) -> None:
    events("2001", "2002", "2003", None)
    body = anyone.get("/api/v1/events/?limit=1&count=exact&date_from=2002").json()
    assert (body["count"], len(body["results"])) == (2, 1)
    assert anyone.get(body["next"]).json()["count"] == 2


def test_limit_and_shape_may_change_from_page_to_page(anyone: APIClient) -> None:
    events("2001", "2002", "2003", "2004")
    following = anyone.get("/api/v1/events/?limit=1").json()["next"]
    assert slugs(anyone.get(f"{following}&fields=slug&count=exact".replace("limit=1", "limit=2")).json()) == [
        "e00001",
        "e00002",
    ]


def cursor_of(client: APIClient, query: str) -> str:
    address: str = client.get(f"/api/v1/events/?limit=1&{query}").json()["next"]
    return address.partition("cursor=")[2].partition("&")[0]


@pytest.mark.parametrize(
    "other",
    [
        "events/?order=-date",
        "events/?order=date",
        "events/?date=2001/2009",
        "tags/?limit=1",
        "events/?status=planned",
    ],
)
def test_a_cursor_of_another_list_is_refused(anyone: APIClient, other: str) -> None:
    events("2001", "2002")
    response = anyone.get(f"/api/v1/{other}&cursor={cursor_of(anyone, '')}")
    assert response.status_code == 400
    assert response.json()["cursor"][0]["code"] == "invalid_cursor"


def forged(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "cD1h",
        ":",
        "%2500",
        "%E2%80%8F",
        "9" * 900,
        forged([False, 0, 1]),
        forged([False, 0, 1]) + ":" + "a" * 43,
        forged({"$": 1}) + ":x",
    ],
)
def test_a_forged_cursor_is_refused(anyone: APIClient, cursor: str) -> None:
    response = anyone.get(f"/api/v1/events/?cursor={cursor}")
    assert response.status_code == 400
    assert response.json()["cursor"][0]["code"] == "invalid_cursor"


@pytest.mark.parametrize("cut", [1, 5, 40, 50])
def test_a_truncated_cursor_is_refused(anyone: APIClient, cut: int) -> None:
    events("2001", "2002")
    cursor = cursor_of(anyone, "")
    assert anyone.get(f"/api/v1/events/?limit=1&cursor={cursor}").status_code == 200
    for wrong in (cursor[:-cut], cursor[cut:]):
        assert anyone.get(f"/api/v1/events/?limit=1&cursor={wrong}").status_code == 400


@pytest.mark.parametrize(
    ("cursor", "code"), [("a%00b", "invalid_characters"), ("%ED%A0%80", "invalid_characters"), ("", "empty")]
)
def test_what_is_no_text_is_no_cursor(anyone: APIClient, cursor: str, code: str) -> None:
    response = anyone.get(f"/api/v1/events/?cursor={cursor}")
    assert response.json()["cursor"][0]["code"] == code
