"""How fast a file of many events comes in, beside the very same rows put plainly into the same tables.

Each step has a process and a database of its own, which is gone afterwards: `python -m benchmarks.importing
STEP FOLDER EVENTS` on DATABASE_URL.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from benchmarks.report import Report, progress

EVENTS, TURNS = 50_000, 3
FILE, ROWS = "everything.ndjson", "rows.pickle"
ROOT = Path(__file__).resolve().parent.parent
SEARCHED = "timeline_eventsearch"
SEARCH_COLUMNS = {
    "sqlite": ["rowid", "title", "names", "summary", "quotes"],
    "postgresql": ["event_id", "words"],
}
# What is measured of the plain way, the second with the first.
PLAINLY = ("copied", "searched")
# What is made of the rows of the file, and is none.
KEPT = ("Changeset", "EventChange", "EventCount", "EventDocument", "Revision")

# By table its columns and its rows; PostgreSQL's as the text of COPY.
Tables = dict[str, tuple[list[str], Any]]


def measure(report: Report, *, events: int = EVENTS, turns: int = TURNS) -> None:
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        progress(f"making a file of {events:,} events")
        run("export", folder, events)
        imported, copied = [], []
        for turn in range(turns):
            progress(f"importing, {turn + 1} of {turns}")
            imported.append(run("take", folder, events))
            copied.append(run("copy", folder, events))
    rows = imported[0]["rows"]
    title = f"import of {events:,} events, {rows:,.0f} rows"
    report.table(title, "seconds", "rows/s", "of the plain way's rows/s", "of these with the search")
    took = {key: statistics.median(one[key] for one in imported) for key in ("taken", "settled")}
    took |= {key: statistics.median(one[key] for one in copied) for key in PLAINLY}
    for name, key in (
        ("plainly: COPY, executemany", "copied"),
        ("the same, and the rows of the search", "searched"),
        ("`manage.py import` until all is committed", "taken"),
        ("`manage.py import` until all is settled: documents, search, counts", "settled"),
    ):
        ratios = ("", "") if key in PLAINLY else [f"{took[plainly] / took[key]:.2f}" for plainly in PLAINLY]
        report.row(name, f"{took[key]:.1f}", f"{rows / took[key]:,.0f}", *ratios)


def run(step: str, folder: str, events: int) -> dict[str, float]:
    """What a step says, in a process of its own on a database of its own."""
    with database(folder) as environment:
        command = [sys.executable, "-m", "benchmarks.importing", step, folder, str(events)]
        done = subprocess.run(
            command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])  # type: ignore[no-any-return]


@contextmanager
def database(folder: str) -> Iterator[dict[str, str]]:
    """What has to be in the environment for an empty database of the same kind."""
    with tempfile.TemporaryDirectory(dir=folder) as place:
        if connection.vendor == "sqlite":
            yield {"DATA_DIR": place, "DATABASE_URL": ""}
            return
        name = f"benchmark_{os.getpid()}"
        url, _, parameters = os.environ["DATABASE_URL"].partition("?")
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATA_DIR": place, "DATABASE_URL": f"{url.rpartition('/')[0]}/{name}?{parameters}"}
        finally:
            with connection.cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


# --- The steps ---


def export(folder: Path, events: int) -> dict[str, float]:
    from benchmarks.generate import generate

    generate(events, seed=1, is_searched=False)
    call_command("export", str(folder / FILE))
    return {}


def take(folder: Path, events: int) -> dict[str, float]:
    """The command as it is, with a look at the clock between its two parts."""
    command: Any = import_module("timeline.management.commands.import")
    ends: list[float] = []

    class Timed(command.Command):  # type: ignore[misc]
        def settle(self) -> None:
            ends.append(time.perf_counter())
            super().settle()

    call_command("migrate", interactive=False, verbosity=0)
    standing = {table: _count(table) for table in tables()}
    started = time.perf_counter()
    call_command(Timed(stdout=sys.stderr), str(folder / FILE))
    settled = time.perf_counter() - started
    assert _count(SEARCHED) == events
    rows = sum(_count(table) - number for table, number in standing.items())
    if not (folder / ROWS).exists():
        found: Tables = {table: _rows(model) for table, model in tables().items() if _count(table)}
        found[SEARCHED] = (
            SEARCH_COLUMNS[connection.vendor],
            _read(SEARCHED, SEARCH_COLUMNS[connection.vendor]),
        )
        (folder / ROWS).write_bytes(pickle.dumps(found))
    return {"taken": ends[0] - started, "settled": settled, "rows": rows}


def copy(folder: Path, events: int) -> dict[str, float]:
    """In one transaction, with all indexes, constraints and triggers; in another the rows of the search."""
    call_command("migrate", interactive=False, verbosity=0)
    found: Tables = pickle.loads((folder / ROWS).read_bytes())
    for table in found:
        assert not _count(table), f"{table} is not empty."
    searched = {SEARCHED: found.pop(SEARCHED)}
    started = time.perf_counter()
    _put(found)
    copied = time.perf_counter() - started
    _put(searched)
    return {"copied": copied, "searched": time.perf_counter() - started}


def _put(found: Tables) -> None:
    from timeline.history.changesets import changeset

    # Without one SQLite's triggers would keep states of what is still being put in.
    with changeset(), connection.cursor() as cursor:
        for table, (columns, rows) in found.items():
            names = ", ".join(f'"{column}"' for column in columns)
            if connection.vendor == "postgresql":
                cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", io.BytesIO(rows))
            else:
                marks = ", ".join("?" * len(columns))
                insert = f"INSERT INTO {table} ({names}) VALUES ({marks})"
                connection.connection.executemany(insert, rows)


def tables() -> dict[str, Any]:
    """Those that a file may fill, with their models."""
    from timeline.models.revision import Past

    models = apps.get_app_config("timeline").get_models(include_auto_created=True)
    found = (model for model in models if model.__name__ not in KEPT and not issubclass(model, Past))
    return {model._meta.db_table: model for model in found}


def _count(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]  # type: ignore[no-any-return]


def _rows(model: Any) -> tuple[list[str], Any]:
    """All rows, with those columns that the database does not compute."""
    columns = [str(field.column) for field in model._meta.concrete_fields if not field.generated]
    return columns, _read(model._meta.db_table, columns, f"ORDER BY {model._meta.pk.column}")


def _read(table: str, columns: list[str], order: str = "") -> Any:
    names = ", ".join(f'"{column}"' for column in columns)
    found = f"SELECT {names} FROM {table} {order}"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            text = io.BytesIO()
            cursor.copy_expert(f"COPY ({found}) TO STDOUT", text)
            return text.getvalue()
        return connection.connection.execute(found).fetchall()


STEPS = {"export": export, "take": take, "copy": copy}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    print(json.dumps(STEPS[sys.argv[1]](Path(sys.argv[2]), int(sys.argv[3]))))
