"""T4: sixteen who write at once. All of it is saved, and nobody is told that the database is locked."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
from django.db import connection

from tests.trust.server import Database, Server, serving

WRITERS = 16
EACH = 200 if connection.vendor == "sqlite" else 50


def write(server: Server, name: str) -> Counter[int]:
    """The statuses of EACH transactions: a tag is made, then read, locked and renamed again and again."""
    with server.client() as client:
        answer = client.post("/tags/", {"slug": name, "name": name})
        found = Counter([answer.status])
        for number in range(1, EACH):
            version = {"If-Match": answer.headers["etag"]} if "etag" in answer.headers else {}
            answer = client.send("PATCH", f"/tags/{name}/", {"name": f"{name} {number}"}, **version)
            found[answer.status] += 1
            assert answer.status == 200, answer
        return found


@pytest.mark.long
def test_sixteen_writers_in_two_processes_lose_nothing(database: Database) -> None:
    names = [f"writer-{number}" for number in range(WRITERS)]
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(database)) for _ in range(2)]
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS))
        writers = [pool.submit(write, servers[at % 2], name) for at, name in enumerate(names)]
        statuses = sum((writer.result() for writer in writers), Counter())
        with servers[0].client() as client:
            versions = {row["slug"]: row["version"] for row in client.rows("/tags/") if row["slug"] in names}
    assert statuses == {201: WRITERS, 200: WRITERS * (EACH - 1)}
    assert versions == dict.fromkeys(names, EACH)
