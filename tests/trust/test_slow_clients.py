"""T11: eight hundred clients that send a byte now and then do not keep the others from being served."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.test_demo import empty_database, running_demo
from tests.trust.server import Client

SLOW = 400
HEADERS = b"GET /api/v1/events/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
BODY = (
    b"POST /api/v1/tags/ HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    b"Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n"
)


@pytest.mark.long
def test_the_demo_serves_others_while_eight_hundred_are_slow(tmp_path: Path) -> None:
    with empty_database(tmp_path) as url, running_demo(tmp_path, url) as (_, root), ExitStack() as stack:
        port = urlsplit(root).port
        assert port is not None
        slow = []
        for beginning in [HEADERS] * SLOW + [BODY] * SLOW:
            one = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=10))
            one.sendall(beginning)
            slow.append(one)
        statuses = []
        for _ in range(5):
            for one in slow:
                one.sendall(b"x")
            # The time-out of the socket is the bound: on an idle machine each takes some milliseconds.
            with Client(port, timeout=10) as client:
                statuses.append(client.get("/events/").status)
    assert statuses == [200] * 5
