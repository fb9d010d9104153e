"""T19: a stream goes to the last event in constant memory, and never looks whole where it is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path

import psycopg2
import pytest
from django.db import connection

from tests.exchange.files import WORDS, file_of, many_events
from tests.trust.server import API, HOST, ROOT, Database, Server, empty_database, environment, serving

EVENTS = 20_000
MOST_GROWTH = 50 * 2**20
BLOCK = 2**16


@pytest.fixture(scope="module")
def loaded(filled: Database, folder: Path) -> Iterator[Database]:
    """A database with many events that everybody may read."""
    path = folder / "lines.ndjson"
    path.write_bytes(file_of(*WORDS, *many_events(EVENTS, "event")))
    with empty_database(folder, "streams", like="trust") as url:
        command = [sys.executable, "manage.py", "import", str(path)]
        subprocess.run(command, cwd=ROOT, env=environment(url), check=True, stdout=subprocess.DEVNULL)
        yield replace(filled, url=url)


@pytest.fixture
def large(loaded: Database, folder: Path) -> Iterator[Database]:
    with empty_database(folder, "streams_copied", like="streams") as url:
        yield replace(loaded, url=url)


def resident(server: Server) -> int:
    """How much memory the server has at most had, in bytes. Waitress holds up to 16 MB of an answer."""
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def asked(server: Server, path: str) -> HTTPResponse:
    client = HTTPConnection(HOST, server.port, timeout=120)
    client.request("GET", API + path)
    return client.getresponse()


def lines_in(answer: HTTPResponse) -> int:
    number = 0
    while block := answer.read(BLOCK):
        number += block.count(b"\n")
    return number


@pytest.mark.long
def test_a_stream_goes_to_the_last_event_in_constant_memory(large: Database) -> None:
    with serving(large) as server:
        for form, more in (("ndjson", 0), ("csv", 1)):
            query = f"/events/?format={form}&actor=turkey"
            assert lines_in(asked(server, f"{query}&date=1903")) > 100
            before = resident(server)
            assert lines_in(asked(server, query)) == EVENTS + more
            assert resident(server) - before < MOST_GROWTH


def fail(database: Database) -> None:
    """Take the database away from who reads it."""
    if connection.vendor == "sqlite":
        with open(database.url.removeprefix("sqlite:///"), "r+b") as file:
            size = file.seek(2**16) and os.fstat(file.fileno()).st_size
            file.write(b"\xff" * (size - 2**16))
        return
    with closing(psycopg2.connect(database.url)) as own:
        own.autocommit = True
        cursor = own.cursor()
        others = "datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}")


@pytest.mark.long
def test_a_stream_that_fails_breaks_off(large: Database) -> None:
    with serving(large) as server:
        answer = asked(server, "/events/?format=ndjson")
        first = answer.readline()
        assert json.loads(first)["title"].startswith("Event")
        fail(large)
        with pytest.raises((OSError, HTTPException)):
            lines_in(answer)


@pytest.mark.long
def test_who_goes_away_leaves_nothing_behind(large: Database) -> None:
    """Each thread of the server has one connection, on which it goes on."""
    with serving(large) as server:
        for _ in range(20):
            answer = asked(server, "/events/?format=ndjson")
            assert answer.read(10)
            answer.close()
        with server.client() as client:
            assert client.get("/events/event-7/").status == 200
            made = client.post("/tags/", {"name": "After all"})
            assert made.status == 201, made
