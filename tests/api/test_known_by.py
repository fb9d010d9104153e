"""`known_by`: only what some source had certainly reported by then, with the citations that count."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories
from tests.api.test_rights import a_token, with_token
from tests.api.world import a_world
from timeline import kept, models

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/events/"


def reported(slug: str, *published: str, **fields: Any) -> models.Event:
    """A published event, with a citation of a source for each date of publication."""
    event: models.Event = factories.an_event(slug=slug, review="published", **fields)
    for position, date in enumerate(published):
        source = factories.a_source(slug=f"{slug}-{position}", published=date)
        factories.a_citation(event=event, source=source, position=position, quote=f"Told {position}")
    return event


def slugs(client: APIClient, address: str = EVENTS, **asked: Any) -> list[str]:
    response = client.get(address, asked)
    assert response.status_code == 200, response.content
    return [one["slug"] for one in response.json()["results"]]


@pytest.mark.parametrize(
    ("published", "known_by", "counts"),
    [
        ("2019-07-01", "2019-07-01", True),
        ("2019-07-01", "2019-06-30", False),
        ("2019-07-01T12:00:00", "2019-07-01", True),
        ("2019-07-01T12:00:00", "2019-07-01T11:00:00", False),
        ("July 2019", "2019-07-30", False),
        ("July 2019", "2019-07-31", True),
        ("July 2019", "2019-07", True),
        ("2019-11-30", "fall of 2019", True),
        ("2019-12-01", "fall of 2019", False),
        ("2019", "2019", True),
        ("[2019-06-01..2019-07-02]", "2019-07-01", False),
        ("before 2019", "2019", True),
        ("2019~", "2019", False),
        ("2019~", "2060", True),
        ("2019?", "2060", False),
        ("2019/..", "2060", False),
        ("2019/", "2060", False),
        ("undated", "2060", False),
        ("", "2060", False),
    ],
)
def test_a_source_counts_by_its_latest_bound(
    anyone: APIClient, published: str, known_by: str, counts: bool
) -> None:
    reported("it", published)
    assert slugs(anyone, known_by=known_by) == (["it"] if counts else [])
    one = anyone.get(f"{EVENTS}it/", {"known_by": known_by})
    assert one.status_code == (200 if counts else 404)


@pytest.mark.parametrize(
    "value", ["2019~", "2019?", "2019%", "2019/..", "2019/", "yesterday", "undated", "x"]
)
def test_what_has_no_definite_end_is_refused(anyone: APIClient, value: str) -> None:
    reported("it", "2019")
    for address in (EVENTS, f"{EVENTS}it/", "/api/v1/contracts/", f"{EVENTS}histogram/"):
        response = anyone.get(address, {"known_by": value})
        assert response.status_code == 400
        assert response.json()["known_by"][0]["code"] == "invalid_date"


def test_only_what_counted_then_is_shown(anyone: APIClient) -> None:
    event, later = reported("it", "2018", "2020", "", date="2017"), reported("later", "2020")
    models.EventRelation.objects.create(event=event, related=later, kind="causes")
    deal = factories.a_contract(slug="deal", review="published")
    source = models.Source.objects.get(slug="later-0")
    factories.a_citation(contract=deal, source=source)
    event.contracts.add(deal)
    list(kept.settle_all())
    now = anyone.get(f"{EVENTS}it/").json()
    then = anyone.get(f"{EVENTS}it/", {"known_by": "2019"}).json()
    assert [one["source"]["slug"] for one in now["citations"]] == ["it-0", "it-1", "it-2"]
    assert [one["source"]["slug"] for one in then["citations"]] == ["it-0"]
    assert (then["related"], then["contracts"]) == ([], [])
    assert len(now["related"]) == len(now["contracts"]) == 1
    rest = then.keys() - {"citations", "related", "contracts"}
    assert {key: now[key] for key in rest} == {key: then[key] for key in rest}
    (listed,) = anyone.get(EVENTS, {"known_by": "2019", "date": "2017"}).json()["results"]
    assert listed == {**then, "match": "certain"}
    assert slugs(anyone, known_by="2020") == ["it", "later"]


def test_it_goes_with_the_other_filters(anyone: APIClient) -> None:
    event = reported("it", "2018", "2020", date="2017", title="Raid that is told")
    reported("late", "2020", date="2017", title="Another raid")
    actor = factories.a_participation(event=event).actor
    assert slugs(anyone, known_by="2019", source="it-0") == ["it"]
    assert slugs(anyone, known_by="2019", source="it-1") == []
    assert slugs(anyone, known_by="2019", source=["it-1", "it-0"]) == ["it"]
    assert slugs(anyone, "/api/v1/sources/it-1/events/", known_by="2019") == []
    assert slugs(anyone, f"/api/v1/actors/{actor.slug}/events/", known_by="2019", order="-date") == ["it"]
    for order in ("date", "relevance"):
        assert slugs(anyone, known_by="2019", q="raid", order=order) == ["it"]
        # What a later source says finds nothing; nor do quotes that count, which have one index with it.
        assert slugs(anyone, q='"told 1"', order=order) == ["it"]
        assert slugs(anyone, known_by="2019", q='"told 1"', order=order) == []
        assert slugs(anyone, known_by="2019", q='raid -"told 1"', order=order) == ["it"]
    assert slugs(anyone, known_by="2017", date="2017") == []
    page = anyone.get(EVENTS, {"known_by": "2019", "q": "told", "include": "snippets"}).json()["results"]
    assert [one["text"] for one in page[0]["snippets"]] == ["Raid that is told", "Told 0"]
    assert anyone.get(f"{EVENTS}histogram/?known_by=2019&bucket=year&q=%22told+1%22").json()["total"] == 0
    counted = anyone.get(f"{EVENTS}histogram/", {"known_by": "2019", "bucket": "year"}).json()
    assert counted["total"] == 1
    streamed: Any = anyone.get(EVENTS, {"known_by": "2019", "format": "ndjson"})
    lines = b"".join(streamed.streaming_content)
    assert lines.count(b"\n") == 1
    assert b"it-1" not in lines
    assert anyone.get(EVENTS, {"known_by": "2019", "count": "exact"}).json()["count"] == 1


def test_contracts_were_known_too(anyone: APIClient) -> None:
    known, unknown = (factories.a_contract(slug=slug, review="published") for slug in ("known", "unknown"))
    factories.a_citation(contract=known, source=factories.a_source(published="2018"))
    factories.a_citation(contract=known, source=factories.a_source(published="2020"), position=1)
    factories.a_citation(contract=unknown, source=factories.a_source(published="2020"))
    event = reported("delivery", "2020", date="2018")
    known.milestones.create(kind="delivered", event=event)
    assert slugs(anyone, "/api/v1/contracts/", known_by="2019") == ["known"]
    then = anyone.get("/api/v1/contracts/known/", {"known_by": "2019"}).json()
    assert len(then["citations"]) == 1
    assert [(one["event"], one["met"]) for one in then["milestones"]] == [(None, None)]
    assert anyone.get("/api/v1/contracts/unknown/", {"known_by": "2019"}).status_code == 404
    assert slugs(anyone, "/api/v1/contracts/known/events/", known_by="2019") == []


def test_a_source_that_one_may_not_see_makes_nothing_known() -> None:
    event = factories.an_event(slug="it")
    factories.a_citation(event=event, source=factories.a_source(published="2018"))
    sees = with_token(a_token(factories.a_user(permissions=("view_event", "view_source"))))
    sees_no_sources = with_token(a_token(factories.a_user(permissions=("view_event",))))
    assert slugs(sees, known_by="2019") == ["it"]
    assert slugs(sees_no_sources, known_by="2019") == []


def test_a_list_runs_as_many_queries_with_more_rows(anyone: APIClient) -> None:
    numbers = []
    for number in range(3):
        a_world(str(number))
        with CaptureQueriesContext(connection) as asked:
            assert len(slugs(anyone, known_by="2020-04")) == 2 * number + 2
        numbers.append(len(asked))
    assert numbers == [16] * 3
