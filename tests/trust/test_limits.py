"""T13: a statement that takes too long is stopped and answered 503, in requests and nowhere else."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings as configured
from django.db import OperationalError, connection, transaction
from django.db.backends.signals import connection_created
from pytest_django import Settings
from rest_framework.test import APIClient

from tests import factories
from tests.trust.server import ROOT, Database, environment
from timeline import limits
from timeline.models import Tag

pytestmark = pytest.mark.django_db

ENDLESS = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 10000000000)
    SELECT count(*) FROM numbers
"""


@contextmanager
def limited(seconds: float) -> Iterator[None]:
    """A limit for the block, which is rolled back: PostgreSQL takes nothing more in what failed."""
    connection.ensure_connection()
    limits.limit(connection, seconds)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        limits.limit(connection, 0)


def endless(table: str) -> Any:
    """An execute wrapper under which reading this table has no end."""

    def run(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if f'FROM "{table}"' in sql:
            return execute(ENDLESS, None, many, context)
        return execute(sql, params, many, context)

    return run


@pytest.mark.parametrize("method", ["get", "put"])
def test_a_request_that_takes_too_long_is_answered_503(method: str) -> None:
    factories.a_tag(slug="it", name="It")
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    with limited(0.05), connection.execute_wrapper(endless("timeline_tag")):
        response = getattr(client, method)("/api/v1/tags/it/")
    assert (response.status_code, response.json()["code"]) == (503, "too_expensive")
    assert response["Retry-After"] == "5"
    assert Tag.objects.get().name == "It"


def test_a_page_of_the_admin_that_takes_too_long_is_answered_503() -> None:
    client = APIClient(raise_request_exception=False)
    client.force_login(factories.an_editor())
    with limited(0.05), connection.execute_wrapper(endless("timeline_tag")):
        response = client.get("/admin/timeline/tag/")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


def test_the_next_statement_has_its_time_again() -> None:
    with limited(0.05):
        for _ in range(2):
            with (
                pytest.raises(OperationalError),
                transaction.atomic(),
                connection.execute_wrapper(endless("timeline_tag")),
            ):
                Tag.objects.count()
            assert Tag.objects.count() == 0


def test_what_is_long_by_nature_has_no_limit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is off for the block only; nothing endless is run."""
    settings.STATEMENT_TIMEOUT_SECONDS = 7
    monkeypatch.setattr(limits, "_limited", True)
    with limited(7):
        assert limit_now() == 7
        with limits.without_limit():
            assert limit_now() == 0
        assert limit_now() == 7
    monkeypatch.setattr(limits, "_limited", False)
    with limits.without_limit():
        assert limit_now() == 0


def limit_now() -> float:
    """The limit on this connection in seconds; 0: none."""
    if connection.vendor == "sqlite":
        return sum(one.seconds for one in connection.execute_wrappers if isinstance(one, limits.Stopwatch))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")
        return int(cursor.fetchone()[0]) / 1000


def test_a_command_has_no_limit() -> None:
    assert limit_now() == 0
    assert not [one for one in connection_created.receivers if "limits" in str(one)]
    assert configured.STATEMENT_TIMEOUT_SECONDS == 5


def test_the_server_has_the_limit_of_its_environment(database: Database) -> None:
    program = (
        "import timeline.wsgi\n"
        "from django.db import connection, OperationalError\n"
        f"try: connection.cursor().execute('''{ENDLESS}''')\n"
        "except OperationalError as error: print(error)"
    )
    printed = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment(
            database.url, STATEMENT_TIMEOUT_SECONDS="1", DJANGO_SETTINGS_MODULE="timeline.settings"
        ),
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert printed.strip() in ("interrupted", "canceling statement due to statement timeout")
