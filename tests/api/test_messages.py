"""What a change is about, in the words of who makes it: `message` of every address that writes."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories
from timeline.models import Changeset, Event, Revision

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client() -> APIClient:
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    client.credentials(HTTP_IF_MATCH="*")
    return client


def last_message() -> str:
    return Revision.objects.latest("id").changeset.message


def test_every_way_of_writing_takes_a_message(client: APIClient) -> None:
    body = {"title": "Signing", "kind": factories.a_kind().slug, "slug": "signing"}
    made = client.post("/api/v1/events/?message=As%20Çavuşoğlu%20said", body)
    assert made.status_code == 201
    changeset = Changeset.objects.get(pk=Event.objects.get().recorded_in)
    assert changeset.message == "As Çavuşoğlu said"
    address = "/api/v1/events/signing/"
    assert client.put(f"{address}?message=One", body | {"title": "The signing"}).status_code == 200
    assert last_message() == "One"
    assert client.patch(f"{address}?message=Two", {"title": "A signing"}).status_code == 200
    assert last_message() == "Two"
    assert client.delete(f"{address}?message=Never%20took%20place").status_code == 204
    assert last_message() == "Never took place"
    listed: Any = [body, {**body, "slug": "second"}]
    assert client.post("/api/v1/events/?message=Both", listed).status_code == 201
    made_in = Event.objects.values_list("recorded_in", flat=True)
    assert {Changeset.objects.get(pk=number).message for number in made_in} == {"Both"}


def test_the_message_goes_before_the_words_of_a_step(client: APIClient) -> None:
    event = factories.a_published_event(date="2020")
    body = {"review": "retracted", "retraction_reason": "The source took it back."}
    assert client.patch(f"/api/v1/events/{event.slug}/?message=By%20mail", body).status_code == 200
    assert last_message() == "By mail"


@pytest.mark.parametrize("message", ["", "x" * 1001, "%00", "a&message=b"])
def test_what_is_no_message_is_refused_by_name(client: APIClient, message: str) -> None:
    tag = factories.a_tag(name="Arms")
    refused = client.patch(f"/api/v1/tags/{tag.slug}/?message={message}", {"name": "Other"})
    assert (refused.status_code, list(refused.json())) == (400, ["message"])
    tag.refresh_from_db()
    assert tag.name == "Arms"
    assert client.get(f"/api/v1/tags/{tag.slug}/?message=x").status_code == 400
