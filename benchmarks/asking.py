"""Asks product, SQL limit and plain way the same, in turn, and says how long each takes."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections import defaultdict
from itertools import cycle, islice
from typing import Any

from benchmarks.clients import Client, get, rate
from benchmarks.posting import Posts, token
from benchmarks.questions import Question
from benchmarks.report import Report
from benchmarks.servers import Server

# The most rounds, and the seconds that each of product and limit gets for a question with one client.
ROUNDS, SECONDS = 200, 40.0
# What is very slow is asked less often.
LEAST_ROUNDS, PLAIN_SHARE = 3, 0.25
# Of these the processor time of a POST is taken.
NEW_EVENTS = 50
PRESSED_SECONDS, PRESSED_TURNS = 3.0, 3
WARMED = ("product", "limit")

Servers = dict[str, Server]
Requests = dict[str, list[bytes]]


class Asker:
    def __init__(self, servers: Servers, report: Report, seconds: float = SECONDS) -> None:
        self.servers, self.report, self.seconds = servers, report, seconds

    def connected(self, requests: Requests) -> dict[str, Client]:
        return {name: Client(self.servers[name].port) for name in requests}

    def requests_of(self, question: Question) -> Requests:
        ports = {name: server.port for name, server in self.servers.items()}
        site = f"http://127.0.0.1:{ports['product']}"
        found = {
            "product": [get(one.product, ports["product"]) for one in question.asked],
            "limit": [get(one.limit(site), ports["limit"]) for one in question.asked],
            "plain": [get(one.plain, ports["plain"]) for one in question.asked if one.plain],
        }
        return {name: requests for name, requests in found.items() if requests}

    def nothing(self) -> float:
        """The milliseconds of an empty answer of the size of a page."""
        port = self.servers["nothing"].port
        client, request = Client(port), get("/", port)
        return statistics.median(client.fetch(request)[0] for _ in range(ROUNDS)) * 1e3

    def compare(self, question: Question) -> None:
        """End the program unless product and limit give the same answers. It also warms everything up."""
        requests = self.requests_of(question)
        clients = self.connected(requests)
        for number, asked in enumerate(question.asked):
            product, limit = (_comparable(clients[name], requests[name][number]) for name in WARMED)
            if product != limit:
                both = f"{product}\n{limit}"[:3000]
                sys.exit(f"{question.name}: product and limit differ at {asked.product}:\n{both}")
        if "plain" in requests:
            _, status, _ = clients["plain"].fetch(requests["plain"][0])
            if status != 200:
                sys.exit(f"{question.name}: the plain way answers {status}.")

    def one_client(self, question: Question) -> None:
        """Rounds in which each is asked the same, by turns as the first, second and third."""
        requests = self.requests_of(question)
        clients = self.connected(requests)
        names, times = list(requests), defaultdict[str, list[float]](list)
        for number in range(ROUNDS):
            first = number % len(names)
            for name in (*names[first:], *names[:first]):
                share = PLAIN_SHARE if name == "plain" else 1
                if number < LEAST_ROUNDS or sum(times[name]) < self.seconds * share:
                    asked = requests[name][number % len(requests[name])]
                    times[name].append(clients[name].fetch(asked)[0])
        spent = [self.processor(clients[name], name, requests[name]) for name in WARMED]
        self.tell(f"{question.name} {question.title}", times, spent)

    def tell(self, title: str, times: dict[str, list[float]], spent: list[float]) -> None:
        median = {name: statistics.median(found) * 1e3 for name, found in times.items()}
        plain = f"{median['plain']:.1f}" if "plain" in median else ""
        ratio = median["product"] / median["limit"]
        self.report.row(
            title, f"{median['product']:.2f}", f"{median['limit']:.2f}", plain, f"{ratio:.2f}",
            *(f"{milliseconds:.2f}" for milliseconds in spent),
        )  # fmt: skip

    def processor(self, client: Client, name: str, requests: list[bytes], rounds: int = ROUNDS) -> float:
        """Milliseconds of processor time for a request, in server and database."""
        before, end, asked = self.servers[name].cpu(), time.monotonic() + self.seconds / 2, 0
        for request in islice(cycle(requests), rounds):
            client.fetch(request)
            asked += 1
            if time.monotonic() > end:
                break
        after = self.servers[name].cpu()
        # A connection may have ended, and others have come.
        return sum(spent - before.get(pid, 0.0) for pid, spent in after.items()) / asked * 1e3

    def posting(self) -> None:
        """Q9, at the end, because it changes for a while what the other questions find."""
        ports = {name: self.servers[name].port for name in (*WARMED, "plain")}
        names, times = list(ports), defaultdict[str, list[float]](list)
        clients = {name: Client(port) for name, port in ports.items()}
        with token() as key:
            posts = Posts(key, ports)
            for number in range(ROUNDS):
                requests = posts.next()
                first = number % len(names)
                for name in (*names[first:], *names[:first]):
                    times[name].append(_created(clients[name], name, requests[name]))
                if sum(times["product"]) > self.seconds:
                    break
            spent = []
            for name in WARMED:
                events = [posts.next()[name] for _ in range(NEW_EVENTS)]
                spent.append(self.processor(clients[name], name, events, NEW_EVENTS))
        self.tell("Q9 POST of an event", times, spent)

    def eight_clients(self, question: Question) -> None:
        requests = self.requests_of(question)
        rates = defaultdict[str, list[float]](list)
        for turn in range(PRESSED_TURNS):
            # The plain way is so slow that one turn takes long, and says enough.
            for name in requests if turn == 0 else WARMED:
                found = rate(self.servers[name].port, requests[name], clients=8, seconds=PRESSED_SECONDS)
                rates[name].append(found)
        product, limit, plain = (statistics.median(found) for found in rates.values())
        self.report.row(
            f"{question.name} {question.title}", f"{product:.0f}", f"{limit:.0f}", f"{plain:.2f}",
            f"{product / limit:.2f}", f"{product / plain:.0f}",
        )  # fmt: skip


def _comparable(client: Client, request: bytes) -> Any:
    _, status, body = client.fetch(request)
    answer = json.loads(body) if status == 200 else status
    if isinstance(answer, dict) and "next" in answer:
        # Links differ in their cursors, which the product signs.
        answer |= {link: answer[link] is not None for link in ("next", "previous")}
    return answer


def _created(client: Client, name: str, request: bytes) -> float:
    taken, status, body = client.fetch(request)
    if status != 201:
        sys.exit(f"Q9: {name} answers {status}: {body[:500]!r}")
    return taken
