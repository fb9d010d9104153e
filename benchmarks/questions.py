"""What is asked: each question in the same words for the product, the SQL limit and the plain way.

The requests of a question differ (other actors, months, places in the list, events) and are the same in every
run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import quote

from django.db import connection
from django.db.models import Count
from django.test import RequestFactory
from rest_framework.request import Request

from api.pagination import Cursors, Position
from benchmarks.vocabulary import Vocabulary
from timeline.dates import parse_edtf
from timeline.models import Actor, Event, Participation
from timeline.querysets import Window
from timeline.scales import ranges
from timeline.search.index import TABLE as SEARCHED
from timeline.search.query import FIELDS
from timeline.search.words import words as words_of

API, SITE = "/api/v1", "http://127.0.0.1"
# How many different requests a question has.
DIFFERENT = 60
MIDDLING, FREQUENT = 500, 100_000
# The row after which the page of Q4 starts, in a world of a million events.
FAR = 100_000


# Which of these parameters statements take that are not of a page.
GIVEN: dict[str, tuple[str, ...]] = {"event": ("root",), "by_month": (), "of_actor_by_month": ()}


@dataclass(frozen=True)
class Asked:
    """One request: the product's path, the limit's statement with its parameters, the plain way's path."""

    product: str
    statement: str
    values: dict[str, Any]
    plain: str = ""  # nothing where the plain way is not asked

    def parameters(self, site: str) -> dict[str, Any]:
        """The parameters of the statement; `site` is where the product is: "http://127.0.0.1:8000"."""
        given = {"root": f"{site}{API}/", "next": f"{site}{self.product}&cursor="}
        return {key: given[key] for key in GIVEN.get(self.statement, given)} | self.values

    def limit(self, site: str) -> str:
        return f"/{self.statement}?{quote(json.dumps(self.parameters(site)))}"


@dataclass(frozen=True)
class Question:
    name: str
    title: str
    asked: list[Asked] = field(repr=False)


def questions(events: int) -> Iterator[Question]:
    """All of them, on the database at hand."""
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
    yield Question("Q4", f"the page at row {far_row(events):,}", list(far_pages(events)))
    yield Question("Q5", "everything by month", [by_month(None)])
    yield Question("Q5", "an actor with about 500 events by month", [by_month(actor) for actor in draws])
    yield Question("Q5", "the frequent actor by month", [by_month(frequent[0])])
    yield from searches(events)
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


def far_pages(events: int) -> Iterator[Asked]:
    """Pages of 100 from a far row on, with the cursors that lead there; the plain way goes by number."""
    far = far_row(events)
    path = f"{API}/events/?limit=100"
    cursors = Cursors(Request(RequestFactory().get(path, SERVER_NAME="127.0.0.1")))
    last = Event.objects.in_order().values_list("date_sort_at", "pk", "slug", "created_at")
    found = last[far - 1 : min(far + 900, events - 100) : 100]
    for page, (sort_at, pk, slug, created_at) in enumerate(found, far // 100 + 1):
        address = cursors.address(Position((sort_at,), (slug, created_at)))
        values = {"sort_at": sort_at, "id": pk, "more": 101}
        yield Asked(str(address).removeprefix(SITE), "after", values, f"/events/?page={page}")


def far_row(events: int) -> int:
    """The row after which the far page starts; in a small world one of the first half."""
    return min(FAR, events // 300 * 100)


def by_month(actor: str | None) -> Asked:
    path = f"{API}/events/histogram/?bucket=month"
    if actor is None:
        return Asked(path, "by_month", {}, "/histogram/?bucket=month")
    return Asked(f"{path}&actor={actor}", "of_actor_by_month", {"actor": actor}, f"/histogram/?actor={actor}")


def searches(events: int) -> Iterator[Question]:
    """For words of the vocabulary, if there is an index of words."""
    if not is_searched():
        return
    vocabulary = Vocabulary(seed=1, events=events)
    for title, statement, words in (
        ("a rare word", "search_rare", vocabulary.rare()[:DIFFERENT]),
        ("a common word", "search_common", vocabulary.common()[:DIFFERENT]),
    ):
        if words:
            found = [Asked(search(word), statement, {"words": sought(word), "more": 21}) for word in words]
            yield Question("Q6", f"{title}, 20 hits", found)


def is_searched() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {SEARCHED} LIMIT 1")
        return cursor.fetchone() is not None


def search(word: str) -> str:
    return f"{API}/events/?q={quote(word)}&limit=20"


def sought(word: str) -> str:
    """The word as it stands in the index; on PostgreSQL with the field in front that has it first."""
    (found,) = words_of(word)
    if connection.vendor == "sqlite":
        return f'"{found}"'
    return " | ".join(f"'{field}{found}'" for field in range(len(FIELDS)))


def single_events(random: Random, events: int) -> Iterator[Asked]:
    numbers = random.sample(range(1, events + 1), min(DIFFERENT, events))
    for slug in Event.objects.filter(pk__in=numbers).order_by("pk").values_list("slug", flat=True):
        yield Asked(f"{API}/events/{slug}/", "event", {"slug": slug}, f"/events/{slug}/")
