"""Run the suite on SQLite and on PostgreSQL: `python -m tests`, or on one: `python -m tests sqlite -k dates`.

PostgreSQL is the server that DATABASE_URL names, or else a temporary one. The two runs go side by side.
`python -m tests coverage` runs what is not long on SQLite and measures it: 95 % of the branches of timeline/
and api/ have to be covered. That takes two thirds more time, so it is a run of its own.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from tests.postgresql import temporary_postgresql

DATABASES = ("sqlite", "postgresql")
# What pytest ends with.
PASSED, NONE_CHOSEN = 0, 5
NOT_LONG = ("pytest", "-m", "not long")


@contextmanager
def database_url(database: str) -> Iterator[str]:
    given = os.environ.get("DATABASE_URL", "")
    if database == "sqlite":
        yield ""  # the default of timeline.settings; the tests' own database is in memory
    elif given.startswith("postgres"):
        yield given
    else:
        with temporary_postgresql() as url:
            yield url


@contextmanager
def running(database: str, *command: str, output: IO[str] | None = None) -> Iterator[subprocess.Popen[str]]:
    """The command at work on a database; it ends with this block at the latest."""
    with database_url(database) as url:
        environment = os.environ | {"DATABASE_URL": url, "TIMELINE_ENV": "local"}
        process = subprocess.Popen(
            [sys.executable, "-m", *command], env=environment, stdout=output, stderr=output, text=True
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait()


def run_on_both(arguments: list[str]) -> bool:
    """SQLite's output as it comes, PostgreSQL's after it."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        with running("postgresql", "pytest", *arguments, output=output) as on_postgresql:
            print("=== SQLite ===", flush=True)
            codes = [*on_sqlite(arguments), on_postgresql.wait()]
        output.seek(0)
        print("\n=== PostgreSQL ===", output.read(), sep="\n", flush=True)
    return PASSED in codes and {*codes} <= {PASSED, NONE_CHOSEN}


def on_sqlite(arguments: list[str]) -> Iterator[int]:
    """How the two parts ended, one after the other: what is soon known comes first."""
    for part in (NOT_LONG, ("pytest", "-m", "long")):
        with running("sqlite", *part, *arguments) as process:
            yield process.wait()


def measure() -> bool:
    coverage("erase")
    with running("sqlite", "coverage", "run", "-m", *NOT_LONG) as process:
        passed = process.wait() == PASSED
    coverage("combine", "--quiet")
    return coverage("report") and passed


def coverage(*arguments: str) -> bool:
    return subprocess.run([sys.executable, "-m", "coverage", *arguments]).returncode == 0


def main(arguments: list[str]) -> bool:
    if arguments == ["coverage"]:
        return measure()
    if arguments and arguments[0] in DATABASES:
        with running(arguments[0], "pytest", *arguments[1:]) as process:
            return process.wait() == PASSED
    return run_on_both(arguments)


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
