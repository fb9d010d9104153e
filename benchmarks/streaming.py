"""Q7: everything as lines of JSON and as a table, over HTTP, beside what the database itself makes of it."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

import psycopg2
from django.db import connection

from benchmarks.clients import Client, get
from benchmarks.limit import marked
from benchmarks.questions import API
from benchmarks.report import Report
from benchmarks.servers import Server
from benchmarks.statements import Statements

# The limit is measured over so many events.
LIMIT_ROWS = 100_000
_ROOM, _LAST = 1 << 20, b"\r\n0\r\n\r\n"
_LOOK_AFTER = 16 << 20
MB = 1_000_000


def measure(product: Server, events: int, report: Report) -> None:
    site = f"http://127.0.0.1:{product.port}{API}/"
    rows = min(LIMIT_ROWS, events)
    warm(product)
    memory = product.memory()
    report.table(
        "Q7 everything", "events", "MB", "seconds", "MB/s", "events/s", "MB/s / limit", "events/s / limit",
        "growth, MB",
    )  # fmt: skip
    size, taken = limit({"root": site, "rows": rows})
    fast, many = size / taken, rows / taken
    report.row("SQL limit", f"{rows:,}", *_figures(size, taken, rows), "", "", "")
    for title, form in (("NDJSON", "ndjson"), ("CSV", "csv")):
        size, taken, peak = stream(product, f"{API}/events/?format={form}")
        ratios = (f"{size / taken / fast:.2f}", f"{events / taken / many:.2f}")
        growth = f"{max(0, peak - memory) / MB:.0f}"
        report.row(title, f"{events:,}", *_figures(size, taken, events), *ratios, growth)


def _figures(size: int, taken: float, events: int) -> tuple[str, ...]:
    return f"{size / MB:.0f}", f"{taken:.1f}", f"{size / taken / MB:.1f}", f"{events / taken:.0f}"


def warm(product: Server) -> None:
    """One stream of little, so that what is loaded once does not count as growth."""
    client = Client(product.port)
    client.fetch(get(f"{API}/events/?limit=1", client.port))
    client.close()
    for form in ("ndjson", "csv"):
        stream(product, f"{API}/events/?format={form}&date=1990-01-01")


def stream(product: Server, path: str) -> tuple[int, float, int]:
    """The bytes of the body, the seconds until the last, and the most memory of the server meanwhile."""
    with socket.create_connection(("127.0.0.1", product.port)) as client:
        room, got, peak, next_look, end = bytearray(_ROOM), 0, 0, 0, b""
        started = time.perf_counter()
        client.sendall(get(path, product.port))
        while not end.endswith(_LAST):
            number = client.recv_into(room)
            if not number:
                raise ConnectionError(f"The stream breaks off after {got} bytes: {end!r}")
            if not got and b" 200 " not in room[:20]:
                raise ConnectionError(bytes(room[:500]).decode(errors="replace"))
            got += number
            end = (end + bytes(room[max(0, number - 20) : number]))[-20:]
            if got >= next_look:
                next_look, peak = got + _LOOK_AFTER, max(peak, product.memory())
        return got, time.perf_counter() - started, max(peak, product.memory())


def limit(values: dict[str, Any]) -> tuple[int, float]:
    """The bytes that the database makes of so many events, and how long it takes."""
    statement = Statements(connection.vendor).everything()
    count: Callable[..., int] = _stepped if connection.vendor == "sqlite" else _copied
    started = time.perf_counter()
    size = count(statement, values)
    return size, time.perf_counter() - started


def _stepped(statement: str, values: dict[str, Any]) -> int:
    connection.ensure_connection()
    rows = connection.connection.cursor().execute(statement, values)
    return sum(len(text.encode()) + 1 for (text,) in rows)


class _Counted:
    """Where COPY writes to."""

    def __init__(self) -> None:
        self.size = 0

    def write(self, text: bytes) -> None:
        self.size += len(text)


def _copied(statement: str, values: dict[str, Any]) -> int:
    params = connection.get_connection_params()
    database = psycopg2.connect(**{key: params[key] for key in params if key != "cursor_factory"})
    sink = _Counted()
    with database, database.cursor() as cursor:
        found = cursor.mogrify(marked(statement)[0], values).decode()
        cursor.copy_expert(f"COPY ({found}) TO STDOUT", sink)
    database.close()
    return sink.size
