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
    with connection.cursor() as cursor:
        prepared.execute(cursor, "SELECT %s || %s || %s", ["a%s", "b", "$1"])
        assert cursor.fetchone() == ("a%sb$1",)
    # The next connection begins anew.
    connection.close()
    assert ask("a", "b") == "aab"


@pytest.mark.django_db(transaction=True)
def test_those_that_were_asked_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepared, "MOST", 3)
    connection.close()
    for number in (0, 1, 0, 2, 0, 3, 0, 4):
        assert ask("a", "b", f"{STATEMENT} || '{number}'") == f"aab{number}"
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT right(statement, 2) FROM pg_prepared_statements ORDER BY 1")
            assert [end for (end,) in cursor.fetchall()] == ["0'", "3'", "4'"]
    else:
        assert kept_by_the_server() == 0


@pytest.mark.django_db(transaction=True)
def test_nothing_is_prepared_on_connections_of_a_pool_by_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    connection.close()
    assert ask("a", "b") == "aab"
    assert kept_by_the_server() == 0
