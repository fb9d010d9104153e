"""The filters of events lists: by time, by who took part and as what, by all that events belong to."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories
from tests.api.world import a_world
from timeline.models import Event

pytestmark = pytest.mark.django_db


def slugs(client: APIClient, query: str, path: str = "events/") -> list[str]:
    response = client.get(f"/api/v1/{path}?{query}")
    assert response.status_code == 200, response.content
    return [event["slug"] for event in response.json()["results"]]


def dated(**dates: Any) -> dict[str, Event]:
    return {slug: factories.a_published_event(slug=slug, date=date) for slug, date in dates.items()}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("date=1916", ["war", "once"]),
        ("date=1916&date_match=possible", ["war", "once"]),
        ("date=1916&date_match=certain", ["war"]),
        ("date=1914/1918&date_match=within", ["war", "once"]),
        ("date=1914&date_match=starts", ["war"]),
        ("date_from=1917", ["war", "once", "later"]),
        ("date_to=1914-06", ["war", "once"]),
        ("date_from=1918&date_to=1919", ["war", "once"]),
        ("date_from=January 1918&date_to=3 May 1919", ["war", "once"]),
        ("date=1916&undated=include", ["war", "once", "none"]),
        ("date=1916&undated=only", ["none"]),
        ("undated=only", ["none"]),
        ("undated=exclude", ["war", "once", "later"]),
        ("undated=include", ["war", "once", "later", "none"]),
        ("", ["war", "once", "later", "none"]),
    ],
)
def test_by_time(anyone: APIClient, query: str, found: list[str]) -> None:
    dated(war="1914/1918", once="[1914..1918]", later="2020-03-15", none={"text": "once", "edtf": None})
    assert slugs(anyone, query) == found


def test_each_event_says_how_it_meets_the_window(anyone: APIClient) -> None:
    dated(war="1914/1918", once="[1914..1918]", none=None)
    results = anyone.get("/api/v1/events/?date=1916&undated=include").json()["results"]
    assert [(event["slug"], event["match"]) for event in results] == [
        ("war", "certain"),
        ("once", "possible"),
        ("none", None),
    ]
    undated = anyone.get("/api/v1/events/?date=1916&undated=only").json()["results"]
    assert [(event["slug"], event["match"]) for event in undated] == [("none", None)]
    assert "match" not in anyone.get("/api/v1/events/").json()["results"][0]
    asked = anyone.get("/api/v1/events/?date=1916&fields=match").json()["results"]
    assert asked == [{"match": "certain"}, {"match": "possible"}]


@pytest.mark.parametrize("year", ["0000", "-0043", "Y17000", "Y-13800000000"])
def test_by_years_of_any_age(anyone: APIClient, year: str) -> None:
    dated(old=year, new="1999")
    assert slugs(anyone, f"date={year}") == ["old"]
    assert slugs(anyone, f"date_from={year}&date_to={year}&date_match=within") == ["old"]


def test_44_bc_in_words(anyone: APIClient) -> None:
    dated(ides="-0043-03-15")
    assert slugs(anyone, "date=44 BC") == ["ides"]


def test_both_orders_by_date_have_the_undated_last(anyone: APIClient) -> None:
    dated(b="2019", d=None, a="1917", before="../2018-05", c="2020")
    assert slugs(anyone, "order=date") == ["a", "before", "b", "c", "d"]
    assert slugs(anyone, "order=-date") == ["c", "b", "before", "a", "d"]


def test_by_the_last_change(anyone: APIClient) -> None:
    events = dated(a="2019", b="2018", c="2017")
    events["b"].save()
    assert slugs(anyone, "order=updated") == ["a", "c", "b"]
    assert slugs(anyone, "order=-updated") == ["b", "c", "a"]


@pytest.fixture
def meeting() -> dict[str, Event]:
    """Ann speaks where Bob listens; in another event it is the other way round; Cem is there alone."""
    events = dated(first="2001", second="2002", third="2003")
    ann, bob, cem = (factories.an_actor(slug=slug) for slug in ("ann", "bob", "cem"))
    speaker, listener = (factories.a_role(slug=slug) for slug in ("speaker", "listener"))
    for event, actor, role in (
        ("first", ann, speaker),
        ("first", bob, listener),
        ("second", ann, listener),
        ("second", bob, speaker),
        ("third", cem, speaker),
    ):
        factories.a_participation(event=events[event], actor=actor, role=role)
    return events


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("actor=ann", ["first", "second"]),
        ("actor=ann&actor=cem", ["first", "second", "third"]),
        ("actor_all=ann&actor_all=bob", ["first", "second"]),
        ("actor_all=ann&actor_all=cem", []),
        ("actor=cem&actor_all=ann", []),
        ("role=speaker", ["first", "second", "third"]),
        ("role=listener", ["first", "second"]),
        ("actor=ann&role=speaker", ["first"]),
        ("actor=ann&role=speaker&role=listener", ["first", "second"]),
        ("actor_all=ann&actor_all=bob&role=speaker", []),
        ("actor=ann&date=2002", ["second"]),
        ("actor=ann&date=2002&order=-date&count=exact", ["second"]),
    ],
)
def test_by_participants(anyone: APIClient, meeting: Any, query: str, found: list[str]) -> None:
    assert slugs(anyone, query) == found


def test_by_members_of_the_time(anyone: APIClient) -> None:
    events = dated(before="2017", during="2019", after="2021", unknown=None)
    state = factories.an_actor(slug="state", kind="state", is_public=True)
    minister = factories.an_actor(slug="minister")
    factories.an_affiliation(member=minister, organization=state, held="2018/2020")
    for event in events.values():
        factories.a_participation(event=event, actor=minister)
    assert slugs(anyone, "actor=state") == []
    assert slugs(anyone, "actor=state&members=false") == []
    assert slugs(anyone, "actor=state&members=true") == ["during", "unknown"]
    assert slugs(anyone, "actor_all=state&actor_all=minister&members=true") == ["during", "unknown"]


@pytest.mark.parametrize(
    "query",
    [
        "contract=contract-one",
        "source=first-source-one",
        "timeline=timeline-one&undated=exclude",
        "kind=kind-one&undated=exclude",
        "tag=tag-one",
        "place=city-one",
        "place=country-one",
        "status=planned&status=occurred&undated=exclude&kind=kind-one",
        "verification=reported&undated=exclude&kind=kind-one",
        "actor=person-one&role=role-one&contract=contract-one&source=source-one&timeline=timeline-one&kind=kind-one"
        "&tag=tag-one&place=country-one&status=occurred&verification=reported&date=March 2020",
        "contract=contract-one&contract=contract-two&kind=kind-one",
    ],
)
def test_by_what_events_belong_to(anyone: APIClient, query: str) -> None:
    a_world("One")
    a_world("Two")
    assert slugs(anyone, query) == ["event-one"]


def test_status_and_verification(anyone: APIClient) -> None:
    factories.a_published_event(slug="plan", status="planned")
    factories.a_published_event(slug="dispute", verification="disputed")
    assert slugs(anyone, "status=planned") == ["plan"]
    assert slugs(anyone, "verification=disputed") == ["dispute"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("actors/person-one", "actor=person-one"),
        ("contracts/contract-one", "contract=contract-one"),
        ("sources/source-one", "source=source-one"),
        ("timelines/timeline-one", "timeline=timeline-one"),
    ],
)
def test_the_events_of_something_are_the_list_with_that_filter(
    anyone: APIClient, path: str, query: str
) -> None:
    a_world("One")
    a_world("Two")
    nested = anyone.get(f"/api/v1/{path}/events/?count=exact&date=2020").json()
    assert nested == anyone.get(f"/api/v1/events/?{query}&count=exact&date=2020").json()
    assert nested["count"] == 1
    assert anyone.get(f"/api/v1/{path}/events/?{query}").status_code == 400
    assert anyone.get(f"/api/v1/{path.replace('one', 'none')}/events/").status_code == 404


def test_the_role_of_an_actor_in_their_own_list(anyone: APIClient, meeting: Any) -> None:
    assert slugs(anyone, "role=speaker", "actors/ann/events/") == ["first"]


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("actors/?kind=state&kind=media", ["paper-one", "state-one"]),
        ("contracts/?actor=state-one", ["contract-one"]),
        ("contracts/?status=signed&kind=purchase", ["contract-one", "earlier-contract-one"]),
        ("contracts/?status=cancelled", []),
        ("sources/?publisher=paper-one&kind=article", ["first-source-one", "source-one"]),
        ("places/?part_of=country-one", ["city-one"]),
        ("places/?part_of=city-one", []),
    ],
)
def test_the_filters_of_other_lists(anyone: APIClient, path: str, found: list[str]) -> None:
    a_world()
    assert [one["slug"] for one in anyone.get(f"/api/v1/{path}").json()["results"]] == found


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("date=soon", "date", "invalid_date"),
        ("date=undated", "date", "invalid_date"),
        ("date=last week", "date", "invalid_date"),
        ("date=yesterday", "date", "invalid_date"),
        ("date_from=in September", "date_from", "invalid_date"),
        ("date=2021-02-30", "date", "invalid_date"),
        ("date=from May 2020 to March 2019", "date", "invalid_date"),
        ("date_from=2020&date_to=2019", "date_to", "reversed_window"),
        ("date=2020&date_to=2021", "date_to", "excluded_by_another_parameter"),
        ("date=2020&date=2021", "date", "repeated"),
        ("date=", "date", "empty"),
        ("date=" + "1" * 1001, "date", "too_long"),
        ("date_match=certain", "date_match", "needs_another_parameter"),
        ("date=2020&date_match=sure", "date_match", "invalid_choice"),
        ("undated=yes", "undated", "invalid_choice"),
        ("members=true", "members", "needs_another_parameter"),
        ("members=yes&actor=x", "members", "invalid_choice"),
        ("fields=slug,match", "fields", "needs_another_parameter"),
        ("fields=slug,colour", "fields", "unknown_field"),
        ("fields=", "fields", "empty"),
        ("include=text", "include", "unknown_field"),
        ("order=name", "order", "invalid_choice"),
        ("order=relevance", "order", "needs_another_parameter"),
        ("query=missile", "query", "unknown_parameter"),
        ("page=2", "page", "unknown_parameter"),
        ("offset=2", "offset", "unknown_parameter"),
        ("colour=red", "colour", "unknown_parameter"),
        ("format=xml", "format", "invalid_choice"),
        ("format=json&format=json", "format", "repeated"),
        ("count=about", "count", "invalid_choice"),
        ("actor=nobody", "actor", "unknown_slug"),
        ("actor_all=nobody", "actor_all", "unknown_slug"),
        ("role=nothing", "role", "unknown_slug"),
        ("contract=nothing", "contract", "unknown_slug"),
        ("source=nothing", "source", "unknown_slug"),
        ("timeline=nothing", "timeline", "unknown_slug"),
        ("kind=nothing", "kind", "unknown_slug"),
        ("tag=nothing", "tag", "unknown_slug"),
        ("place=nothing", "place", "unknown_slug"),
        ("status=lost", "status", "invalid_choice"),
        ("verification=rumour", "verification", "invalid_choice"),
        ("limit=0", "limit", "invalid_number"),
        ("limit=-1", "limit", "invalid_number"),
        ("limit=501", "limit", "invalid_number"),
        ("limit=x", "limit", "invalid_number"),
        ("limit=1.5", "limit", "invalid_number"),
        ("limit=%D9%A3", "limit", "invalid_number"),
        ("limit=99999999999999999999999", "limit", "invalid_number"),
        ("limit=5&limit=5", "limit", "repeated"),
        ("tag=a%00b", "tag", "invalid_characters"),
        ("date=%002020", "date", "invalid_characters"),
        ("tag=%ED%A0%80", "tag", "invalid_characters"),
        ("tag=%FF", "tag", "invalid_characters"),
        ("a%00b=1", "a\0b", "unknown_parameter"),
        ("&".join(["actor=x"] * 101), "actor", "too_many_values"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(anyone: APIClient, query: str, name: str, code: str) -> None:
    response = anyone.get(f"/api/v1/events/?{query}")
    assert response.status_code == 400
    assert response.json()[name][0]["code"] == code
    assert response.json()[name][0]["message"].endswith((".", ".)"))


def test_all_that_is_wrong_is_named_at_once(anyone: APIClient) -> None:
    body = anyone.get("/api/v1/events/?date=12 Foo 2020&limit=0&colour=red").json()
    assert list(body) == ["date", "limit", "colour"]
    assert body["date"][0]["position"] == 3


def test_right_to_left_marks_belong_to_a_slug_no_more_than_to_another(anyone: APIClient) -> None:
    assert anyone.get("/api/v1/events/?tag=a%E2%80%8F").json()["tag"][0]["code"] == "unknown_slug"


def test_a_hundred_values_are_taken(anyone: APIClient) -> None:
    dated(it="2020")
    for number in range(100):
        factories.a_tag(slug=f"tag-{number}", is_public=True)
    query = "&".join(f"tag=tag-{number}" for number in range(100))
    assert slugs(anyone, query) == []
