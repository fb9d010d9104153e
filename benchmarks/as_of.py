"""Measures pages as of a moment beside the same pages now: `python -m benchmarks.as_of`, on DATABASE_URL.

The first run changes the database (benchmarks/changing.py): one event in twenty, after the moment that is
asked about. `--events 20000` makes a small world of its own to try it. Both are asked of one server, in turn,
in one run. What is printed is a table for docs/performance.md.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from benchmarks.measuring import run

if TYPE_CHECKING:
    from datetime import datetime

    from benchmarks.report import Report

ASKED = ("Q1", "Q2", "Q3", "Q4", "Q8")
# The most rounds, and the least.
ROUNDS, LEAST_ROUNDS = 200, 5
# Lists that are not answered at once, and other nouns.
OTHERS = {
    "events of a kind": "/events/?kind=meeting&limit=100",
    "events by the last change": "/events/?order=-updated&limit=100",
    "actors": "/actors/?limit=100",
    "sources": "/sources/?limit=100",
    "contracts": "/contracts/?limit=100",
}


def main() -> None:
    run(measure, __doc__, asked="Q1,Q8,lists", is_searched=False)


def measure(only: set[str], seconds: float, report: Report) -> None:
    from benchmarks.changing import change, moment_before
    from benchmarks.report import load, machine
    from benchmarks.servers import Server
    from timeline.models import Event

    events = Event.objects.count()
    if moment_before() is None:
        change(events)
    moment = moment_before()
    assert moment is not None
    report.say(machine(events))
    server = Server("product")
    try:
        report.table("one client, ms", "now", "as of", "as of / now")
        for name, title, paths in questions(events):
            if not only or name in only:
                report.row(title, *compared(server.port, paths, moment, seconds))
    finally:
        server.stop()
    report.say(f"\nAt the end: {load()}.")


def questions(events: int) -> Iterator[tuple[str, str, list[str]]]:
    """The name, what is asked, and the addresses."""
    from benchmarks.questions import API, questions

    for question in questions(events):
        if question.name in ASKED:
            title = f"{question.name} {question.title}"
            yield question.name, title, [one.product for one in question.asked]
    for title, path in OTHERS.items():
        yield "lists", title, [API + path]


def compared(port: int, paths: list[str], moment: datetime, seconds: float) -> tuple[str, str, str]:
    """The medians now and as of the moment, and how many times the one the other is."""
    from benchmarks.clients import Client, get

    client = Client(port)
    requests = [[get(path, port), get(at(path, moment), port)] for path in paths]
    times: tuple[list[float], list[float]] = ([], [])
    for pair in requests:  # warms everything up
        for request in pair:
            client.fetch(request)
    end = time.monotonic() + seconds
    for number in range(ROUNDS):
        if number >= LEAST_ROUNDS and time.monotonic() > end:
            break
        pair = requests[number % len(requests)]
        for which in (0, 1) if number % 2 else (1, 0):
            taken, status, body = client.fetch(pair[which])
            if status != 200:
                raise SystemExit(f"{status}: {body[:500]!r}")
            times[which].append(taken)
    client.close()
    now, then = (statistics.median(found) * 1e3 for found in times)
    return f"{now:.2f}", f"{then:.2f}", f"{then / now:.2f}"


def at(path: str, moment: datetime) -> str:
    """The address of the same page as of the moment. A cursor belongs to its address, and is made anew."""
    from django.test import RequestFactory
    from rest_framework.request import Request

    from api.pagination import Cursors
    from benchmarks.questions import SITE

    def cursors(address: str) -> Cursors:
        return Cursors(Request(RequestFactory().get(address, SERVER_NAME="127.0.0.1")))

    place, _, query = path.partition("?")
    others = "&".join(one for one in query.split("&") if one and not one.startswith("cursor="))
    asked = f"{place}?{others}{'&' if others else ''}as_of={moment.strftime('%Y-%m-%dT%H:%M:%S.%fZ')}"
    if cursor := parse_qs(urlsplit(path).query).get("cursor"):
        address = cursors(asked).address(cursors(f"{place}?{others}").position(cursor[0]))
        return str(address).removeprefix(SITE)
    return asked


if __name__ == "__main__":
    main()
