"""Two who write at the same moment: neither is refused, and what the database refuses may be sent again."""

from __future__ import annotations

import sqlite3
import threading
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from rest_framework.test import APIClient, force_authenticate

from api.nouns import TagView
from tests import factories
from timeline import models
from timeline.models import Event, User

ROOT = "/api/v1"


def side_by_side(user: User, *patches: tuple[str, Any]) -> list[int]:
    """The statuses of PATCHes that each lock their own row before any of them goes on.

    SQLite has one writer at a time, so there they follow each other.
    """
    statuses = [0] * len(patches)
    all_locked = threading.Barrier(len(patches))
    met = threading.local()

    def meet(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.endswith(("FOR NO KEY UPDATE", "FOR UPDATE")) and not hasattr(met, "once"):
            met.once = True
            all_locked.wait(timeout=10)
        return result

    def send(number: int) -> None:
        client = APIClient(raise_request_exception=False)
        client.force_authenticate(user)
        path, body = patches[number]
        statuses[number] = client.patch(f"{ROOT}/{path}", body, headers={"if-match": "*"}).status_code

    def run(number: int) -> None:
        try:
            with connection.execute_wrapper(meet):
                send(number)
        finally:
            connection.close()

    if connection.vendor == "sqlite":
        for number in range(len(patches)):
            send(number)
        return statuses
    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(patches))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return statuses


@pytest.mark.django_db(transaction=True)
def test_two_events_that_name_each_other_are_written_at_once() -> None:
    first, second = factories.an_event(slug="first"), factories.an_event(slug="second")
    statuses = side_by_side(
        factories.an_editor(),
        ("events/first/", {"related": [{"kind": "causes", "event": "second"}]}),
        ("events/second/", {"related": [{"kind": "responds_to", "event": "first"}]}),
    )
    assert statuses == [200, 200]
    assert (first.relations.get().related, second.relations.get().related) == (second, first)


@pytest.mark.django_db(transaction=True)
def test_a_contract_and_the_event_of_its_milestone_are_written_at_once() -> None:
    factories.a_contract(slug="deal")
    event = factories.an_event(slug="signing", date="1999")
    statuses = side_by_side(
        factories.an_editor(),
        ("contracts/deal/", {"milestones": [{"kind": "signed", "event": "signing"}]}),
        ("events/signing/", {"date": "2020", "contracts": ["deal"]}),
    )
    assert statuses == [200, 200]
    assert event.milestones.get().met.edtf == "2020"
    assert event.contracts.get().slug == "deal"


@pytest.mark.django_db(transaction=True)
def test_two_contracts_with_milestones_of_the_same_events_are_written_at_once() -> None:
    names = ["one", "two", "three", "four"]
    for name in names:
        factories.an_event(slug=name)
        factories.a_contract(slug=name)
    milestones = [{"kind": "paid", "event": name} for name in names]
    statuses = side_by_side(
        factories.an_editor(),
        ("contracts/one/", {"milestones": milestones}),
        ("contracts/two/", {"milestones": milestones[::-1]}),
    )
    assert statuses == [200, 200]
    assert [event.contracts.count() for event in Event.objects.all()] == [2, 2, 2, 2]
    assert set(Event.objects.values_list("version", flat=True)) == {3}


def failing(state: str, path: Path) -> Any:
    """An execute wrapper under which adding a tag fails as the database does in this state."""

    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "It" not in (params or ()):  # as only the row itself has it
            return execute(sql, params, many, context)
        if connection.vendor == "postgresql":
            raising = f"DO $$ BEGIN RAISE EXCEPTION 'It fails.' USING ERRCODE = '{state}'; END $$"
            return execute(raising, None, False, context)
        with sqlite3.connect(path) as first, sqlite3.connect(path, timeout=0) as second:
            first.execute("BEGIN IMMEDIATE")
            with connection.wrap_database_errors:
                second.execute("SELECT 1 FROM nothing" if state == "58030" else "BEGIN IMMEDIATE")

    return fail


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["40P01", "40001", "55P03", "57P01", "53300", "08006"])
def test_what_passes_may_be_sent_again(editor: APIClient, tmp_path: Path, state: str) -> None:
    with connection.execute_wrapper(failing(state, tmp_path / "db")):
        response = editor.post(f"{ROOT}/tags/", {"name": "It"})
    assert (response.status_code, response.json()["code"]) == (503, "try_again")
    assert response["Retry-After"] == "1"
    assert not models.Tag.objects.exists()


@pytest.mark.django_db
def test_what_does_not_pass_is_an_error_of_the_server(editor: APIClient, tmp_path: Path) -> None:
    with connection.execute_wrapper(failing("58030", tmp_path / "db")), pytest.raises(OperationalError):
        editor.post(f"{ROOT}/tags/", {"name": "It"})


class Watching(BytesIO):
    """A body that notes whether a transaction was open while it was read."""

    def __init__(self, body: bytes) -> None:
        super().__init__(body)
        self.seen: list[bool] = []

    def read(self, size: int | None = -1) -> bytes:
        self.seen.append(connection.in_atomic_block)
        return super().read(size)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("method", ["post", "put", "patch"])
def test_no_transaction_is_open_while_a_body_is_read(method: str) -> None:
    factories.a_tag(slug="it")
    body = Watching(b'{"name": "Other"}')
    meta: dict[str, Any] = {
        "wsgi.input": body,
        "CONTENT_LENGTH": "17",
        "CONTENT_TYPE": "application/json",
        "HTTP_IF_MATCH": "*",
    }
    request = RequestFactory().generic(method, f"{ROOT}/tags/", **meta)
    force_authenticate(request, factories.an_editor())
    view = TagView.as_view({"post": "create", "put": "update", "patch": "partial_update"})
    response = view(request, slug="it")
    assert response.status_code < 300
    assert set(body.seen) == {False}
