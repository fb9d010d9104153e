"""The connections of what serves requests: how long a statement may take, and how PostgreSQL plans it.

A server calls `set_up_connections` once. Commands and migrations take the time they need.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

# What PostgreSQL takes starting parallel workers to cost; its default is 1,000. Starting them takes some 4 ms
# here, more than a search of a rare word needs altogether. What scans a million rows still has them.
PARALLEL_SETUP_COST = 20_000
# SQLite asks after so many steps of its machine whether to go on: about a millisecond, or a second where
# each step calls a function of Python.
STEPS = 100_000

_limited = False


def set_up_connections() -> None:
    """Every connection that this process opens from now on is limited, and suits short statements."""
    global _limited
    _limited = bool(settings.STATEMENT_TIMEOUT_SECONDS)
    connection_created.connect(_set_up)


def _set_up(*, connection: BaseDatabaseWrapper, **_: Any) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET parallel_setup_cost = %s", [PARALLEL_SETUP_COST])
    if _limited:
        limit(connection, settings.STATEMENT_TIMEOUT_SECONDS)


def limit(connection: BaseDatabaseWrapper, seconds: float) -> None:
    """Stop each statement on this connection that takes longer; it fails with an OperationalError.

    0 takes the limit off again.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET statement_timeout = %s", [math.ceil(seconds * 1000)])
        return
    connection.execute_wrappers[:] = [
        wrapper for wrapper in connection.execute_wrappers if not isinstance(wrapper, Stopwatch)
    ]
    raw: Any = connection.connection
    if seconds:
        stopwatch = Stopwatch(seconds)
        connection.execute_wrappers.append(stopwatch)
        raw.set_progress_handler(stopwatch.is_over, STEPS)
    else:
        raw.set_progress_handler(None, 0)


@contextmanager
def without_limit() -> Iterator[None]:
    """For what is slow because it is long: a stream that its client may read as slowly as it likes."""
    if not _limited:
        yield
        return
    connection.ensure_connection()
    limit(connection, 0)
    try:
        yield
    finally:
        if connection.connection is not None:
            limit(connection, settings.STATEMENT_TIMEOUT_SECONDS)


class Stopwatch:
    """What PostgreSQL's statement_timeout does, for SQLite: started by each statement, asked by SQLite."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.end = math.inf

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Django's execute wrapper."""
        self.end = monotonic() + self.seconds
        return execute(sql, params, many, context)

    def is_over(self) -> bool:
        """SQLite's progress handler."""
        return monotonic() > self.end
