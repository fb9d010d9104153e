"""The page of findings in the admin: what is listed, filtered, noted and opened again, and by whom."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.admin.forms import messages
from tests.contradictions import worlds
from timeline.models import CheckNote, Event, Milestone

pytestmark = pytest.mark.django_db

PAGE = "/admin/timeline/checknote/"


@pytest.fixture
def editor() -> Client:
    return factories.somebody("editor")


def codes(response: Any) -> list[str]:
    return re.findall(r"<code>(\w+)</code>", response.content.decode())


def sent(response: Any, **changes: str) -> dict[str, str]:
    """What the form of the first finding on the page sends."""
    html = response.content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="(key|digest)" value="([^"]+)"', html)[:2])
    return hidden | changes


def test_every_finding_has_both_its_sides_with_links_and_quotes(editor: Client) -> None:
    worlds.responds_to_later(review="draft")
    page = editor.get(PAGE)
    html = page.content.decode()
    assert codes(page) == ["responds_to_later"]
    for event in Event.objects.all():
        assert f'href="/admin/timeline/event/{event.pk}/change/"' in html
    assert "“It was 2019”" in html and "“It was March 2020”" in html


def test_a_finding_is_looked_at_with_a_note_and_opened_again(editor: Client) -> None:
    worlds.shares()
    page = editor.post(PAGE, sent(editor.get(PAGE), note="Two\r\nlines"), follow=True)
    assert codes(page) == []
    assert messages(page)[0].startswith("Looked at: shared: ")
    assert CheckNote.objects.get().note == "Two\nlines"
    seen = editor.get(PAGE, {"state": "seen"})
    assert codes(seen) == codes(editor.get(PAGE, {"state": "all"})) == ["shares_exceed_100"]
    assert "Two\nlines" in seen.content.decode()
    again = editor.post(f"{PAGE}?state=seen", sent(seen, undo="on"), follow=True)
    assert messages(again)[0].startswith("Open again: ")
    assert codes(editor.get(PAGE)) == ["shares_exceed_100"]
    assert not CheckNote.objects.exists()


def test_it_comes_back_with_what_was_said_when_the_facts_change(editor: Client) -> None:
    worlds.before_signature()
    before = sent(editor.get(PAGE), note="A misprint")
    editor.post(PAGE, before)
    milestone = Milestone.objects.get(kind="delivered")
    milestone.met = "spring of 2016"
    milestone.save()
    html = editor.get(PAGE).content.decode()
    assert "The facts have changed." in html and "A misprint" in html
    refused = editor.post(PAGE, before, follow=True)
    assert messages(refused) == ["The facts have changed since this page was opened. Nothing was saved."]


def test_the_list_is_filtered_by_check_and_goes_page_by_page(editor: Client) -> None:
    for number in range(30):
        contract = worlds.a_contract(f"Shared {number:02}", "draft")
        contract.payment_terms.create(kind="loan", share=60)
        contract.payment_terms.create(kind="grant", share=60)
    worlds.amounts()
    assert codes(editor.get(PAGE, {"code": "amounts_exceed_value"})) == ["amounts_exceed_value"]
    first = editor.get(PAGE)
    [address] = re.findall(r'<a href="([^"]+)" rel="next"', first.content.decode())
    second = editor.get(PAGE + address.replace("&amp;", "&"))
    assert len(codes(first)) == 25
    assert len(codes(second)) == 6
    [back] = re.findall(r'<a href="([^"]+)" rel="prev"', second.content.decode())
    assert codes(editor.get(PAGE + back.replace("&amp;", "&"))) == codes(first)


@pytest.mark.parametrize("address", ["slug=shared", "slug=shared&at=x&back=on", "", "back=on", "slug=%00x"])
def test_half_an_address_of_a_page_is_the_beginning_or_refused(editor: Client, address: str) -> None:
    worlds.shares()
    page = editor.get(f"{PAGE}?check=4&{address}", follow=True)
    assert page.status_code == 200
    assert codes(page) == ([] if address == "back=on" else ["shares_exceed_100"])


def test_who_may_only_see_marks_nothing() -> None:
    worlds.shares()
    reader, editor = factories.somebody("reader"), factories.somebody("editor")
    page = reader.get(PAGE)
    assert codes(page) == ["shares_exceed_100"]
    assert "Mark as looked at" not in page.content.decode()
    assert reader.post(PAGE, sent(editor.get(PAGE))).status_code == 403
    assert Client().get(PAGE).status_code == 302
    stranger = factories.a_browser(factories.a_user(is_staff=True))
    assert stranger.get(PAGE).status_code == 403


def test_who_may_see_notes_only_sees_what_everybody_sees() -> None:
    worlds.shares(review="draft")
    worlds.responds_to_later()
    user = factories.a_user(permissions=("view_checknote",), is_staff=True)
    client = Client()
    client.force_login(user)
    page = client.get(PAGE)
    assert codes(page) == ["responds_to_later"]
    assert "/change/" not in page.content.decode().partition("check-sides")[2].partition("</article>")[0]


@pytest.mark.parametrize(
    "query", ["state=x", "code=x", "check=99", "check=x", "at=%00&check=0", "check=0&at="]
)
def test_an_address_that_cannot_be_read_is_told(editor: Client, query: str) -> None:
    worlds.shares()
    assert codes(editor.get(f"{PAGE}?{query}", follow=True)) == ["shares_exceed_100"]


def test_what_is_not_found_is_not_noted(editor: Client) -> None:
    worlds.shares()
    page = editor.post(PAGE, sent(editor.get(PAGE), key="shares_exceed_100:other:0"), follow=True)
    assert messages(page) == ["This is not found any more. Nothing was saved."]
    for changes in ({"key": ""}, {"key": "x\0"}, {"digest": "1" * 17}, {"note": "x" * 10_001}):
        assert editor.post(PAGE, sent(editor.get(PAGE)) | changes).status_code == 400
    assert not CheckNote.objects.exists()


def test_the_page_runs_as_many_queries_with_ten_times_the_findings(editor: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            editor.get(PAGE)
        return len(asked)

    worlds.responds_to_later()
    few = queries()
    for _ in range(9):
        worlds.responds_to_later()
    assert queries() == few


def test_a_contract_shows_how_late_a_milestone_was_met() -> None:
    contract = factories.a_contract()
    contract.milestones.create(kind="delivered", due="early 2019", met="fall of 2019")
    contract.milestones.create(kind="paid", due="early 2019", position=1)
    html = (
        factories.somebody("editor").get(f"/admin/timeline/contract/{contract.pk}/change/").content.decode()
    )
    assert "124 to 333 days later" in html
    assert "Not both are dated." in html
