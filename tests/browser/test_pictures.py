"""The pictures of README.md and docs/admin.md. `make screenshots` writes them; every run can take them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FloatRect, Locator, Page, expect

from tests.browser.sites import Site
from tests.browser.visitor import Visitor, visiting

ROOT = Path(__file__).parents[2]
LARGEST = 150_000
SHOWN_IN = ("README.md", "docs/admin.md")


@pytest.fixture(scope="module")
def publisher(browser: Browser, furnished: Site) -> Iterator[Visitor]:
    with visiting(browser, furnished, "publisher", reduced_motion="reduce") as visitor:
        visitor.page.set_viewport_size({"width": 1200, "height": 800})
        yield visitor


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Where pictures go: docs/images with `make screenshots`, and nowhere that stays in any other run."""
    asked = os.environ.get("SCREENSHOTS", "")
    return ROOT / asked if asked else tmp_path


def take(album: Path, name: str, shown: Page | Locator, height: int = 800) -> None:
    """An element, or a page down to some height."""
    path = album / f"{name}.png"
    if isinstance(shown, Locator):
        shown.screenshot(path=path, animations="disabled", scale="css")
    else:
        clip = FloatRect(x=0, y=0, width=1200, height=height)
        shown.screenshot(path=path, animations="disabled", scale="css", clip=clip)
    assert 0 < path.stat().st_size < LARGEST


def event_at(publisher: Visitor, name: str) -> Page:
    return publisher.open(f"/admin/timeline/event/{publisher.site.told[name]}/change/")


def test_the_page_of_an_event(publisher: Visitor, album: Path) -> None:
    page = event_at(publisher, "event")
    page.evaluate("document.activeElement.blur()")
    take(album, "admin-event", page)
    page.emulate_media(color_scheme="dark")
    take(album, "admin-event-dark", page)
    page.emulate_media(color_scheme="light")


def test_the_list_of_events(publisher: Visitor, album: Path) -> None:
    publisher.open("/admin/timeline/event/?date_from=2020&date_to=2020&date_match=possible")
    take(album, "admin-list", publisher.page)


def test_the_desk(publisher: Visitor, album: Path) -> None:
    publisher.open("/admin/")
    take(album, "admin-desk", publisher.page, 560)


def test_a_date_that_cannot_be_read(publisher: Visitor, album: Path) -> None:
    page = publisher.open("/admin/timeline/event/add/")
    page.locator("#id_date_0").fill("12 Marhc 2020")
    expect(page.locator(".reading-error")).to_be_visible()
    take(album, "admin-date", page.locator(".form-row.field-date"))


def test_picking_a_quote_from_the_text(publisher: Visitor, album: Path) -> None:
    page = event_at(publisher, "waiting")
    page.get_by_role("button", name="Find in the text").click()
    expect(page.locator(".passages mark")).to_be_visible()
    take(album, "admin-passage", page.locator("#citations-0"))


def test_what_publishing_finds(publisher: Visitor, album: Path) -> None:
    page = event_at(publisher, "returned")
    take(album, "admin-review", page.locator("section.review"))


def test_the_history_of_an_event(publisher: Visitor, album: Path) -> None:
    publisher.open("/admin/timeline/event/{changed}/history/".format(**publisher.site.told))
    take(album, "admin-history", publisher.page, 620)


def test_what_changed_meanwhile(browser: Browser, furnished: Site, publisher: Visitor, album: Path) -> None:
    with visiting(browser, furnished, "writer") as writer:
        page, other = event_at(publisher, "event"), event_at(writer, "event")
        page.get_by_role("textbox", name="Title").fill("Shugaev: a second contract will be signed")
        other.get_by_role("textbox", name="Summary:").fill("It is to be signed in the foreseeable future.")
        for one, capacity in ((other, "head of the FSMTC"), (page, "head of the service")):
            one.locator("#id_participations-0-capacity").fill(capacity)
        other.get_by_role("textbox", name="What this change is about").fill("In the words of the article")
        for one in (other, page):
            one.get_by_role("button", name="Save and continue editing").first.click()
            expect(one.locator(".messagelist")).to_be_visible()
    take(album, "admin-meanwhile", page.locator("section.meanwhile"))


def test_two_actors_side_by_side(publisher: Visitor, album: Path) -> None:
    page = publisher.open("/admin/timeline/actor/")
    page.locator("#searchbar").fill("Dmitr")
    page.keyboard.press("Enter")
    expect(page.locator("input.action-select")).to_have_count(2)
    for box in page.locator("input.action-select").all():
        box.check()
    page.locator("select[name=action]").select_option("Merge two…")
    page.get_by_role("button", name="Go").click()
    expect(page.get_by_role("heading", name="What happens to")).to_be_visible()
    take(album, "admin-merge", page, 660)


def test_what_would_come_of_a_file(publisher: Visitor, album: Path) -> None:
    page = publisher.send_table(
        "slug,title,kind,date_text,summary",
        "talks-resume,Talks on the second contract resume,negotiation,early April 2020,",
        "second-contract-signed,Russia and Turkey sign a second S-400 contract,agreement,had signed,",
        "delivery-expected,A delivery is expected,delivery,sometime soonish,",
    )
    take(album, "admin-import", page, 580)


def test_what_does_not_go_together(publisher: Visitor, album: Path) -> None:
    publisher.open("/admin/timeline/checknote/")
    take(album, "admin-checks", publisher.page, 500)


def test_every_picture_has_a_text_and_is_shown() -> None:
    shown = set()
    for page in SHOWN_IN:
        text = (ROOT / page).read_text(encoding="utf-8")
        assert re.findall(r"!\[\s*\]|alt=\"\s*\"", text) == [], page
        shown |= set(re.findall(r"images/([\w-]+\.png)", text))
    assert shown == {path.name for path in (ROOT / "docs/images").glob("*.png")}
