"""Who asks too often is told so, and when to come back: readers by address, writers by user."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from tests import factories
from tests.api.test_rights import TAGS, a_token, with_token
from timeline.rates import Rate

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_a_day(settings: Settings) -> None:
    settings.RATES = dict.fromkeys(settings.RATES, Rate(3, 86400))


def is_throttled(response: Any) -> bool:
    if response.status_code != 429:
        return False
    assert response.json()["code"] == "throttled"
    assert 0 < int(response["Retry-After"]) <= 86400
    return True


@pytest.mark.usefixtures("three_a_day")
def test_anybody_reads_so_often_from_one_address(anyone: APIClient) -> None:
    paths = ("tags/", "events/?limit=1", "dates/read/?text=2020", "events/")
    assert [is_throttled(anyone.get(f"/api/v1/{path}")) for path in paths] == [False, False, False, True]
    assert anyone.head(TAGS).status_code == 429
    assert anyone.get(TAGS, REMOTE_ADDR="192.0.2.9").status_code == 200
    assert with_token(a_token(factories.a_user())).get(TAGS).status_code == 200


@pytest.mark.usefixtures("three_a_day")
def test_nobody_chooses_under_which_address_they_are_counted(anyone: APIClient, settings: Settings) -> None:
    for proxies, before in ((0, ""), (1, ", 192.0.2.7")):
        settings.NUM_PROXIES = proxies
        answers = [
            anyone.get(TAGS, headers={"X-Forwarded-For": f"203.0.113.{last}{before}"}) for last in range(4)
        ]
        assert [is_throttled(answer) for answer in answers] == [False, False, False, True]


@pytest.mark.usefixtures("three_a_day")
def test_a_user_writes_so_often_with_all_their_tokens(anyone: APIClient) -> None:
    user = factories.an_editor()
    clients = [with_token(a_token(user)) for _ in range(2)]
    # A body that is wrong counts as well.
    for number in range(3):
        assert not is_throttled(clients[number % 2].post(TAGS, {"name": "It"} if number else {}))
    assert is_throttled(clients[0].post(TAGS, {"name": "It"}))
    assert is_throttled(clients[1].post(TAGS, {"name": "It"}, REMOTE_ADDR="192.0.2.9"))
    assert clients[0].get(TAGS).status_code == 200
    assert with_token(a_token(factories.an_editor())).post(TAGS, {"name": "It"}).status_code == 201


@pytest.mark.usefixtures("three_a_day")
def test_wrong_tokens_are_refused_sooner_than_they_are_asked_for() -> None:
    right = with_token(a_token(factories.an_editor()))
    answers = [with_token("a" * 60 + str(number)).get(TAGS) for number in range(5)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
    assert is_throttled(answers[-1])
    assert right.get(TAGS).status_code == 200


@pytest.mark.usefixtures("three_a_day")
def test_wrong_passwords_are_counted_and_then_none_is_tried() -> None:
    user = factories.an_editor()
    login, right = "/admin/login/", {"username": user.get_username(), "password": "a password for tests"}
    client = Client()
    for _ in range(3):
        answer = client.post(login, right | {"password": "wrong"})
        assert "Too many" not in answer.content.decode()
    answer = client.post(login, right)
    assert answer.status_code == 200
    assert "Too many wrong passwords" in answer.content.decode()
    assert client.post(login, right, REMOTE_ADDR="192.0.2.9").status_code == 302


def test_a_page_that_loads_a_timeline_comes_nowhere_near_the_limits(anyone: APIClient) -> None:
    for _ in range(200):
        assert anyone.get("/api/v1/kinds/?limit=1").status_code == 200


def test_the_limits_may_be_off(anyone: APIClient, settings: Settings) -> None:
    settings.RATES = dict.fromkeys(settings.RATES, None)
    assert {with_token("wrong").get(TAGS).status_code for _ in range(50)} == {401}
    assert with_token(a_token(factories.an_editor())).post(TAGS, {"name": "It"}).status_code == 201
