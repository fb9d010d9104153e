"""Whether a word stands anywhere in the database: in any row of any table, whatever the table is for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection

# The parts of FTS5's index keep deleted words until they are merged (timeline/sweeping.py).
INDEX = "timeline_eventsearch_data"


def tables_with(word: str) -> list[str]:
    """The tables in which some row has the word, in whichever case."""
    tables = [name for name in connection.introspection.table_names() if name != INDEX]
    find = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    return [table for table in tables if find(table, word.lower())]


def _on_sqlite(table: str, word: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')
        return any(word in str(value).lower() for row in cursor.fetchall() for value in row)


def _on_postgresql(table: str, word: str) -> bool:
    with connection.cursor() as cursor:
        # Bytes are written as hexadecimal digits.
        cursor.execute(f'SELECT lower(one::text) FROM "{table}" AS one')
        return any(word in row or word.encode().hex() in row for (row,) in cursor.fetchall())


@contextmanager
def in_a_file(path: Path) -> Iterator[Path]:
    """The test's database of SQLite, which is in memory, as a file with a write-ahead log for a while."""
    memory: Any = connection.connection
    target = sqlite3.connect(path)
    memory.backup(target)
    target.close()
    name, connection.connection = connection.settings_dict["NAME"], None
    connection.settings_dict["NAME"] = str(path)
    try:
        connection.connect()
        with connection.cursor() as cursor:  # some builds of SQLite have it on
            cursor.execute("PRAGMA secure_delete = OFF")
        yield path
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
        connection.connection = memory


def bytes_of(path: Path) -> bytes:
    """Of the file and of all that SQLite has beside it, in lower case."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.glob(f"{path.name}*"))).lower()


def relations_with(word: str) -> list[str]:
    """The tables and indexes of PostgreSQL in whose files the word stands; its server reads them itself.

    Statistics are a table, too. Who tests on a server of which they are no superuser is told so by it.
    """
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            """SELECT relname FROM pg_class WHERE relkind IN ('r', 'i', 't') AND pg_relation_size(oid) > 0
            AND position(%s::bytea IN pg_read_binary_file(pg_relation_filepath(oid))) > 0""",
            [word.encode()],
        )
        return [name for (name,) in cursor.fetchall()]
