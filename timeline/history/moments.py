"""Reading as of a moment: the tables as they stood, under their own names.

Each table has a view of the rows of things that stand since before the moment, and of past rows of the
states that stood then. On PostgreSQL the views are in a schema of their own, which is looked in first
meanwhile; on SQLite they are temporary and hide the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cache

from django.db import DatabaseError, connection, models

from timeline.history.standing import past_table, stamp, stands_since, stood
from timeline.history.things import TABLES
from timeline.moment import one_moment

SCHEMA = "timeline_as_of"
MOMENT = "(SELECT current_setting('timeline.as_of')::timestamptz)"


@contextmanager
def as_of(moment: datetime) -> Iterator[None]:
    """What is read inside through this connection is the database as it stood then; nothing can be written.

    Only things and what belongs to them have a past: users have none, nor has what is kept beside events.
    """
    with one_moment():
        yield from _on_sqlite(moment) if connection.vendor == "sqlite" else _on_postgresql(moment)


def _on_postgresql(moment: datetime) -> Iterator[None]:
    with connection.cursor() as cursor:
        path = "set_config('search_path', %s, true), set_config('timeline.as_of', %s, true)"
        cursor.execute("SELECT current_setting('search_path')")
        ((before,),) = cursor.fetchall()
        cursor.execute(f"SELECT {path}", [f"{SCHEMA}, {before}", stamp(moment).isoformat()])
        try:
            yield
        finally:
            with suppress(DatabaseError):  # a transaction that has failed ends, and that with it
                cursor.execute(f"SELECT {path}", [before, ""])


def _on_sqlite(moment: datetime) -> Iterator[None]:
    connection.ensure_connection()
    # Not a cursor of Django's, which does nothing more once something has failed.
    execute = connection.connection.execute
    for name, query in _views("sqlite").items():
        execute(f"CREATE TEMP VIEW {name} AS {query.replace(MOMENT, repr(stamp(moment)))}")
    # An INSERT into a view is an error; but one that asks what it has inserted does nothing without a word.
    execute("PRAGMA query_only = ON")
    try:
        yield
    finally:
        execute("PRAGMA query_only = OFF")
        if connection.in_atomic_block:  # otherwise they go with the transaction
            for name in _views("sqlite"):
                execute(f"DROP VIEW temp.{name}")


def on_postgresql() -> Iterator[str]:
    """The statements that make the views of PostgreSQL."""
    yield f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE"
    yield f"CREATE SCHEMA {SCHEMA}"
    for name, query in _views("postgresql").items():
        yield f"CREATE VIEW {SCHEMA}.{name} AS {query}"


@cache
def _views(vendor: str) -> dict[str, str]:
    make = _in_one if vendor == "postgresql" else _in_two
    return {model._meta.db_table: make(model) for model in TABLES}


def _in_one(model: type[models.Model]) -> str:
    """The condition stands outside of the union, so that an index of both tables still gives the order."""
    columns = _columns(model)
    return f"""SELECT {columns} FROM (
        SELECT {columns}, NULL::timestamptz AS since, NULL::timestamptz AS until FROM {model._meta.db_table}
        UNION ALL SELECT {columns}, since, until FROM {past_table(model)}
        ) AS standing
        WHERE CASE WHEN until IS NULL THEN {stands_since(model, "standing", MOMENT)}
        ELSE {stood("standing", MOMENT)} END"""


def _in_two(model: type[models.Model]) -> str:
    # Not by their bare names, which are the views' own.
    standing = stands_since(model, "standing", MOMENT, schema="main.")
    columns, table, past = _columns(model), model._meta.db_table, past_table(model)
    return f"""SELECT {columns} FROM main.{table} AS standing WHERE {standing}
        UNION ALL SELECT {columns} FROM {past} AS standing WHERE {stood("standing", MOMENT)}"""


def _columns(model: type[models.Model]) -> str:
    return ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
