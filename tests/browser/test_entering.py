"""A day at the desk: an event is entered by keys alone, reviewed, published, changed, restored, retracted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.hands import Keys
from tests.browser.sites import Site, site
from tests.browser.visitor import Visitor, visiting

TITLE = "Shugaev announces that a second S-400 contract is to be signed"
# Words of our own around a short quote.
TEXT = "The head of the service spoke in mid-March 2020. Both intend to sign the second contract, he said."
CHANGED = "Shugaev announces a second S-400 contract"
QUOTE = "intend to sign the second contract"


@pytest.fixture(scope="module")
def desk(folder: Path) -> Iterator[Site]:
    """A site on which nothing was entered yet, and who publishes is somebody else than who wrote."""
    with site(folder, "nothing_entered", REQUIRE_FOUR_EYES="true") as made:
        yield made


def test_an_event_is_entered_reviewed_published_changed_and_retracted(browser: Browser, desk: Site) -> None:
    with visiting(browser, desk, "keeper") as keeper, visiting(browser, desk, "publisher") as publisher:
        enter_by_keys_alone(keeper)
        with desk.anonymous() as client:
            assert client.get("/events/").json()["results"] == []
            publish_what_waits(publisher)
            [event] = client.get("/events/").json()["results"]
            see_it_as_the_public_does(event)
            address = f"/events/{event['slug']}/"
            change_it(publisher)
            assert client.get(address).json()["title"] == CHANGED
            restore_what_was(publisher)
            assert client.get(address).json()["title"] == TITLE
            retract_it(publisher)
            gone = client.get(address)
            assert (gone.status, "The announcement was taken back." in gone.body.decode()) == (
                HTTPStatus.GONE,
                True,
            )
            assert client.get("/events/").json()["results"] == []


def enter_by_keys_alone(keeper: Visitor) -> None:
    page = keeper.open("/admin/timeline/event/add/")
    keys = Keys(page)
    enter_what_happened(keys)
    enter_who_took_part(keys)
    enter_what_supports_it(keys)
    keys.reach(page.get_by_role("button", name="Send to review"))
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Review: In review")).to_be_visible()
    expect(page.get_by_text("Somebody else has to publish it")).to_be_visible()
    expect(page.get_by_role("button", name="Publish")).to_have_count(0)


def publish_what_waits(publisher: Visitor) -> None:
    """From the desk, on which it waits."""
    page = publisher.open("/admin/")
    page.get_by_role("link", name="1 event", exact=True).click()
    page.get_by_role("link", name=TITLE).click()
    expect(page.get_by_text("Sent by keeper.")).to_be_visible()
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Review: Published")).to_be_visible()


def see_it_as_the_public_does(event: dict[str, Any]) -> None:
    assert event["title"] == TITLE
    assert event["date"]["text"] == "mid-March 2020"
    assert event["date"]["display"] == "some day from 11 to 20 March 2020"
    named = [one["actor"]["name"] for one in event["participants"]]
    assert named == ["Dmitry Shugaev", "Turkey", "Russia"]
    [citation] = event["citations"]
    assert (citation["quote"], citation["quote_status"]) == (QUOTE, "exact")
    assert citation["attributed_to"]["name"] == "Dmitry Shugaev"


def change_it(publisher: Visitor) -> None:
    page = publisher.page
    page.get_by_role("textbox", name="Title").fill(CHANGED)
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.get_by_role("listitem").filter(has_text="was changed successfully")).to_be_visible()


def restore_what_was(publisher: Visitor) -> None:
    """From the history, by keys alone: what changed, the version before, and that it comes back."""
    page = publisher.page
    keys = Keys(page)
    form = page.url
    keys.reach(page.get_by_role("link", name="History"))
    keys.press("Enter")
    newest = page.get_by_role("region", name="as it stands")
    expect(newest).to_contain_text("by publisher")
    expect(newest.locator("dt")).to_have_text(["Title"])
    assert "that" in " ".join(newest.locator("del").all_inner_texts())
    earlier = (
        page.get_by_role("region").filter(has=page.get_by_role("link", name=re.compile("^Look at"))).first
    )
    keys.reach(earlier.get_by_role("link", name=re.compile("^Look at version")))
    keys.press("Enter")
    expect(page.get_by_role("region", name="What it said")).to_contain_text(TITLE)
    keys.reach(page.get_by_role("link", name="Restore this version"))
    keys.press("Enter")
    expect(page.get_by_text("Its review stays as it is.")).to_be_visible()
    keys.reach(page.get_by_role("button", name="Restore version"))
    keys.press("Enter")
    expect(page.get_by_role("listitem").filter(has_text="was restored, as a new version")).to_be_visible()
    publisher.page.goto(form)


def retract_it(publisher: Visitor) -> None:
    page = publisher.page
    page.locator("summary", has_text="Retract").click()
    page.get_by_role("textbox", name="The reason, for everybody to read").fill(
        "The announcement was taken back."
    )
    page.get_by_role("button", name="Retract", exact=True).click()
    expect(page.get_by_role("heading", name="Review: Retracted")).to_be_visible()


def enter_what_happened(keys: Keys) -> None:
    page = keys.page
    expect(page.get_by_role("textbox", name="Title")).to_be_focused()
    keys.type(TITLE)
    keys.write("Date:", "mid-March 2020")
    expect(page.locator(".field-date .reading-words")).to_have_text("some day from 11 to 20 March 2020")
    keys.write("Summary:", "It is to be signed in the foreseeable future.")
    window = keys.create(page.get_by_role("link", name="Add another event kind"))
    window.type("Statement")
    window.done()
    expect(page.get_by_role("combobox", name="Kind").locator("option:checked")).to_have_text("Statement")


def enter_who_took_part(keys: Keys) -> None:
    """Three participants, all made in place; the last is then moved up."""
    page = keys.page
    first = page.locator("#participations-0")
    make_an_actor(keys, first, "Dmitry Shugaev", "person", alias="Shugayev")
    make_a_role(keys, first, "speaker")
    keys.reach(first.get_by_role("textbox", name="Capacity"))
    keys.type("head of the service")
    for number, name in ((1, "Russia"), (2, "Turkey")):
        keys.reach(page.get_by_role("button", name="Add another Participant"))
        keys.press("Enter")
        added = page.locator(f"#participations-{number}")
        expect(added.get_by_role("combobox", name="Actor")).to_be_focused()
        make_an_actor(keys, added, name, "state")
        if number == 1:
            make_a_role(keys, added, "subject")
        else:
            keys.choose(added.get_by_role("combobox", name="Role"), "subj", "subject")
    keys.press("Alt+ArrowUp")
    expect(page.locator(".announced")).to_have_text("Turkey is now 2 of 3.")


def make_an_actor(keys: Keys, row: Locator, name: str, kind: str, alias: str = "") -> None:
    window = keys.create(row.get_by_role("link", name="Add another actor"))
    window.type(name)
    window.reach(window.page.get_by_role("combobox", name="Kind"))
    window.type(kind)
    if alias:
        window.reach(window.page.locator("#aliases-0").get_by_role("textbox", name="Name"))
        window.type(alias)
        window.done()
    else:
        window.reach(window.page.get_by_role("textbox", name="Name").first, back=True)
        window.done()
    expect(row.get_by_role("combobox", name="Actor")).to_contain_text(name)


def make_a_role(keys: Keys, row: Locator, name: str) -> None:
    window = keys.create(row.get_by_role("link", name="Add another role"))
    window.type(name)
    window.done()
    expect(row.get_by_role("combobox", name="Role")).to_contain_text(name)


def enter_what_supports_it(keys: Keys) -> None:
    """A source with its text, made in place; the quote is picked from the text."""
    page = keys.page
    first = page.locator("#citations-0")
    window = keys.create(first.get_by_role("link", name="Add another source"))
    window.type("A note on deliveries")
    window.reach(window.page.get_by_role("combobox", name="Kind"))
    window.type("Article")
    window.write("Published:", "23 August 2020")
    window.reach(window.page.locator("#id_pasted_text"))
    window.page.keyboard.insert_text(TEXT)  # pasted
    window.reach(window.page.locator("#id_title"), back=True)
    window.done()
    expect(first.get_by_role("combobox", name="Source")).to_contain_text("A note on deliveries")
    keys.reach(first.get_by_role("button", name="Find in the text"))
    keys.press("Enter")
    keys.type(QUOTE)
    keys.reach(first.get_by_role("button", name="Use passage 1"))
    keys.press("Enter")
    keys.choose(
        first.get_by_role("combobox", name="Attributed to"),
        "shugayev",
        "Dmitry Shugaev · also called Shugayev · person",
    )
