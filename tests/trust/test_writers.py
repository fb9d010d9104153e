"""T4: sixteen who write at once. All of it is saved, and nobody is told that the database is locked."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from tests.trust.server import Database, Server, serving

WRITERS, EACH = 16, 200


def write(server: Server, name: str) -> Counter[int]:
    """The statuses of EACH transactions: a tag is made, then renamed again and again, each time read first."""
    with server.client() as client:
        found = Counter([client.post("/tags/", {"slug": name, "name": name}).status])
        for number in range(1, EACH):
            current = client.get(f"/tags/{name}/")
            version = {"If-Match": current.headers["etag"]} if "etag" in current.headers else {}
            found[client.send("PATCH", f"/tags/{name}/", {"name": f"{name} {number}"}, **version).status] += 1
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
