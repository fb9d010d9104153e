"""Waiting for others who write to SQLite: in turn, or not at all."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

# How long a transaction sleeps between two tries, in seconds: at first, and at last.
FIRST_PAUSE, LAST_PAUSE = 0.01, 0.001


def take_turns(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    """Let the transactions of a new connection to SQLite wait in turn; a connection_created receiver."""
    if connection.vendor == "sqlite" and in_turn not in connection.execute_wrappers:
        connection.execute_wrappers.append(in_turn)


def in_turn(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Django's execute wrapper: who has waited longer asks more often, for as long as busy_timeout says.

    SQLite's own waiting asks less and less often, so that newcomers are served first and some wait for a
    minute. And it keeps the connection's mutex meanwhile: a thread that collects garbage, and among it a
    cursor of that connection, stands still with Python's interpreter lock, and with SQLite's if it writes.
    """
    if sql != "BEGIN IMMEDIATE":
        return execute(sql, params, many, context)
    raw = context["connection"].connection
    ((patience,),) = raw.execute("PRAGMA busy_timeout").fetchall()
    raw.execute("PRAGMA busy_timeout = 0")
    try:
        start = monotonic()
        while (waited := monotonic() - start) < patience / 1000:
            try:
                return raw.execute(sql)
            except sqlite3.OperationalError as error:
                # The lowest byte is the code; above it may stand why, such as a recovery after a crash.
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            sleep(max(FIRST_PAUSE / (1 + waited), LAST_PAUSE))
        return execute(sql, params, many, context)
    finally:
        raw.execute(f"PRAGMA busy_timeout = {patience:d}")


@contextmanager
def without_waiting() -> Iterator[None]:
    """For what need not be done now: where somebody else writes at this moment, SQLite leaves it out.

    On PostgreSQL what is inside skips rows that are locked (`select_for_update(skip_locked=True)`).
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        ((before,),) = cursor.execute("PRAGMA busy_timeout").fetchall()
        cursor.execute("PRAGMA busy_timeout = 0")
        try:
            yield
        except OperationalError:
            pass  # the database is locked
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {before:d}")
