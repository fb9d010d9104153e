"""Slugs that things had in public lead there for ever, whoever changed them; no other thing gets them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from tests import factories as make
from tests.exchange.files import file_of, taken, told
from timeline import review
from timeline.models import Actor, Event, FormerSlug, Place, Source, Tag
from timeline.models.base import Record

pytestmark = pytest.mark.django_db

API = "/api/v1/"


def renamed(thing: Any, slug: str) -> None:
    type(thing).objects.filter(pk=thing.pk).update(slug=slug)


def former() -> set[tuple[str, str, int]]:
    return set(FormerSlug.objects.values_list("noun", "slug", "thing_id"))


def a_public_actor(slug: str) -> Actor:
    actor = make.an_actor(slug=slug)
    make.a_participation(event=make.a_published_event(), actor=actor)
    return actor


def public_things() -> dict[str, Record]:
    """One of each noun, by its address."""
    contract = make.a_citation(contract=make.a_contract(slug="old")).contract
    assert contract is not None
    contract.review = "published"
    contract.save()
    tag, place = make.a_tag(slug="old"), make.a_place(slug="old")
    part = make.a_place(part_of=place)
    event = make.a_published_event(slug="old", tags=(tag,), place=part)
    source = make.a_source(slug="old")
    make.a_citation(event=event, source=source, position=1)
    return {
        "events": event, "contracts": contract, "actors": a_public_actor("old"), "sources": source,
        "timelines": make.a_timeline(event, slug="old", is_public=True), "places": place, "tags": tag,
        "kinds": make.a_kind(slug="old"), "roles": make.a_role(slug="old"),
    }  # fmt: skip


def test_each_noun_answers_308_at_its_former_address(client: Client) -> None:
    for noun, thing in public_things().items():
        renamed(thing, "new")
        answer = client.get(f"{API}{noun}/old/?fields=slug")
        assert (answer.status_code, noun) == (308, noun)
        assert answer["Location"] == f"http://testserver{API}{noun}/new/?fields=slug"
        assert answer.json()["code"] == "moved"
        assert client.get(answer["Location"]).json() == {"slug": "new"}
        assert client.head(f"{API}{noun}/old/").status_code == 308


def test_nested_lists_and_filters_know_the_former_slug(client: Client) -> None:
    for noun, thing in public_things().items():
        renamed(thing, "new")
        if noun in ("actors", "contracts", "sources", "timelines"):
            answer = client.get(f"{API}{noun}/old/events/?limit=3&date=2020")
            place = f"http://testserver{API}{noun}/new/events/?limit=3&date=2020"
            assert (answer.status_code, answer["Location"]) == (308, place)
    for name in ("actor", "contract", "source", "timeline", "kind", "tag", "place", "role"):
        told = [client.get(f"{API}events/?{name}={slug}").json()["results"] for slug in ("old", "new")]
        assert told[0] == told[1], name
        assert len(told[0]) == (name not in ("contract", "kind", "role")), name
    assert client.get(f"{API}events/?actor=old&actor=new").status_code == 200
    assert client.get(f"{API}events/histogram/?bucket=year&actor=old").status_code == 200
    assert client.get(f"{API}events/?actor=older").status_code == 400


def test_a_chain_leads_to_its_end_and_a_slug_may_be_taken_back(client: Client) -> None:
    actor = a_public_actor("a")
    for slug in ("b", "c"):
        renamed(actor, slug)
    for slug in ("a", "b"):
        assert client.get(f"{API}actors/{slug}/")["Location"].endswith("/actors/c/")
    renamed(actor, "a")
    assert client.get(f"{API}actors/a/").status_code == 200
    assert client.get(f"{API}actors/c/")["Location"].endswith("/actors/a/")


def through_save(actor: Actor) -> None:
    actor.slug = "new"
    actor.save()


def through_sql(actor: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE timeline_actor SET slug = 'new' WHERE id = %s", [actor.pk])


def through_bulk(actor: Actor) -> None:
    actor.slug = "new"
    Actor.objects.bulk_update([actor], ["slug"])


def through_the_api(actor: Actor) -> None:
    client = APIClient()
    client.force_authenticate(make.an_editor())
    assert client.patch(f"{API}actors/old/", {"slug": "new"}, HTTP_IF_MATCH="*").status_code == 200


def through_an_upsert(actor: Actor) -> None:
    actor.slug = "new"
    Actor.objects.bulk_create([actor], update_conflicts=True, unique_fields=["id"], update_fields=["slug"])


@pytest.mark.parametrize("way", [through_save, through_sql, through_bulk, through_the_api, through_an_upsert])
def test_every_way_of_renaming_leaves_the_address(way: Callable[[Actor], None]) -> None:
    actor, draft = a_public_actor("old"), make.an_actor(slug="draft")
    way(actor)
    renamed(draft, "other")
    assert former() == {("actor", "old", actor.pk)}


def test_what_replaces_a_row_leaves_the_address_too() -> None:
    tag = make.a_tag(slug="old", is_public=True)
    if connection.vendor == "sqlite":
        columns = "id, name, is_public, created_at, updated_at, recorded_at, version"
        with connection.cursor() as cursor:
            cursor.execute(
                f"REPLACE INTO timeline_tag (slug, {columns}) SELECT 'new', {columns} FROM timeline_tag"
            )
    else:  # which has no such statement
        renamed(tag, "new")
    assert former() == {("tag", "old", tag.pk)}


def test_a_draft_leaves_no_trace(client: Client) -> None:
    event = make.an_event(cited=True, slug="secret", date="2020")
    renamed(event, "shown")
    user = make.an_editor()
    event.refresh_from_db()
    review.take(review.PUBLISH, event, user)
    assert former() == set()
    assert client.get(f"{API}events/secret/").status_code == 404
    # A new slug that comes with the publication itself.
    other = make.an_event(cited=True, slug="also-secret", date="2020")
    Event.objects.filter(pk=other.pk).update(slug="also-shown", review="published")
    assert client.get(f"{API}events/also-secret/").status_code == 404


@pytest.mark.django_db(transaction=True)  # a state has to end before it is history
def test_what_was_public_once_leads_on_though_it_was_hidden_when_it_was_renamed(client: Client) -> None:
    user = make.an_editor()
    for noun, thing in list(public_things().items())[:1]:
        assert noun == "events"
        actor, source = make.an_actor(slug="actor-old"), make.a_source(slug="source-old")
        make.a_participation(event=thing, actor=actor)
        make.a_citation(event=thing, source=source, position=9)
        thing.refresh_from_db()
        review.take(review.RETRACT, thing, user, "A mistake.")  # type: ignore[arg-type]
        for one, slug in ((thing, "new"), (actor, "actor-new"), (source, "source-new")):
            assert client.get(f"{API}actors/actor-old/").status_code == 404
            renamed(one, slug)
        # What is hidden is not led to. A tombstone stands where the public knew the thing.
        assert client.get(f"{API}actors/actor-old/").status_code == 404
        for state in ("retracted", "draft"):
            Event.objects.filter(pk=thing.pk).update(review=state)
            gone = client.get(f"{API}events/old/")
            assert (gone.status_code, gone.json()["slug"]) == (410, "old")
            assert client.get(f"{API}events/new/").status_code == 404
        Event.objects.filter(pk=thing.pk).update(review="published", retracted_at=None)
        assert client.get(f"{API}actors/actor-old/").status_code == 308
        assert client.get(f"{API}sources/source-old/").status_code == 308


@pytest.mark.django_db(transaction=True)  # a state has to end before it is history
def test_a_slug_of_before_the_public_saw_the_thing_is_forgotten(client: Client) -> None:
    actor = make.an_actor(slug="secret")
    event = make.a_published_event()
    renamed(actor, "shown")
    part = make.a_participation(event=event, actor=actor)
    part.delete()
    renamed(actor, "hidden-again")
    assert former() == {("actor", "shown", actor.pk)}


@pytest.mark.django_db(transaction=True)
def test_a_moment_in_the_past_knows_the_slug_of_then(client: Client) -> None:
    tag = make.a_tag(slug="old", is_public=True)
    before = timezone.now().isoformat().replace("+00:00", "Z")
    renamed(tag, "new")
    after = timezone.now().isoformat().replace("+00:00", "Z")
    assert client.get(f"{API}tags/old/?as_of={before}").json()["slug"] == "old"
    assert client.get(f"{API}tags/new/?as_of={before}").status_code == 404
    answer = client.get(f"{API}tags/old/?as_of={after}")
    assert answer["Location"] == f"http://testserver{API}tags/new/?as_of={after}"
    assert client.get(answer["Location"]).status_code == 200


def test_no_other_thing_takes_the_slug() -> None:
    actor, other = a_public_actor("old"), make.an_actor(slug="other")
    renamed(actor, "new")
    for write in (
        lambda: renamed(other, "old"),
        lambda: make.an_actor(slug="old"),
        lambda: Actor.objects.bulk_create([Actor(name="It", kind="state", slug="old")]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            write()
    assert make.a_source(slug="old").slug == "old"  # of another noun
    client = APIClient()
    client.force_authenticate(make.an_editor())
    for answer in (
        client.post(f"{API}actors/", {"name": "It", "kind": "state", "slug": "old"}),
        client.patch(f"{API}actors/other/", {"slug": "old"}, HTTP_IF_MATCH="*"),
    ):
        assert (answer.status_code, answer.json()["slug"][0]["code"]) == (400, "slug_was_anothers")
    outcome = taken(file_of({"type": "actor", "slug": "old", "name": "It", "kind": "state"}))
    assert told(outcome) == ["line 1: The slug leads to another actor, which had it before."]
    # Once the thing is gone its address is free.
    actor.participations.all().delete()
    actor.delete()
    assert make.an_actor(slug="old").slug == "old"
    assert former() == set()


def test_a_form_says_so(admin_client: Client) -> None:
    tag = make.a_tag(slug="old", is_public=True)
    renamed(tag, "new")
    page = admin_client.post("/admin/timeline/tag/add/", {"name": "It", "slug": "old"})
    assert "The slug “old” leads to another tag, which had it before." in page.content.decode()
    assert Tag.objects.count() == 1


def test_a_body_may_name_a_thing_by_its_former_slug() -> None:
    renamed(make.an_actor(slug="old", is_public=True), "new")
    renamed(make.a_place(slug="here", is_public=True), "there")
    kind, role = make.a_kind(), make.a_role()
    client = APIClient()
    client.force_authenticate(make.an_editor())
    body = {"title": "It", "kind": kind.slug, "place": "here"}
    body["participants"] = [{"actor": {"slug": "old"}, "role": role.slug}]  # type: ignore[assignment]
    answer = client.post(f"{API}events/", body).json()
    assert (answer["participants"][0]["actor"]["slug"], answer["place"]["slug"]) == ("new", "there")
    twice = [{"actor": slug, "role": role.slug} for slug in ("old", "new")]
    answer = client.post(f"{API}events/", {"title": "It", "kind": kind.slug, "participants": twice})
    assert "participation_is_given_once" in answer.content.decode()


def test_who_writes_is_not_led_on() -> None:
    renamed(make.a_tag(slug="old", is_public=True), "new")
    client = APIClient()
    client.force_authenticate(make.an_editor())
    assert client.patch(f"{API}tags/old/", {"name": "It"}, HTTP_IF_MATCH="*").status_code == 404
    assert client.delete(f"{API}tags/old/", HTTP_IF_MATCH="*").status_code == 404
    assert Place.objects.count() == Source.objects.count() == 0


def test_the_address_is_safe_whatever_the_query_is(client: Client) -> None:
    renamed(make.a_tag(slug="old", is_public=True), "nëu")
    answer = client.get(f"{API}tags/old/?fields=slug%0D%0AX:%20y")
    assert answer.status_code == 400
    answer = client.get(f"{API}tags/old/?fields=slug,name")
    assert answer["Location"] == f"http://testserver{API}tags/n%C3%ABu/?fields=slug,name"
