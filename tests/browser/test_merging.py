"""Two actors turn out to be one: they are merged, the old address leads on, and it is all taken back."""

from __future__ import annotations

from http import HTTPStatus

from playwright.sync_api import Browser, expect

from tests.browser.hands import Keys
from tests.browser.sites import Site
from tests.browser.visitor import Visitor, visiting
from tests.trust.server import Client

OLD = "/actors/dmitri-shugayev/"


def test_two_actors_are_merged_and_the_merge_is_undone(browser: Browser, furnished: Site) -> None:
    with visiting(browser, furnished, "publisher") as publisher, furnished.anonymous() as client:
        assert who_took_part(client) == "Dmitri Shugayev"
        merge_by_choosing_both(publisher)
        moved = client.get(OLD)
        assert moved.status == HTTPStatus.PERMANENT_REDIRECT
        assert moved.headers["location"].endswith("/actors/dmitry-shugaev/")
        assert who_took_part(client) == "Dmitry Shugaev"
        undo_it(publisher)
        assert client.get(OLD).json()["name"] == "Dmitri Shugayev"
        assert who_took_part(client) == "Dmitri Shugayev"


def who_took_part(client: Client) -> str:
    [one] = client.get("/events/what-is-published/").json()["participants"]
    return str(one["actor"]["name"])


def merge_by_choosing_both(publisher: Visitor) -> None:
    """From the page of one of them; the other is found by the keys."""
    page = publisher.open(f"/admin/timeline/actor/{publisher.site.told['twice']}/change/")
    page.get_by_role("link", name="Merge with…").click()
    keys = Keys(page)
    keys.choose(page.get_by_role("combobox", name="The other"), "dmitry", "Dmitry Shugaev · person")
    page.get_by_role("button", name="Show both").click()
    expect(page.get_by_role("heading", name="What happens to “Dmitri Shugayev”")).to_be_visible()
    expect(page.get_by_text("becomes another name of “Dmitry Shugaev”")).to_be_visible()
    page.get_by_role("button", name="Merge", exact=True).click()
    expect(page.get_by_role("textbox", name="Name").first).to_have_value("Dmitry Shugaev")
    expect(page.locator("#aliases-0").get_by_role("textbox", name="Name")).to_have_value("Dmitri Shugayev")


def undo_it(publisher: Visitor) -> None:
    page = publisher.page
    page.get_by_role("link", name="Undo", exact=True).click()
    expect(page.get_by_role("heading", name="Undoing it puts back")).to_be_visible()
    page.get_by_role("button", name="Undo the merge").click()
    expect(page.get_by_role("button", name="Undo the merge")).to_have_count(0)
