"""As of a moment between the beginnings of two transactions that overlapped: neither saw the other."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories as make
from tests.api.test_as_of import answered
from tests.api.test_as_of_kept import settle, the_moment
from timeline import models, triggers
from timeline.history.changesets import changeset


def began_before(*things: models.Event | models.Actor) -> None:
    """A long transaction took them in: it began before all else. Triggers would not have that said."""
    triggers.drop(using="default")
    for thing in things:
        type(thing)._default_manager.filter(pk=thing.pk).update(recorded_at="2020-01-01T00:00Z")
    triggers.install(using="default")


def an_event_of(**fields: Any) -> models.Event:
    """An event that names what is there, and nothing has changed since."""
    event: models.Event = make.an_event(review="published", date="2020", **fields)
    make.a_citation(event=event, source=models.Source.objects.get())
    return event


@pytest.mark.django_db(transaction=True)
def test_of_two_that_had_one_slug_the_last_is_meant() -> None:
    kind, role, _ = make.a_kind(), make.a_role(), make.a_source()
    first = make.an_actor(slug="x-slug")
    moment = the_moment()
    models.Actor.objects.filter(pk=first.pk).update(slug="else")
    with changeset():
        event = an_event_of(kind=kind)
        second = make.a_participation(event=event, role=role, actor=make.an_actor(slug="x-slug")).actor
    began_before(event, second)
    client = APIClient()
    client.force_authenticate(make.an_editor())  # who sees the other, too
    asked = ("events/?actor=x-slug", "actors/x-slug/events/", "events/?actor=x-slug&members=true")
    for address in asked:
        status, body = answered(address, moment)
        assert (address, status, event.slug.encode() in body) == (address, 200, True)
        path, _, query = address.partition("?")
        found = client.get(f"/api/v1/{path}?{query}&as_of={moment}".replace("?&", "?")).json()
        assert (address, [one["slug"] for one in found["results"]]) == (address, [event.slug])
    meant = models.Actor.objects.get(slug="x-slug").name
    assert client.get(f"/api/v1/actors/x-slug/?as_of={moment}").json()["name"] == meant
    assert meant.encode() in answered("actors/x-slug/", moment)[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_published_events_with_one_slug_the_last_is_meant() -> None:
    make.a_source()
    first = an_event_of(slug="x-slug", title="First")
    moment = the_moment()
    first.delete()
    with changeset():
        second = an_event_of(slug="x-slug", title="Second", kind=first.kind)
    began_before(second)
    for asked in ("", "?fields=title&include=timelines"):
        assert b"Second" in answered(f"events/x-slug/{asked}", moment)[1]


@pytest.mark.django_db(transaction=True)
def test_a_kept_document_serves_no_moment_at_which_what_it_names_was_not_there() -> None:
    kind, role, _ = make.a_kind(), make.a_role(), make.a_source()
    moment = the_moment()
    late = make.an_actor(slug="late")
    with changeset():
        event = an_event_of(kind=kind)
        make.a_participation(event=event, role=role, actor=late)
    began_before(event)
    address = f"events/{event.slug}/"
    before = answered(address, moment)
    assert (before[0], b'"participants":[]' in before[1]) == (200, True)
    settle()
    assert b"late" in answered(address)[1]
    assert answered(address, moment) == before
