"""Run the suite on SQLite and on PostgreSQL: `python -m tests`, or on one: `python -m tests sqlite -k dates`.

PostgreSQL is the server that DATABASE_URL names, or else a temporary one. Both runs together have to
cover 95 % of the branches of timeline/ and api/; a run on one database, or of some tests, need not.
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


def coverage(*arguments: str, **environment: str) -> bool:
    command = [sys.executable, "-m", "coverage", *arguments]
    return subprocess.run(command, env=os.environ | environment).returncode == 0


def run_on(database: str, arguments: list[str]) -> bool:
    print(f"\n=== {database} ===", flush=True)
    with database_url(database) as url:
        return coverage("run", "-m", "pytest", *arguments, DATABASE_URL=url)


def main(arguments: list[str]) -> bool:
    if arguments and arguments[0] in DATABASES:
        return run_on(arguments[0], arguments[1:])
    coverage("erase")
    passed = [run_on(database, arguments) for database in DATABASES]
    coverage("combine", "--quiet")
    covered = coverage("report") or bool(arguments)
    return all(passed) and covered


if __name__ == "__main__":
    sys.exit(not main(sys.argv[1:]))
