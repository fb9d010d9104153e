"""How writers wait for each other on SQLite; tried alike whichever database the suite runs on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Any

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler

from timeline.settings import SQLITE_OPTIONS

# pytest-django allows a connection only where the suite's own database may be used.
pytestmark = pytest.mark.django_db
PATIENCE = 5  # seconds, as "timeout"; what has to happen meanwhile takes a moment


def opened(path: Path, patience: float = PATIENCE) -> BaseDatabaseWrapper:
    """A connection of this thread's own."""
    options = SQLITE_OPTIONS | {"timeout": patience}
    engine = "django.db.backends.sqlite3"
    return ConnectionHandler({"default": {"ENGINE": engine, "NAME": str(path), "OPTIONS": options}})[
        "default"
    ]


def test_who_waits_holds_up_nobody_that_drops_a_cursor_of_its(tmp_path: Path) -> None:
    path = tmp_path / "waiting.sqlite3"
    cursors: Queue[Any] = Queue()

    def wait() -> None:
        waiting = opened(path)
        cursors.put(waiting.cursor().execute("SELECT 1"))
        with waiting.cursor() as cursor:
            cursor.execute("BEGIN IMMEDIATE")
        waiting.close()

    writing = opened(path)
    with ThreadPoolExecutor(1) as pool, writing.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        waits = pool.submit(wait)
        dropped = [cursors.get()]
        # It waits from some moment on, which nothing tells; SQLite's own way would end it with an error.
        for _ in range(100_000):
            cursor.execute("SELECT 1")
        dropped.clear()
        cursor.execute("COMMIT")
        waits.result()
    writing.close()


def test_who_has_waited_for_long_enough_is_told(tmp_path: Path) -> None:
    path = tmp_path / "waiting.sqlite3"
    writing, waiting = opened(path), opened(path, 0.05)
    with writing.cursor() as cursor, waiting.cursor() as other:
        cursor.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        cursor.execute("COMMIT")
        assert other.execute("PRAGMA busy_timeout").fetchall() == [(50,)]
        other.execute("BEGIN IMMEDIATE")
        other.execute("COMMIT")
    writing.close()
    waiting.close()
