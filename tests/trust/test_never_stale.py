"""Readers and writers at once: no answer is older than what was saved before it was asked for."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest

from tests.trust.server import Client, Database, Server, serving

ROUNDS = 40
READERS = 4


class Counter:
    """A number that a writer counts up in some name, and the last one that it knows to be saved."""

    def __init__(self) -> None:
        self.saved = 0
        self.done = threading.Event()
        # A turn of the other writer for each number, so that neither keeps the database from the other.
        self.turns = threading.Semaphore(0)

    def end(self) -> None:
        self.done.set()
        self.turns.release()


def raw(database: Database, statement: str, *values: Any) -> None:
    """Runs a statement as any other program would, past Django."""
    connect: Callable[[], Any] = lambda: psycopg2.connect(database.url)  # noqa: E731
    if database.url.startswith("sqlite"):
        statement = statement.replace("%s", "?")
        connect = lambda: sqlite3.connect(database.url.removeprefix("sqlite:///"), timeout=60)  # noqa: E731
    with closing(connect()) as connection, connection:
        connection.cursor().execute(statement, values)


def rename(server: Server, counter: Counter) -> None:
    """An actor and a source are renamed, past Django and through the API in turn."""
    with server.client() as client:
        for number in range(1, ROUNDS + 1):
            counter.turns.release()
            if number % 2:
                raw(
                    server.database,
                    "UPDATE timeline_actor SET name = %s WHERE slug = 'anna'",
                    f"Anna {number}",
                )
                raw(
                    server.database,
                    "UPDATE timeline_source SET title = %s WHERE slug = 'news'",
                    f"News {number}",
                )
            else:
                for noun, slug, key, name in (
                    ("actors", "anna", "name", "Anna"),
                    ("sources", "news", "title", "News"),
                ):
                    body = {key: f"{name} {number}"}
                    answer = client.send("PATCH", f"/{noun}/{slug}/", body, **{"If-Match": "*"})
                    assert answer.status == 200, answer.body
            counter.saved = number


def write_events(server: Server, counter: Counter) -> int:
    """Events are made that name the actor and the source, changed and deleted, until all renaming is done."""
    made = 0
    with server.client() as client:
        while counter.turns.acquire() and not counter.done.is_set():
            body = an_event(f"story-{made}")
            assert client.post("/events/", body).status == 201
            changed = {
                "title": "Changed",
                "participants": [*body["participants"], {"actor": "boris", "role": "part"}],
            }
            address = f"/events/story-{made}/"
            assert client.send("PATCH", address, changed, **{"If-Match": "*"}).status == 200
            if made % 3 == 0:
                assert client.send("DELETE", address, **{"If-Match": "*"}).status == 204
            made += 1
    return made


def an_event(slug: str) -> dict[str, Any]:
    return {
        "slug": slug,
        "title": "New",
        "kind": "kind",
        "date": "1850-03",
        "review": "published",
        "participants": [{"actor": "anna", "role": "part"}],
        "citations": [{"source": "news", "quote": "words"}],
    }


def read(server: Server, counter: Counter) -> list[str]:
    """What was older than what had been saved when it was asked for."""
    stale = []
    with server.client(known=False) as client:
        while not counter.done.is_set():
            for path in ("/actors/anna/events/?limit=500", "/events/?date=1850&limit=500", "/events/fixed/"):
                least = counter.saved
                answer = client.get(path)
                assert answer.status == 200, answer.body
                found = answer.json()
                for event in found.get("results", [found]):
                    names = [part["actor"]["name"] for part in event["participants"][:1]]
                    titles = [citation["source"]["title"] for citation in event["citations"]]
                    numbers = [int(name.split()[1]) for name in names + titles]
                    stale += [f"{path}: {number} < {least}" for number in numbers if number < least]
    return stale


def prepare(client: Client) -> None:
    for noun, body in (
        ("kinds", {"slug": "kind", "name": "Kind"}),
        ("roles", {"slug": "part", "name": "Part"}),
        ("actors", {"slug": "anna", "name": "Anna 0", "kind": "person"}),
        ("actors", {"slug": "boris", "name": "Boris", "kind": "person"}),
        ("sources", {"slug": "news", "title": "News 0", "kind": "article"}),
        ("events", [an_event("fixed"), *(an_event(f"old-{number}") for number in range(50))]),
    ):
        answer = client.post(f"/{noun}/", body)
        assert answer.status == 201, answer.body


@pytest.mark.long
def test_readers_never_see_what_has_been_overtaken(database: Database) -> None:
    counter = Counter()
    with serving(database) as server, server.client() as editor, server.client(known=False) as anyone:
        prepare(editor)
        with ThreadPoolExecutor(READERS + 3) as pool:
            readers = [pool.submit(read, server, counter) for _ in range(READERS)]
            writer = pool.submit(write_events, server, counter)
            try:
                rename(server, counter)
            finally:
                counter.end()
            assert [stale for reader in readers for stale in reader.result()] == []
            assert writer.result() > 0
        # The editor's answers are rendered anew from the rows, the others' are kept.
        assert list(anyone.rows("/actors/anna/events/")) == list(editor.rows("/actors/anna/events/"))
