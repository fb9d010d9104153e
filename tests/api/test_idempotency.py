"""POST with an Idempotency-Key: one row and one answer, however often and however quickly it is sent."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone
from rest_framework.test import APIClient

from tests import factories
from tests.together import a_database_for_many, at_once
from timeline.models import Event, IdempotencyKey, Tag

TAGS = "/api/v1/tags/"


def post(client: APIClient, key: str, body: Any, path: str = TAGS) -> Any:
    return client.post(path, body, headers={"idempotency-key": key})


def test_the_same_request_again_gives_the_first_answer_again(editor: APIClient) -> None:
    first = post(editor, "one", {"name": "It"})
    tag = Tag.objects.get()
    tag.name = "Renamed meanwhile"
    tag.save()
    again = post(editor, "one", {"name": "It"})
    assert (first.status_code, again.status_code) == (201, 201)
    assert (again.content, again["ETag"], again["Location"]) == (
        first.content,
        first["ETag"],
        first["Location"],
    )
    assert (again["Idempotent-Replay"], first.has_header("Idempotent-Replay")) == ("true", False)
    assert again["Content-Type"] == "application/json"
    assert Tag.objects.count() == 1


def test_the_order_of_keys_and_white_space_make_no_other_request(editor: APIClient) -> None:
    bodies = ('{"name": "It", "is_public": true}', '{"is_public":true,"name":"It"}')
    for body in bodies:
        headers = {"idempotency-key": "one"}
        assert (
            editor.generic("POST", TAGS, body, content_type="application/json", headers=headers).status_code
            == 201
        )
    assert Tag.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (TAGS, {"name": "Other"}),
        ("/api/v1/roles/", {"name": "It"}),
        (TAGS, {"name": "it"}),
        (f"{TAGS}?message=Another", {"name": "It"}),
    ],
)
def test_a_key_is_of_one_request(editor: APIClient, path: str, body: Any) -> None:
    post(editor, "one", {"name": "It"})
    response = post(editor, "one", body, path)
    assert (response.status_code, response.json()["code"]) == (422, "idempotency_key_reused")
    assert Tag.objects.count() == 1


def test_a_key_is_of_one_user(editor: APIClient) -> None:
    other = APIClient()
    other.force_authenticate(factories.an_editor())
    assert [post(client, "one", {"name": "It"}).json()["slug"] for client in (editor, other)] == [
        "it",
        "it-2",
    ]


def test_without_a_key_each_request_is_another(editor: APIClient) -> None:
    for _ in range(2):
        assert editor.post(TAGS, {"name": "It"}).status_code == 201
    assert (Tag.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 201, "a\tb", "\x7f"])
def test_a_key_is_visible_ascii(editor: APIClient, key: str) -> None:
    response = post(editor, key, {"name": "It"})
    assert (response.status_code, response.json()["Idempotency-Key"][0]["code"]) == (400, "invalid_key")
    assert not Tag.objects.exists()


def test_the_longest_key_is_kept(editor: APIClient) -> None:
    key = "~" * 199 + "!"
    assert [post(editor, key, {"name": "It"}).status_code for _ in range(2)] == [201, 201]
    assert Tag.objects.count() == 1


def test_what_was_refused_may_be_mended_under_the_same_key(editor: APIClient) -> None:
    factories.a_tag(slug="taken")
    for body in ({"name": ""}, {"name": "It", "slug": "taken"}, {"name": "It", "colour": 1}):
        assert post(editor, "one", body).status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert post(editor, "one", {"name": "It"}).status_code == 201


def test_what_failed_may_be_sent_again(editor: APIClient) -> None:
    def fail(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "It" in (params or ()):  # as only the row itself has it
            raise OperationalError("It fails.")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(fail):
        assert post(editor, "one", {"name": "It"}).status_code == 503
    response = post(editor, "one", {"name": "It"})
    assert (response.status_code, response.has_header("Idempotent-Replay")) == (201, False)


def test_a_key_is_kept_for_a_day(editor: APIClient) -> None:
    post(editor, "one", {"name": "It"})
    post(editor, "two", {"name": "It"})
    kept = IdempotencyKey.objects.all()
    kept.update(created_at=timezone.now() - timedelta(hours=23, minutes=59))
    assert post(editor, "one", {"name": "It"}).has_header("Idempotent-Replay")
    kept.update(created_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert not post(editor, "one", {"name": "Another"}).has_header("Idempotent-Replay")
    # Whoever sends one takes along what is past its time.
    assert [row.key for row in kept] == ["one"]
    assert Tag.objects.count() == 3


def test_events_in_a_list_are_made_once(editor: APIClient) -> None:
    body = [{"title": "It", "kind": factories.a_kind().slug}] * 3
    answers = [post(editor, "one", body, "/api/v1/events/") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    assert Event.objects.count() == 3


KEYS, SENDERS = 20, 10


@pytest.mark.django_db(transaction=True)
def test_ten_who_send_the_same_at_once_make_one(tmp_path: Path) -> None:
    with a_database_for_many(tmp_path):
        user = factories.an_editor()

        def send(_: int) -> list[tuple[int, bytes]]:
            client = APIClient()
            client.force_authenticate(user)
            found = []
            for number in range(KEYS):
                response = post(client, f"key-{number}", {"slug": f"tag-{number}", "name": "It"})
                found.append((response.status_code, response.content))
            return found

        answers = at_once(send, SENDERS)
        assert {status for answer in answers for status, _ in answer} == {201}
        assert all(answer == answers[0] for answer in answers)
        assert Tag.objects.count() == IdempotencyKey.objects.count() == KEYS
