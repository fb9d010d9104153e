"""What is printed, and the machine on which it was measured."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
import time
from pathlib import Path

import django
from django.db import connection

_SETTINGS = ("shared_buffers", "effective_cache_size", "fsync", "random_page_cost", "jit")


class Report:
    """Lines that are printed as they come; `file` has all of them as well, in Markdown."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file
        self.lines: list[str] = []

    def say(self, text: str = "") -> None:
        print(text, flush=True)
        self.lines.append(text)
        if self.file is not None:
            self.file.write_text("\n".join(self.lines) + "\n", encoding="utf-8")

    def table(self, head: str, *columns: str) -> None:
        """A heading row; the first column is on the left, all others are numbers."""
        self.say(f"\n| {' | '.join((head, *columns))} |")
        self.say(f"|---|{'--:|' * len(columns)}")

    def row(self, *cells: str) -> None:
        self.say(f"| {' | '.join(cells)} |")


def progress(text: str) -> None:
    """What is no result."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def machine(events: int) -> str:
    """The machine, the versions and the database, in one paragraph."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    return (
        f"{events:,} events on {database()}; Python {platform.python_version()}, "
        f"Django {django.__version__}; "
        f"{processor()}, {os.cpu_count()} cores, {memory:.0f} GiB of memory, Linux {platform.release()}; "
        f"{load()}."
    )


def load() -> str:
    when = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    return f"load average {', '.join(f'{number:.1f}' for number in os.getloadavg())} at {when} UTC"


def processor() -> str:
    """What Linux calls the processor."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() == "model name":
            return value.strip()
    return platform.machine()


def database() -> str:
    if connection.vendor == "sqlite":
        return f"SQLite {sqlite3.sqlite_version}"
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
        found = []
        for name in _SETTINGS:
            cursor.execute(f"SHOW {name}")
            found.append(f"{name} {cursor.fetchone()[0]}")
    return f"PostgreSQL {version} ({', '.join(found)})"
