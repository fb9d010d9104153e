"""Long lists of rows, read some at a time and with their texts as UTF-8: what is sent on need not be read."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from timeline.prepared import in_bytes


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
        while True:
            with in_bytes(cursor):  # only while these are fetched
                chunk = cursor.fetchmany(size)
            if not chunk:
                return
            yield chunk


def _cursor() -> Any:
    if connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        return connection.cursor()
    return connection.chunked_cursor()
