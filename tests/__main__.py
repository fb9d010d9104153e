"""Run the suite on SQLite and on PostgreSQL: `python -m tests`, or on one: `python -m tests sqlite -k dates`.

PostgreSQL is the server that DATABASE_URL names, or else a temporary one. Both runs together have to
cover 95 % of the branches of timeline/ and api/; a run of some tests need not.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.postgresql import temporary_postgresql

DATABASES = ("sqlite", "postgresql")


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


def python(*arguments: str, **environment: str) -> bool:
    return subprocess.run([sys.executable, *arguments], env=os.environ | environment).returncode == 0


def run_on(database: str, *command: str) -> bool:
    print(f"\n=== {database} ===", flush=True)
    with database_url(database) as url:
        return python(*command, DATABASE_URL=url, TIMELINE_ENV="local")


def main(arguments: list[str]) -> bool:
    if arguments and arguments[0] in DATABASES:
        return run_on(arguments[0], "-m", "pytest", *arguments[1:])
    python("-m", "coverage", "erase")
    measured = ("-m", "coverage", "run", "-m", "pytest", *arguments)
    passed = [
        run_on("sqlite", *measured),
        # The arithmetic of dates knows of no database; once is enough.
        run_on("postgresql", *measured, *([] if arguments else ["--ignore=tests/dates"])),
    ]
    python("-m", "coverage", "combine", "--quiet")
    covered = python("-m", "coverage", "report") or bool(arguments)
    return all(passed) and covered


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
