"""Measures the product beside the SQL limit and the plain way: `python -m benchmarks.http`, on DATABASE_URL.

Each answers through a server of its own on one database; the requests go to all in turn, in one run, so that
what the machine does besides falls on all of them. `--events 20000` makes a small world of its own to try
it. What is printed are tables for docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from collections import defaultdict
from contextlib import ExitStack
from itertools import cycle, islice
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from benchmarks.clients import Client
    from benchmarks.questions import Question
    from benchmarks.servers import Server

# The most rounds, and the seconds that each of the three gets for a question with one client.
ROUNDS, SECONDS = 200, 40.0
LEAST_ROUNDS = 3
PRESSED_SECONDS, PRESSED_TURNS = 3.0, 3
ONE_CLIENT = """
| one client, ms | product | SQL limit | plain way | product / limit | processor: product | SQL limit |
|---|--:|--:|--:|--:|--:|--:|"""
EIGHT_CLIENTS = """
| eight clients | product, requests a second | SQL limit | plain way | product / limit | product / plain |
|---|--:|--:|--:|--:|--:|"""

Servers = dict[str, "Server"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--events", type=int, help="make a small world of so many on SQLite and measure there"
    )
    parser.add_argument("--only", default="", help="questions, separated by commas: Q1,Q8")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    only = {name for name in arguments.only.split(",") if name}
    with tempfile.TemporaryDirectory() as folder:
        if arguments.events:
            os.environ |= {"DATA_DIR": folder, "DATABASE_URL": ""}
        django.setup()
        if arguments.events:
            from benchmarks.generate import generate

            generate(arguments.events, seed=1)
        measure(only, arguments.seconds)


def measure(only: set[str], seconds: float) -> None:
    from benchmarks.clients import Client, get
    from benchmarks.questions import questions
    from benchmarks.servers import NAMES, Server
    from timeline.models import Event

    with ExitStack() as stack:
        servers = {name: Server(name) for name in (*NAMES, "nothing")}
        for server in servers.values():
            stack.callback(server.stop)
        print(f"An empty answer of the size of a page: {nothing(servers['nothing'].port):.2f} ms\n")
        client = Client(servers["product"].port)
        ask = lambda path: json.loads(client.fetch(get(path, client.port))[2])  # noqa: E731
        found = questions(ask, Event.objects.count())
        asked = [one for one in found if not only or one.name in only]
        print(ONE_CLIENT)
        for question in asked:
            compare(question, servers)
            one_client(question, servers, seconds)
        if not only or "Q9" in only:
            posting(servers, seconds)
        print(EIGHT_CLIENTS)
        for question in asked:
            if question.name in ("Q1", "Q2"):
                eight_clients(question, servers)


def nothing(port: int) -> float:
    from benchmarks.clients import Client, get

    client, request = Client(port), get("/", port)
    return statistics.median(client.fetch(request)[0] for _ in range(ROUNDS)) * 1e3


def requests_of(question: Question, servers: Servers) -> dict[str, list[bytes]]:
    from benchmarks.clients import get

    product, limit, plain = (servers[name].port for name in ("product", "limit", "plain"))
    return {
        "product": [get(one.product, product) for one in question.asked],
        "limit": [get(one.limit(f"http://127.0.0.1:{product}"), limit) for one in question.asked],
        "plain": [get(one.plain, plain) for one in question.asked],
    }


def compare(question: Question, servers: Servers) -> None:
    """End the program unless product and limit give the same answers. It also warms everything up."""
    from benchmarks.clients import Client

    requests = requests_of(question, servers)
    clients = {name: Client(servers[name].port) for name in requests}
    for number, asked in enumerate(question.asked):
        answers = []
        for name in ("product", "limit"):
            _, status, body = clients[name].fetch(requests[name][number])
            answer = json.loads(body) if status == 200 else status
            if isinstance(answer, dict) and "next" in answer:
                # Links differ in their cursors, which the product signs.
                answer |= {link: answer[link] is not None for link in ("next", "previous")}
            answers.append(answer)
        if answers[0] != answers[1]:
            sys.exit(f"{question.name}: product and limit differ at {asked.product}: {str(answers)[:2000]}")
    _, status, _ = clients["plain"].fetch(requests["plain"][0])
    if status != 200:
        sys.exit(f"{question.name}: the plain way answers {status}.")


def one_client(question: Question, servers: Servers, seconds: float) -> None:
    """Rounds in which each is asked the same, by turns as the first, second and third."""
    from benchmarks.clients import Client

    requests = requests_of(question, servers)
    clients = {name: Client(servers[name].port) for name in requests}
    names, times = list(requests), defaultdict[str, list[float]](list)
    for number in range(ROUNDS):
        for name in (names * 2)[number % 3 : number % 3 + 3]:
            # What is very slow is asked less often.
            if number < LEAST_ROUNDS or sum(times[name]) < seconds:
                asked = requests[name][number % len(requests[name])]
                times[name].append(clients[name].fetch(asked)[0])
    product, limit, plain = (statistics.median(times[name]) * 1e3 for name in names)
    spent = {name: processor(clients[name], servers[name], requests[name]) for name in ("product", "limit")}
    print(
        f"| {question.name} {question.title} | {product:.2f} | {limit:.2f} | {plain:.1f} "
        f"| {product / limit:.2f} | {spent['product']:.2f} | {spent['limit']:.2f} |",
        flush=True,
    )


def posting(servers: Servers, seconds: float) -> None:
    """Q9, at the end, because it changes what the other questions find."""
    from benchmarks.clients import Client
    from benchmarks.posting import Posts, token

    names = ("product", "limit", "plain")
    clients = {name: Client(servers[name].port) for name in names}
    times: dict[str, list[float]] = {name: [] for name in names}
    with token() as key:
        posts = Posts(key, {name: servers[name].port for name in names})
        for number in range(ROUNDS):
            requests = posts.next()
            for name in (names * 2)[number % 3 : number % 3 + 3]:
                taken, status, body = clients[name].fetch(requests[name])
                if status != 201:
                    sys.exit(f"Q9: {name} answers {status}: {body[:500]!r}")
                times[name].append(taken)
            if sum(times["product"]) > seconds:
                break
    product, limit, plain = (statistics.median(times[name]) * 1e3 for name in names)
    print(f"| Q9 POST of an event | {product:.2f} | {limit:.2f} | {plain:.1f} | {product / limit:.2f} | | |")


def processor(client: Client, server: Server, requests: list[bytes]) -> float:
    """Milliseconds of processor time for a request, in server and database: it bears other work beside it."""
    before = server.cpu()
    for request in islice(cycle(requests), ROUNDS):
        client.fetch(request)
    return (server.cpu() - before) / ROUNDS * 1e3


def eight_clients(question: Question, servers: Servers) -> None:
    from benchmarks.clients import rate

    requests = requests_of(question, servers)
    rates = defaultdict[str, list[float]](list)
    for name in list(requests) * PRESSED_TURNS:
        rates[name].append(rate(servers[name].port, requests[name], clients=8, seconds=PRESSED_SECONDS))
    product, limit, plain = (statistics.median(found) for found in rates.values())
    print(
        f"| {question.name} {question.title} | {product:.0f} | {limit:.0f} | {plain:.1f} "
        f"| {product / limit:.2f} | {product / plain:.0f} |",
        flush=True,
    )


if __name__ == "__main__":
    main()
