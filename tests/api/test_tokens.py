"""Tokens: what they may do, how long, what they cost, and that nothing kept or logged serves as one."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from tests import factories
from tests.admin.forms import address, filled_in
from tests.api.test_rights import TAGS, a_token, with_token
from timeline.models import Tag, Token

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_a_token_that_reads_writes_nothing(method: str) -> None:
    client = with_token(a_token(factories.an_editor(), scope="read"))
    tag = factories.a_tag(name="It")
    path = f"{TAGS}{tag.slug}/"
    answer = getattr(client, method)(TAGS if method == "post" else path, {"name": "Other"})
    assert (answer.status_code, answer.json()["code"]) == (403, "token_is_read_only")
    assert [tag.name for tag in Tag.objects.all()] == ["It"]
    assert client.get(path).status_code == 200  # and it reads what its user may read


def test_a_token_that_is_made_without_a_word_reads() -> None:
    assert Token.objects.create(factories.a_user())[0].scope == "read"


def test_an_expired_token_is_refused_and_stays_for_the_admin_to_see() -> None:
    client = with_token(a_token(factories.an_editor(), expiry=timedelta(seconds=-1)))
    answer = client.get(TAGS)
    assert (answer.status_code, answer.json()["code"]) == (401, "token_has_expired")
    assert answer["WWW-Authenticate"] == "Token"
    assert Token.objects.get().last_used_at is None


def test_a_token_may_last_for_ever() -> None:
    assert with_token(a_token(factories.a_user(), expiry=None)).get(TAGS).status_code == 200


def test_a_revoked_token_is_none() -> None:
    client = with_token(a_token(factories.a_user()))
    Token.objects.all().delete()
    answer = client.get(TAGS)
    assert (answer.status_code, answer.json()["code"]) == (401, "authentication_failed")


def test_a_token_costs_one_query_and_an_update_an_hour() -> None:
    user = factories.a_user()
    client = with_token(a_token(user))
    for _ in range(3):
        a_token(user, expiry=timedelta(seconds=-1))

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as asked:
            assert client.get("/api/v1/").status_code == 200
        # What reads the token is prepared on PostgreSQL.
        words = ("EXECUTE" if connection.vendor == "postgresql" else "SELECT", "UPDATE")
        told = [query["sql"].split()[0] for query in asked]
        return ["SELECT" if word == "EXECUTE" else word for word in told if word in words]

    assert queries() == ["SELECT", "UPDATE"]
    noted = Token.objects.get(last_used_at__isnull=False).last_used_at
    assert noted is not None
    assert abs(timezone.now() - noted) < timedelta(minutes=5)
    assert queries() == ["SELECT"]
    Token.objects.update(last_used_at=timezone.now() - timedelta(minutes=59))
    assert queries() == ["SELECT"]
    Token.objects.update(last_used_at=timezone.now() - timedelta(minutes=61))
    assert queries() == ["SELECT", "UPDATE"]


@pytest.mark.django_db(transaction=True)
def test_the_use_of_a_token_is_noted_once_by_all_who_come_at_once() -> None:
    token, _ = Token.objects.create(factories.a_user())
    stale = [Token.objects.get(pk=token.pk) for _ in range(2)]
    stale[0].note_use()
    noted = Token.objects.get().last_used_at
    stale[1].note_use()
    assert noted is not None
    assert Token.objects.get().last_used_at == noted


@pytest.fixture
def on_disk(tmp_path: Path, transactional_db: None) -> Iterator[None]:
    """SQLite locks a database in memory in other ways than a file: this is a file, with all that is there."""
    if connection.vendor != "sqlite":
        yield
        return
    in_memory = connections["default"]
    file = in_memory.copy()
    file.settings_dict = file.settings_dict | {"NAME": str(tmp_path / "tests.sqlite3")}
    in_memory.ensure_connection()
    file.ensure_connection()
    in_memory.connection.backup(file.connection)
    connections["default"] = file
    yield
    file.close()
    connections["default"] = in_memory


@pytest.mark.usefixtures("on_disk")
def test_the_use_of_a_token_waits_for_nobody_and_fails_no_request() -> None:
    client = with_token(a_token(factories.a_user()))
    other = connections["default"].copy()
    other.set_autocommit(False)
    other.cursor().execute("UPDATE timeline_token SET name = 'changed'")  # and does not end
    assert client.get(TAGS).status_code == 200
    other.rollback()
    other.close()
    assert Token.objects.get().last_used_at is None
    assert client.get(TAGS).status_code == 200
    assert Token.objects.get().last_used_at is not None


def test_a_database_that_takes_no_writes_still_answers() -> None:
    client = with_token(a_token(factories.a_user()))

    def refuse(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("UPDATE"):
            raise OperationalError("attempt to write a readonly database")
        return execute(sql, *rest)

    with connection.execute_wrapper(refuse):
        assert client.get(TAGS).status_code == 200
    assert Token.objects.get().last_used_at is None


def rows_of_everything() -> str:
    """Every value in every table, as text."""
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def a_token_from_the_admin(client: Client) -> str:
    page = address("token", "add")
    data = filled_in(client.get(page)) | {"name": "website", "scope": "write"}
    shown = re.search(r'<code class="new-token">(\w+)</code>', client.post(page, data).content.decode())
    assert shown is not None
    return shown[1]


def requests_that_go_well_and_wrong(key: str) -> set[int]:
    """The statuses of one request for each way in which a token meets the API."""
    client = with_token(key)
    event = {"title": "It", "kind": "unknown"}
    stranger = APIClient(raise_request_exception=False)
    answers = [
        client.get(TAGS),
        client.post(TAGS, {"name": "It"}),
        client.post("/api/v1/events/", event),
        client.get("/api/v1/events/?banana=1"),
        client.get(f"{TAGS}nothing/"),
        client.get(TAGS, headers={"host": "elsewhere.example"}),
        stranger.get(f"{TAGS}?token={key}"),
        stranger.get(TAGS, HTTP_AUTHORIZATION=f"Token {key}x"),
        stranger.get(TAGS, HTTP_AUTHORIZATION=f"Token {key} {key}"),
        stranger.get("/admin/", HTTP_AUTHORIZATION=f"Token {key}"),
    ]
    return {answer.status_code for answer in answers}


def test_neither_the_database_nor_a_log_holds_a_token_that_could_be_used(
    caplog: pytest.LogCaptureFixture, settings: Settings
) -> None:
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "django")
    settings.DEBUG = True  # then queries are logged, too
    browser = Client()
    browser.force_login(factories.an_editor())
    key = a_token_from_the_admin(browser)
    assert {200, 201, 302, 400, 401, 404} <= requests_that_go_well_and_wrong(key)
    Token.objects.create(factories.an_editor(), scope="write")
    dump = io.StringIO()
    call_command("dumpdata", stdout=dump)
    kept = dump.getvalue() + rows_of_everything()
    digests = set(Token.objects.values_list("digest", flat=True))
    assert all(digest in kept for digest in digests)
    assert key not in kept
    # Whatever else in there looks like a token opens nothing.
    settings.RATES = dict.fromkeys(settings.RATES, None)
    for word in set(re.findall(r"\w{15,}", kept)):
        answer = with_token(word).get(TAGS)
        assert answer.status_code == 401, word
    line = logging.Formatter(settings.LOGGING["formatters"]["line"]["format"], style="{")
    logged = [line.format(record) for record in caplog.records]
    assert any("SELECT" in text and "timeline_token" in text for text in logged)
    assert [text for text in logged if key in text] == []
