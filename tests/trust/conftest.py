"""The databases of the servers: filled once, and copied for each test."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.trust.server import Database, empty_database, prepared


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("databases")


@pytest.fixture(scope="session")
def filled(folder: Path) -> Iterator[Database]:
    with empty_database(folder, "trust") as url:
        yield prepared(url)


@pytest.fixture
def database(filled: Database, folder: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database for one test and its servers."""
    with empty_database(folder, f"trust_{abs(hash(request.node.name))}", like="trust") as url:
        yield replace(filled, url=url)
