"""Whatever is written, and however: every past state can be had again from the revisions."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from tests import factories as make
from tests.admin.forms import address
from tests.api.test_kept import EDITS, patch, sql, titled
from tests.api.world import a_world
from tests.history.states import a_moment, state, state_at
from timeline import models
from timeline.exchange.inward import Import
from timeline.exchange.outward import everything
from timeline.history.changesets import changeset
from timeline.history.things import TABLES


def overwrite_by_import(event: Any) -> None:
    lines = b"".join(everything()).replace(b'"Event One"', b'"Imported"').replace(b"Person One", b"Person 1")
    assert Import(io.BytesIO(lines), update=True).run().updated == {"event": 1, "actor": 1}


def through_the_api(method: str, path: str, body: Any = None) -> None:
    client = APIClient()
    client.force_authenticate(make.an_editor())
    answer = getattr(client, method)(f"/api/v1/{path}/", body, format="json", HTTP_IF_MATCH="*")
    assert answer.status_code in (200, 201, 204), answer.content


def delete_in_admin(event: Any) -> None:
    client = Client()
    client.force_login(make.an_editor())
    client.post(address("event", "delete", event.pk), {"post": "yes"})
    chosen = {
        "action": "delete_selected",
        "_selected_action": [titled("Other event One").get().pk],
        "post": "y",
    }
    client.post(address("event", "changelist"), chosen)
    assert not titled("Other event One").exists()


def ignore(event: Any) -> None:
    """What is there already is passed over, and what is not is made."""
    link = models.Event.tags.through
    tags = [event.tags.get(), make.a_tag()]
    link.objects.bulk_create([link(event=event, tag=tag) for tag in tags], ignore_conflicts=True)


def change_ids(event: Any) -> None:
    sql("UPDATE timeline_alias SET id = id + 1000")


def take_over(event: Any) -> None:
    """A new row that pushes another from its slug, on SQLite without a word to the triggers of deletions."""
    if connection.vendor == "postgresql":
        titled("Lone").delete()
        make.an_event(title="Taken over", slug="lone", kind=event.kind)
        return
    columns = [str(field.column) for field in models.Event._meta.concrete_fields if not field.generated][1:]
    named = ", ".join(columns)
    values = ", ".join("'lone'" if column == "slug" else column for column in columns)
    sql(f"REPLACE INTO timeline_event ({named}) SELECT {values} FROM timeline_event WHERE id = %s", event.pk)


def in_two_steps(event: Any) -> None:
    with changeset(message="Both at once"):
        models.Event.objects.filter(pk=event.pk).update(title="First")
        with changeset(message="Joined"):
            models.Actor.objects.update(name="First")
        models.Event.objects.filter(pk=event.pk).update(title="Second")
        make.a_published_event(title="Made").delete()


MORE: dict[str, Callable[[Any], Any]] = {
    "import that overwrites": overwrite_by_import,
    "API: new event": lambda event: through_the_api(
        "post", "events", {"title": "New", "kind": event.kind.slug}
    ),
    "API: deletion": lambda event: through_the_api("delete", "timelines/timeline-one"),
    "API: contract": lambda event: patch("contracts/contract-one", items=[], parties=[]),
    "API: timeline": lambda event: patch("timelines/timeline-one", title="New", entries=[]),
    "admin: deletions": delete_in_admin,
    "some are ignored": ignore,
    "ids are changed": change_ids,
    "a slug is taken over": take_over,
    "several in one changeset": in_two_steps,
    "when it was recorded": lambda event: sql(
        "UPDATE timeline_event SET recorded_in = 0, recorded_at = created_at"
    ),
}


def start_again() -> Any:
    """Delete everything there is, and make the same world once more."""
    with transaction.atomic():
        for model in TABLES:
            sql(f"DELETE FROM {model._meta.db_table}")
    event = a_world("One")
    a_world("Two", review="draft", with_words=False)
    make.an_event(title="Lone", kind=event.kind)
    return event


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_no_way_of_writing_loses_what_was() -> None:
    moments = []
    changing_nothing = set()
    for way, edit in (EDITS | MORE).items():
        event = start_again()
        before, then = a_moment(), state()
        with transaction.atomic():
            edit(event)
        after, now = a_moment(), state()
        assert (way, state_at(before)) == (way, then)
        moments.append((way, after, now))
        if then == now:
            changing_nothing.add(way)
    for way, moment, stood in moments:
        assert (way, state_at(moment)) == (way, stood)
    assert changing_nothing == {"restamp", "when it was recorded"}
