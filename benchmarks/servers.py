"""What is measured, behind the server of `manage.py demo`: `python -m benchmarks.servers product`, and so on.

It writes the port that it listens on and serves until it is stopped. `Server` starts one in a process of its
own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import django
from django.db import connection
from waitress.server import create_server

ROOT = Path(__file__).resolve().parent.parent
NAMES = ("product", "limit", "plain")
# Nobody is turned away while the time is taken.
UNTHROTTLED = {"THROTTLE_ANONYMOUS": "off", "THROTTLE_WRITING": "off"}
_NOTHING = b" " * 190_000


def nothing(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    """An answer of the size of a page, made of nothing: what server and client cost."""
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(_NOTHING)))])
    return [_NOTHING]


def application(name: str) -> Any:
    if name == "nothing":
        return nothing
    if name == "limit":
        from benchmarks.limit import answer

        return answer
    if name == "product":
        # As a site has it, with the limits that its connections have.
        from timeline.wsgi import application as product

        return product
    from django.core.handlers.wsgi import WSGIHandler

    return WSGIHandler()


def main(name: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = (
        "benchmarks.plain_settings" if name == "plain" else "timeline.settings"
    )
    django.setup()
    from timeline.management.commands.demo import SERVER_OPTIONS

    # A connection waits while others are asked, and the plain way may take long.
    options = SERVER_OPTIONS | {"channel_timeout": 3600}
    listener = socket.create_server(("127.0.0.1", 0))
    server = create_server(application(name), sockets=[listener], **options)
    print(server.effective_port, flush=True)
    server.run()


class Server:
    """One of these servers, in a process of its own, on the database of this process, or on another."""

    def __init__(self, name: str, more: dict[str, str] | None = None) -> None:
        environment = (
            os.environ | UNTHROTTLED | {"TIMELINE_ENV": "local", "LOG_LEVEL": "ERROR"} | (more or {})
        )
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.servers", name],
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def memory(self) -> int:
        """The resident memory in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def cpu(self) -> dict[int, float]:
        """The seconds of processor time so far by process; PostgreSQL's are those of all servers."""
        return {pid: _cpu(pid) for pid in (self.process.pid, *_backends())}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


def _backends() -> list[int]:
    if connection.vendor == "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor.fetchall()]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main(sys.argv[1])
