"""How many queries each list runs: a number that is pinned, and stays where it is with ten times the rows."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.api.world import a_world
from timeline.kept import settle_all

LISTS = {
    "events/": 1,
    "events/?order=updated": 2,
    "events/?order=-date&status=occurred": 3,
    "events/?known_by=2020": 16,
    "events/?fields=slug,title,date": 1,
    "events/?fields=slug&count=exact": 3,
    "events/?include=timelines": 17,
    "events/?date=2020&order=-date": 1,
    "events/?actor=person-0&role=role-0&members=true": 4,
    "actors/person-0/events/": 1,
    "actors/": 5,
    "actors/?include=members": 7,
    "contracts/": 11,
    "contracts/?include=events,followed_by": 13,
    "sources/": 3,
    "sources/?include=text": 3,
    "timelines/": 3,
    "places/": 2,
    "places/?include=parts": 3,
    "tags/": 1,
    "kinds/": 1,
    "roles/": 1,
}


def queries(client: APIClient, path: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(f"/api/v1/{path}").status_code == 200
    return len(asked)


@pytest.mark.django_db
def test_lists_run_as_many_queries_with_ten_times_the_rows() -> None:
    client = APIClient()
    a_world("0")
    assert sum(settle_all()) > 0
    few = {path: queries(client, path) for path in LISTS}
    for number in range(1, 10):
        a_world(str(number))
    assert sum(settle_all()) > 0
    many = {path: queries(client, path) for path in LISTS}
    assert few == LISTS
    assert many == LISTS
