"""Statements that are asked again and again: a connection to PostgreSQL parses each only once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from psycopg2.extensions import BYTES, register_type

# Each takes some memory in the server's process; beyond so many, the one that was not asked for longest goes.
MOST = 200
# By connection: the names of the statements that it has prepared.
_names: WeakKeyDictionary[Any, dict[str, str]] = WeakKeyDictionary()
_numbers = count(1)


def execute(cursor: CursorWrapper, statement: str, values: Mapping[str, Any] | Sequence[Any]) -> None:
    """Execute the statement, with its parameters as %(name)s or as %s, on the default connection's cursor.

    It has no other percent signs. Other databases, and connections that programs share by transaction, get
    the statement as it is: there the next transaction may find another server process, without its names.
    """
    connection = cursor.db
    if not has_server_of_its_own(connection):
        cursor.execute(statement, values)
        return
    prepared = _names.setdefault(connection.connection, {})
    # In the order in which they were asked last.
    name = prepared[statement] = prepared.pop(statement, "") or _prepared(connection, statement)
    if len(prepared) > MOST:
        _run(connection, f"DEALLOCATE {prepared.pop(next(iter(prepared)))}")
    given = [values[key] for key in _numbered(statement)[1]] if isinstance(values, Mapping) else values
    places = f"({', '.join(['%s'] * len(given))})" if given else ""
    cursor.execute(f"EXECUTE {name} {places}", given)


def has_server_of_its_own(connection: BaseDatabaseWrapper) -> bool:
    """Whether the connection keeps one process of PostgreSQL, and with it what that was given to keep."""
    return connection.vendor == "postgresql" and not connection.settings_dict["DISABLE_SERVER_SIDE_CURSORS"]


def _prepared(connection: BaseDatabaseWrapper, statement: str) -> str:
    """Prepare the statement; returns what it is called now."""
    name = f"timeline_{next(_numbers)}"
    _run(connection, f"PREPARE {name} AS {_numbered(statement)[0]}")
    return name


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    """Not through Django, for which it would be one more query, and not at each time."""
    with connection.wrap_database_errors, connection.connection.cursor() as own:
        own.execute(statement)


@contextmanager
def in_bytes(cursor: CursorWrapper) -> Iterator[None]:
    """The cursor (on SQLite its connection) gives texts as UTF-8: what is sent on need not be read."""
    if cursor.db.vendor == "postgresql":
        register_type(BYTES, cursor.cursor)
        yield
        return
    raw = cursor.db.connection
    raw.text_factory = bytes
    try:
        yield
    finally:
        raw.text_factory = str


@lru_cache(maxsize=512)
def _numbered(statement: str) -> tuple[str, tuple[str, ...]]:
    """The statement with $1, $2 … for its parameters, and their names, if they have some, in this order."""
    order = tuple(dict.fromkeys(re.findall(r"%\((\w+)\)s", statement)))
    numbers = count(1)

    def number(found: re.Match[str]) -> str:
        return f"${order.index(found[1]) + 1 if found[1] else next(numbers)}"

    return re.sub(r"%(?:\((\w+)\))?s", number, statement), order
