"""T18: text of somebody who means ill, on every page that shows it. It stays text.

Never executed: no payload calls `pwned`, no dialog opens. Not even tried: the site's policy has nothing to
refuse, and no page has an element that a payload would make.
"""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Browser, expect

from tests.browser.hostile import PAYLOADS
from tests.browser.sites import Site, site
from tests.browser.visitor import Visitor, visiting

# Elements that only a payload makes, and links that run a script.
OF_PAYLOADS = ", ".join(
    (
        *("[src=x]", "[srcdoc]", "[onerror]", "[onload]", "[onfocus]", "[ontoggle]", "base", "math"),
        "a[href^='javascript:' i]",
    )
)
LISTS = sorted(
    reverse(f"admin:{model._meta.label_lower.replace('.', '_')}_changelist") for model in admin.site._registry
)
# Events are opened where somebody types on their pages.
THINGS = ("actor", "contract", "source", "citation", "timeline", "place", "tag", "eventkind", "role")
# What else shows texts of a thing: a page each.
MORE = (
    ("event", "history"),
    ("event", "delete"),
    ("actor", "delete"),
    ("source", "history"),
    ("merge", "change"),
    ("checknote", "change"),
)
PAGES = (
    "/admin/",
    "/admin/timeline/citation/broken/",
    "/admin/timeline/distinction/?noun=event",
    "/admin/timeline/distinction/?noun=source",
    "/admin/timeline/checknote/?state=all",
    "/admin/timeline/actor/deleted/",
    "/admin/timeline/event/?q={}",
    "/admin/timeline/event/?actor={}&date_from={}",
    "/api/v1/",
    "/api/v1/docs/",
    "/api/v1/events/?include=timelines",
    "/api/v1/events/?q={}",
    "/api/v1/events/?date={}",
    "/api/v1/changes/",
    "/api/v1/dates/read/?text={}",
)
API = ("events", "actors", "contracts", "sources", "timelines", "places", "tags", "kinds", "roles")


@pytest.fixture(scope="module")
def poisoned(folder: Path) -> Iterator[Site]:
    with site(folder, "hostile") as made:
        yield made


@pytest.fixture(scope="module")
def reader(browser: Browser, poisoned: Site) -> Iterator[Visitor]:
    """Somebody who sees everything, and is called by a payload."""
    with visiting(browser, poisoned, "root") as visitor:
        yield visitor


def harmless(reader: Visitor) -> None:
    """The page in front has no element of a payload, and nothing ran or was refused."""
    made = reader.page.locator(OF_PAYLOADS).evaluate_all("found => found.map(one => one.outerHTML)")
    amiss, reader.amiss[:] = reader.amiss[:], []
    assert (made, amiss) == ([], []), reader.page.url


def open_harmless(reader: Visitor, path: str) -> None:
    response = reader.page.goto(reader.site.root + path)
    expected = (HTTPStatus.OK, HTTPStatus.BAD_REQUEST) if path.startswith("/api/") else (HTTPStatus.OK,)
    assert response and response.status in expected, path
    harmless(reader)


@pytest.mark.parametrize("address", LISTS)
def test_lists_show_text(reader: Visitor, address: str) -> None:
    open_harmless(reader, address)


@pytest.mark.parametrize("noun", THINGS)
def test_the_page_of_a_thing_shows_text(reader: Visitor, noun: str) -> None:
    for ids in reader.site.told:
        open_harmless(reader, reverse(f"admin:timeline_{noun}_change", args=(ids[noun][0],)))


def test_the_page_of_an_account_shows_text(reader: Visitor) -> None:
    for ids in reader.site.told:
        open_harmless(reader, reverse("admin:timeline_user_change", args=(ids["account"][0],)))


@pytest.mark.parametrize("action", ["version", "restore"])
def test_a_version_shows_text(reader: Visitor, action: str) -> None:
    for ids in reader.site.told:
        args = (*ids["changed"], *ids["version"])
        open_harmless(reader, reverse(f"admin:timeline_event_{action}", args=args))


@pytest.mark.parametrize(("noun", "action"), MORE)
def test_what_else_is_said_of_a_thing_is_text(reader: Visitor, noun: str, action: str) -> None:
    for ids in reader.site.told:
        open_harmless(reader, reverse(f"admin:timeline_{noun}_{action}", args=(ids[noun][0],)))


@pytest.mark.parametrize("page", PAGES)
def test_other_pages_show_text(reader: Visitor, page: str) -> None:
    payloads = PAYLOADS if "{}" in page else ("",)
    for payload in payloads:
        open_harmless(reader, page.replace("{}", quote(payload)))


@pytest.mark.parametrize("noun", API)
def test_the_api_answers_with_text(reader: Visitor, noun: str) -> None:
    open_harmless(reader, f"/api/v1/{noun}/?limit=100")


def test_two_things_side_by_side_are_text(reader: Visitor) -> None:
    for ids in reader.site.told:
        pair = ids["source"]
        open_harmless(reader, f"/admin/timeline/source/merge/?one={pair[0]}&other={pair[1]}")


def test_a_file_that_is_refused_is_told_as_text(reader: Visitor, tmp_path: Path) -> None:
    table = tmp_path / "<img src=x onerror=pwned(0)>.csv"
    cells = (
        "slug,title,kind,date_text",
        *(f"a,{quoted},{quoted},{quoted}" for quoted in map(cell, PAYLOADS)),
    )
    table.write_text("\n".join(cells))
    open_harmless(reader, "/admin/timeline/event/import/")
    reader.page.get_by_label("File").set_input_files(table)
    reader.page.get_by_role("button", name="Send").or_(
        reader.page.locator("#content [type=submit]")
    ).first.click()
    expect(reader.page.get_by_role("table", name="What would come of each line")).to_contain_text(PAYLOADS[0])
    harmless(reader)


def cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_what_a_page_shows_while_one_types_is_text(reader: Visitor, number: int) -> None:
    """The reading of a date, names to choose from, what is kept already, and passages of a text."""
    payload, ids = PAYLOADS[number], reader.site.told[number]
    open_harmless(reader, reverse("admin:timeline_event_change", args=(ids["event"][0],)))
    page = reader.page
    page.locator("#id_date_1").fill("")
    page.locator("#id_date_0").fill(payload)
    page.locator("#id_title").fill(payload)
    expect(page.locator(".field-date .reading-error")).to_be_visible()
    page.get_by_role("combobox", name="Actor").first.click()
    page.locator(".select2-container--open input[type=search]").fill(payload)
    expect(page.locator(".select2-results__option", has_text=payload[:20]).first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Find in the text").first.click()
    expect(page.locator(".passages-said").first).to_be_visible()
    harmless(reader)


def test_a_payload_that_is_taken_for_more_than_text_is_noticed(browser: Browser, poisoned: Site) -> None:
    """What the tests above rest on: each way in which a payload shows is one that they see."""
    with visiting(browser, poisoned) as visitor:
        visitor.open("/admin/login/")
        visitor.page.evaluate("document.body.innerHTML = '<img src=x onerror=pwned(1)>'")
        visitor.page.wait_for_function("() => document.images[0].complete")
        visitor.page.evaluate("pwned(2)")
        assert visitor.page.locator(OF_PAYLOADS).count() == 1
        assert any(told.startswith("policy: script-src-attr") for told in visitor.amiss)
        assert "executed: 2" in visitor.amiss
        visitor.amiss.clear()
