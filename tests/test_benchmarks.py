"""The benchmarks measure what they say: their world is one that the product could have made itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from benchmarks import readings
from benchmarks.events import COLUMNS, Rows, chunk, chunks
from benchmarks.limit import marked
from benchmarks.loading import insert, settle
from benchmarks.questions import questions
from benchmarks.statements import Statements
from benchmarks.world import World
from timeline import counts, kept
from timeline.audit import findings
from timeline.models import Participation

EVENTS = 300


@pytest.fixture(scope="module")
def world() -> World:
    return World(EVENTS, seed=1)


@pytest.fixture
def rows(world: World, db: None) -> Rows:
    """The rows of all events, which are stored."""
    world.save()
    (number,) = chunks(world)
    made = chunk(world, number)
    with connection.cursor() as cursor:
        insert(cursor, made, mark="%s")
    settle()
    return made


def named(rows: Rows, table: str) -> list[dict[str, Any]]:
    return [dict(zip(COLUMNS[table], row, strict=True)) for row in rows[table]]


def test_the_same_seed_gives_the_same_rows(world: World) -> None:
    again, another = World(EVENTS, seed=1), World(EVENTS, seed=2)

    assert chunk(again, 0) == chunk(world, 0)
    assert [actor.json for actor in again.actors] == [actor.json for actor in world.actors]
    assert chunk(another, 0) != chunk(world, 0)


def test_documents_are_those_that_the_product_renders(rows: Rows) -> None:
    documents = {row["event_id"]: row for row in named(rows, "timeline_eventdocument")}
    ids = range(1, EVENTS + 1)

    assert {pk: row["body"] for pk, row in documents.items()} == kept.renderer(ids)
    assert {pk: row["starts_on"] for pk, row in documents.items()} == counts.recounted(ids)


def test_copies_are_those_that_triggers_keep(rows: Rows) -> None:
    made = named(rows, "timeline_participation")
    stored = Participation.objects.order_by("pk").values(*COLUMNS["timeline_participation"])

    assert list(stored) == made


def test_nothing_breaks_a_rule(rows: Rows) -> None:
    assert list(findings()) == []


def test_the_limit_builds_what_the_product_answers(rows: Rows, client: Client) -> None:
    readings.fill()
    statements = {name: marked(sql)[0] for name, sql in Statements(connection.vendor).all().items()}

    def ask(path: str) -> dict[str, Any]:
        cache.clear()  # of the throttles
        return client.get(path).json()  # type: ignore[no-any-return]

    for question in questions(ask, EVENTS):
        for asked in question.asked[:5]:
            with connection.cursor() as cursor:
                cursor.execute(statements[asked.statement], asked.parameters("http://testserver"))
                built = json.loads(cursor.fetchone()[0])
            assert without_cursors(built) == without_cursors(ask(asked.product)), question


def without_cursors(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with only whether there are links: the product signs its cursors."""
    links = [link for link in ("next", "previous") if link in answer]
    return answer | {link: answer[link] is not None for link in links}
