"""What is not public is nowhere: no answer changes by a byte when drafts come into the database."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import transaction
from rest_framework.test import APIClient

from tests import factories
from tests.api.world import NOUNS, a_world
from tests.history.states import without_history
from timeline import models
from timeline.models.base import Record

pytestmark = pytest.mark.django_db

EXTRAS = {
    "events": "timelines",
    "contracts": "events,followed_by",
    "sources": "text",
    "actors": "members",
    "places": "parts",
}
FILTERS = {
    "actor": "person",
    "actor_all": "person",
    "contract": "contract",
    "source": "source",
    "timeline": "timeline",
    "tag": "tag",
    "place": "city",
}


# What each noun of a world is called; kinds and roles are public always.
NAMES = {
    "events": "event",
    "actors": "person",
    "contracts": "contract",
    "sources": "source",
    "timelines": "timeline",
    "places": "city",
    "tags": "tag",
}
WITH_EVENTS = ("actors", "contracts", "sources", "timelines")


def words() -> None:
    """The vocabularies, which drafts use too."""
    factories.a_kind(name="Kind One")
    factories.a_role(name="Role One")


def drafts(name: str = "Hidden") -> models.Event:
    return a_world(name, review="draft", with_words=False)


def tie(hidden: models.Event) -> None:
    """Ties the drafts to the public world by every kind of thread that there is."""
    public = models.Event.objects.get(slug="event-one")
    person = models.Actor.objects.get(slug="person-one")
    secret = models.Actor.objects.get(slug="person-hidden")
    contract = models.Contract.objects.get(slug="contract-one")
    for pair in ((public, hidden), (hidden, public)):
        models.EventRelation.objects.create(event=pair[0], related=pair[1], kind="causes")
    contract.events.add(hidden)
    models.Contract.objects.get(slug="contract-hidden").events.add(public)
    models.Milestone.objects.create(
        contract=models.Contract.objects.get(slug="contract-hidden"), kind="signed", event=public
    )
    models.Contract.objects.filter(slug="contract-hidden").update(follows=contract)
    factories.a_participation(event=hidden, actor=person, role=models.Role.objects.get(slug="role-one"))
    factories.a_citation(
        event=hidden, source=models.Source.objects.get(slug="source-one"), attributed_to=person
    )
    factories.an_affiliation(member=person, organization=secret)
    factories.an_affiliation(member=secret, organization=models.Actor.objects.get(slug="state-one"))
    models.TimelineEntry.objects.create(
        timeline=models.Timeline.objects.get(slug="timeline-one"), event=hidden
    )
    models.TimelineEntry.objects.create(
        timeline=models.Timeline.objects.get(slug="timeline-hidden"), event=public
    )
    hidden.tags.add(models.Tag.objects.get(slug="tag-one"))
    hidden.place = models.Place.objects.get(slug="city-one")
    hidden.save()
    models.Place.objects.filter(slug="city-hidden").update(
        part_of=models.Place.objects.get(slug="country-one")
    )


def at_one_moment() -> None:
    """Makes everything seem made and changed at once: the stamps of two worlds are to be the same."""
    for model in apps.get_app_config("timeline").get_models():
        if issubclass(model, Record):
            model._default_manager.update(
                created_at="2020-01-01T00:00Z", updated_at="2020-01-01T00:00Z", version=1
            )
    without_history()


def addresses(client: APIClient) -> list[str]:
    """Every kind of GET that there is, with every filter, order and extra."""
    found = [""]
    for noun in NOUNS:
        found += [f"{noun}/?count=exact&limit=2", f"{noun}/?fields=slug,version"]
        if noun in EXTRAS:
            found.append(f"{noun}/?include={EXTRAS[noun]}")
        for row in client.get(f"/api/v1/{noun}/").json()["results"]:
            found.append(f"{noun}/{row['slug']}/")
            if noun in EXTRAS:
                found.append(f"{noun}/{row['slug']}/?include={EXTRAS[noun]}")
            if noun in WITH_EVENTS:
                found.append(f"{noun}/{row['slug']}/events/?count=exact")
    for name, slug in FILTERS.items():
        found += [f"events/?count=exact&{name}={slug}-{which}" for which in ("one", "hidden", "none")]
    found += [f"events/?order={order}" for order in ("date", "-date", "updated", "-updated")]
    found += [
        f"events/?q={words}&order={order}&count=exact&limit=1&include=snippets"
        for words in ("event", "one -hidden", "hidden", "person", "alias hidden", "signed")
        for order in ("date", "relevance")
    ]
    found += ["events/?actor=state-one&members=true", "events/?date=2020&undated=include&count=exact"]
    found += [
        "contracts/?actor=person-hidden",
        "sources/?publisher=paper-hidden",
        "places/?part_of=country-one",
    ]
    found += ["events/?role=role-one&count=exact", "events/?kind=kind-one&count=exact", "schema/?format=json"]
    found += [f"{noun}/{name}-hidden/" for noun, name in NAMES.items()]
    found += [f"{noun}/{NAMES[noun]}-hidden/events/" for noun in WITH_EVENTS]
    return found


def answers(client: APIClient, paths: list[str]) -> dict[str, tuple[int, bytes]]:
    """What is answered at each address and, from the lists, at all the pages that follow."""
    found = {}
    for path in paths:
        address: str | None = f"/api/v1/{path}"
        pages = 0
        while address:
            response = client.get(address)
            found[f"{path} {pages}" if pages else path] = (response.status_code, response.content)
            body = response.json() if response["Content-Type"] == "application/json" else {}
            address, pages = body.get("next"), pages + 1
    return found


@pytest.mark.long
def test_who_has_no_permissions_is_told_nothing_of_drafts() -> None:
    """As everybody else (tests/trust/test_leaks.py)."""
    client = APIClient()
    client.force_authenticate(factories.a_user())
    with transaction.atomic():
        words()
        a_world("One", with_words=False)
        a_world("Two", with_words=False)
        at_one_moment()
        paths = addresses(client)
        before = answers(client, paths)
        transaction.set_rollback(True)
    words()
    a_world("One", with_words=False)
    hidden = drafts()
    a_world("Two", with_words=False)
    tie(hidden)
    at_one_moment()
    after = answers(client, paths)
    assert {path: after.get(path) for path in before if after.get(path) != before[path]} == {}
    assert after.keys() == before.keys()
    assert [path for path in paths if path.endswith("-hidden/") and after[path][0] != 404] == []
    told = [path for path, (_, body) in after.items() if b"idden" in body and "idden" not in path]
    assert told == ["schema/?format=json"]  # where the word stands in an explanation


def test_a_hidden_slug_answers_as_an_unknown_one(anyone: APIClient) -> None:
    a_world("One")
    tie(drafts())
    for name, slug in FILTERS.items():
        hidden = anyone.get(f"/api/v1/events/?{name}={slug}-hidden")
        unknown = anyone.get(f"/api/v1/events/?{name}={slug}-nowhere")
        assert hidden.status_code == 400
        assert hidden.content == unknown.content.replace(b"nowhere", b"hidden")
    for noun, slug in NAMES.items():
        for rest in ("", "events/") if noun in WITH_EVENTS else ("",):
            hidden = anyone.get(f"/api/v1/{noun}/{slug}-hidden/{rest}")
            assert hidden.status_code == 404
            assert hidden.content == anyone.get(f"/api/v1/{noun}/{slug}-nowhere/{rest}").content


def test_whoever_may_view_sees_the_drafts() -> None:
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    a_world("One")
    tie(drafts())
    assert client.get("/api/v1/events/?count=exact").json()["count"] == 4
    related = client.get("/api/v1/events/event-one/").json()["related"]
    assert {one["event"]["slug"] for one in related} == {"other-event-one", "event-hidden"}
    assert client.get("/api/v1/events/?place=city-hidden").status_code == 200


def test_who_may_view_events_only_sees_no_hidden_actor_in_them() -> None:
    client = APIClient()
    client.force_authenticate(factories.a_user(permissions=("view_event",)))
    a_world("One")
    tie(drafts())
    event = client.get("/api/v1/events/event-hidden/").json()
    assert [part["actor"]["slug"] for part in event["participants"]] == ["person-one"]
    # The source of the first two citations is as hidden as the event was.
    assert [one["source"]["slug"] for one in event["citations"]] == ["source-one"]
    assert event["contracts"] == [{"slug": "contract-one", "title": "Contract One", "milestone": None}]


def test_a_milestone_does_not_tell_the_date_of_a_hidden_event(anyone: APIClient) -> None:
    contract = factories.a_contract(slug="deal", review="published")
    factories.a_citation(contract=contract)
    draft = factories.an_event(date="1999-12-31")
    models.Milestone.objects.create(contract=contract, kind="signed", event=draft)
    milestone = anyone.get("/api/v1/contracts/deal/").json()["milestones"][0]
    assert (milestone["met"], milestone["event"]) == (None, None)


@pytest.mark.parametrize("review", ["draft", "in_review", "retracted"])
def test_only_what_is_published_is_public(anyone: APIClient, review: str) -> None:
    factories.an_event(slug="it", cited=True, review=review)
    assert anyone.get("/api/v1/events/it/").status_code == 404


def test_what_is_marked_public_is_shown_unused(anyone: APIClient) -> None:
    factories.an_actor(slug="shown", is_public=True)
    factories.an_actor(slug="hidden")
    assert [one["slug"] for one in anyone.get("/api/v1/actors/").json()["results"]] == ["shown"]
