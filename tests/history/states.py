"""All rows of things and of what belongs to them, now and as of a moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from django.db import connection

from timeline import triggers
from timeline.history.changesets import changeset
from timeline.history.moments import as_of
from timeline.history.things import TABLES, THINGS
from timeline.models import Revision

State = dict[str, list[Any]]


@contextmanager
def written(by: Any = None, message: str = "") -> Iterator[None]:
    """A changeset of its own, also where a test is one transaction from beginning to end."""
    end_changeset()
    with changeset(by=by, message=message):
        yield
    end_changeset()


def end_changeset() -> None:
    """What comes next is of another, as after a commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in ("changeset", "by", "message"):
                cursor.execute("SELECT set_config(%s, '', true)", [f"timeline.{name}"])


def a_moment() -> datetime:
    """Now, and nothing else happens: SQLite's own clock, by which raw SQL is stamped, counts milliseconds."""
    time.sleep(0.002)
    moment = datetime.now(UTC)
    time.sleep(0.002)
    return moment


def without_history() -> None:
    """Everything was recorded at the beginning of 2020, as it stands. Triggers would not have that said."""
    connection.check_constraints()  # PostgreSQL drops no trigger of a table that has some still to run
    triggers.drop(using="default")
    Revision.objects.all().delete()
    for thing in THINGS:
        thing.root._default_manager.update(recorded_at="2020-01-01T00:00Z")
    triggers.install(using="default")


def state() -> State:
    """Every row of every table that has a past."""
    found: State = {}
    with connection.cursor() as cursor:
        for model in TABLES:
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            cursor.execute(f"SELECT {columns} FROM {model._meta.db_table} ORDER BY id")
            found[model.__name__] = cursor.fetchall()
    return found


def state_at(moment: datetime) -> State:
    with as_of(moment):
        return state()
