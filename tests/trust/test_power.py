"""T6: what was acknowledged is there after the server was killed, and nothing is there by half."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import count
from threading import Event as Signal

import pytest

from tests.trust.server import Database, Server, serving

WRITERS = 4


def event(slug: str) -> dict[str, object]:
    return {
        "slug": slug,
        "title": "It",
        "kind": "kind-one",
        "date": "mid-March 2020",
        "review": "published",
        "participants": [
            {"actor": "person-one", "role": "role-one"},
            {"actor": "state-one", "role": "role-one"},
        ],
        "citations": [{"source": "source-one", "quote": "It was signed"}],
    }


def write(server: Server, name: str, enough: Signal, most: int) -> list[str]:
    """The slugs of the events that the server said it had saved, until it was gone."""
    saved: list[str] = []
    with server.client() as client:
        try:
            for number in count():
                slug = f"{name}-{number}"
                answer = client.post("/events/", event(slug))
                assert answer.status == 201, answer
                saved.append(slug)
                if number == most:
                    enough.set()
        except (OSError, HTTPException):
            return saved
        finally:
            enough.set()  # also where it failed
    raise AssertionError("The writers go on until the server is gone.")


@pytest.mark.long
def test_what_was_acknowledged_survives_the_death_of_the_server(database: Database) -> None:
    saved: list[str] = []
    for stage, most in enumerate((0, 3, 11, 4, 17, 8)):
        enough = Signal()
        with serving(database) as server, ThreadPoolExecutor(WRITERS) as pool:
            writers = [pool.submit(write, server, f"w{stage}{one}", enough, most) for one in range(WRITERS)]
            assert enough.wait(timeout=240)  # the machine may be busy
            server.kill()
            for writer in writers:
                saved += writer.result(timeout=60)
    with serving(database) as server, server.client() as client:
        found = {row["slug"]: row for row in client.rows("/events/") if row["title"] == "It"}
    assert set(saved) - set(found) == set()
    assert {len(row["participants"]) for row in found.values()} == {2}
    assert {len(row["citations"]) for row in found.values()} == {1}
    # One request a writer and server may have been saved without an answer.
    assert len(found) <= len(saved) + 6 * WRITERS
