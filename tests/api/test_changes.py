"""`changes/`: whoever follows it has what an export has."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories as make
from tests.api.test_as_of import change_lines, rename_and_change_lines
from tests.api.test_kept import EDITS, sql
from tests.api.world import a_world
from timeline import models
from timeline.exchange.nouns import FORMAT
from timeline.exchange.outward import everything
from timeline.history.changesets import changeset
from timeline.history.things import TABLES, columns_of

ADDRESS = "/api/v1/changes/"
Lines = dict[tuple[str, str], Any]


def exported() -> Lines:
    lines = map(json.loads, everything())
    return {(line["type"], line["slug"]): line for line in lines if line != FORMAT}


class Mirror:
    """Follows the feed, so many things a page."""

    def __init__(self, limit: int = 500) -> None:
        self.lines: Lines = {}
        self.address = f"{ADDRESS}?limit={limit}"
        self.client = APIClient()
        self.client.force_authenticate(make.an_editor())

    def follow(self) -> list[tuple[str, str, str | None]]:
        """What it is told of, to the end."""
        told: list[tuple[str, str, str | None]] = []
        while True:
            answer = self.client.get(self.address)
            assert answer.status_code == 200, answer.content
            page = answer.json()
            self.address = page["next"]
            for entry in page["results"]:
                self.take(entry)
                told.append((entry["change"], entry["type"], entry["slug"]))
            if not page["more"]:
                return told

    def take(self, entry: dict[str, Any]) -> None:
        self.lines.pop((entry["type"], entry["was"]), None)
        if entry["record"] is None:
            self.lines.pop((entry["type"], entry["slug"]), None)
        else:
            self.lines[entry["type"], entry["slug"]] = entry["record"]


@pytest.mark.django_db(transaction=True)
def test_who_follows_the_changes_has_what_an_export_has() -> None:
    with changeset():
        event = a_world("One")
    mirrors = [Mirror(limit) for limit in (7, 500)]
    for change in (
        rename_and_change_lines,
        change_lines,
        lambda: EDITS["tags are set"](models.Event.objects.get(pk=event.pk)),
        lambda: models.Event.objects.filter(slug__startswith="other").delete(),
        lambda: a_world("Two", review="draft"),
        lambda: EDITS["raw SQL on events"](event),
    ):
        for mirror in mirrors:
            mirror.follow()
            assert mirror.lines == exported()
        change()
    with transaction.atomic():
        for model in TABLES:
            sql(f"DELETE FROM {model._meta.db_table}")
        make.a_tag(slug="tag-two")
    for mirror in mirrors:
        mirror.follow()
        assert mirror.lines == exported()
        assert mirror.follow() == []


@pytest.mark.django_db(transaction=True)
def test_each_thing_is_told_once_a_transaction() -> None:
    mirror = Mirror()
    with changeset():
        event = make.an_event(title="One", slug="one", kind=make.a_kind(slug="kind"))
        event.save()
    with changeset():
        models.Event.objects.update(title="Two")
        models.Event.objects.update(title="Three")
        make.a_participation(event=event, actor=make.an_actor(slug="actor"), role=make.a_role(slug="role"))
    with changeset():
        event.delete()
        models.EventKind.objects.all().delete()
    with changeset():
        make.a_tag().delete()
    assert mirror.follow() == [
        ("created", "kind", "kind"), ("created", "event", "one"),
        ("created", "role", "role"), ("created", "actor", "actor"), ("changed", "event", "one"),
        ("deleted", "kind", "kind"), ("deleted", "event", "one"),
    ]  # fmt: skip
    assert mirror.lines.keys() == {("role", "role"), ("actor", "actor")}


@pytest.mark.django_db(transaction=True)
def test_what_names_a_renamed_thing_is_told_page_by_page() -> None:
    """Each once, in the order of the feed, also what names two that are renamed, or was changed with them."""
    kind = make.a_kind(slug="kind")
    events = [make.an_event(slug=f"event-{number}", kind=kind) for number in range(9)]
    actors = [make.an_actor(slug=f"actor-{number}") for number in range(2)]
    role = make.a_role(slug="role")
    for event in events:
        for actor in actors:
            make.a_participation(event=event, actor=actor, role=role)
    mirrors = [Mirror(limit) for limit in (4, 500)]
    for mirror in mirrors:
        mirror.follow()
    with changeset():
        models.Actor.objects.filter(pk=actors[0].pk).update(slug="renamed")
        models.Actor.objects.filter(pk=actors[1].pk).update(slug="again")
        models.Event.objects.filter(pk=events[3].pk).update(title="Changed")
        models.EventKind.objects.update(slug="passing")
        models.EventKind.objects.update(slug="kind")
    with changeset():
        models.Event.objects.filter(pk=events[8].pk).delete()
    first = mirrors[0].client.get(mirrors[0].address).json()
    assert (len(first["results"]), first["more"]) == (4, True)
    told = [mirror.follow() for mirror in mirrors]
    assert told[0] == told[1] == [
        ("changed", "kind", "kind"), ("changed", "actor", "renamed"), ("changed", "actor", "again"),
        *(("changed", "event", f"event-{number}") for number in range(8)), ("deleted", "event", "event-8"),
    ]  # fmt: skip
    for mirror in mirrors:
        assert mirror.lines == exported()


@pytest.mark.django_db(transaction=True)
def test_what_comes_back_under_another_slug_is_renamed() -> None:
    """Deleted and put back in one transaction, or what REPLACE does to a row without a word."""
    mirror = Mirror()
    make.an_event(slug="one", kind=make.a_kind(slug="kind"))
    columns = ", ".join(columns_of(models.EventKind))
    for slug in ("new", "newer"):
        mirror.follow()
        other = columns.replace("slug", f"'{slug}'")
        with changeset():
            if slug == "newer" and connection.vendor == "sqlite":
                sql(f"REPLACE INTO timeline_eventkind ({columns}) SELECT {other} FROM timeline_eventkind")
            else:
                sql(f"CREATE TEMPORARY TABLE kept_{slug} AS SELECT * FROM timeline_eventkind")
                sql("DELETE FROM timeline_eventkind")
                sql(f"INSERT INTO timeline_eventkind ({columns}) SELECT {other} FROM kept_{slug}")
                sql(f"DROP TABLE kept_{slug}")
        assert mirror.follow()[-1] == ("changed", "event", "one")
        assert mirror.lines == exported()


@pytest.mark.django_db(transaction=True)
def test_a_page_runs_as_many_queries_with_ten_times_the_things() -> None:
    mirror = Mirror(100)

    def queries(renamed: int) -> int:
        with changeset():
            for number in range(renamed):
                event = make.a_published_event(title=f"{renamed} {number}")
                make.a_participation(event=event, actor=make.an_actor())
        mirror.follow()
        with changeset():
            for actor in models.Actor.objects.order_by("-pk")[:renamed]:
                models.Actor.objects.filter(pk=actor.pk).update(slug=f"{actor.slug}-{renamed}")
        with CaptureQueriesContext(connection) as captured:
            assert len(mirror.follow()) == 2 * renamed
        return len(captured)

    queries(1)  # reads the rights, once
    assert queries(2) == queries(20) == (49 if connection.vendor == "postgresql" else 47)


@pytest.mark.django_db(transaction=True)
def test_what_commits_later_does_not_slip_behind() -> None:
    """Who began first, and holds a smaller number, is waited for."""
    mirror = Mirror()

    def quickly() -> None:
        make.a_tag(slug="quick")
        connection.close()

    def meanwhile() -> list[tuple[str, str, str | None]]:
        told = mirror.follow()
        connection.close()
        return told

    if connection.vendor == "sqlite":  # one writer at a time
        make.a_tag(slug="slow")
        make.a_tag(slug="quick")
    else:
        with changeset(), ThreadPoolExecutor(1) as beside:
            make.a_tag(slug="slow")
            beside.submit(quickly).result()
            assert beside.submit(meanwhile).result() == []
    assert mirror.follow() == [("created", "tag", "slow"), ("created", "tag", "quick")]


@pytest.mark.parametrize("since", ["1", "a.b.c", "1.2.3.4", "-1.0.0", "\uff11.0.0"])
@pytest.mark.django_db
def test_a_place_is_one_that_the_feed_gave(since: str) -> None:
    mirror = Mirror()
    answer = mirror.client.get(ADDRESS, {"since": since})
    assert (answer.status_code, answer.json()["since"][0]["code"]) == (400, "invalid_cursor")


@pytest.mark.django_db
def test_only_who_may_view_everything_follows() -> None:
    assert APIClient().get(ADDRESS).status_code == 401
    some = APIClient()
    some.force_authenticate(make.a_user(permissions=("view_event", "view_contract")))
    assert some.get(ADDRESS).status_code == 403
