"""`checks/`: its documents, parameters and pages, who reads and who marks, and what it costs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rest_framework.test import APIClient

from api.checks import ChecksView
from tests import factories
from tests.contradictions import worlds
from timeline.contradictions.registry import TITLES
from timeline.models import CheckNote, Event, EventRelation, Milestone, Participation, Source

pytestmark = pytest.mark.django_db

PATH = "/api/v1/checks/"
DOCS = Path(__file__).parents[2] / "docs" / "api.md"


def somebody(role: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(factories.a_user(role=role))
    return client


def results(client: APIClient, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PATH, asked).json()["results"]
    return found


def mark(client: APIClient, finding: dict[str, Any], **more: Any) -> Any:
    return client.post(PATH, {"key": finding["key"], "digest": finding["digest"], **more})


@pytest.fixture
def anyone() -> APIClient:
    return APIClient()


def example(number: int) -> Any:
    """A piece of JSON in the chapter on checks in docs/api.md."""
    chapter = DOCS.read_text(encoding="utf-8").partition("\n## What does not go together\n")[2]
    pieces = re.findall(r"```json\n(.*?)```", chapter.partition("\n## ")[0], re.DOTALL)
    return json.loads(pieces[number])


def test_the_documents_example_is_what_is_answered() -> None:
    call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    assert results(client) == []  # the article does not contradict itself
    for title in ("Gazette", "Courier"):
        assert client.post("/api/v1/sources/", {"title": title, "kind": "article"}).status_code == 201
    assert client.post("/api/v1/contracts/", example(0)).status_code == 201
    body = client.get(PATH, HTTP_HOST="127.0.0.1:8000").json()
    assert body == example(1)
    [delivered] = [
        one for one in client.get("/api/v1/contracts/patrol-boats/").json()["milestones"] if one["due"]
    ]
    assert delivered["slip"] == {"least": 124, "most": 333}


def test_an_answer_is_as_the_schema_says(anyone: APIClient) -> None:
    for _, make in worlds.WORLDS:
        make()
    editor = somebody("editor")
    assert mark(editor, results(editor)[0], note="Yes").status_code == 200
    told = anyone.get("/api/v1/schema/?format=json").json()
    listed = told["paths"][PATH]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    validator = Draft202012Validator({**listed, "components": told["components"]})
    for client in (anyone, editor):
        assert list(validator.iter_errors(client.get(PATH).json())) == []


def test_every_parameter_and_code_is_in_the_docs() -> None:
    docs = DOCS.read_text(encoding="utf-8")
    view = ChecksView()
    view.action = "list"
    for name in [*(parameter.name for parameter in view.parameters()), *TITLES]:
        assert f"`{name}`" in docs, name


def answers(client: APIClient) -> list[tuple[bytes, str]]:
    """All that everybody is told: every page, and each check alone."""
    found = []
    for path in [f"{PATH}?limit=3", f"{PATH}?seen=true", *(f"{PATH}?code={code}" for code in TITLES)]:
        page: str | None = path
        while page:
            response = client.get(page)
            found.append((response.content, response["ETag"]))
            page = response.json()["next"]
    return found


def test_drafts_change_nothing_of_what_everybody_is_told(anyone: APIClient) -> None:
    for _, make in worlds.WORLDS:
        make()
    before = answers(anyone)
    for _, make in worlds.WORLDS:
        make(review="draft")
    hidden = worlds.an_event("Secret", "1990", review="draft")
    group = factories.an_actor(name="Secret group", kind="group")
    for event in Event.objects.filter(review="published"):
        EventRelation.objects.create(event=event, related=hidden, kind="precedes")
        EventRelation.objects.create(event=hidden, related=event, kind="responds_to")
    for participation in Participation.objects.filter(event__review="published"):
        factories.a_participation(event=hidden, actor=participation.actor, capacity="head of the FSMTC")
        factories.an_affiliation(
            member=participation.actor, organization=group, title=participation.capacity, held="1900/2100"
        )
    for source in Source.objects.all():
        factories.a_citation(
            event=hidden, source=source, stance="contradicts", field="date", asserted_value="2001"
        )
    editor = somebody("editor")
    for finding in results(editor):
        mark(editor, finding, note="secret")
    assert len(results(editor)) > 15
    assert answers(anyone) == before


def test_pages_are_linked_both_ways(anyone: APIClient) -> None:
    for _, make in worlds.WORLDS:
        make()
    every = [one["key"] for one in results(anyone)]
    first = anyone.get(PATH, {"limit": 9}).json()
    second = anyone.get(first["next"]).json()
    assert [one["key"] for one in first["results"] + second["results"]] == every
    assert (first["previous"], second["next"]) == (None, None)
    assert anyone.get(second["previous"]).json()["results"] == first["results"]


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("code=other", "code", "invalid_choice"),
        ("seen=maybe", "seen", "invalid_choice"),
        ("limit=0", "limit", "invalid_number"),
        ("limit=501", "limit", "invalid_number"),
        ("cursor=x", "cursor", "invalid_cursor"),
        ("count=exact", "count", "unknown_parameter"),
        ("order=date", "order", "unknown_parameter"),
        ("seen=true&seen=false", "seen", "repeated"),
        ("code=", "code", "empty"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_refused(
    anyone: APIClient, query: str, name: str, code: str
) -> None:
    response = anyone.get(f"{PATH}?{query}")
    assert response.status_code == 400
    assert response.json()[name][0]["code"] == code


def test_a_cursor_belongs_to_the_checks_asked_for(anyone: APIClient) -> None:
    worlds.shares()
    worlds.amounts()
    cursor = anyone.get(PATH, {"limit": 1}).json()["next"].partition("cursor=")[2].partition("&")[0]
    response = anyone.get(f"{PATH}?code=shares_exceed_100&limit=1&cursor={cursor}")
    assert response.json()["cursor"][0]["code"] == "invalid_cursor"


def test_who_marks_and_who_sees_the_note(anyone: APIClient) -> None:
    worlds.shares()
    [finding] = results(anyone)
    assert mark(anyone, finding).status_code == 401
    assert mark(somebody("reader"), finding).status_code == 403
    assert CheckNote.objects.count() == 0
    editor = somebody("editor")
    told = mark(editor, finding, note=" Known.\n").json()
    assert told["note"]["note"] == " Known.\n"
    assert told["note"]["by"] == CheckNote.objects.get().by.username  # type: ignore[union-attr]
    assert results(somebody("reader"), seen="true") == [told]
    assert results(editor, seen="false") == []
    # For everybody else nothing has been looked at.
    assert results(anyone) == results(anyone, seen="false") == [finding]
    assert results(anyone, seen="true") == []
    again = mark(editor, finding, note="Still.").json()
    assert (again["note"]["note"], CheckNote.objects.count()) == ("Still.", 1)
    assert mark(editor, finding, seen=False).json() == finding
    assert CheckNote.objects.count() == 0


def test_a_note_goes_with_the_facts(anyone: APIClient) -> None:
    worlds.before_signature()
    editor = somebody("editor")
    [before] = results(editor)
    mark(editor, before, note="A misprint")
    Milestone.objects.filter(kind="delivered").update(met="spring of 2016")
    [after] = results(editor, seen="false")
    assert (after["key"], after["note"], after["earlier_note"]["note"]) == (before["key"], None, "A misprint")
    assert after["digest"] != before["digest"]
    refused = mark(editor, before)
    assert (refused.status_code, refused.json()["code"]) == (409, "facts_changed")
    Milestone.objects.filter(kind="delivered").update(met="fall of 2016")
    [back] = results(editor)
    assert (back["digest"], back["note"]["note"]) == (before["digest"], "A misprint")


def test_what_is_said_elsewhere_leaves_the_note() -> None:
    """A body that is put back as it is makes new rows; what is found is the same."""
    worlds.out_of_order()
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    client.credentials(HTTP_IF_MATCH="*")
    [before] = results(client)
    mark(client, before)
    contract = client.get("/api/v1/contracts/course/").json()
    extra = {"kind": "announced", "met": "2010"}
    milestones = [extra, *contract["milestones"]]
    answer = client.patch("/api/v1/contracts/course/", {"milestones": milestones, "title": "Renamed"})
    assert answer.status_code == 200
    [after] = results(client, seen="true")
    assert (after["key"], after["digest"]) == (before["key"], before["digest"])


@pytest.mark.parametrize(
    ("changes", "name", "code"),
    [
        ({"key": "shares_exceed_100:other:0123"}, "key", "unknown_finding"),
        ({"key": "x"}, "key", "unknown_finding"),
        ({"key": 1}, "key", "invalid"),
        ({"key": "x\0"}, "key", "invalid_characters"),
        ({"key": "x" * 201}, "key", "max_length"),
        ({"digest": ""}, "digest", "blank"),
        ({"note": "x" * 10_001}, "note", "max_length"),
        ({"note": None}, "note", "null"),
        ({"seen": "yes"}, "seen", "invalid"),
        ({"by": "me"}, "by", "unknown_key"),
    ],
)
def test_a_mark_that_cannot_be_read_is_refused(changes: Any, name: str, code: str) -> None:
    worlds.shares()
    editor = somebody("editor")
    [finding] = results(editor)
    response = mark(
        editor, {**finding, **changes}, **{k: v for k, v in changes.items() if k in ("note", "seen", "by")}
    )
    assert response.status_code == 400
    assert code in str(response.json())
    assert CheckNote.objects.count() == 0


def test_nobody_marks_what_is_hidden_from_them() -> None:
    worlds.shares(review="draft")
    [finding] = results(somebody("editor"))
    user = factories.a_user(permissions=("add_checknote", "change_checknote", "delete_checknote"))
    client = APIClient()
    client.force_authenticate(user)
    assert mark(client, finding).json()["key"][0]["code"] == "unknown_finding"


def test_no_body_but_an_object_is_taken() -> None:
    editor = somebody("editor")
    bodies: tuple[Any, ...] = ([], "x", None)
    for body in bodies:
        assert editor.post(PATH, body).status_code == 400


def test_a_list_that_is_known_is_not_sent_again(anyone: APIClient) -> None:
    worlds.shares()
    etag = anyone.get(PATH)["ETag"]
    assert anyone.get(PATH, HTTP_IF_NONE_MATCH=etag).status_code == 304


def queries(client: APIClient, **asked: Any) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(PATH, asked).status_code == 200
    return len(captured)


def test_the_list_runs_as_many_queries_with_ten_times_the_rows(anyone: APIClient) -> None:
    def a_world() -> None:
        worlds.responds_to_later()
        worlds.two_say(worlds.a_contract("Sale"), "status", "refused", "signed")
        worlds.two_say(worlds.an_event("Agreed"), "date", "2018", "May 2018")  # sound

    editor = somebody("editor")
    a_world()
    queries(editor)  # reads the rights, once
    asked: list[tuple[APIClient, dict[str, str]]] = [
        (anyone, {}),
        (editor, {}),
        (editor, {"seen": "true"}),
        (anyone, {"code": "causes_earlier"}),
    ]
    few = [queries(client, **parameters) for client, parameters in asked]
    for _ in range(9):
        a_world()
    assert few == [queries(client, **parameters) for client, parameters in asked] == [23, 24, 23, 1]
