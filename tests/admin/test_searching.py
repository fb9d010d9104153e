"""Search and the filter by review in the list of events: what is found, by whom, and by which index."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests import factories
from tests.admin.forms import messages
from timeline.admin import events_list
from timeline.models import Event

EVENTS = "/admin/timeline/event/"


def found(client: Client, text: str) -> set[str]:
    page = client.get(EVENTS, {"q": text})
    return {event.slug for event in page.context["cl"].result_list}


def some_events() -> None:
    talks = factories.an_event(slug="talks", title="Talks in Ankara")
    factories.a_participation(event=talks, actor=factories.an_actor(name="Dmitry Shugaev"))
    deal = factories.a_published_event(slug="deal", title="The deal", summary="Signed in Ankara.")
    factories.a_citation(event=deal, position=1, quote="It was signed by both sides")


@pytest.mark.parametrize(
    ("text", "slugs"),
    [
        ("ankara", {"talks", "deal"}),
        ("shugaev ANKARA", {"talks"}),
        ('"both sides"', {"deal"}),
        ("ankara -talks", {"deal"}),
        ("anka", set()),
        ("  ", {"talks", "deal"}),
    ],
)
def test_the_list_is_searched_as_the_site_is_and_drafts_too(
    client: Client, text: str, slugs: set[str]
) -> None:
    some_events()
    assert found(client, text) == slugs


def test_what_cannot_be_searched_for_is_said_and_nothing_listed(client: Client) -> None:
    some_events()
    for text, said in (
        ("-talks", "There is no word"),
        ("a b c d e f g h i", "at most 8 words"),
        ("a" * 300, "200"),
    ):
        page = client.get(EVENTS, {"q": text})
        assert (said in messages(page)[0], list(page.context["cl"].result_list)) == (True, []), text
        assert client.get(f"{EVENTS}export/csv/", {"q": text}).status_code == 302


def test_what_very_many_have_is_listed_and_not_counted(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_events()
    monkeypatch.setattr(events_list, "MOST_COUNTED", 1)
    page = client.get(EVENTS, {"q": "ankara"})
    assert "More than 1 events: with fewer you see when they start." in page.content.decode()
    assert len(page.context["cl"].result_list) == 2
    assert "More than" not in client.get(EVENTS, {"q": "shugaev"}).content.decode()


@pytest.mark.django_db
def test_nobody_finds_a_draft_by_what_they_may_not_see() -> None:
    some_events()
    user = factories.a_user(permissions=("view_event",), is_staff=True)
    client = factories.a_browser(user)
    assert found(client, "shugaev") == set()
    assert found(client, '"both sides"') == {"deal"}
    user.user_permissions.add(Permission.objects.get(codename="view_actor"))
    assert found(client, "shugaev") == {"talks"}


def test_an_event_is_chosen_by_the_letters_so_far(client: Client) -> None:
    some_events()
    query = "app_label=timeline&model_name=eventrelation&field_name=related&term=anka"
    results = client.get(f"{reverse('admin:timeline_choosing')}?{query}").json()["results"]
    assert {result["name"] for result in results} == {"Talks in Ankara", "The deal"}


def plans(client: Client, query: str) -> list[str]:
    """How the database finds each of the pages' lists of events."""
    with CaptureQueriesContext(connection) as asked:
        client.get(EVENTS + query)
    statements = [one["sql"] for one in asked if 'FROM "timeline_event"' in one["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # which otherwise scans tables as small as these
            cursor.execute("SET LOCAL enable_seqscan = off")
        found = []
        for sql in statements:
            cursor.execute(f"{'EXPLAIN QUERY PLAN' if connection.vendor == 'sqlite' else 'EXPLAIN'} {sql}")
            found.append(" ".join(str(row[-1]) for row in cursor.fetchall()))
    return found


def test_what_waits_for_review_is_found_by_its_index(client: Client) -> None:
    events: list[Any] = [factories.an_event(review=review) for review in ("draft", "in_review", "in_review")]
    page = client.get(f"{EVENTS}?review__exact=in_review")
    assert [*page.context["cl"].result_list] == events[1:]
    assert any("event_in_review" in plan for plan in plans(client, "?review__exact=in_review"))
    wrong = client.get(f"{EVENTS}?review__exact=nothing")
    assert "has no choice “nothing”" in messages(wrong)[0]
    assert Event.objects.count() == 3
