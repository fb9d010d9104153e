"""Choosing by autocomplete: aliases find their actors, and each line says what it is."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from timeline.admin.choosing import other_name


def results(client: Client, model: str, field: str, term: str) -> list[tuple[str, str]]:
    query = {"app_label": "timeline", "model_name": model, "field_name": field, "term": term}
    response = client.get(reverse("admin:timeline_choosing"), query)
    assert response.status_code == 200
    return [(result["name"], result["text"]) for result in response.json()["results"]]


@pytest.mark.parametrize("term", ["cavusoglu", "ÇAVUŞOĞLU", "mevlut cavus"])
def test_an_actor_is_found_by_an_alias_which_is_shown(client: Client, term: str) -> None:
    actor = factories.an_actor(name="The minister Mevlut")
    actor.aliases.create(name="Minister")
    actor.aliases.create(name="Çavuşoğlu")
    text = "The minister Mevlut · also called Çavuşoğlu · person"
    assert results(client, "participation", "actor", term) == [("The minister Mevlut", text)]
    assert results(client, "citation", "attributed_to", term) == [("The minister Mevlut", text)]


def test_each_noun_says_what_tells_it_apart(client: Client) -> None:
    publisher = factories.an_actor(name="Gazette", kind="media")
    publisher.aliases.create(name="Resmî Gazete")
    factories.a_source(title="The deal", publisher=publisher, published="2020-03-12")
    factories.a_place(name="Çankaya", part_of=factories.a_place(name="Ankara"))
    factories.an_event(title="Signing", date="mid-March 2020")
    factories.a_role(name="Speaker")
    source = ("The deal", "The deal · Gazette · 12 March 2020")
    assert results(client, "citation", "source", "deal") == [source]
    assert results(client, "citation", "source", "resmi gazete") == [source]
    assert results(client, "event", "place", "cankaya") == [("Çankaya", "Çankaya · part of Ankara")]
    event = ("Signing", "Signing · some day from 11 to 20 March 2020")
    assert results(client, "eventrelation", "related", "sign") == [event]
    assert results(client, "participation", "role", "speaker") == [("Speaker", "Speaker")]


@pytest.mark.parametrize("term", ["türkey", "TURKEY "])
def test_what_is_called_so_comes_before_what_begins_or_goes_on_so(client: Client, term: str) -> None:
    for name in ("A bill on Turkey", "Turkey of old", "Turkey", "The Turkey"):
        factories.an_actor(name=name).aliases.create(name="Turkey")
    found = [name for name, _ in results(client, "participation", "actor", term)]
    assert found == ["Turkey", "Turkey of old", "A bill on Turkey", "The Turkey"]


@pytest.mark.parametrize("term", ["", "a\0", "%", "x" * 3000])
def test_no_term_is_too_much(client: Client, term: str) -> None:
    factories.an_actor(name="Actor")
    assert len(results(client, "participation", "actor", term)) == (1 if term == "" else 0)


def test_a_page_of_choices_takes_the_same_queries_whatever_it_holds(client: Client) -> None:
    def queries(model: str, field: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            results(client, model, field, "a")
        return len(captured)

    def fill() -> None:
        actor = factories.an_actor(name="a")
        actor.aliases.create(name="aa")
        factories.a_source(title="a", publisher=actor, text="a")
        factories.a_place(name="a", part_of=factories.a_place(name="a"))

    fields = [("participation", "actor"), ("citation", "source"), ("event", "place")]
    fill()
    few = [queries(*field) for field in fields]
    for _ in range(5):
        fill()
    assert [queries(*field) for field in fields] == few


@pytest.mark.django_db
def test_who_may_not_see_actors_chooses_none() -> None:
    editor = factories.a_user(permissions=("change_event", "view_event"), is_staff=True)
    client = factories.a_browser(editor)
    query = {"app_label": "timeline", "model_name": "participation", "field_name": "actor"}
    assert client.get(reverse("admin:timeline_choosing"), query).status_code == 403


@pytest.mark.parametrize(
    ("term", "found"), [("shugaev", ""), ("шугаев", "Дмитрий Шугаев"), ("dmitry dima", "Dima"), ("", "")]
)
def test_the_other_name_is_told_where_the_name_does_not_tell(term: str, found: str) -> None:
    assert other_name("Dmitry Shugaev", ["Дмитрий Шугаев", "Dima"], term) == found
