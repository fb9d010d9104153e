"""Reading as if it took no time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper


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
    """SQLite maps its file into memory; who reads all of it would come to have all of it there.

    Instead it has a cache that holds the upper levels of what a million events are found by.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchall() for name in _WHILE_READING_ALL}
        _set(cursor, _WHILE_READING_ALL)
        try:
            yield
        finally:
            # A database in memory maps nothing, and says nothing of it.
            _set(cursor, {name: value for name, rows in before.items() for (value,) in rows})


# In bytes, and in KiB as SQLite has it.
_WHILE_READING_ALL = {"mmap_size": 0, "cache_size": -4 * 1024}


def _set(cursor: CursorWrapper, pragmas: dict[str, int]) -> None:
    for name, value in pragmas.items():
        cursor.execute(f"PRAGMA {name} = {value:d}")
