"""When a revision is written, what it says, and who it names."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client
from rest_framework.test import APIClient

from tests import factories as make
from tests.admin.forms import address, send
from tests.api.test_kept import sql
from tests.api.world import a_world
from tests.together import a_database_for_many, at_once
from timeline import models
from timeline.exchange.inward import Import
from timeline.exchange.outward import everything
from timeline.history.changesets import changeset
from timeline.models import Changeset, Event, Revision
from timeline.models.revision import PAST

pytestmark = pytest.mark.django_db(transaction=True)


def revisions(**of: Any) -> list[tuple[str, str, int, bool]]:
    rows = Revision.objects.filter(**of).order_by("id")
    return [(one.noun, one.slug, one.version, one.is_deletion) for one in rows]


def test_what_never_changed_costs_no_row() -> None:
    with changeset():
        event = a_world("One")
        event.title = "Another"
        event.save()
    lines = b"".join(everything())
    with transaction.atomic():
        for model in PAST:
            sql(f"DELETE FROM {model._meta.db_table}")
    assert Revision.objects.exists()
    Revision.objects.all().delete()
    outcome = Import(io.BytesIO(lines)).run()
    assert outcome.problems == []
    assert outcome.made["event"] == 2
    assert not Revision.objects.exists()
    assert {row.recorded_in for row in Event.objects.all()} == {Changeset.objects.latest("id").pk}


def test_what_changes_nothing_writes_none() -> None:
    with changeset():
        event = a_world("One")
    Event.objects.update(importance=2)
    models.Participation.objects.update(sort_at=1, is_public=False, capacity="head of the board")
    event.tags.add(*event.tags.all())
    call_command("restamp", verbosity=0)
    assert revisions() == []


def test_a_revision_has_the_state_that_was_and_follows_the_one_before() -> None:
    event = make.an_event(title="One")
    for number, title in enumerate(("Two", "Three"), 1):
        with changeset(message=f"Change {number}"):
            event.title = title
            event.save()
            make.a_participation(event=event)
    with changeset():
        event.delete()
    kept = list(Revision.objects.filter(noun="event").order_by("id"))
    assert [(one.version, one.is_deletion, one.changeset.message) for one in kept] == [
        (1, False, "Change 1"), (2, False, "Change 2"), (3, True, ""),
    ]  # fmt: skip
    assert [one.since for one in kept[1:]] == [one.until for one in kept[:-1]]
    assert [len(PAST[models.Participation]._base_manager.filter(revision_id=one.pk)) for one in kept] == [
        0,
        1,
        2,
    ]
    assert [one["title"] for one in map(_document, kept)] == ["One", "Two", "Three"]
    assert [len(one["participants"]) for one in map(_document, kept)] == [0, 1, 2]


def _document(revision: Revision) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(revision.document)
    assert (found["type"], found["slug"]) == (revision.noun, revision.slug)
    return found


def test_a_change_of_a_line_is_one_of_what_it_belongs_to() -> None:
    with changeset():
        a_world("One")
    first, second = Event.objects.order_by("id")
    with changeset():
        models.Participation.objects.update(event=second)
        models.Citation.objects.filter(contract__title="Contract One").update(quote="else")
    named = {(noun, slug) for noun, slug, *_ in revisions()}
    assert named == {("event", first.slug), ("event", second.slug), ("contract", "contract-one")}
    assert len(revisions()) == 3


def test_a_date_is_also_one_of_the_contract_that_names_it() -> None:
    with changeset():
        a_world("One")
    with changeset():
        Event.objects.filter(slug="event-one").update(date="1917")
    assert {(noun, slug) for noun, slug, *_ in revisions()} == {
        ("event", "event-one"),
        ("contract", "contract-one"),
    }
    rows: Any = PAST[models.Milestone]._base_manager.exclude(**{"event_id": None})
    assert [row.met.text for row in rows] == ["mid-March 2020"]


def test_nobody_says_when_a_thing_was_recorded() -> None:
    event = make.an_event()
    stood = Event.objects.values_list("recorded_in", "recorded_at").get()
    Event.objects.update(recorded_at="1999-01-01T00:00Z", recorded_in=7)
    event.recorded_in = 7
    event.save()
    assert Event.objects.values_list("recorded_in", "recorded_at").get() == stood
    Event.objects.create(title="Dated back", kind=event.kind, recorded_at="1999-01-01T00:00Z", recorded_in=1)
    assert Event.objects.filter(recorded_at__lt=stood[1]).count() == 0


def test_who_changes_what_is_named() -> None:
    editor = make.an_editor()
    event = make.an_event()
    program, browser = APIClient(), Client()
    program.force_authenticate(editor)
    browser.force_login(editor)
    program.patch(
        f"/api/v1/events/{event.slug}/", {"title": "By a program"}, format="json", HTTP_IF_MATCH="*"
    )
    send(browser, address("event", "change", event.pk), {"title": "By hand"})
    chosen = {"action": "delete_selected", "_selected_action": [event.pk], "post": "yes"}
    browser.post(address("event", "changelist"), chosen)
    assert [one.changeset.by for one in Revision.objects.filter(noun="event").order_by("id")] == [editor] * 3
    assert not Changeset.objects.filter(is_open=True).exists()


def test_the_first_reason_that_is_given_is_kept() -> None:
    event = make.an_event(title="One")
    editor = make.an_editor()
    with changeset(by=editor):
        Event.objects.update(title="Two")
        with changeset(by=make.an_editor(), message="Sent back"):
            event.tags.add(make.a_tag())
            with changeset(message="Too late"):
                Event.objects.update(title="Three")
    (kept,) = Revision.objects.filter(noun="event")
    assert (kept.changeset.by, kept.changeset.message) == (editor, "Sent back")


def test_a_failed_changeset_leaves_nothing() -> None:
    event = make.an_event(title="One")
    before = Changeset.objects.count()
    with pytest.raises(ValueError, match="no"), changeset():
        Event.objects.update(title="Two")
        raise ValueError("no")
    assert (revisions(), Changeset.objects.count()) == ([], before)
    Event.objects.update(title="Three")
    assert len(revisions()) == 1
    assert event.pk


def test_many_writers_of_one_thing_leave_one_state_after_the_other(tmp_path: Path) -> None:
    event = make.an_event(title="0")
    with a_database_for_many(tmp_path):

        def write(number: int) -> None:
            for turn in range(5):
                with changeset(message=f"{number}.{turn}"):
                    if turn % 2:
                        make.a_participation(event=event)
                    Event.objects.select_for_update(no_key=True).get(pk=event.pk).save()

        at_once(write, 4)
        kept = list(Revision.objects.filter(noun="event", thing_id=event.pk).order_by("id"))
        assert [one.version for one in kept] == [*range(1, 21)]
        assert [one.since for one in kept[1:]] == [one.until for one in kept[:-1]]
        assert len({one.changeset_id for one in kept}) == 20


def test_a_flush_forgets_everything() -> None:
    make.an_event().delete()
    call_command("flush", interactive=False, verbosity=0)
    kept: tuple[type[Model], ...] = (Changeset, Revision, *PAST.values())
    tables = [model._meta.db_table for model in kept]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"SELECT count(*) FROM {table}")
            assert (table, *cursor.fetchone()) == (table, 0)


def test_a_dump_for_loading_has_no_history() -> None:
    Event.objects.filter(pk=make.an_event().pk).update(title="Two")
    out = io.StringIO()
    call_command("dumpdata", "timeline", stdout=out)
    found = {row["model"] for row in json.loads(out.getvalue())}
    assert found == {"timeline.event", "timeline.eventkind"}
