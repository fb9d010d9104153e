"""Long lists of rows, read some at a time and with their texts as UTF-8: what is sent on need not be read."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from timeline.prepared import has_server_of_its_own, in_bytes

# So many parts are read, or wait to be used, while one is in use.
AHEAD = 2
Rows = list[tuple[Any, ...]]


def in_chunks(rows: QuerySet[Any, Any], size: int) -> Generator[Rows, None, None]:
    """The rows of a `values_list()` as the database gives them, so many at a time, in a transaction.

    Other questions may be asked meanwhile; their texts are str. On PostgreSQL they wait for the part that is
    being read.
    """
    try:
        statement, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return
    is_in_server = has_server_of_its_own(connection)
    with connection.chunked_cursor() if is_in_server else connection.cursor() as cursor:
        with in_bytes(cursor):
            cursor.execute(statement, values)

        def read() -> Rows:
            with in_bytes(cursor):  # only while these are fetched
                return cursor.fetchmany(size)  # type: ignore[no-any-return]

        # PostgreSQL finds the rows of a cursor in a process of its own. Others are found in this one, where a
        # thread would take turns with who uses them at each row.
        yield from ahead(read) if is_in_server else iter(read, [])


def ahead(read: Callable[[], Rows]) -> Generator[Rows, None, None]:
    """What `read` returns until there is nothing more, read by a thread while what came before is in use."""
    reader = ThreadPoolExecutor(1)
    try:
        coming = deque(reader.submit(read) for _ in range(AHEAD))
        while part := coming.popleft().result():
            coming.append(reader.submit(read))
            yield part
    finally:
        reader.shutdown(cancel_futures=True)
