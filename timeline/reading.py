"""Long lists of rows, read some at a time and with their texts as UTF-8: what is sent on need not be read."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from psycopg2.extensions import BYTES, register_type


def in_chunks(rows: QuerySet[Any, Any], size: int) -> Generator[list[tuple[Any, ...]], None, None]:
    """The rows of a `values_list()` as the database gives them, so many at a time, in a transaction.

    Other questions may be asked meanwhile; their texts are str.
    """
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    with _cursor() as cursor:
        cursor.execute(statement, values)
        while chunk := _fetched(cursor, size):
            yield chunk


def _cursor() -> Any:
    if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        return connection.cursor()
    return connection.chunked_cursor()


def _fetched(cursor: Any, size: int) -> list[tuple[Any, ...]]:
    """The next rows. On SQLite texts are bytes for the whole connection, so only while these are fetched."""
    if connection.vendor == "postgresql":
        register_type(BYTES, cursor.cursor)
        return cursor.fetchmany(size)  # type: ignore[no-any-return]
    database: Any = connection.connection
    database.text_factory = bytes
    try:
        return cursor.fetchmany(size)  # type: ignore[no-any-return]
    finally:
        database.text_factory = str
