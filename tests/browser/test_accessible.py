"""Each page of the desk under axe, in light and in dark: no violation of WCAG 2.2, levels A and AA."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.axe import violations_by_scheme
from tests.browser.sites import Site
from tests.browser.visitor import Visitor, visiting


@pytest.fixture(scope="module")
def keeper(browser: Browser, furnished: Site) -> Iterator[Visitor]:
    """Somebody who may do everything."""
    with visiting(browser, furnished, "root") as visitor:
        yield visitor


PAGES = {
    "desk": "/admin/",
    "all nouns": "/admin/timeline/",
    "events": "/admin/timeline/event/",
    "events of a span": "/admin/timeline/event/?date_from=2020&date_match=possible",
    "events with a filter that cannot be read": "/admin/timeline/event/?date_from=soonish",
    "actors": "/admin/timeline/actor/",
    "contracts": "/admin/timeline/contract/",
    "sources": "/admin/timeline/source/",
    "citations": "/admin/timeline/citation/",
    "timelines": "/admin/timeline/timeline/",
    "users": "/admin/timeline/user/",
    "new event": "/admin/timeline/event/add/",
    "event": "/admin/timeline/event/{event}/change/",
    "event in review": "/admin/timeline/event/{waiting}/change/",
    "returned event": "/admin/timeline/event/{returned}/change/",
    "retracted event": "/admin/timeline/event/{retracted}/change/",
    "contract": "/admin/timeline/contract/{contract}/change/",
    "source": "/admin/timeline/source/{source}/change/",
    "actor": "/admin/timeline/actor/{actor}/change/",
    "place": "/admin/timeline/place/{place}/change/",
    "timeline": "/admin/timeline/timeline/{timeline}/change/",
    "new user": "/admin/timeline/user/add/",
    "new token": "/admin/timeline/token/add/",
    "history": "/admin/timeline/event/{changed}/history/",
    "version": "/admin/timeline/event/{changed}/history/{version}/",
    "restoring a version": "/admin/timeline/event/{changed}/history/{version}/restore/",
    "deleted events": "/admin/timeline/event/deleted/",
    "deleting an actor in use": "/admin/timeline/actor/{actor}/delete/",
    "import": "/admin/timeline/event/import/",
    "choosing two to merge": "/admin/timeline/actor/merge/?one={twice}",
    "two to merge": "/admin/timeline/actor/merge/?one={twice}&other={actor}",
    "merges": "/admin/timeline/merge/",
    "erasures": "/admin/timeline/erasure/",
    "possible duplicates": "/admin/timeline/distinction/",
    "broken quotes": "/admin/timeline/citation/broken/",
    "checks": "/admin/timeline/checknote/",
    "change of password": "/admin/password_change/",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(keeper: Visitor, name: str) -> None:
    page = keeper.open(PAGES[name].format(**keeper.site.told))
    assert violations_by_scheme(page) == {}


def test_a_form_at_work_is_accessible(keeper: Visitor) -> None:
    """A date that cannot be read, names to choose from, what is kept already, passages to pick."""
    page = keeper.open("/admin/timeline/event/{event}/change/".format(**keeper.site.told))
    page.locator("#id_date_0").fill("soonish")
    page.locator("#id_title").fill("Russia and Turkey sign a second S-400 contract")
    page.get_by_role("button", name="Add another Participant").click()
    page.get_by_role("button", name="Find in the text").first.click()
    expect(page.locator(".field-date .reading-error")).to_be_visible()
    expect(page.locator(".passages-said").first).to_be_visible()
    page.get_by_role("combobox", name="Place").click()
    expect(page.locator(".select2-results__option").first).to_be_visible()
    assert violations_by_scheme(page) == {}


def test_a_form_that_is_refused_is_accessible(keeper: Visitor) -> None:
    page = keeper.open("/admin/timeline/event/add/")
    page.locator("form[id=event_form]").evaluate("form => { form.noValidate = true; }")
    page.locator("#id_date_0").fill("soonish")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_text("Not saved.")).to_be_visible()
    assert violations_by_scheme(page) == {}


def test_what_changed_meanwhile_is_accessible(keeper: Visitor) -> None:
    """Conflicts and what was merged, of fields and of rows; saved in another tab, as by somebody else."""
    address = "/admin/timeline/event/{waiting}/change/".format(**keeper.site.told)
    page = keeper.open(address)
    other = keeper.context.new_page()
    other.goto(keeper.site.root + address)
    for one, words in ((other, "theirs"), (page, "ours")):
        one.get_by_role("textbox", name="Title").fill(f"What is waiting, {words}")
        one.locator("#id_citations-0-note").fill(words)
    other.get_by_role("textbox", name="Summary:").fill("Theirs.")
    other.get_by_role("button", name="Save and continue editing").first.click()
    expect(other.get_by_role("listitem").filter(has_text="was changed successfully")).to_be_visible()
    other.close()
    page.get_by_role("button", name="Save and continue editing").first.click()
    expect(page.get_by_role("heading", name="Changed meanwhile")).to_be_visible()
    assert violations_by_scheme(page) == {}


def test_what_would_come_of_a_file_is_accessible(keeper: Visitor) -> None:
    page = keeper.send_table(
        "slug,title,kind,date_text",
        "new-one,A new event,statement,March 2020",
        "bad-one,,nonsense,soonish",
    )
    assert violations_by_scheme(page) == {}


def test_what_an_erasure_would_take_is_accessible(keeper: Visitor) -> None:
    page = keeper.open("/admin/timeline/erasure/actor/{actor}/".format(**keeper.site.told))
    page.get_by_label("Field").fill("name")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_text("“name” cannot be empty")).to_be_visible()
    page.get_by_label("Field").fill("")
    page.get_by_role("button", name="Show what would go").click()
    expect(page.get_by_role("heading", name="What would go, or change")).to_be_visible()
    assert violations_by_scheme(page) == {}


def test_logging_in_is_accessible(browser: Browser, furnished: Site) -> None:
    with visiting(browser, furnished) as stranger:
        page = stranger.open("/admin/login/")
        assert violations_by_scheme(page) == {}
        page.get_by_label("Username").fill("nobody")
        page.get_by_label("Password").fill("nothing")
        page.get_by_role("button", name="Log in").click()
        expect(page.locator(".errornote")).to_be_visible()
        assert violations_by_scheme(page) == {}


def test_axe_sees_what_is_wrong(browser: Browser, furnished: Site) -> None:
    """What the tests above rest on."""
    with visiting(browser, furnished) as stranger:
        page = stranger.open("/admin/login/")
        page.evaluate("document.querySelector('label[for=id_username]').remove()")
        found = violations_by_scheme(page)
        assert [told.split()[0] for told in found["light"]] == ["label"]
        assert found["light"] == found["dark"]
