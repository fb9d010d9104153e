"""Writing that is not worth waiting for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection


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
