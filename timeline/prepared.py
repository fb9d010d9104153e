"""Statements that are asked again and again: a connection to PostgreSQL parses each only once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import BYTES, register_type

# Each takes some memory in the server's process; what comes after so many is sent as it is.
MOST = 200
# By connection: the names of the statements that it has prepared.
_names: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = count(1)


def execute(cursor: CursorWrapper, statement: str, values: Mapping[str, Any]) -> None:
    """Execute the statement, with its parameters as %(name)s, on the default connection's cursor.

    It has no other percent signs. Other databases, and connections that programs share by transaction, get
    the statement as it is: there the next transaction may find another server process, without its names.
    """
    connection = cursor.db
    if connection.vendor != "postgresql" or connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]:
        cursor.execute(statement, values)
        return
    text, order = _numbered(statement)
    prepared = _names.setdefault(connection.connection, {})
    if statement not in prepared:
        if len(prepared) >= MOST:
            cursor.execute(statement, values)
            return
        name = f"timeline_{next(_numbers)}"
        # Not through Django, for which it would be one more query, at the first time only.
        with connection.wrap_database_errors, connection.connection.cursor() as own:
            own.execute(f"PREPARE {name} AS {text}")
        prepared[statement] = name
    places = ", ".join(["%s"] * len(order))
    given = f"({places})" if order else ""
    cursor.execute(f"EXECUTE {prepared[statement]} {given}", [values[name] for name in order])


@contextmanager
def in_bytes() -> Iterator[CursorWrapper]:
    """A cursor on the default connection that gives texts as UTF-8: what is sent on need not be read."""
    with connection.cursor() as cursor:
        if cursor.db.vendor == "postgresql":
            register_type(BYTES, cursor.cursor)
            yield cursor
            return
        raw = cursor.db.connection
        raw.text_factory = bytes
        try:
            yield cursor
        finally:
            raw.text_factory = str


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2 … for its parameters, and their names in this order."""
    order = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    return re.sub(r"%\((\w+)\)s", lambda found: f"${order.index(found[1]) + 1}", statement), order
