"""T7: PostgreSQL restarts under load. Clients are told to try again, and what was acknowledged is kept.

The server of PostgreSQL is the test's own, so that it may be stopped, whichever database the suite runs on.
"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from threading import Event as Signal
from threading import Semaphore

import pytest

from tests.postgresql import PostgreSQL, temporary_server
from tests.trust.server import Client, Server, prepared, serving
from tests.trust.test_power import event

CLIENTS = 4
READ = ("/events/?date=2020", "/events/?limit=5", "/actors/", "/contracts/?count=exact")


@dataclass
class Course:
    """What the clients were told; `saved` and `refused` count for who waits for so many."""

    over: Signal = field(default_factory=Signal)
    acknowledged: list[str] = field(default_factory=list)
    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    wrong: list[object] = field(default_factory=list)
    saved: Semaphore = field(default_factory=lambda: Semaphore(0))
    refused: Semaphore = field(default_factory=lambda: Semaphore(0))


def ask(server: Server, name: str, course: Course) -> None:
    """Reads, writes, and opens a page of the admin, again and again."""
    with server.client() as client:
        for number in count():
            if course.over.is_set():
                return
            slug = f"{name}-{number}"
            if told(course, client, "POST", "/events/", event(slug)) == 201:
                course.acknowledged.append(slug)
                course.saved.release()
            told(course, client, "GET", READ[number % len(READ)])
            told(course, client, "GET", "/admin/timeline/event/", Cookie="sessionid=abcdefgh12345678")


def told(course: Course, client: Client, method: str, path: str, body: object = None, **headers: str) -> int:
    answer = client.send(method, path, body, **headers)
    course.statuses[method, answer.status] += 1
    if answer.status == 503:
        in_json = answer.headers["content-type"] == "application/json" or "admin" in path
        if "retry-after" not in answer.headers or not in_json:
            course.wrong.append(answer)
        course.refused.release()
    elif answer.status not in (200, 201, 302):
        course.wrong.append((method, path, answer))
    return answer.status


def restart(postgresql: PostgreSQL, course: Course, *, at_once: bool) -> None:
    """Stop the database while all write, and start it once everybody has been told that it is away."""
    for _ in range(10 * CLIENTS):
        assert course.saved.acquire(timeout=60)
    postgresql.stop(at_once=at_once)
    for _ in range(10 * CLIENTS):
        assert course.refused.acquire(timeout=60)
    postgresql.start()


@pytest.mark.long
def test_nothing_acknowledged_is_lost_when_postgresql_restarts() -> None:
    course = Course()
    with temporary_server() as postgresql:
        database = prepared(postgresql.url)
        with serving(database) as server, ThreadPoolExecutor(CLIENTS) as pool:
            asking = [pool.submit(ask, server, f"c{number}", course) for number in range(CLIENTS)]
            try:
                for at_once in (False, True, False):
                    restart(postgresql, course, at_once=at_once)
                for _ in range(CLIENTS):
                    assert course.saved.acquire(timeout=60)
            finally:
                course.over.set()
            for one in asking:
                one.result(timeout=60)
            with server.client() as client:
                found = {row["slug"] for row in client.rows("/events/")}
    assert course.wrong == []
    assert set(course.acknowledged) - found == set()
    assert {status for _, status in course.statuses} == {200, 201, 302, 503}
