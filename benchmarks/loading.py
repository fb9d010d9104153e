"""Loads a world and its events into an empty database, as fast as the database takes them.

Triggers, indexes and constraints are left out while rows come in and made afterwards; the rows carry what
triggers would have written. Whatever was noted as changed is forgotten at the end, since documents come
along.
"""

from __future__ import annotations

import io
import os
import sqlite3
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from multiprocessing.pool import AsyncResult, Pool
from typing import Any

import psycopg2
from django.db import connection

from benchmarks import indexed, readings
from benchmarks.events import COLUMNS, Row, Rows, chunk, chunks
from benchmarks.world import World
from timeline import counts, triggers
from timeline.changes import CHANGE
from timeline.search.index import TABLE as SEARCHED

WORKERS = 2
# How many chunks may wait for a writer.
AHEAD = 6
# What SQLite may take of the machine's memory while indexes are made.
SHARE_OF_MEMORY = 0.4
_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('p', 'u', 'f')
    ORDER BY contype = 'f', contype DESC
"""
_INDEXES = """
    SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND schemaname = 'public'
    AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""

# Set before the workers are forked.
_world: World
_writer: Any = None


def load(world: World) -> None:
    """Everything, then statistics. The database is migrated and empty."""
    global _world
    _world = world
    triggers.drop(using="default")
    with _bare_tables():
        world.save()
        _say("world saved")
        connection.close()  # a connection does not outlive a fork
        if connection.vendor == "postgresql":
            _load_postgresql()
        else:
            _load_sqlite()
        _say("rows loaded")
    readings.fill()
    _finish()


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", flush=True)


def _execute(sql: str, params: Any = None) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []


# --- PostgreSQL: each worker makes chunks and copies them ---


def _load_postgresql() -> None:
    with get_context("fork").Pool(WORKERS, _connect, (connection.get_connection_params(),)) as pool:
        for done in pool.imap_unordered(_copy, chunks(_world)):
            if done % 20 == 19:
                _say(f"chunk {done} loaded")


def _connect(params: dict[str, Any]) -> None:
    global _writer
    _writer = psycopg2.connect(**{key: value for key, value in params.items() if key != "cursor_factory"})
    with _writer.cursor() as cursor:
        # Neither foreign keys nor triggers are run for what this session writes.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET timezone = 'UTC'")
        cursor.execute("SET synchronous_commit = off")
    _writer.commit()


def _copy(number: int) -> int:
    with _writer, _writer.cursor() as cursor:
        for table, columns, rows in stored(chunk(_world, number)):
            line = "\t".join(["%s"] * len(columns)) + "\n"
            text = io.StringIO("".join([line % row for row in rows]))
            # "None" is what % makes of None; no text of the world is that word.
            cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN (NULL 'None')", text)
    return number


# --- SQLite: workers make chunks, one writer inserts them ---


def _load_sqlite() -> None:
    with get_context("fork").Pool(WORKERS - 1) as pool:
        database = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -1000000")
        _hash_size(database, 64 << 20)
        for done, rows in enumerate(_in_order(pool)):
            database.execute("BEGIN")
            insert(database, rows, mark="?")
            database.execute("COMMIT")
            if done % 20 == 19:
                _say(f"chunk {done} loaded")
        _hash_size(database, 1 << 20)
        database.close()


def _hash_size(database: sqlite3.Connection, size: int) -> None:
    """So much of the search index is gathered before it is written; 1 MiB if nobody says anything."""
    database.execute(f"INSERT INTO {SEARCHED} ({SEARCHED}, rank) VALUES ('hashsize', {size})")


def insert(cursor: Any, rows: Rows, *, mark: str) -> None:
    """The rows of a chunk, row by row."""
    for table, columns, found in stored(rows):
        marks = ", ".join([mark] * len(columns))
        cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", found)


def stored(rows: Rows) -> Iterator[tuple[str, tuple[str, ...], list[Row]]]:
    """Each table with the columns and the rows as the database at hand has them."""
    for table, found in rows.items():
        yield table, *(indexed.stored(found) if table == SEARCHED else (COLUMNS[table], found))


def _in_order(pool: Pool) -> Iterator[Rows]:
    """The chunks in order, of which only a few are made ahead."""
    waiting: deque[AsyncResult[Rows]] = deque()
    for number in chunks(_world):
        waiting.append(pool.apply_async(_made, (number,)))
        if len(waiting) >= AHEAD:
            yield waiting.popleft().get()
    while waiting:
        yield waiting.popleft().get()


def _made(number: int) -> Rows:
    return chunk(_world, number)


# --- Around the rows ---


@contextmanager
def _bare_tables() -> Iterator[None]:
    """The large tables without indexes and constraints, which are made again at the end."""
    tables = list(COLUMNS)
    if connection.vendor == "sqlite":
        marks = ", ".join(["%s"] * len(tables))
        found = (
            f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql > '' AND tbl_name IN ({marks})"
        )
        indexes = _execute(found, tables)
        for name, _ in indexes:
            _execute(f'DROP INDEX "{name}"')
        yield
        # Each index reads a whole table: from memory, where the machine has it. Negative numbers are KiB.
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024
        _execute(f"PRAGMA cache_size = {-int(memory * SHARE_OF_MEMORY)}")
        for name, sql in indexes:
            _execute(sql)
            _say(f"index {name}")
        return
    constraints, indexes = _execute(_CONSTRAINTS, [tables]), _execute(_INDEXES, [tables])
    incoming = _execute(
        "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE contype = 'f' AND confrelid::regclass::text = ANY(%s) "
        "AND NOT conrelid::regclass::text = ANY(%s)",
        [tables, tables],
    )
    for table, name, _ in [*incoming, *reversed(constraints)]:
        _execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    for name, _ in indexes:
        _execute(f'DROP INDEX "{name}"')
    yield
    _execute("SET maintenance_work_mem = '1GB'")
    for table, name, definition in [*constraints, *incoming]:
        _execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
        _say(f"constraint {name}")
    for name, definition in indexes:
        _execute(definition)
        _say(f"index {name}")


def settle() -> None:
    """The documents that came along stand."""
    _execute(f"DELETE FROM {CHANGE}")
    counts.count_all_again()


def number_on() -> None:
    """What is stored next gets ids that are free."""
    for table in COLUMNS if connection.vendor == "postgresql" else ():
        if "id" in COLUMNS[table]:
            number = f"pg_get_serial_sequence('{table}', 'id')"
            _execute(f"SELECT setval({number}, (SELECT COALESCE(max(id), 0) + 1 FROM {table}), false)")


def _finish() -> None:
    triggers.install(using="default")
    settle()
    number_on()
    _execute("VACUUM (ANALYZE)" if connection.vendor == "postgresql" else "ANALYZE")
    _say("statistics made")
