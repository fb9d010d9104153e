"""Choosing a quote in the text of its source, on the page of an event and on that of a citation."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests import factories
from tests.admin.forms import address, errors, row, rows, send
from timeline.models import Citation, Event

TEXT = "They signed it.\n\nLater <b>they</b> signed it again."


def ask(client: Client, **data: Any) -> Any:
    return client.post(reverse("admin:timeline_passages"), data)


def test_passages_are_shown_in_their_paragraphs(client: Client) -> None:
    source = factories.a_source(title="Gazette", text=TEXT)
    html = ask(client, source=source.pk, words="signed it").content.decode()
    assert "2 passages of “Gazette”." in html
    assert "They <mark>signed it</mark>." in html
    assert "Later &lt;b&gt;they&lt;/b&gt; <mark>signed it</mark> again." in html
    assert 'data-passage="35-44" data-quote="signed it"' in html


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "Choose the source first."),
        ({"source": "x", "words": "a"}, "Choose the source first."),
        ({"source": "9" * 18, "words": "a"}, "Choose the source first."),
        ({"words": "sung"}, "Not in the text of"),
        ({"words": " "}, "Paste the passage"),
        ({"words": "a" * 10_001}, "at most 10,000"),
        ({"words": "a\0"}, "Not in the text of"),
    ],
)
def test_what_cannot_be_shown_is_said(client: Client, data: dict[str, Any], said: str) -> None:
    source = factories.a_source(text=TEXT)
    if "words" in data and "source" not in data:
        data = {**data, "source": source.pk}
    response = ask(client, **data)
    assert response.status_code == 200
    assert said in response.content.decode()


def test_a_source_without_a_text_says_so(client: Client) -> None:
    assert "No text of" in ask(client, source=factories.a_source().pk, words="a").content.decode()


@pytest.mark.django_db
def test_who_may_not_see_sources_sees_no_passages() -> None:
    editor = factories.a_user(permissions=("change_event", "view_event"), is_staff=True)
    client = Client()
    assert ask(client, source=1).status_code == 302
    client.force_login(editor)
    assert ask(client, source=1).status_code == 403
    assert client.get(reverse("admin:timeline_sources_told")).status_code == 403


def enter(client: Client, source: Any, *chosen: dict[str, str]) -> Any:
    lines = rows("citations", *({"source": source.pk, "stance": "supports", **line} for line in chosen))
    kind = factories.a_kind().pk
    return send(client, "/admin/timeline/event/add/", {"title": "Signing", "kind": kind, **lines})


def test_the_passage_that_was_chosen_is_kept_with_each_citation(client: Client) -> None:
    source = factories.a_source(text=TEXT)
    response = enter(
        client,
        source,
        {"quote": "signed it", "passage": "35-44"},
        {"quote": "signed it", "passage": "5-14"},
        {"quote": "signed it", "passage": "2-11"},
        {"quote": "Later", "passage": ""},
    )
    assert errors(response) == ""
    event = Event.objects.get()
    found = list(event.citations.values_list("start", "end", "quote_status"))
    assert found == [(35, 44, "exact"), (5, 14, "exact"), (5, 14, "exact"), (17, 22, "exact")]
    page = address("event", "change", event.pk)
    assert errors(send(client, page, row("citations", 1, passage="35-44"))) == ""
    assert list(event.citations.values_list("start", flat=True)) == [35, 35, 5, 17]
    assert errors(send(client, page, row("citations", 0, quote="again"))) == ""
    assert event.citations.values_list("start", "end").first() == (45, 50)


@pytest.mark.parametrize("passage", ["x", "5", "9-5", "-1-4", "5-5", "9" * 30 + "-1", "1-2\n"])
def test_a_passage_that_is_none_is_refused(client: Client, passage: str) -> None:
    response = enter(client, factories.a_source(text=TEXT), {"quote": "signed it", "passage": passage})
    if passage.strip() == passage:
        assert errors(response) != ""
        assert not Citation.objects.exists()
    assert response.status_code == 200


def test_a_citation_alone_is_chosen_for_as_well(client: Client) -> None:
    citation = factories.a_citation(source=factories.a_source(text=TEXT), quote="signed it")
    page = address("citation", "change", citation.pk)
    html = client.get(page).content.decode()
    assert f'data-passages-url="{reverse("admin:timeline_passages")}"' in html
    assert errors(send(client, page, {"passage": "35-44"})) == ""
    citation.refresh_from_db()
    assert (citation.start, citation.end, citation.quote_status) == (35, 44, "exact")
