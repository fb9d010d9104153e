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
from tests.contradictions import worlds
from timeline import desk
from timeline.contradictions import counting, notes
from timeline.contradictions.listing import page_of
from timeline.models import Contract, Event, User


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
    client = browser_of("view_event", "view_contract", "view_checknote")
    piles = a_desk(client.user)  # type: ignore[attr-defined]
    assert lines(client) == {
        "Waiting for review": ["2 events", "1 contract"],
        "Returned to me": ["1 event", "no contracts"],
        "Broken quotes": ["1 citation"],
        "Undated": ["1 event"],
        "Published without a precise source": ["1 event", "1 contract"],
        "Contradictions": ["no findings"],
    }
    for title, expected in piles.items():
        assert [set(rows) for rows in listed(client, title)] == [set(rows) for rows in expected], title


@pytest.mark.django_db
def test_nobody_is_told_of_what_they_may_not_see() -> None:
    sees_contracts = Client()
    user = factories.a_user(permissions=("view_contract",), is_staff=True)
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
    used = (
        "event_in_review",
        "event_returned",
        "citation_is_broken",
        "event_in_order",
        "citation_is_imprecise",
    )
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


def test_findings_that_nobody_has_looked_at_are_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = User.objects.get()
    worlds.responds_to_later(review="draft")
    assert lines(client)["Contradictions"] == ["1 finding"]
    worlds.contradicts()
    worlds.dates_apart()
    found = [one.finding for one in page_of(user, 10).found]
    assert lines(client)["Contradictions"] == [f"{len(found)} findings"] == ["3 findings"]
    notes.look_at(user, found[0].key, found[0].digest)
    assert lines(client)["Contradictions"] == ["2 findings"]
    notes.look_at(user, found[1].key, found[1].digest)
    notes.look_at(user, found[2].key, found[2].digest)
    assert lines(client)["Contradictions"] == ["no findings"]
    worlds.causes_earlier()
    worlds.precedes_earlier()
    monkeypatch.setattr(counting, "MOST", 1)
    assert lines(client)["Contradictions"] == ["at least 1 finding"]


@pytest.mark.django_db
def test_of_findings_is_told_who_may_see_them() -> None:
    worlds.responds_to_later()
    assert lines(browser_of("view_checknote"))["Contradictions"] == ["1 finding"]
    assert "Contradictions" not in lines(browser_of("view_event"))


def test_the_first_page_runs_as_many_queries_with_ten_times_the_findings(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get("/admin/")
        return len(asked)

    def contradict(times: int) -> None:
        for _ in range(times):
            for world in (worlds.responds_to_later, worlds.contradicts, worlds.dates_apart):
                world()

    contradict(1)
    queries()
    few = queries()
    contradict(10)
    assert queries() == few <= 40
