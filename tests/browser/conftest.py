"""The browser, and the sites that it opens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import chromium, sites
from tests.trust.server import empty_database


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium.started() as browser:
        yield browser


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the databases stand: in it the empty one, of which each site gets a copy."""
    folder = tmp_path_factory.mktemp("sites")
    with empty_database(folder, sites.EMPTY) as url:
        sites.fill(url, "empty")
        yield folder


@pytest.fixture(scope="session")
def furnished(folder: Path) -> Iterator[sites.Site]:
    with sites.site(folder, "furnished", REQUIRE_FOUR_EYES="true") as site:
        yield site
