"""What somebody else does between an editor's look and save, or at the same moment, is not undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, send
from tests.test_triggers import while_another_waits
from timeline.models import Citation, Event, Revision, Tag

MAKE: dict[str, Callable[..., Any]] = {
    "actor": factories.an_actor,
    "contract": factories.a_contract,
    "event": factories.an_event,
    "place": factories.a_place,
    "source": factories.a_source,
    "tag": factories.a_tag,
    "timeline": factories.a_timeline,
}


@pytest.mark.parametrize("model", MAKE)
def test_a_page_does_not_overwrite_what_came_after_it_was_opened(client: Client, model: str) -> None:
    thing = MAKE[model]()
    page = address(model, "change", thing.pk)
    opened = filled_in(client.get(page))
    field = thing.name_field
    setattr(thing, field, "Theirs")
    thing.save()
    response = client.post(page, {**opened, field: "Mine"}, follow=True)
    assert "This was changed meanwhile by somebody else." in errors(response)
    assert "Mine" in response.content.decode()
    thing.refresh_from_db()
    assert str(thing) == "Theirs"
    assert errors(client.post(page, filled_in(response), follow=True)) == ""
    thing.refresh_from_db()
    assert str(thing) == "Mine"


@pytest.mark.parametrize("version", ["", "x", "0", "99999999999999999999999", "\0"])
def test_a_page_says_which_version_it_shows(client: Client, version: str) -> None:
    event = factories.an_event(title="Theirs")
    data = {"title": "Mine", "seen_version": version, "seen_revision": version}
    assert errors(send(client, address("event", "change", event.pk), data)) != ""
    assert Event.objects.get().title == "Theirs"


@pytest.mark.parametrize(("number", "version"), [("x", "1"), ("%00", "1"), ("1.5", ""), ("999999", "")])
def test_what_never_was_is_not_made_by_its_page(client: Client, number: str, version: str) -> None:
    data = {**filled_in(client.get(address("tag", "add"))), "name": "Arms", "slug": "arms"}
    page = address("tag", "changelist") + f"{number}/change/"
    response = client.post(page, {**data, "seen_version": version}, follow=True)
    assert "doesn’t exist" in " ".join(messages(response))
    assert not Tag.objects.exists()


def test_a_page_of_what_was_erased_comes_back_with_what_was_typed(client: Client) -> None:
    tag = factories.a_tag()
    page = address("tag", "change", tag.pk)
    opened = filled_in(client.get(page))
    tag.delete()
    Revision.objects.all().delete()
    response = client.post(page, {**opened, "name": "Mine"})
    assert "deleted meanwhile" in errors(response)
    assert filled_in(response)["name"] == ["Mine"]


def test_a_page_whose_lines_were_replaced_meanwhile_is_refused_too(client: Client) -> None:
    event = factories.a_published_event()
    citation = factories.a_citation(event=event)
    factories.a_participation(event=event)
    page = address("event", "change", event.pk)
    opened = filled_in(client.get(page))
    event.citations.all().delete()
    event.participations.all().delete()
    factories.a_citation(event=event, source=citation.source)
    event.save()
    assert "changed meanwhile" in errors(client.post(page, opened, follow=True))
    assert event.citations.count() == 1


def test_a_citation_that_somebody_else_deleted_does_not_count(client: Client) -> None:
    event = factories.an_event(cited=True)
    page = address("event", "change", event.pk)
    opened = filled_in(client.get(page))
    event.citations.all().delete()
    assert errors(client.post(page, {**opened, "_review": "publish"}, follow=True)) != ""
    assert not Event.objects.published().exists()


def delete(client: Client, citation: Citation) -> None:
    client.post(address("citation", "delete", citation.pk), {"post": "yes"})


def delete_as_chosen(client: Client, citation: Citation) -> None:
    data = {"action": "delete_selected", "_selected_action": citation.pk, "post": "yes"}
    client.post(address("citation", "changelist"), data)


def move_elsewhere(client: Client, citation: Citation) -> None:
    target = "event" if citation.event else "contract"
    draft = MAKE[target]()
    send(client, address("citation", "change", citation.pk), {target: draft.pk})


def take_out(client: Client, citation: Citation) -> None:
    """On the page of the thing itself."""
    thing: Any = citation.event or citation.contract
    page = address(thing._meta.model_name, "change", thing.pk)
    opened = filled_in(client.get(page))
    number = next(
        name.split("-")[1]
        for name, (value, *_) in opened.items()
        if name.startswith("citations-") and name.endswith("-id") and value == str(citation.pk)
    )
    client.post(page, {**opened, f"citations-{number}-DELETE": "on"})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("target", ["event", "contract"])
@pytest.mark.parametrize(
    ("first", "second"),
    [
        (delete, delete),
        (delete_as_chosen, move_elsewhere),
        (move_elsewhere, take_out),
        (take_out, delete_as_chosen),
    ],
)
def test_the_last_two_citations_do_not_go_at_the_same_moment(
    client: Client,
    first: Callable[[Client, Citation], None],
    second: Callable[[Client, Citation], None],
    target: str,
) -> None:
    thing = MAKE[target](review="published")
    one, other = (factories.a_citation(**{target: thing}) for _ in range(2))
    beside = Client()
    beside.force_login(factories.an_editor())
    while_another_waits(lambda: first(client, one), lambda: second(beside, other))
    assert list(thing.citations.all()) == [other]


@pytest.mark.django_db(transaction=True)
def test_the_last_citation_does_not_go_while_its_event_is_published(client: Client) -> None:
    event = factories.an_event(cited=True, date="2020")
    beside = Client()
    beside.force_login(factories.an_editor())
    while_another_waits(
        lambda: send(client, address("event", "change", event.pk), {"_review": "publish"}),
        lambda: delete(beside, event.citations.get()),
    )
    assert Event.objects.published().get().citations.count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_event_is_not_published_while_its_last_citation_goes(client: Client) -> None:
    event = factories.an_event(cited=True, date="2020")
    beside = Client()
    beside.force_login(factories.an_editor())
    while_another_waits(
        lambda: delete(client, event.citations.get()),
        lambda: send(beside, address("event", "change", event.pk), {"_review": "publish"}),
    )
    assert not Event.objects.published().exists()


@pytest.mark.django_db(transaction=True)
def test_a_page_that_waited_for_another_save_does_not_overwrite_it(client: Client) -> None:
    event = factories.an_event()
    page = address("event", "change", event.pk)
    beside = Client()
    beside.force_login(factories.an_editor())
    opened = filled_in(beside.get(page))
    while_another_waits(
        lambda: send(client, page, {"title": "Theirs"}),
        lambda: beside.post(page, {**opened, "title": "Mine"}),
    )
    assert Event.objects.get().title == "Theirs"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("revision", ["", "0"])
def test_a_page_that_waited_for_a_deletion_gives_back_what_was_typed(client: Client, revision: str) -> None:
    event = factories.an_event()
    page = address("event", "change", event.pk)
    beside = Client()
    beside.force_login(factories.an_editor())
    opened = filled_in(beside.get(page)) | {"title": "Mine", "seen_revision": revision}
    answers: list[Any] = []
    while_another_waits(
        lambda: client.post(address("event", "delete", event.pk), {"post": "yes"}),
        lambda: answers.append(beside.post(page, opened)),
    )
    assert "deleted meanwhile" in errors(answers[0])
    assert filled_in(answers[0])["title"] == ["Mine"]
    assert not Event.objects.exists()
