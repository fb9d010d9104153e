"""Statements that a connection prepares once: the same answers, and only where the connection is its own."""

from __future__ import annotations

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from timeline import prepared

STATEMENT = "SELECT %(text)s || %(text)s || %(more)s"


def ask(text: str, more: str = "", statement: str = STATEMENT) -> str:
    with connection.cursor() as cursor:
        prepared.execute(cursor, statement, {"more": more, "text": text})
        return str(cursor.fetchone()[0])


def kept_by_the_server() -> int:
    if connection.vendor == "sqlite":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
def test_a_connection_prepares_a_statement_once(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    connection.close()
    with django_assert_num_queries(2):
        assert ask("a%s", "b") == "a%sa%sb"
        assert ask("c'", "$1") == "c'c'$1"
    assert kept_by_the_server() == (connection.vendor == "postgresql")
    # The next connection begins anew.
    connection.close()
    assert ask("a", "b") == "aab"


@pytest.mark.django_db(transaction=True)
def test_so_many_are_kept_and_the_others_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 3)
    connection.close()
    for number in range(5):
        assert ask("a", "b", f"{STATEMENT} || '{number}'") == f"aab{number}"
    assert kept_by_the_server() == 3 * (connection.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_prepared_on_connections_of_a_pool_by_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    connection.close()
    assert ask("a", "b") == "aab"
    assert kept_by_the_server() == 0
