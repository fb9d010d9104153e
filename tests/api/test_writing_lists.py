"""A list of events in one POST: all of them or none, and what is wrong by number."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories
from tests.api.test_refusals import codes, refused
from tests.api.test_writing import EVENT, words
from timeline.models import Event

__all__ = ["words"]

EVENTS = "/api/v1/events/"
WHOLE = "non_field_errors"
pytestmark = pytest.mark.usefixtures("words")


def an_event(**keys: Any) -> dict[str, Any]:
    return {"title": "It", "kind": "statement", **keys}


def test_a_list_is_written_in_its_order(editor: APIClient) -> None:
    response = editor.post(EVENTS, [an_event(title="B"), EVENT, an_event(title="A"), an_event(title="B")])
    assert response.status_code == 201
    documents = response.json()
    assert [one["slug"] for one in documents] == ["b", "second-contract-announced", "a", "b-2"]
    for document in documents:
        assert editor.get(document["url"]).json() == document
    assert not response.has_header("Location")


def test_what_is_wrong_is_told_by_number_and_nothing_is_saved(editor: APIClient) -> None:
    citations = {"citations": [{"source": "paper", "field": "nonsense"}]}
    items = [
        an_event(),
        an_event(date="soon"),
        7,
        None,
        an_event(kind="nothing", participants=[{"actor": "ann"}]),
    ]
    errors = refused(editor, "events/", items)
    assert set(errors) == {"1", "2", "3", "4"}
    assert codes(errors, 1, "date") == ["invalid_date"]
    assert codes(errors, 2, WHOLE) == ["invalid"]
    assert codes(errors, 3, WHOLE) == ["null"]
    assert codes(errors, 4, "kind") == ["unknown_slug"]
    assert codes(errors, 4, "participants", 0, "role") == ["required"]
    later = refused(
        editor, "events/", [an_event(), an_event(review="published"), EVENT, an_event(**citations)]
    )
    assert set(later) == {"1", "3"}
    assert codes(later, 1, "review") == ["not_ready_to_publish"] * 2  # no date, and no citation
    assert codes(later, 3, "citations", 0, "field") == ["unknown_field"]


def test_what_the_database_refuses_is_told_by_number(editor: APIClient) -> None:
    twice = [{"actor": "ann", "role": "speaker"}] * 2
    items = [an_event(slug="new"), an_event(importance=5), an_event(slug="new"), an_event(participants=twice)]
    errors = refused(editor, "events/", items)
    assert set(errors) == {"1", "2", "3"}
    assert codes(errors, 1, WHOLE) == ["event_importance_is_0_to_4"]
    assert codes(errors, 2, "slug") == ["unique"]
    assert codes(errors, 3, "participants", 1, WHOLE) == ["participation_is_given_once"]


@pytest.mark.parametrize(("number", "code"), [(0, "empty"), (1001, "max_length")])
def test_a_list_has_1_to_1000_events(editor: APIClient, number: int, code: str) -> None:
    assert codes(refused(editor, "events/", [an_event()] * number), WHOLE) == [code]


def test_events_of_one_list_do_not_refer_to_each_other(editor: APIClient) -> None:
    second = an_event(related=[{"kind": "causes", "event": "first"}])
    errors = refused(editor, "events/", [an_event(slug="first"), second])
    assert codes(errors, 1, "related", 0, "event") == ["unknown_slug"]


def test_other_nouns_take_no_lists(editor: APIClient) -> None:
    assert codes(refused(editor, "tags/", [{"name": "It"}]), WHOLE) == ["invalid"]


def test_a_thousand_events_with_one_title_are_written(editor: APIClient) -> None:
    response = editor.post(EVENTS, [an_event()] * 1000)
    assert response.status_code == 201, response.content[:1000]
    assert len({one["slug"] for one in response.json()}) == 1000
    assert Event.objects.filter(title="It").count() == 1000


def queries(client: APIClient, body: Any) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.post(EVENTS, body).status_code == 201
    return len(asked)


def test_a_list_looks_up_what_it_names_once(editor: APIClient) -> None:
    event = {key: value for key, value in EVENT.items() if key != "title"}
    few = queries(editor, [{**event, "title": f"A{number}"} for number in range(5)])
    many = queries(editor, [{**event, "title": f"B{number}"} for number in range(25)])
    # The slug that is free; the event, its participants, contract, tag, relation and citations; the
    # text of the source.
    assert many - few == 20 * 8


def test_the_answer_to_a_post_is_what_reading_gives(editor: APIClient) -> None:
    factories.a_tag(slug="zebra")
    body = {**EVENT, "tags": ["zebra", "arms", "zebra"], "contracts": ["deal", "deal"]}
    for one in (body, an_event(), an_event(date={"text": "in a short time", "edtf": None})):
        written = editor.post(EVENTS, one)
        read = editor.get(written["Location"])
        assert (written.content, written["ETag"]) == (read.content, read["ETag"])


def test_how_many_queries_an_event_costs(editor: APIClient) -> None:
    body = {
        "title": "It",
        "kind": "statement",
        "date": "2020",
        "review": "published",
        "participants": [{"actor": "ann", "role": "speaker"}, {"actor": "state", "role": "speaker"}],
        "citations": [{"source": "paper", "quote": "was signed"}],
    }
    # Begin and commit; the kind, actors, role and source that are named, together; the text of the source;
    # the slug that is free; the event, its participants, its citation. Who writes: on SQLite that is two.
    assert queries(editor, body) == (10 if connection.vendor == "sqlite" else 9)
