"""The pages of histories: who changed what and when, versions to look at and to restore, and for whom."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories as make
from tests.admin.forms import address, filled_in, messages, send
from tests.api.world import a_world
from tests.history.states import end_changeset, written
from timeline import models
from timeline.models import Event, Revision
from timeline.models.revision import PAST

pytestmark = pytest.mark.django_db
SIGNS = {"del": "[-", "/del": "-]", "ins": "[+", "/ins": "+]"}


def somebody(role: str) -> models.User:
    return make.a_user(role=role, is_staff=True)


@pytest.fixture
def editor() -> models.User:
    return make.an_editor()


@pytest.fixture
def client(editor: models.User) -> Client:
    return make.a_browser(editor)


def shown(response: Any) -> str:
    """The words of a page, with what is marked as removed and added."""
    assert response.status_code == 200, response
    html = response.content.decode().partition('id="content-main"')[2].partition("</main>")[0]
    html = re.sub(r"<(/?\w+)[^>]*>", lambda tag: SIGNS.get(tag[1], " "), html)
    return unescape(re.sub(r"\s+", " ", html))


def history(client: Client, thing: Any, page: str = "") -> str:
    return shown(client.get(address(thing._meta.model_name, "history", thing.pk) + page))


def last_of(noun: str, thing: Any) -> Revision:
    return Revision.objects.filter(noun=noun, thing_id=thing.pk).latest("id")


def restoring(thing: Any, revision: Revision) -> str:
    return address(thing._meta.model_name, "restore", thing.pk, revision.pk)


def by_the_form(client: Client, event: Event, editor: models.User) -> None:
    send(client, address("event", "change", event.pk), {"title": "Event Two"})


def by_the_api(client: Client, event: Event, editor: models.User) -> None:
    program = APIClient()
    program.force_authenticate(editor)
    body = {"title": "Event Two"}
    assert program.patch(f"/api/v1/events/{event.slug}/", body, HTTP_IF_MATCH="*").status_code == 200


def in_bulk(client: Client, event: Event, editor: models.User) -> None:
    with written(by=editor):
        Event.objects.filter(pk=event.pk).update(title="Event Two")


@pytest.mark.parametrize("edit", [by_the_form, by_the_api, in_bulk])
def test_whichever_way_it_is_changed_who_and_what_is_told(
    edit: Callable[..., None], client: Client, editor: models.User
) -> None:
    with written(message="Taken in"):
        event = make.an_event(title="Event One")
    edit(client, event, editor)
    told = history(client, event)
    newest, _, first = told.rpartition(" Version 1 ")
    assert ("without a new number" in newest) == (edit is in_bulk)
    assert f"UTC by {editor} " in newest
    assert "Title Event [-One-][+Two+]" in newest
    assert "by whom is not known, as it came in. Taken in" in first


def test_lines_and_texts_are_told_one_by_one(client: Client) -> None:
    with written():
        event = a_world("One")
        other = make.a_participation(event=event, position=1)
    with written(message="A look at all of it"):
        event.summary = "What then happened, <script>alert(1)</script>"
        event.save()
        event.participations.filter(pk=other.pk).update(position=0, note="Late")
        event.participations.exclude(pk=other.pk).update(position=1)
        event.citations.order_by("position")[0].delete()
        event.tags.add(make.a_tag(name="War"))
        models.EventRelation.objects.filter(event=event).update(kind="denies")
    told = history(client, event)
    for words in (
        "A look at all of it",
        "Summary What [+then +]happened[+, <script>alert(1)</script>+]",
        f"Changed: {other.actor}, {other.role} Note [+Late+]",
        f"In another order: {other.actor}, {other.role} · Person One, Role One",
        "Removed: [-Source One, It was signed-]",
        "Changed: Asserts, Other event One Kind [-Asserts-][+Denies+]",
        "Tags Added: [+War+]",
    ):
        assert words in told, words
    assert "<script>alert" not in client.get(address("event", "history", event.pk)).content.decode()


def test_what_is_named_is_called_as_it_was_then(client: Client) -> None:
    with written():
        event = make.an_event(place=make.a_place(name="Constantinople"))
    place = event.place
    assert place
    with written():
        event.place = None
        event.save()
    with written():
        place.name = "Istanbul"
        place.save()
    assert "Place [-Constantinople-]" in history(client, event)
    with written():
        place.delete()
    assert "Place [-Constantinople (deleted since)-]" in history(client, event)


def test_a_long_text_is_compared_where_two_versions_are(client: Client) -> None:
    text = "Many words stand here.\n" * 6000
    with written():
        source = make.a_source(text=text)
    with written():
        source.text = text + "One more."
        source.save()
    assert "Text [138,000 characters before, 138,009 after]" in history(client, source)
    page = client.get(restoring(source, last_of("source", source)))
    assert "[-One more.-]" in shown(page)
    assert len(page.content) < 20_000
    version = client.get(address("source", "version", source.pk, last_of("source", source).pk))
    assert "[the first 100,000 characters]" in shown(version)
    with written():
        source.title = "Another"
        source.save()
    # The text is shown also where it did not change.
    version = client.get(address("source", "version", source.pk, last_of("source", source).pk))
    assert "Text Many words stand here." in shown(version)


def test_a_version_is_shown_as_it_stood(client: Client) -> None:
    with written():
        event = a_world("One")
    with written():
        event.title = "Two"
        event.save()
        event.participations.all().delete()
    told = shown(client.get(address("event", "version", event.pk, last_of("event", event).pk)))
    for words in (
        "Title Event One",
        "Date mid-March 2020 (some day",
        "Person One, Role One Capacity head of the board",
    ):
        assert words in told, words
    assert client.get(address("event", "version", event.pk, 10**9)).status_code == 404
    assert (
        client.get(address("event", "version", event.pk + 1, last_of("event", event).pk)).status_code == 404
    )


def test_restoring_shows_what_it_would_change_and_does_it(client: Client, editor: models.User) -> None:
    with written():
        event = make.a_published_event(title="One", summary="It was so.")
    with written():
        event.title, event.summary = "Two", "It was not so."
        event.save()
    end_changeset()
    page = client.get(restoring(event, last_of("event", event)))
    assert "Summary It was [-not -]so." in shown(page)
    assert "Its review stays as it is." in shown(page)
    data = filled_in(page)
    assert data["message"] == ["Version 1 restored"]
    answer = client.post(page.wsgi_request.path, data | {"message": "The first was right"}, follow=True)
    assert messages(answer) == ["Version 1 of “One” was restored, as a new version."]
    assert "The first was right" in shown(answer)
    event.refresh_from_db()
    assert (event.title, event.version, event.review, event.edited_by) == ("One", 3, "published", editor)


def test_a_page_that_is_overtaken_restores_nothing_and_shows_what_stands(client: Client) -> None:
    with written():
        event = make.an_event(title="One")
    with written():
        event.title = "Two"
        event.save()
    page = client.get(restoring(event, last_of("event", event)))
    with written():
        make.a_participation(event=event)
    answer = client.post(page.wsgi_request.path, filled_in(page) | {"message": "Mine"})
    assert "It was changed meanwhile." in messages(answer)[0]
    assert "Removed: [-Actor" in shown(answer)
    assert filled_in(answer)["message"] == ["Mine"]
    event.refresh_from_db()
    assert event.title == "Two"


def test_what_cannot_stand_is_listed(client: Client) -> None:
    with written():
        event = make.an_event(title="One", slug="one")
    with written():
        event.title, event.slug = "Two", "two"
        event.save()
    make.an_event(title="One", slug="one")
    address_of_it = restoring(event, last_of("event", event))
    answer = client.post(address_of_it, filled_in(client.get(address_of_it)))
    assert "Nothing was restored. Slug: The slug “one” is that of another event." in shown(answer)
    event.refresh_from_db()
    assert event.title == "Two"


@pytest.mark.parametrize(
    ("role", "may_restore"), [("reader", False), ("editor", True), ("reviewer", True), ("", False)]
)
def test_each_role_sees_and_restores_what_the_table_says(role: str, may_restore: bool) -> None:
    with written():
        event = make.an_event(title="One")
    with written():
        Event.objects.update(title="Two")
    revision = last_of("event", event)
    client = make.a_browser(somebody(role) if role else make.a_user())
    pages = [
        address("event", "history", event.pk),
        address("event", "version", event.pk, revision.pk),
        address("event", "deleted"),
    ]
    assert {client.get(page).status_code for page in pages} == {200 if role else 302}
    page = client.get(restoring(event, revision))
    assert page.status_code == (200 if may_restore else 403 if role else 302)
    data = filled_in(page) if may_restore else {"seen": f"{revision.pk}.1"}
    client.post(restoring(event, revision), data)
    event.refresh_from_db()
    assert event.title == ("One" if may_restore else "Two")
    if role:
        assert ("Restore version" in history(client, event)) == may_restore


def test_who_may_not_see_citations_sees_none_in_the_past_and_restores_none() -> None:
    with written():
        event = make.an_event(title="One", cited=True)
        event.citations.update(quote="Hidden words")
    with written():
        event.citations.all().delete()
    revision = last_of("event", event)
    user = make.a_user(permissions=("view_event", "change_event"), is_staff=True)
    client = make.a_browser(user)
    for name in ("history", "version", "restore"):
        numbers = (event.pk,) if name == "history" else (event.pk, revision.pk)
        assert "Hidden words" not in shown(client.get(address("event", name, *numbers)))
    page = client.get(restoring(event, revision))
    assert "You may not change all of this: Citations." in shown(page)
    assert client.post(restoring(event, revision), filled_in(page)).status_code == 403
    assert not event.citations.exists()
    user.user_permissions.clear()
    assert make.a_browser(user).get(address("source", "history", make.a_source().pk)).status_code == 403


def test_what_was_deleted_is_listed_and_comes_back(client: Client) -> None:
    with written():
        actor = make.an_actor(name="Ann")
        models.Alias.objects.create(actor=actor, name="Annie")
    end_changeset()
    client.post(address("actor", "delete", actor.pk), {"post": "yes"})
    end_changeset()
    assert 'actor/deleted/">Deleted</a>' in client.get(address("actor", "changelist")).content.decode()
    assert "Ann ann " in shown(client.get(address("actor", "deleted")))
    assert "It was deleted; nothing of it is lost." in history(client, actor)
    page = client.get(restoring(actor, last_of("actor", actor)))
    assert "Aliases Added: [+Annie+]" in shown(page)
    client.post(page.wsgi_request.path, filled_in(page))
    assert [alias.name for alias in models.Actor.objects.get(pk=actor.pk).aliases.all()] == ["Annie"]
    assert "put back after it had been deleted" in history(client, actor)
    assert "Nothing was deleted." in shown(client.get(address("actor", "deleted")))


def test_there_is_no_history_of_what_never_was_or_was_erased(client: Client) -> None:
    with written():
        event = make.an_event()
    with written():
        event.delete()
    Revision.objects.update(version=0, is_deletion=False)  # the mark of what is erased
    for model in PAST.values():
        model._base_manager.all().delete()
    mark = Revision.objects.get()
    assert client.get(address("event", "version", mark.thing_id, mark.pk)).status_code == 404
    assert "Nothing was deleted." in shown(client.get(address("event", "deleted")))
    gone = client.get(address("event", "history", mark.thing_id), follow=True)
    assert messages(gone) == ["There is no event with this number, nor was there."]
    for number in ("99999999", "abc", "9" * 30):
        answer = client.get(f"/admin/timeline/event/{number}/history/", follow=True)
        assert messages(answer) == ["There is no event with this number, nor was there."]


def test_pages_take_as_many_queries_however_much_there_is(client: Client) -> None:
    def pages(event: Event) -> list[int]:
        numbers = (event.pk, last_of("event", event).pk)
        asked = [
            address("event", "history", event.pk),
            address("event", "version", *numbers),
            address("event", "restore", *numbers),
            address("event", "deleted"),
        ]
        counts = []
        for page in asked:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            counts.append(len(queries))
        return counts

    def changed(event: Event, times: int) -> None:
        for number in range(times):
            with written():
                Event.objects.filter(pk=event.pk).update(title=f"Title {number}")
                make.a_participation(event=event)
                make.a_citation(event=event, position=number + 5, attributed_to=make.an_actor())

    with written():
        event = a_world("One")
    changed(event, 1)
    lone = [make.an_event() for _ in range(4)]
    with written():
        lone[0].delete()
    few = pages(event)
    changed(event, 21)
    with written():
        Event.objects.filter(pk__in=[one.pk for one in lone[1:]]).delete()
    assert pages(event) == few
    assert few == [40, 29, 33, 6]
    second = history(client, event, "?p=2")
    assert ("Version 2 " in second, "as it came in" in second) == (True, True)
