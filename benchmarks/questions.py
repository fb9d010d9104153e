"""What is asked: each question in the same words for the product, the SQL limit and the plain way.

The requests of a question differ (other actors, months, places in the list, events) and are the same in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote, urlencode

from django.db import connection
from django.db.models import Count

from benchmarks.clients import Client, get
from timeline.dates import parse_edtf
from timeline.models import Actor, Event, Participation
from timeline.querysets import Window
from timeline.scales import ranges

API = "/api/v1"
# How many different requests a question has.
DIFFERENT = 60
MIDDLING, FREQUENT = 500, 100_000
# The row after which the page of Q4 starts, in a world of a million events.
FAR = 100_000


@dataclass(frozen=True)
class Asked:
    """One request: the product's path, the limit's statement with its parameters, the plain way's path."""

    product: str
    statement: str
    values: dict[str, Any]
    plain: str

    def limit(self, port: int) -> str:
        root = f"http://127.0.0.1:{port}"
        values = {"root": f"{root}{API}/", "next": f"{root}{self.product}&cursor=", **self.values}
        if self.statement == "event":
            del values["next"]
        return f"/{self.statement}?{quote(json.dumps(values))}"


@dataclass(frozen=True)
class Question:
    name: str
    title: str
    asked: list[Asked] = field(repr=False)


def questions(port: int, events: int) -> Iterator[Question]:
    """All of them, on the database at hand; the product's server at `port` is asked for cursors."""
    random = Random(1)
    middling, frequent = actors_with(MIDDLING, 40), actors_with(min(FREQUENT, events), 1)
    draws = [random.choice(middling) for _ in range(DIFFERENT)]
    yield Question("Q1", "an actor with about 500 events", [of_actor(actor) for actor in draws])
    yield Question("Q1", "the actor with about 100,000 events", [of_actor(frequent[0])])
    yield Question("Q2", "a month of 1990-1994", [in_month(random, 1990) for _ in range(DIFFERENT)])
    yield Question("Q2", "a month of 2021-2025", [in_month(random, 2021) for _ in range(DIFFERENT)])
    yield Question("Q3", "such an actor, five years", [in_years(random, actor) for actor in draws])
    yield Question(
        "Q3", "the frequent actor, five years", [in_years(random, frequent[0]) for _ in range(DIFFERENT)]
    )
    yield Question("Q4", f"the page at row {min(FAR, events // 2):,}", list(far_pages(port, events)))
    yield Question("Q8", "one event", list(single_events(random, events)))


def actors_with(events: int, number: int) -> list[str]:
    """The slugs of so many actors with the number of events nearest to this one."""
    counts = Participation.objects.order_by().values_list("actor").annotate(events=Count("event"))
    nearest = sorted(counts, key=lambda row: (abs(row[1] - events), row[0]))[:number]
    slugs = Actor.objects.in_bulk([pk for pk, _ in nearest])
    return [slugs[pk].slug for pk, _ in nearest]


def of_actor(actor: str) -> Asked:
    path = f"{API}/actors/{actor}/events/?limit=100"
    return Asked(path, "of_actor", {"actor": actor, "more": 101}, f"/events/?actor={actor}")


def window(first: str, last: str) -> dict[str, int]:
    """The parameters of a window, and the ranges that its classes of spans lie in."""
    start, end = Window.over(parse_edtf(first), parse_edtf(last))
    found = {"start": start, "end": end}
    for scale, least, greatest in ranges(start, end):
        found |= {f"least{scale}": least, f"greatest{scale}": greatest}
    return found


def in_month(random: Random, year: int) -> Asked:
    month = f"{random.randint(year, year + 4)}-{random.randint(1, 12):02d}"
    values = window(month, month)
    plain = f"/events/?start={values['start']}&end={values['end']}"
    return Asked(f"{API}/events/?date={month}&limit=100", "in_window", values | {"more": 101}, plain)


def in_years(random: Random, actor: str) -> Asked:
    year = random.randint(1991, 2020)
    values = window(str(year), str(year + 4))
    path = f"{API}/actors/{actor}/events/?date_from={year}&date_to={year + 4}&limit=100"
    plain = f"/events/?actor={actor}&start={values['start']}&end={values['end']}"
    return Asked(path, "of_actor_in_window", values | {"more": 101, "actor": actor}, plain)


def far_pages(port: int, events: int) -> Iterator[Asked]:
    """Pages of 100 from a far row on, to which the cursors lead; the plain way goes there by number."""
    client, row = Client(port), 0
    path = f"{API}/events/?limit=500&fields=slug"
    while row < min(FAR, events // 2):
        path, last = _followed(client, port, path)
        row += 500
    for page in range(10):
        cursor = path.split("cursor=")[1].split("&")[0]
        place = Event.objects.only("date_sort_at").get(slug=last)
        values = {"sort_at": place.date_sort_at, "id": place.pk, "more": 101}
        product = f"{API}/events/?limit=100&cursor={cursor}"
        yield Asked(product, "after", values, f"/events/?page={row // 100 + page + 1}")
        path, last = _followed(client, port, f"{product}&fields=slug")
    client.close()


def _followed(client: Client, port: int, path: str) -> tuple[str, str]:
    """The path of the next page, and the slug with which this one ends."""
    _, _, body = client.fetch(get(path, port))
    answer = json.loads(body)
    return answer["next"].split(str(port), 1)[1], answer["results"][-1]["slug"]


def single_events(random: Random, events: int) -> Iterator[Asked]:
    numbers = random.sample(range(1, events + 1), DIFFERENT)
    for slug in Event.objects.filter(pk__in=numbers).order_by("pk").values_list("slug", flat=True):
        yield Asked(f"{API}/events/{slug}/", "event", {"slug": slug}, f"/events/{slug}/")
