"""Reading as if it took no time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def one_moment() -> Iterator[None]:
    """All that is read inside is of one moment, while others go on writing; nothing is written inside.

    Inside a transaction it is that transaction's view.
    """
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            # Not atomic(), which takes the write lock at once (SQLITE_OPTIONS in the settings).
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield


@contextmanager
def unmapped() -> Iterator[None]:
    """SQLite maps its file into memory; who reads all of it would come to have all of it there."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        size = cursor.execute("PRAGMA mmap_size").fetchall()  # nothing, of a database in memory
        cursor.execute("PRAGMA mmap_size = 0")
        try:
            yield
        finally:
            for (before,) in size:
                cursor.execute(f"PRAGMA mmap_size = {before:d}")
