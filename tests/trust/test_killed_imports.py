"""T5: an import that is killed at any moment has done nothing, or all of it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Any

import psycopg2
import pytest
from django.db import connection

from tests.exchange.files import WORDS, file_of, many_events
from tests.trust.server import ROOT, Database, environment

ROUNDS = 20
EVENTS = 400
# By round: a survey of as many lines, and batches of twenty events.
STEPS = EVENTS + EVENTS // 20
ROWS = {"timeline_event": EVENTS, "timeline_participation": 2 * EVENTS, "timeline_citation": EVENTS}


@contextmanager
def taker(database: Database) -> Iterator[Any]:
    """Takes the paths of files to import, and tells how far it is."""
    command = [sys.executable, "-m", "tests.trust.taking"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(database.url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def killed_after(process: Any, path: Path, steps: int) -> int:
    """Import the file and kill that after so many steps; returns how many it had told of by then."""
    process.stdin.write(f"{path}\n")
    process.stdin.flush()
    at_work, told = 0, 0
    for line in process.stdout:
        if line == "end\n":
            return told
        if line == "step\n":
            told += 1
        else:
            at_work = int(line)
        if at_work and told >= steps:
            # It may be done already: whoever has ended waits for its parent, so the number is still its own.
            os.kill(at_work, signal.SIGKILL)
            steps = sys.maxsize
    raise AssertionError("The processes are started one after the other, until this test ends.")


@contextmanager
def reading(database: Database) -> Iterator[Any]:
    """A cursor of our own; on PostgreSQL one that waits until nobody writes events any more."""
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(database.url.removeprefix("sqlite:///"))) as found:
            yield found.cursor()
        return
    with closing(psycopg2.connect(database.url)) as found:
        cursor = found.cursor()
        cursor.execute("LOCK TABLE timeline_event IN ACCESS EXCLUSIVE MODE")
        yield cursor


def rows_of(cursor: Any, round_: str) -> dict[str, int]:
    found = {}
    for table in ROWS:
        key = "id" if table == "timeline_event" else "event_id"
        events = f"SELECT id FROM timeline_event WHERE slug LIKE '{round_}-%'"
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {key} IN ({events})")
        (found[table],) = cursor.fetchone()
    return found


def is_whole(cursor: Any) -> bool:
    """Whether the database finds itself in order, and every line has its event."""
    if connection.vendor == "sqlite":
        cursor.execute("PRAGMA integrity_check")
        if cursor.fetchall() != [("ok",)]:
            return False
        cursor.execute("PRAGMA foreign_key_check")
        return not cursor.fetchall()
    for table in ("timeline_participation", "timeline_citation"):
        events = "SELECT id FROM timeline_event"
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE event_id NOT IN ({events})")
        if cursor.fetchone() != (0,):
            return False
    return True


@pytest.mark.long
def test_what_is_killed_has_done_nothing_or_all(database: Database, tmp_path: Path) -> None:
    nothing, everything = dict.fromkeys(ROWS, 0), ROWS
    path, random = tmp_path / "lines", Random(5)
    outcomes = []
    with taker(database) as process:
        path.write_bytes(file_of(*WORDS))
        killed_after(process, path, sys.maxsize)
        # Mostly while it writes; the last of all is when it is about to end.
        moments = [
            STEPS,
            *(random.randint(EVENTS, STEPS) for _ in range(ROUNDS - 2)),
            random.randrange(EVENTS),
        ]
        for number, steps in enumerate(moments):
            path.write_bytes(file_of(*many_events(EVENTS, f"round{number}")))
            killed_after(process, path, steps)
            with reading(database) as cursor:
                outcomes.append(rows_of(cursor, f"round{number}"))
                assert is_whole(cursor)
        assert [found for found in outcomes if found not in (nothing, everything)] == []
        assert outcomes.count(nothing) >= ROUNDS // 2
        path.write_bytes(file_of(*many_events(EVENTS, "last")))
        assert killed_after(process, path, sys.maxsize) == STEPS
    with reading(database) as cursor:
        assert rows_of(cursor, "last") == everything
