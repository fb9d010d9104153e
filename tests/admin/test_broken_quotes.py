"""The list of broken quotes: the missing first, with the passages that they were probably taken from."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from timeline.admin import broken_quotes
from timeline.nearest import Passages

CITATIONS = "/admin/timeline/citation/"
TEXT = (
    "A long introduction stands here. The head of the service said that the second contract would be signed "
    "soon, and “the price” was agreed on by both sides. Other things follow."
)


def quoted(*quotes: str, text: str = TEXT) -> list[Any]:
    source, event = factories.a_source(title="Interview", text=text), factories.an_event()
    return [factories.a_citation(source=source, event=event, quote=quote) for quote in quotes]


def shown(client: Client, query: str = "") -> list[Any]:
    return [*client.get(CITATIONS + query, follow=True).context["cl"].result_list]


@pytest.mark.parametrize(
    ("quote", "passage"),
    [
        ("the second contract will be signed soon", "… the second contract would be signed soon, and …"),
        ("THE PRICE was agreed upon", "… the price” was agreed on by …"),
        ("A long introduction was there", "A long introduction stands here. The …"),
        ("nothing of this is in it", ""),
        ("contract", "… contract …"),
        ("Other things followed.", ""),
        ("things follow", "… things follow."),
        ("both sides, other things! And so on, as they say", "… both sides. Other things follow."),
        ("", ""),
        ("!", ""),
    ],
)
def test_the_nearest_passage_has_most_runs_of_the_words(quote: str, passage: str) -> None:
    assert Passages(TEXT).nearest(quote) == passage


def test_the_place_with_most_runs_counts_not_the_first() -> None:
    text = (
        "He thought it was signed. " * 3 + "Nobody thought that it was signed by the two of them in Moscow."
    )
    assert Passages(text).nearest("they said it was signed by the two of them") == (
        "… thought that it was signed by the two of them in Moscow."
    )


def test_what_lower_case_makes_longer_stays_in_its_place() -> None:
    assert Passages("İzmir " * 30 + "one two three").nearest("one two three, five") == "… one two three"


def test_nothing_is_nearest_in_nothing() -> None:
    assert Passages("").nearest("one two three") == ""


def test_the_broken_come_first(client: Client) -> None:
    fine, missing, unchecked = quoted("the second contract", "the third contract", "")
    assert [row.pk for row in shown(client)] == [missing.pk, fine.pk, unchecked.pk]


def test_the_address_of_the_broken_ones_stays(client: Client) -> None:
    _, missing = quoted("the second contract", "the second contract will be signed")
    html = client.get(f"{CITATIONS}broken/", follow=True).content.decode()
    assert [row.pk for row in shown(client, "broken/")] == [missing.pk]
    assert "the second contract will be signed" in html
    assert "… the second contract would be signed soon, …" in html
    assert f'href="{CITATIONS}{missing.pk}/change/' in html


def test_who_may_not_view_sources_reads_none_of_their_text(client: Client) -> None:
    quoted("the second contract will be signed")
    user = factories.a_user(permissions=("view_citation",), is_staff=True)
    client.force_login(user)
    with CaptureQueriesContext(connection) as asked:
        html = client.get(f"{CITATIONS}broken/", follow=True).content.decode()
    assert "the second contract will be signed" in html
    assert "would be signed soon" not in html
    assert not [one for one in asked if '"timeline_source"."text"' in one["sql"]]


def test_those_of_a_source_stand_together(client: Client) -> None:
    first, second = quoted("missing 1"), quoted("missing 2")
    more = factories.a_citation(source=first[0].source, quote="missing 3")
    assert [row.quote for row in shown(client, "broken/")] == ["missing 1", "missing 3", "missing 2"]
    assert {more.quote_status, second[0].quote_status} == {"missing"}


def test_a_book_is_not_looked_through(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(broken_quotes, "LONGEST_TEXT", 20)
    quoted("the second contract will be signed")
    assert "would be signed" not in client.get(f"{CITATIONS}broken/", follow=True).content.decode()


def test_it_takes_the_same_queries_whatever_it_holds(client: Client) -> None:
    for _ in range(3):
        quoted("the second contract will be signed", "and the price is agreed on")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"{CITATIONS}?quote_status__exact=missing")
        assert len(queries) == 5


def test_strangers_are_sent_to_the_login() -> None:
    assert "login" in Client().get(f"{CITATIONS}broken/")["Location"]
