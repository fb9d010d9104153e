"""Each page of the desk under axe, in light and in dark: no violation of WCAG 2.2, levels A and AA."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

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
    "deleting an actor in use": "/admin/timeline/actor/{actor}/delete/",
    "import": "/admin/timeline/event/import/",
    "choosing two to merge": "/admin/timeline/actor/merge/?one={twice}",
    "two to merge": "/admin/timeline/actor/merge/?one={twice}&other={actor}",
    "merges": "/admin/timeline/merge/",
    "possible duplicates": "/admin/timeline/distinction/",
    "broken quotes": "/admin/timeline/citation/broken/",
    "checks": "/admin/timeline/checknote/",
    "change of password": "/admin/password_change/",
}


@pytest.mark.parametrize("name", PAGES)
def test_page_is_accessible(keeper: Visitor, name: str) -> None:
    page = keeper.open(PAGES[name].format(**keeper.site.told))
    assert violations_by_scheme(page) == {}
