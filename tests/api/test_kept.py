"""What is kept of events is what is rendered anew: for everybody, whatever has been written and however."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Sequence
from typing import Any

import orjson
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import call_command
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from api import rendering
from api.documents import EVENT, Viewer
from tests import factories as make
from tests.admin.forms import address, send
from tests.api.world import a_world
from timeline import kept, models
from timeline.kept import ROOT, settle_all
from timeline.models import Event

HERE = "http://testserver/api/v1/"


def plainly(event: Event) -> bytes:
    """The document that api/documents makes of an event for an anonymous reader."""
    viewer = Viewer(AnonymousUser(), HERE)
    row = EVENT.prepared(Event.objects.filter(pk=event.pk), EVENT.standard, viewer).get()
    return orjson.dumps(EVENT.of([row], EVENT.standard, viewer)[0], option=orjson.OPT_UTC_Z)


def assert_all_equal() -> None:
    public = Event.objects.public()
    found = rendering.bodies(list(Event.objects.values_list("id", flat=True)))
    assert {event.pk: found[event.pk].replace(ROOT, HERE).encode() for event in public} == {
        event.pk: plainly(event) for event in public
    }
    assert len(found) == len(public)


@pytest.mark.django_db
def test_the_fast_renderer_makes_the_same_bytes_as_the_documents() -> None:
    a_world("One")
    a_world("Two", review="draft", with_words=False)
    event = a_world("Three", with_words=False)
    make.an_event(
        title='Odd "\\u0000" \x01 and \U0001f4c5',
        summary='"\\u0000',
        slug="çğ-ı",
        cited=True,
        review="published",
    )
    hidden = make.an_event()
    shown: Any = Event.objects.exclude(pk=event.pk).public().first()
    for pair in ((event, hidden), (hidden, event), (event, shown)):
        models.EventRelation.objects.create(event=pair[0], related=pair[1], kind="precedes")
    contract: Any = models.Contract.objects.published().order_by("-id").first()
    models.Milestone.objects.create(contract=contract, kind="signed", event=event, position=7)
    event.contracts.add(make.a_contract(review="draft"))
    event.tags.add(make.a_tag(slug="aaa"), make.a_tag(slug="Zzz"))
    assert_all_equal()


# --- every way of writing ---


def sql(text: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def change(row: Any, **columns: Any) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=[*columns] if len(columns) == 1 else None)


def in_bulk(event: Any) -> None:
    event.importance = 4
    Event.objects.bulk_update([event], ["importance"])


def titled(title: str) -> Any:
    return Event.objects.filter(title=title)


def show_contract(event: Any) -> None:
    event.contracts.add(models.Contract.objects.get(title="Contract Two"))
    models.Contract.objects.filter(title="Contract Two").update(review="published")


def delete_contract(event: Any) -> None:
    models.Contract.objects.update(follows=None)
    models.Contract.objects.filter(title="Contract One").delete()


def participate_in_bulk(event: Any) -> None:
    everybody = [(other, make.an_actor(), make.a_role()) for other in Event.objects.all()]
    models.Participation.objects.bulk_create(
        models.Participation(event=other, actor=actor, role=role) for other, actor, role in everybody
    )


def insert(event: Any) -> None:
    same = (
        "created_at, updated_at, recorded_at, version, review, summary, kind_id, date, status, verification"
    )
    sql(
        f"INSERT INTO timeline_event (slug, title, importance, {same})"
        f" SELECT 'raw', 'Raw', 2, {same} FROM timeline_event WHERE id = %s",
        event.pk,
    )


def upsert(event: Any) -> None:
    Event.objects.bulk_create(
        [Event(slug=event.slug, title="Upserted", kind=event.kind, review="published")],
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["title", "date"],
    )


def patch(path: str, **body: Any) -> None:
    client = APIClient()
    client.force_authenticate(make.an_editor())
    assert client.patch(f"/api/v1/{path}/", body, HTTP_IF_MATCH="*").status_code == 200


def in_admin(model: str, pk: int, **values: Any) -> None:
    client = Client()
    client.force_login(make.an_editor())
    assert send(
        client, address(model, "change", pk), {name.replace("__", "-"): values[name] for name in values}
    )


def reload(event: Any) -> None:
    out = io.StringIO()
    call_command("dumpdata", "timeline.event", "timeline.actor", stdout=out)
    text = (
        out.getvalue().replace("Event One", "Event One, loaded").replace("Person One", "Person One, loaded")
    )
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        file.write(text)
        file.flush()
        call_command("loaddata", file.name, verbosity=0)


def put_back(event: Any) -> None:
    """As REPLACE does: the row goes and comes again with its number, and what names it stays."""
    sql("CREATE TEMPORARY TABLE put_back AS SELECT * FROM timeline_actor WHERE slug = 'person-one'")
    sql("DELETE FROM timeline_actor WHERE slug = 'person-one'")
    sql("UPDATE put_back SET name = 'Put back'")
    sql("INSERT INTO timeline_actor SELECT * FROM put_back")
    sql("DROP TABLE put_back")


def replace(event: Any) -> None:
    """A line that takes the number of another event's line."""
    other = titled("Other event One").get()
    columns = "id, event_id, actor_id, role_id, capacity, note, position, is_public, scale, sort_at, earliest"
    selected = columns.replace("event_id", str(other.pk))
    columns, selected = (f"{text}, start_latest, end_earliest, latest" for text in (columns, selected))
    if connection.vendor == "sqlite":
        sql(f"REPLACE INTO timeline_participation ({columns}) SELECT {selected} FROM timeline_participation")
    else:
        event.participations.update(event=other)


def empty(event: Any) -> None:
    if connection.vendor == "sqlite":
        sql("DELETE FROM timeline_citation")
    else:
        sql("SET CONSTRAINTS ALL IMMEDIATE")
        sql("TRUNCATE timeline_citation")


def person() -> Any:
    return models.Actor.objects.get(slug="person-one")


EDITS: dict[str, Callable[[Any], Any]] = {
    "save": lambda event: change(event, title="New", summary="New"),
    "save of one field": lambda event: change(event, summary="New"),
    "bulk_update": in_bulk,
    "update()": lambda event: Event.objects.all().update(verification="confirmed"),
    "a date": lambda event: Event.objects.filter(pk=event.pk).update(date="1917~"),
    "raw SQL on events": lambda event: sql("UPDATE timeline_event SET title = 'Raw'"),
    "raw SQL on actors' names": lambda event: sql("UPDATE timeline_actor SET name = name || ' renamed'"),
    "raw SQL on sources' titles": lambda event: sql("UPDATE timeline_source SET title = 'Raw'"),
    "raw SQL on roles": lambda event: sql("UPDATE timeline_role SET slug = 'raw-' || slug"),
    "raw SQL on kinds": lambda event: sql("UPDATE timeline_eventkind SET slug = 'raw-' || slug"),
    "a tag": lambda event: models.Tag.objects.update(name="Renamed"),
    "a place": lambda event: models.Place.objects.update(name="Renamed"),
    "a contract's title": lambda event: models.Contract.objects.update(title="Renamed"),
    "a contract is hidden": lambda event: models.Contract.objects.update(review="retracted"),
    "a contract is shown": show_contract,
    "a related event's title": lambda event: titled("Other event One").update(title="Renamed"),
    "a related event is hidden": lambda event: titled("Other event One").update(review="draft"),
    "the event is hidden": lambda event: titled("Event One").update(review="retracted"),
    "an event is shown": lambda event: titled("Event Two").update(review="published"),
    "a participation is made": lambda event: make.a_participation(event=event),
    "participations in bulk": participate_in_bulk,
    "a participation is changed": lambda event: event.participations.update(capacity="changed"),
    "a participation changes hands": lambda event: event.participations.update(actor=make.an_actor()),
    "a participation moves": lambda event: event.participations.update(event=titled("Other event One").get()),
    "participations are deleted": lambda event: event.participations.all().delete(),
    "a citation is made": lambda event: make.a_citation(event=event, position=9),
    "a citation is changed": lambda event: event.citations.update(quote="changed"),
    "a citation is deleted": lambda event: event.citations.first().delete(),
    "a source's text": lambda event: change(models.Source.objects.get(title="Source One"), text="else"),
    "tags are added": lambda event: event.tags.add(make.a_tag()),
    "tags are set": lambda event: event.tags.set([make.a_tag(), make.a_tag()]),
    "tags are cleared": lambda event: event.tags.clear(),
    "a tag is deleted": lambda event: event.tags.all().delete(),
    "a contract is added": lambda event: event.contracts.add(make.a_contract(review="published")),
    "a contract is deleted": delete_contract,
    "a milestone is made": lambda event: models.Milestone.objects.create(
        contract=make.a_contract(review="published"), kind="paid", event=event
    ),
    "milestones in raw SQL": lambda event: sql("UPDATE timeline_milestone SET kind = 'refused'"),
    "milestones are deleted": lambda event: models.Milestone.objects.all().delete(),
    "a relation is made": lambda event: models.EventRelation.objects.create(
        event=event, related=make.a_published_event(), kind="causes"
    ),
    "relations are changed": lambda event: models.EventRelation.objects.update(note="changed", kind="denies"),
    "relations are deleted": lambda event: models.EventRelation.objects.all().delete(),
    "who says so": lambda event: models.EventRelation.objects.update(attributed_to=None),
    "an event is deleted": lambda event: titled("Other event One").delete(),
    "an event in raw SQL": insert,
    "upsert": upsert,
    "a row is put back": put_back,
    "a line is replaced": replace,
    "a table is emptied": empty,
    "API": lambda event: patch("events/event-one", title="New", participants=[]),
    "API on an actor": lambda event: patch("actors/person-one", name="New"),
    "admin": lambda event: in_admin("event", event.pk, title="New", participations__0__capacity="minister"),
    "admin on an actor": lambda event: in_admin("actor", person().pk, name="New"),
    "loaddata": reload,
    "restamp": lambda event: call_command("restamp", verbosity=0),
}


def listed(order: str = "date") -> dict[str, Any]:
    """What an anonymous client gets, by slug; taken apart, because two lists may tie differently."""
    answer = APIClient().get(f"/api/v1/events/?limit=500&order={order}")
    assert answer.status_code == 200
    return {row["slug"]: row for row in json.loads(answer.content)["results"]}


@pytest.mark.long
@pytest.mark.parametrize("way", EDITS)
@pytest.mark.django_db
def test_no_way_of_writing_leaves_an_answer_behind(way: str) -> None:
    event = a_world("One")
    a_world("Two", review="draft", with_words=False)
    assert sum(settle_all()) > 0
    before = listed()
    EDITS[way](event)
    expected = {row.slug: json.loads(plainly(row)) for row in Event.objects.public()}
    assert way == "restamp" or expected != before
    for order in ("updated", "date", "updated"):  # what was rendered for the first answer is kept for others
        assert listed(order) == expected
        one = APIClient().get("/api/v1/events/other-event-one/")
        assert (one.status_code == 200) is ("other-event-one" in expected)
        if one.status_code == 200:
            assert json.loads(one.content) == expected["other-event-one"]
    assert_all_equal()


@pytest.mark.django_db
def test_what_stands_is_not_rendered_again() -> None:
    a_world("One")
    first = listed()
    models.EventDocument.objects.update(
        body='{"slug":"kept","created_at":"2020-01-01T00:00:00Z","version":1}'
    )
    assert set(listed()) == {"kept"} != set(first)


@pytest.mark.django_db
def test_refill_renders_all_that_does_not_stand_and_with_all_everything() -> None:
    a_world("One")
    call_command("refill", verbosity=0)
    assert not models.EventChange.objects.exists()
    bodies = dict(models.EventDocument.objects.values_list("event_id", "body"))
    models.EventDocument.objects.update(body="")
    call_command("refill", verbosity=0)
    assert set(models.EventDocument.objects.values_list("body", flat=True)) == {""}
    call_command("refill", "--all", verbosity=0)
    assert dict(models.EventDocument.objects.values_list("event_id", "body")) == bodies


# --- the protocol, step by step ---


@pytest.mark.django_db
def test_a_change_after_the_reading_keeps_the_document_from_standing() -> None:
    event = make.a_published_event(title="Old")
    render = kept.renderer

    def while_it_changes(ids: Sequence[int]) -> dict[int, str]:
        found = render(ids)
        Event.objects.filter(pk=event.pk).update(title="New")
        return found

    kept.render_with(while_it_changes)
    try:
        kept.settled([event.pk])
    finally:
        kept.render_with(render)
    assert models.EventChange.objects.filter(event_id=event.pk).exists()
    assert [row["title"] for row in listed().values()] == ["New"]


@pytest.mark.django_db
def test_who_read_before_another_rendered_stores_nothing() -> None:
    event = make.a_published_event(title="Old")
    render = kept.renderer

    def while_another_renders(ids: Sequence[int]) -> dict[int, str]:
        kept.render_with(render)
        found = render(ids)
        Event.objects.filter(pk=event.pk).update(title="New")
        kept.settled(ids)
        return found

    kept.render_with(while_another_renders)
    assert "Old" in kept.settled([event.pk])[event.pk]
    assert not models.EventChange.objects.exists()
    assert "New" in models.EventDocument.objects.get(event_id=event.pk).body


@pytest.mark.parametrize("form", ["json", "ndjson", "csv"])
@pytest.mark.parametrize("q", ["", "&q=event"])
@pytest.mark.django_db
def test_each_key_can_be_asked_for_alone(form: str, q: str) -> None:
    """Those that are kept, and those that are not, in each form and with and without a search."""
    a_world("One")
    for key in EVENT.parts:
        answer = APIClient().get(f"/api/v1/events/?format={form}{q}&fields={key}")
        text = answer.getvalue() if answer.streaming else answer.content
        assert answer.status_code == 200
        assert key.encode() in text or (form == "csv" and key in ("participants", "date", "citations"))


@pytest.mark.django_db
def test_answers_say_what_they_depend_on() -> None:
    event = a_world("One")
    for path in ("events/", f"events/{event.slug}/", "actors/", "events/?format=csv"):
        answer = APIClient().get(f"/api/v1/{path}")
        assert {"Accept", "Authorization", "Cookie"} <= {part.strip() for part in answer["Vary"].split(",")}
        assert answer["Cache-Control"] == "no-cache"
    known = APIClient()
    known.force_login(make.an_editor())
    assert known.get("/api/v1/events/")["Cache-Control"] == "private, no-cache"


@pytest.mark.django_db
def test_the_document_of_what_is_deleted_goes_too() -> None:
    event = make.a_published_event()
    assert sum(settle_all()) == 1
    event.delete()
    assert sum(settle_all()) == 1
    assert not models.EventDocument.objects.exists()
