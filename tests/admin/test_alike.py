"""The pages point out what is perhaps kept already, to those who may see it, and never hinder saving."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, messages, send
from timeline.models import Actor


def ask(client: Client, model: str, **query: Any) -> list[tuple[str, str]]:
    response = client.get(address(model, "alike"), query)
    assert response.status_code == 200
    return [(alike["label"], alike["why"]) for alike in response.json()["alike"]]


def test_each_noun_is_asked_for_its_own(client: Client) -> None:
    factories.an_actor(name="Ankara")
    factories.a_place(name="Ankara")
    factories.a_source(title="Ankara", url="https://example.org/ankara")
    factories.an_event(title="Ankara signs the deal", date="2020-03-10")
    assert ask(client, "actor", name="ANKARA") == [("Ankara", "same name")]
    assert ask(client, "place", name="ánkara") == [("Ankara", "same name")]
    assert ask(client, "source", title="ankara") == [("Ankara", "same title")]
    assert ask(client, "source", url="http://www.example.org/ankara/") == [("Ankara", "same address")]
    alike = [("Ankara signs the deal", "similar title, 10 March 2020")]
    relative = {"date_text": "last Tuesday", "date_reference": "2020-03-12"}
    for date in ({"date_text": "2020-03"}, {"date_text": "x", "date_edtf": "2020-03-10"}, relative):
        assert ask(client, "event", title="Ankara signs a deal", **date) == alike
    for date in ({"date_text": "last Tuesday"}, {"date_text": "n.d."}, {}):
        assert ask(client, "event", title="Ankara signs a deal", **date) == []


def test_a_thing_is_not_like_itself(client: Client) -> None:
    actor = factories.an_actor(name="Ankara")
    assert ask(client, "actor", name="Ankara", **{"except": actor.pk}) == []
    html = client.get(address("actor", "change", actor.pk)).content.decode()
    assert html.count(f'data-alike-url="/admin/timeline/actor/alike/?except={actor.pk}"') == 3


def test_the_link_leads_to_the_thing(client: Client) -> None:
    actor = factories.an_actor(name="Ankara")
    found = client.get(address("actor", "alike"), {"name": "Ankara"}).json()["alike"]
    assert [alike["url"] for alike in found] == [address("actor", "change", actor.pk)]


@pytest.mark.parametrize("text", ["a\0", "x" * 9000, "%", "\u202e", "[" * 500])
def test_nothing_typed_is_a_failure(client: Client, text: str) -> None:
    assert ask(client, "event", title=text, date_text=text, date_reference=text) == []
    assert ask(client, "source", title=text, url=f"https://example.org/{text}") == []
    assert ask(client, "actor", name=text) == []


def test_it_never_hinders_saving(client: Client) -> None:
    factories.an_actor(name="Ankara")
    response = send(client, address("actor", "add"), {"name": "Ankara", "kind": "state", "slug": ""})
    assert errors(response) == ""
    assert len(messages(response)) == 1
    assert Actor.objects.filter(name="Ankara").count() == 2


@pytest.mark.django_db
def test_only_who_may_see_a_noun_is_told_of_it() -> None:
    editor = factories.a_user(permissions=("view_event",), is_staff=True)
    client = Client()
    assert client.get(address("event", "alike")).status_code == 302
    client.force_login(editor)
    assert client.get(address("event", "alike")).status_code == 200
    for model in ("actor", "place", "source"):
        assert client.get(address(model, "alike"), {"name": "a"}).status_code == 403
