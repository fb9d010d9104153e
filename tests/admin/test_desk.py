"""The desk on the admin's first page: what waits, each count with the list that it leads to."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.admin.test_review import browser_of
from timeline import desk
from timeline.models import Contract, Event


def lines(client: Client) -> dict[str, list[str]]:
    """The texts of the links of the desk, by title."""
    html = client.get("/admin/").content.decode()
    found = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", html, re.DOTALL)
    return {title: re.findall(r">([^<]+)</a>", links) for title, links in found}


def listed(client: Client, title: str) -> list[list[Any]]:
    """What the lists show to which the counts of a title lead."""
    html = client.get("/admin/").content.decode()
    part = html.split(f"<dt>{title}</dt>")[1].split("</dd>")[0]
    pages = [client.get(address) for address in re.findall(r'href="([^"]+)"', part)]
    return [list(page.context["cl"].queryset) for page in pages]


def a_contract(review: str, **citation: Any) -> Contract:
    contract = factories.a_contract(review=review)
    factories.a_citation(contract=contract, **citation)
    return contract


def a_desk(user: Any) -> dict[str, list[list[Any]]]:
    """Something of everything, some of it not to be counted; returns what is, by title."""
    dated: dict[str, Any] = {"date": "2020"}
    waiting = [factories.an_event(review="in_review", **dated) for _ in range(2)]
    returned = factories.an_event(review_note="Who?", sent_by=user, **dated)
    factories.an_event(review_note="Who?", sent_by=factories.a_user(), **dated)
    factories.an_event(sent_by=user, **dated)
    undated = factories.an_event(review="retracted", date="undated")
    vague = factories.a_published_event(**dated)
    for words in ({"quote": "x"}, {"locator": "page 3"}):
        precise = factories.a_published_event(**dated)
        factories.a_citation(event=precise, position=1, **words)
    broken = factories.a_citation(event=waiting[0], source=factories.a_source(text="Text"), quote="Other")
    deal, vague_deal = a_contract("in_review"), a_contract("published")
    a_contract("published", locator="page 3")
    return {
        "Waiting for review": [waiting, [deal]],
        "Returned to me": [[returned], []],
        "Broken quotes": [[broken]],
        "Undated": [[undated]],
        "Published without a precise source": [[vague], [vague_deal]],
    }


@pytest.mark.django_db
def test_each_count_leads_to_the_list_of_what_it_counts() -> None:
    client = browser_of("view_event", "view_contract")
    piles = a_desk(client.user)  # type: ignore[attr-defined]
    assert lines(client) == {
        "Waiting for review": ["2 events", "1 contract"],
        "Returned to me": ["1 event", "no contracts"],
        "Broken quotes": ["1 citation"],
        "Undated": ["1 event"],
        "Published without a precise source": ["1 event", "1 contract"],
    }
    for title, expected in piles.items():
        assert [set(rows) for rows in listed(client, title)] == [set(rows) for rows in expected], title


@pytest.mark.django_db
def test_nobody_is_told_of_what_they_may_not_see() -> None:
    sees_contracts = Client()
    user = factories.a_user(permissions=("view_contract",))
    user.is_staff = True
    user.save()
    sees_contracts.force_login(user)
    a_desk(user)
    assert list(lines(sees_contracts).values()) == [["1 contract"], ["no contracts"], ["1 contract"]]
    user.user_permissions.clear()
    assert lines(sees_contracts) == {}


def test_the_desk_takes_one_query(client: Client, django_user_model: Any) -> None:
    user = django_user_model.objects.get()
    numbers = []
    for _ in range(2):
        a_desk(user)
        with CaptureQueriesContext(connection) as asked:
            assert len(desk.desk(user)) == 8
        numbers.append(len(asked))
    assert numbers == [1, 1]


def test_what_is_counted_is_found_by_indexes(client: Client, django_user_model: Any) -> None:
    user = django_user_model.objects.get()
    with CaptureQueriesContext(connection) as asked:
        desk.desk(user)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"EXPLAIN QUERY PLAN {asked[0]['sql']}")
        else:  # which otherwise scans tables as small as these
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute(f"EXPLAIN {asked[0]['sql']}")
        plan = " ".join(row[-1] for row in cursor.fetchall())
    used = ("event_in_review", "citation_is_broken", "event_in_order", "citation_is_imprecise")
    assert [name for name in used if name not in plan] == []


def test_very_many_are_not_counted_to_the_end(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk, "MOST", 1)
    for _ in range(3):
        factories.an_event()
    assert lines(client)["Undated"] == ["more than 1 event"]
    Event.objects.all().delete()
    assert lines(client)["Undated"] == ["no events"]


def test_a_choice_that_there_is_not_shows_nothing(client: Client) -> None:
    factories.an_event()
    page = client.get("/admin/timeline/event/?desk=x")
    assert list(page.context["cl"].queryset) == []
    assert "has no choice “x”" in page.content.decode()
