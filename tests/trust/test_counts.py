"""The kept counts of the histogram, while several processes write and settle at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from tests.trust.server import Client, Database, Server, serving

WRITERS, READERS, EACH = 6, 2, 12
# All statuses: nothing less than everything, but not read from what is kept.
SCAN = "&status=occurred&status=planned&status=cancelled"


def write(server: Server, name: str, kind: str) -> None:
    """Make events, move them, hide some and delete some."""
    with server.client() as client:
        for number in range(EACH):
            address = f"/events/{name}-{number}/"
            body: dict[str, Any] = {
                "title": name,
                "slug": f"{name}-{number}",
                "kind": kind,
                "date": f"19{10 + number}-03",
            }
            body["review"], body["citations"] = "published", [{"source": "source-one"}]
            tag = client.post("/events/", body).headers["etag"]
            changes: list[dict[str, Any]] = [{"date": "2001"}, {"date": f"20{10 + number}-05-06"}]
            if number % 3 == 1:
                changes.append({"review": "retracted", "retraction_reason": "To hide it."})
            for change in changes:
                answer = client.send("PATCH", address, change, **{"If-Match": tag})
                assert answer.status == 200, answer
                tag = answer.headers["etag"]
            if number % 3 == 2:
                assert client.send("DELETE", address, **{"If-Match": tag}).status == 204


def read(server: Server) -> None:
    """Read lists, which keeps documents and their counts, and the counts."""
    with server.client(known=False) as client:
        for _ in range(EACH):
            assert client.get("/events/?limit=500").status == 200
            assert client.get("/events/histogram/?bucket=month").status == 200


def counted(client: Client, query: str) -> Any:
    return client.get(f"/events/histogram/?{query}").json()


@pytest.mark.long
def test_counts_are_those_of_a_scan_after_many_have_written_at_once(database: Database) -> None:
    with ExitStack() as stack:
        servers = [stack.enter_context(serving(database)) for _ in range(2)]
        anyone = stack.enter_context(servers[0].client(known=False))
        kind = anyone.get("/kinds/").json()["results"][0]["slug"]
        before = counted(anyone, "bucket=day")["total"]
        pool = stack.enter_context(ThreadPoolExecutor(WRITERS + READERS))
        work = [pool.submit(write, servers[at % 2], f"writer-{at}", kind) for at in range(WRITERS)]
        work += [pool.submit(read, servers[at % 2]) for at in range(READERS)]
        for one in work:
            one.result()
        for _ in range(2):
            for query in ("bucket=day", "bucket=month", "bucket=year&date_from=1915-05&date_to=2012"):
                found = counted(anyone, query)
                assert found == counted(anyone, query + SCAN)
                if "date" not in query:
                    assert found["total"] == before + WRITERS * EACH // 3
            read(servers[1])  # now what was pending is settled, too
