"""Search over HTTP: `q` with everything else, the order of relevance, passages, and who finds what."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories as make
from timeline.models import Alias, Event

LIST = "/api/v1/events/"


def get(client: APIClient, **query: Any) -> Any:
    response = client.get(LIST, query)
    assert response.status_code == 200, response.content
    return response.json()


def slugs(body: Any) -> list[str]:
    return [event["slug"] for event in body["results"]]


def error(client: APIClient, **query: Any) -> tuple[str, str]:
    response = client.get(LIST, query)
    assert response.status_code == 400, response.content
    ((name, (found,)),) = response.json().items()
    return name, found["code"]


@pytest.fixture
def events(db: None) -> list[Event]:
    """Where the words stand: in the quote, summary, name, title; the latest has them in the title."""
    minister = make.an_actor(name="Mevlüt Çavuşoğlu", slug="minister")
    Alias.objects.create(actor=minister, name="Deal Maker")
    found = [
        make.an_event(slug="in-quote", title="One", date="2001", review="published"),
        make.a_published_event(slug="in-summary", title="Two", summary="A deal.", date="2002"),
        make.a_published_event(slug="in-name", title="Three", date="2003"),
        make.a_published_event(slug="in-title", title="The deal", date="2004"),
        make.a_published_event(slug="in-title-too", title="No Deal", date="2005"),
        make.a_published_event(slug="nowhere", title="Six", date="2006"),
        make.an_event(slug="draft", title="Deal draft", date="2000"),
    ]
    make.a_citation(event=found[0], quote="“Deal or no deal?”")
    make.a_participation(event=found[2], actor=minister)
    return found


ORDER = ["in-title", "in-title-too", "in-name", "in-summary", "in-quote"]


def test_words_are_found_by_date_or_by_relevance(anyone: APIClient, events: list[Event]) -> None:
    assert slugs(get(anyone, q="deal")) == ["in-quote", "in-summary", "in-name", "in-title", "in-title-too"]
    assert slugs(get(anyone, q="deal", order="-date"))[0] == "in-title-too"
    assert slugs(get(anyone, q="deal", order="relevance")) == ORDER


@pytest.mark.parametrize("limit", [1, 2, 3, 5])
def test_pages_by_relevance_go_forwards_and_back(anyone: APIClient, events: list[Event], limit: int) -> None:
    pages = [get(anyone, q="deal", order="relevance", limit=limit, count="exact")]
    while pages[-1]["next"]:
        pages.append(anyone.get(pages[-1]["next"]).json())
    assert [slug for page in pages for slug in slugs(page)] == ORDER
    assert {page["count"] for page in pages} == {5}
    back = [pages[-1]]
    while back[-1]["previous"]:
        back.append(anyone.get(back[-1]["previous"]).json())
    assert [slugs(page) for page in back[::-1]] == [slugs(page) for page in pages]


def test_it_combines_with_every_other_filter(anyone: APIClient, events: list[Event]) -> None:
    assert slugs(get(anyone, q="deal", date_from="2003", order="relevance")) == ORDER[:3]
    assert slugs(get(anyone, q="deal", actor="minister")) == ["in-name"]
    assert slugs(get(anyone, q="deal -no", date="2004")) == ["in-title"]
    body = anyone.get("/api/v1/actors/minister/events/", {"q": "cavusoglu", "date": "2003"}).json()
    assert [(event["slug"], event["match"]) for event in body["results"]] == [("in-name", "certain")]
    assert get(anyone, q="deal", fields="slug,match", date="2004")["results"] == [
        {"slug": "in-title", "match": "certain"}
    ]


def test_what_is_answered_is_what_is_answered_without_a_search(
    anyone: APIClient, editor: APIClient, events: list[Event]
) -> None:
    for client in (anyone, editor):
        whole = {event["slug"]: event for event in get(client)["results"]}
        for order in ("date", "relevance", "-updated"):
            for event in get(client, q="deal", order=order)["results"]:
                assert event == whole[event["slug"]]
        found = get(client, q="deal", include="timelines,snippets")["results"][0]
        assert list(found)[-2:] == ["timelines", "snippets"]


def test_drafts_change_nothing_for_those_who_do_not_see_them(
    anyone: APIClient, editor: APIClient, events: list[Event]
) -> None:
    before = [get(anyone, q="deal", order=order) for order in ("date", "relevance")]
    for number in range(20):
        make.an_event(title=f"Deal deal deal {number}", date="2003")
    assert [get(anyone, q="deal", order=order) for order in ("date", "relevance")] == before
    assert slugs(get(anyone, q="draft")) == []
    assert slugs(get(editor, q="draft")) == ["draft"]


def test_passages(anyone: APIClient, events: list[Event]) -> None:
    told = {
        event["slug"]: event["snippets"]
        for event in get(anyone, q="deal", include="snippets", fields="slug")["results"]
    }
    assert told == {
        "in-quote": [{"field": "quote", "text": "“Deal or no deal?”", "marks": [[1, 5], [12, 16]]}],
        "in-summary": [{"field": "summary", "text": "A deal.", "marks": [[2, 6]]}],
        "in-name": [{"field": "name", "text": "Deal Maker", "marks": [[0, 4]]}],
        "in-title": [{"field": "title", "text": "The deal", "marks": [[4, 8]]}],
        "in-title-too": [{"field": "title", "text": "No Deal", "marks": [[3, 7]]}],
    }


def test_who_sees_drafts_but_not_all_actors_and_sources_finds_nothing_by_them(db: None) -> None:
    draft = make.an_event(slug="draft", title="Talks", summary="in Sochi")
    make.a_participation(event=draft, actor=make.an_actor(name="Secret Agent"))
    make.a_citation(event=draft, quote="A hidden word in Sochi")
    published = make.a_published_event(slug="published", title="Talks")
    make.a_participation(event=published, actor=make.an_actor(name="Open Agent"))
    client = APIClient()
    client.force_authenticate(make.a_user(permissions=("view_event",)))
    assert slugs(get(client, q="talks", order="relevance")) == ["draft", "published"]
    assert slugs(get(client, q="agent")) == ["published"]
    assert slugs(get(client, q="agent", order="relevance")) == ["published"]
    assert slugs(get(client, q="talks -secret -hidden")) == ["draft", "published"]
    assert slugs(get(client, q="hidden")) == []
    (found,) = get(client, q="sochi", include="snippets")["results"]
    assert [snippet["field"] for snippet in found["snippets"]] == ["summary"]
    client.force_authenticate(make.a_user(permissions=("view_event", "view_actor", "view_source")))
    assert slugs(get(client, q="secret agent hidden")) == ["draft"]
    (found,) = get(client, q="sochi", include="snippets")["results"]
    assert [snippet["field"] for snippet in found["snippets"]] == ["summary", "quote"]


def test_what_is_refused(anyone: APIClient, db: None) -> None:
    assert error(anyone, q="x" * 201) == ("q", "too_long")
    assert error(anyone, q="a b c d e f g h i") == ("q", "too_many_terms")
    assert error(anyone, q="-a") == ("q", "nothing_to_search")
    assert error(anyone, q="") == ("q", "empty")
    assert error(anyone, q="a\0b") == ("q", "invalid_characters")
    assert error(anyone, q=["a", "b"]) == ("q", "repeated")
    assert error(anyone, order="relevance") == ("order", "needs_another_parameter")
    assert error(anyone, include="snippets") == ("include", "needs_another_parameter")


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "a AND",
        "NEAR(",
        "*",
        "col:x",
        "^",
        "-x y",
        "a' | !!b",
        "'a':*",
        "a<->",
        "\\",
        "%",
        "%s %(q)s",
        "(((",
        "a;--",
    ],
)
def test_nothing_that_is_typed_is_an_error_of_the_database(anyone: APIClient, db: None, text: str) -> None:
    for order in ("date", "relevance"):
        response = anyone.get(LIST, {"q": text, "order": order, "include": "snippets", "count": "exact"})
        assert response.status_code == 200 or response.json()["q"][0]["code"] == "nothing_to_search"


def test_it_asks_to_try_again_while_much_is_being_settled(
    anyone: APIClient, events: list[Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timeline.search.hits.PATIENCE", -1.0)
    for order in ("date", "relevance"):
        Event.objects.update(title="Deal")
        response = anyone.get(LIST, {"q": "deal", "order": order})
        assert (response.status_code, response.json()["code"]) == (503, "try_again")
        assert int(response["Retry-After"]) >= 1
    assert len(get(anyone, q="deal")["results"]) == 6


def test_a_page_runs_as_many_queries_however_many_events_there_are(
    anyone: APIClient, events: list[Event], django_assert_num_queries: Any
) -> None:
    get(anyone, q="deal")

    def queries(**query: Any) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as asked:
            get(anyone, **query)
        return len(asked)

    asked = ({"q": "deal"}, {"q": "deal", "order": "relevance", "include": "snippets"})
    few = [queries(**one) for one in asked]
    for number in range(30):
        make.a_published_event(title=f"Deal {number}")
    get(anyone, q="deal")
    many = [queries(**one) for one in asked]
    assert many[0] == few[0]
    assert many[1] <= few[1]  # more hits in the first tiers leave the others unasked
