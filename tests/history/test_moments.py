"""When a state begins and ends."""

from __future__ import annotations

import sqlite3

import pytest

from tests import factories as make
from tests.api.test_kept import sql
from tests.history.states import a_moment, state, state_at
from timeline.history.on_sqlite import UNTIL
from timeline.models import Event


@pytest.mark.django_db(transaction=True)
def test_many_changes_of_one_thing_in_an_instant_are_over_after_it() -> None:
    event = make.an_event()
    for _ in range(50):
        make.a_participation(event=event)
    sql("UPDATE timeline_participation SET note = 'changed'")
    changed, then = a_moment(), state()
    assert state_at(changed) == then
    Event.objects.all().delete()
    deleted, now = a_moment(), state()
    assert state_at(deleted) == now
    assert state_at(changed) == then


@pytest.mark.parametrize(
    "at, since, until",
    [
        ("2020-01-01 00:00:01.234000", "2020-01-01 00:00:01.233999", "2020-01-01 00:00:01.234000"),
        ("2020-01-01 00:00:01.234000", "2020-01-01 00:00:01.234000", "2020-01-01 00:00:01.234001"),
        ("2020-01-01 00:00:01.234000", "2020-01-01 00:00:01.234009", "2020-01-01 00:00:01.234010"),
        ("2020-01-01 00:00:01.234000", "2021-06-05 04:03:02.000000", "2021-06-05 04:03:02.000001"),
        ("2020-01-01 00:00:01.000000", "2020-01-01 00:00:01", "2020-01-01 00:00:01.000001"),
        ("2020-01-01 00:00:01", "2020-01-01 00:00:01", "2020-01-01 00:00:01.000001"),
    ],
)
def test_a_state_lasts_a_microsecond_at_least_on_sqlite(at: str, since: str, until: str) -> None:
    assert _until(at, since) == until


def test_a_state_lasts_into_the_next_second_on_sqlite() -> None:
    until = _until("2020-12-31 23:59:59.999000", "2020-12-31 23:59:59.999999")
    assert "2021-01-01 00:00:00.000000" <= until <= "2021-01-01 00:00:00.001000"


def _until(at: str, since: str) -> str:
    query = f"SELECT {UNTIL} FROM (SELECT ? AS at, ? AS since)"
    ((until,),) = sqlite3.connect(":memory:").execute(query, [at, since]).fetchall()
    return str(until)
