"""The triggers that copy an event's date: they stand after every migrate, and hold when two writers meet."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core import management
from django.db import connection, transaction

from tests import factories as make
from tests.test_fields import in_step
from timeline import triggers
from timeline.fields import When
from timeline.models import Event, EventChange, Milestone, Participation


def names() -> set[str]:
    sql = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.django_db
def test_they_can_be_dropped_and_installed_again_and_again() -> None:
    assert names() == set(triggers.triggers(connection.vendor))
    triggers.install(using="default")
    assert names() == set(triggers.triggers(connection.vendor))
    triggers.drop(using="default")
    triggers.drop(using="default")
    assert names() == set()
    triggers.install(using="default")
    assert names() == set(triggers.triggers(connection.vendor))


@pytest.mark.django_db(transaction=True)
def test_migrate_leaves_them_in_place() -> None:
    management.call_command("migrate", verbosity=0)
    assert names() == set(triggers.triggers(connection.vendor))


def while_another_waits(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Run `first` in a transaction and, before it commits, `second` beside it, which then has to wait.

    SQLite has one writer at a time, so there `second` follows.
    """
    if connection.vendor == "sqlite":
        first()
        second()
        return
    failures: list[BaseException] = []

    def run() -> None:
        try:
            second()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    beside = threading.Thread(target=run)
    with transaction.atomic():
        first()
        beside.start()
        beside.join(timeout=0.3)
        assert beside.is_alive(), "it did not wait"
    beside.join(timeout=20)
    assert not failures, failures


@pytest.mark.django_db(transaction=True)
def test_a_participation_added_while_the_date_changes_has_the_new_bounds() -> None:
    event, actor, role = make.an_event(date="1066"), make.an_actor(), make.a_role()
    contract = make.a_contract()
    while_another_waits(
        lambda: Event.objects.filter(pk=event.pk).update(date="2020"),
        lambda: Participation.objects.create(event=event, actor=actor, role=role),
    )
    while_another_waits(
        lambda: Event.objects.filter(pk=event.pk).update(date="2021"),
        lambda: Milestone.objects.bulk_create([Milestone(contract=contract, kind="signed", event=event)]),
    )
    assert Participation.objects.count() == Milestone.objects.count() == 1
    assert in_step(event.pk, When.of("2021"))


@pytest.mark.django_db(transaction=True)
def test_a_date_changed_while_a_participation_is_added_reaches_it() -> None:
    event, actor, role = make.an_event(date="1066"), make.an_actor(), make.a_role()
    while_another_waits(
        lambda: Participation.objects.create(event=event, actor=actor, role=role),
        lambda: Event.objects.filter(pk=event.pk).update(date="2020"),
    )
    assert Participation.objects.count() == 1
    assert in_step(event.pk, When.of("2020"))


@pytest.mark.django_db
def test_after_a_migration_no_document_stands() -> None:
    """While it ran there were no triggers, so nobody knows what it changed."""
    event = make.an_event()
    EventChange.objects.all().delete()
    triggers.install(using="default")
    assert not EventChange.objects.exists()
    triggers.install(using="default", plan=[("a migration", False)])
    assert EventChange.objects.get().event_id == event.pk
