"""Overwrites what the files of the database keep of rows that are gone, so that an erasure is one there, too.

A deleted row goes on standing in free places of the files until something else comes there. SQLite: the
whole file is written anew, and its log is emptied. PostgreSQL: every table and index is written anew, and so
are the statistics, which quote common values. Back-ups, PostgreSQL's own log and what others have copied stay
as they are: docs/operations.md.
"""

from __future__ import annotations

from typing import Any

from django.db import OperationalError, connection

from timeline.search.index import TABLE


class NotSwept(RuntimeError):
    """Why something may still stand on the disk."""


def sweep() -> None:
    """Takes as long as copying the database; on PostgreSQL nobody else uses a table meanwhile.

    Outside of a transaction. Raises NotSwept.
    """
    if connection.in_atomic_block:
        raise NotSwept("A transaction is open.")
    with connection.cursor() as cursor:
        (_sweep_sqlite if connection.vendor == "sqlite" else _sweep_postgresql)(cursor)


def _sweep_sqlite(cursor: Any) -> None:
    # The index of search keeps the words of deleted rows until its parts are merged.
    try:
        cursor.execute(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('rebuild')")
        cursor.execute("VACUUM")
    except OperationalError as error:
        raise NotSwept(f"SQLite says: {error}.") from error
    cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    ((is_busy, *_),) = cursor.fetchall()
    if is_busy:
        raise NotSwept("Somebody was reading all the time, so the write-ahead log could not be emptied.")


def _sweep_postgresql(cursor: Any) -> None:
    cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
    for (table,) in cursor.fetchall():
        _write_anew(cursor, table)
    if cursor.connection.info.server_version >= 180000:
        # A table that is empty now would keep those that it had.
        cursor.execute(
            """SELECT count(pg_clear_attribute_stats(
                schemaname::text, tablename::text, attname::text, inherited
            )) FROM pg_stats WHERE schemaname = current_schema()"""
        )
    cursor.execute("ANALYZE")
    # What statistics quoted before stands on in their own files.
    for statistics in ("pg_catalog.pg_statistic", "pg_catalog.pg_statistic_ext_data"):
        _write_anew(cursor, statistics)


def _write_anew(cursor: Any, table: str) -> None:
    def file() -> Any:
        cursor.execute("SELECT pg_relation_filenode(%s::regclass)", [table])
        return cursor.fetchone()

    before = file()
    cursor.execute(f"VACUUM (FULL) {table}")
    if file() == before:  # PostgreSQL only warns then
        raise NotSwept(
            f"The owner of the database, or a superuser, has to do it: {table} was not written anew."
        )
