"""Two people change one event: the second is shown what changed meanwhile, and both are kept."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.sites import Site
from tests.browser.visitor import Visitor, visiting

# An event of its own, which no other test looks at.
TITLE, THEIRS, OURS = "What two people change", "What the first has changed", "What the second has changed"


def test_two_people_change_one_event(browser: Browser, furnished: Site) -> None:
    with visiting(browser, furnished, "writer") as first, visiting(browser, furnished, "publisher") as second:
        page = second.open(opened_by_both(first))
        page.get_by_role("textbox", name="Title").fill(OURS)
        page.get_by_role("combobox", name="Status").select_option("planned")
        change_it(first.page)
        save(page)
        expect(page.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
        expect(page.get_by_text("writer, ")).to_contain_text("“The minutes say so”")
        expect(page.locator(".field-title .meanwhile-conflict")).to_contain_text(f"writer: “{THEIRS}”")
        expect(page.get_by_role("textbox", name="Title")).to_have_value(OURS)
        expect(page.get_by_role("textbox", name="Summary:")).to_have_value("By the minutes.")
        expect(page.get_by_role("combobox", name="Status")).to_have_value("planned")
        page.get_by_role("textbox", name="What this change is about").fill("Both of us")
        save(page)
        expect(page.get_by_role("listitem").filter(has_text="was changed successfully")).to_be_visible()
        expect(page.get_by_role("heading", name="Changed meanwhile")).to_have_count(0)
        page.get_by_role("link", name="History").click()
        expect(page.get_by_text("Both of us")).to_be_visible()
        expect(page.get_by_text("The minutes say so")).to_be_visible()


def opened_by_both(first: Visitor) -> str:
    """The first makes the event, and has its page open."""
    page = first.open("/admin/timeline/event/add/")
    page.get_by_role("textbox", name="Title").fill(TITLE)
    page.get_by_role("combobox", name="Kind").select_option(index=1)
    save(page)
    expect(page.get_by_role("listitem").filter(has_text="was added successfully")).to_be_visible()
    return page.url.removeprefix(first.site.root)


def change_it(page: Page) -> None:
    page.get_by_role("textbox", name="Title").fill(THEIRS)
    page.get_by_role("textbox", name="Summary:").fill("By the minutes.")
    page.get_by_role("textbox", name="What this change is about").fill("The minutes say so")
    save(page)
    expect(page.get_by_role("listitem").filter(has_text="was changed successfully")).to_be_visible()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save and continue editing").first.click()
