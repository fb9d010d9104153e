"""The benchmarks measure what they say: their world is one that the product could have made itself."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from benchmarks import posting, readings
from benchmarks.events import COLUMNS, Rows, chunk, chunks
from benchmarks.generate import differing
from benchmarks.limit import marked
from benchmarks.loading import insert, number_on, settle
from benchmarks.questions import questions
from benchmarks.servers import NAMES
from benchmarks.statements import Statements
from benchmarks.world import World
from timeline import counts, kept
from timeline.audit import findings
from timeline.models import Event, Participation
from timeline.search import index

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
    number_on()
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


def test_what_is_kept_is_what_the_product_writes(rows: Rows) -> None:
    assert differing([*range(1, EVENTS + 1)]) == []


def test_what_differs_is_found(rows: Rows) -> None:
    index.write([3], {3: ("other", "words", "than", "these")})
    Event.objects.filter(pk=7).update(title="Changed")

    assert differing([1, 2, 3, 7]) == [3, 7]


def test_a_world_can_do_without_search(world: World) -> None:
    without = World(EVENTS, seed=1, is_searched=False)

    assert chunk(without, 0) == chunk(world, 0) | {index.TABLE: []}


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

    for question in questions(EVENTS):
        for asked in question.asked[:5]:
            with connection.cursor() as cursor:
                cursor.execute(statements[asked.statement], asked.parameters("http://testserver"))
                built = json.loads(cursor.fetchone()[0])
            assert without_cursors(built) == without_cursors(ask(asked.product)), question


def test_the_limit_streams_what_the_product_does(rows: Rows, client: Client) -> None:
    readings.fill()
    values: dict[str, Any] = {"root": "http://testserver/api/v1/", "rows": EVENTS}
    with connection.cursor() as cursor:
        cursor.execute(marked(Statements(connection.vendor).everything())[0], values)
        built = [json.loads(text) for (text,) in cursor.fetchall()]

    streamed: Any = client.get("/api/v1/events/?format=ndjson")

    assert [json.loads(line) for line in b"".join(streamed).splitlines()] == built


def test_what_is_written_for_measuring_is_taken_out_again(rows: Rows, client: Client) -> None:
    before = numbers()
    with posting.token() as key:
        body = posting.Posts(key, dict.fromkeys(NAMES, 0)).next()["product"].partition(b"\r\n\r\n")[2]
        headers = {"Authorization": f"Token {key}"}
        answer = client.post("/api/v1/events/", body, content_type="application/json", headers=headers)
        assert (answer.status_code, Event.objects.count()) == (201, EVENTS + 1)
        list(kept.settle_all())

    assert numbers() == before


def numbers() -> dict[str, int]:
    """How many rows each table has, but for those in which SQLite's search index keeps itself."""
    found = {}
    for table in set(connection.introspection.table_names()) - {
        f"{index.TABLE}_{of}" for of in ("data", "idx")
    }:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")
            found[table] = cursor.fetchone()[0]
    return found


def without_cursors(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer with only whether there are links: the product signs its cursors."""
    links = [link for link in ("next", "previous") if link in answer]
    return answer | {link: answer[link] is not None for link in links}
