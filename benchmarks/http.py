"""Measures the product beside the SQL limit and the plain way: `python -m benchmarks.http`, on DATABASE_URL.

Each answers through a server of its own on one database; the requests go to all in turn, in one run, so that
what the machine does besides falls on all of them. `--events 20000` makes a small world of its own to try
it. What is printed are tables for docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from benchmarks.measuring import run

if TYPE_CHECKING:
    from benchmarks.asking import Asker
    from benchmarks.questions import Question
    from benchmarks.report import Report

PRESSED = ("Q1", "Q2")


def main() -> None:
    run(measure, __doc__, asked="Q1,Q8,import")


def measure(only: set[str], seconds: float, report: Report) -> None:
    from benchmarks import importing, questions, streaming
    from benchmarks.report import load, machine
    from timeline.models import Event

    events = Event.objects.count()
    report.say(machine(events))

    def is_asked(name: str) -> bool:
        return not only or name in only

    if only != {"import"}:
        with asker(report, seconds) as asking:
            found = [question for question in questions.questions(events) if is_asked(question.name)]
            one_client(asking, found, with_posting=is_asked("Q9"))
            if is_asked("Q7"):
                streaming.measure(asking.servers["product"], events, report)
            eight_clients(asking, [question for question in found if question.name in PRESSED])
    if is_asked("import"):
        importing.measure(report)
    report.say(f"\nAt the end: {load()}.")


@contextmanager
def asker(report: Report, seconds: float) -> Iterator[Asker]:
    from benchmarks.asking import Asker
    from benchmarks.servers import NAMES, Server

    with ExitStack() as stack:
        servers = {name: Server(name) for name in (*NAMES, "nothing")}
        for server in servers.values():
            stack.callback(server.stop)
        yield Asker(servers, report, seconds)


def one_client(asking: Asker, found: list[Question], *, with_posting: bool) -> None:
    report = asking.report
    if not found and not with_posting:
        return
    report.say(f"\nAn empty answer of the size of a page: {asking.nothing():.2f} ms.")
    report.table(
        "one client, ms", "product", "SQL limit", "plain way", "product / limit",
        "processor: product", "SQL limit",
    )  # fmt: skip
    for question in found:
        asking.compare(question)
        asking.one_client(question)
    if with_posting:
        asking.posting()


def eight_clients(asking: Asker, found: list[Question]) -> None:
    if not found:
        return
    columns = ("product", "SQL limit", "plain way", "product / limit", "product / plain")
    asking.report.table("eight clients, requests a second", *columns)
    for question in found:
        asking.eight_clients(question)


if __name__ == "__main__":
    main()
