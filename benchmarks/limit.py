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

from benchmarks.statements import Statements

_here = threading.local()

Start = Callable[[str, list[tuple[str, str]]], object]
Run = Callable[[str, dict[str, Any]], str]


def answer(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
    values = orjson.loads(unquote(environ["QUERY_STRING"]))
    text = runner()(environ["PATH_INFO"][1:], values).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(text)))])
    return [text]


def runner() -> Run:
    """What sends a statement, on this thread's connection."""
    if not hasattr(_here, "run"):
        _here.run = _on_sqlite() if connection.vendor == "sqlite" else _on_postgresql()
    return _here.run  # type: ignore[no-any-return]


def _on_sqlite() -> Run:
    statements = Statements("sqlite").all()
    database = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)

    def run(name: str, values: dict[str, Any]) -> str:
        return database.execute(statements[name], values).fetchone()[0]  # type: ignore[no-any-return]

    return run


def _on_postgresql() -> Run:
    """The statements are prepared once for the connection, unless LIMIT_PREPARES is 0."""
    statements = {name: marked(sql) for name, sql in Statements("postgresql").all().items()}
    params = connection.get_connection_params()
    database = psycopg2.connect(**{key: params[key] for key in params if key != "cursor_factory"})
    database.autocommit = True
    cursor = database.cursor()
    if os.environ.get("LIMIT_PREPARES", "1") == "1":
        cursor.execute("SET plan_cache_mode = force_generic_plan")
        for name, (sql, names) in statements.items():
            numbered = sql % {one: f"${number}" for number, one in enumerate(names, 1)}
            cursor.execute(f"PREPARE {name} AS {numbered}")
            marks = ", ".join(f"%({one})s" for one in names)
            statements[name] = (f"EXECUTE {name} ({marks})", names)

    def run(name: str, values: dict[str, Any]) -> str:
        cursor.execute(statements[name][0], values)
        return cursor.fetchone()[0]  # type: ignore[no-any-return]

    return run


def marked(sql: str) -> tuple[str, list[str]]:
    """The statement with psycopg2's marks for its parameters, and their names."""
    names = list(dict.fromkeys(re.findall(r"(?<!:):([a-z_]+\d*)", sql)))
    return re.sub(r"(?<!:):([a-z_]+\d*)", r"%(\1)s", sql), names
