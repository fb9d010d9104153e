"""How answers grow with the events: `python -m benchmarks.growth SMALL LARGE`, two databases of one kind.

Each is named by what stands in DATABASE_URL, or by the folder of DATA_DIR in which SQLite's file is. Both are
asked the same questions, in turn, in one run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import django

from benchmarks.clients import Client, get
from benchmarks.report import Report, load
from benchmarks.servers import ROOT, Server

ROUNDS, WARM_UP = 200, 60
ASKED = ("Q1", "Q2", "Q3", "Q4", "Q8")


@dataclass
class Side:
    """One database: its server, a client, how many events it has and what is asked of it, by title."""

    server: Server
    events: int
    paths: dict[str, list[str]]

    def __post_init__(self) -> None:
        self.client = Client(self.server.port)

    def requests(self, title: str) -> list[bytes]:
        return [get(path, self.server.port) for path in self.paths[title]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("small", nargs="?")
    parser.add_argument("large", nargs="?")
    parser.add_argument("--paths", action="store_true", help="only say what is asked, on DATABASE_URL")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write the table there, too")
    arguments = parser.parse_args()
    if arguments.paths:
        write_paths()
        return
    if not arguments.large:
        parser.error("Name two databases.")
    with ExitStack() as stack:
        sides = [side(place, stack) for place in (arguments.small, arguments.large)]
        compare(sides, Report(arguments.markdown))


def environment(place: str) -> dict[str, str]:
    return {"DATABASE_URL": place} if "://" in place else {"DATA_DIR": place, "DATABASE_URL": ""}


def side(place: str, stack: ExitStack) -> Side:
    server = Server("product", environment(place))
    stack.callback(server.stop)
    # Django has one database in a process.
    command = [sys.executable, "-m", "benchmarks.growth", "--paths"]
    found = subprocess.run(
        command, env=os.environ | environment(place), cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True
    )
    return Side(server, **json.loads(found.stdout))


def write_paths() -> None:
    """Write what is asked of the database at hand."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    from benchmarks.questions import questions
    from timeline.models import Event

    events = Event.objects.count()
    found = [one for one in questions(events) if one.name in ASKED]
    paths = {f"{one.name} {one.title}": [each.product for each in one.asked] for one in found}
    print(json.dumps({"events": events, "paths": paths}))


def compare(sides: list[Side], report: Report) -> None:
    report.table("one client, ms", *(f"{side.events:,} events" for side in sides), "growth")
    # In their order: in small worlds the far page is another, and so is the title.
    for titles in zip(*(side.paths for side in sides), strict=True):
        asked = [cycle(side.requests(title)) for side, title in zip(sides, titles, strict=True)]
        times: list[list[float]] = [[], []]
        for number in range(WARM_UP + ROUNDS):
            for which in (0, 1) if number % 2 else (1, 0):
                taken, status, _ = sides[which].client.fetch(next(asked[which]))
                if status != 200:
                    sys.exit(f"{titles[which]}: {status}")
                times[which].append(taken)
        small, large = (statistics.median(found[WARM_UP:]) * 1e3 for found in times)
        report.row(titles[1], f"{small:.2f}", f"{large:.2f}", f"{large / small:.2f}")
    report.say(f"\nAt the end: {load()}.")


if __name__ == "__main__":
    main()
