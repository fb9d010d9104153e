"""The SQL limit: the smallest WSGI function around statements that build the whole answer in the database.

`/of_actor?{"actor": …}`, with the parameters as JSON: what a statement takes is ready when it comes.
"""

from __future__ import annotations

import os
import re
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote

import orjson
import psycopg2
from django.db import connection

from benchmarks.statements import NEW_EVENT, Statements

_here = threading.local()
# Without a changeset the triggers would keep a state of the new event for each of its lines.
BEGUN = """INSERT INTO timeline_changeset (at, message, is_open)
    VALUES (strftime('%Y-%m-%d %H:%M:%f', 'now') || '000', '', 1)"""

Start = Callable[[str, list[tuple[str, str]]], object]


def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST":
        values = orjson.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
        database().write(values)
        status, body = "201 Created", b"{}"
    else:
        values = orjson.loads(unquote(environ["QUERY_STRING"]))
        status, body = "200 OK", database().text(environ["PATH_INFO"][1:], values).encode()
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]


class OnSQLite:
    def __init__(self) -> None:
        self.statements = Statements("sqlite").all()
        self.database = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None, timeout=20)

    def text(self, name: str, values: dict[str, Any]) -> str:
        return self.database.execute(self.statements[name], values).fetchone()[0]  # type: ignore[no-any-return]

    def write(self, values: dict[str, Any]) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        self.database.execute(BEGUN)
        for statement in NEW_EVENT:
            self.database.execute(statement, values)
        self.database.execute("UPDATE timeline_changeset SET is_open = 0 WHERE is_open")
        self.database.execute("COMMIT")


class OnPostgreSQL:
    """The statements are prepared once for the connection, unless LIMIT_PREPARES is 0."""

    def __init__(self) -> None:
        params = connection.get_connection_params()
        database = psycopg2.connect(**{key: params[key] for key in params if key != "cursor_factory"})
        database.autocommit = True
        self.cursor = database.cursor()
        found = {name: marked(sql) for name, sql in Statements("postgresql").all().items()}
        self.statements = {name: sql for name, (sql, _) in found.items()}
        self.new_event = marked("; ".join(NEW_EVENT))[0]  # several statements at once are one transaction
        if os.environ.get("LIMIT_PREPARES", "1") == "1":
            self.cursor.execute("SET plan_cache_mode = force_generic_plan")
            for name, (sql, names) in found.items():
                self.statements[name] = self._prepared(name, sql, names)

    def _prepared(self, name: str, sql: str, names: list[str]) -> str:
        numbered = sql % {one: f"${number}" for number, one in enumerate(names, 1)}
        self.cursor.execute(f"PREPARE {name} AS {numbered}")
        marks = ", ".join(f"%({one})s" for one in names)
        return f"EXECUTE {name} ({marks})" if marks else f"EXECUTE {name}"

    def text(self, name: str, values: dict[str, Any]) -> str:
        self.cursor.execute(self.statements[name], values)
        return self.cursor.fetchone()[0]  # type: ignore[no-any-return]

    def write(self, values: dict[str, Any]) -> None:
        self.cursor.execute(self.new_event, values)


def database() -> OnSQLite | OnPostgreSQL:
    """This thread's connection."""
    if not hasattr(_here, "database"):
        _here.database = OnSQLite() if connection.vendor == "sqlite" else OnPostgreSQL()
    return _here.database  # type: ignore[no-any-return]


def marked(sql: str) -> tuple[str, list[str]]:
    """The statement with psycopg2's marks for its parameters, and their names."""
    names = list(dict.fromkeys(re.findall(r"(?<!:):([a-z_]+\d*)", sql)))
    return re.sub(r"(?<!:):([a-z_]+\d*)", r"%(\1)s", sql), names
