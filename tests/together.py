"""Many at the same moment, each with a connection of their own to one database that takes them all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection


@contextmanager
def a_database_for_many(folder: Path) -> Iterator[None]:
    """On SQLite the tests' database is in memory, for one connection: for this time it is a file."""
    if connection.vendor != "sqlite":
        yield
        return
    path = str(folder / "many.sqlite3")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [path])
    in_memory, name = connection.connection, connection.settings_dict["NAME"]
    connection.connection, connection.settings_dict["NAME"] = None, path
    try:
        yield
    finally:
        connection.close()
        connection.connection, connection.settings_dict["NAME"] = in_memory, name


def at_once(act: Callable[[int], Any], number: int) -> list[Any]:
    """What `act` gives for 0, 1, 2 …, all of which start together, in threads."""
    ready = threading.Barrier(number)

    def run(one: int) -> Any:
        try:
            ready.wait(timeout=30)
            return act(one)
        finally:
            connection.close()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))
