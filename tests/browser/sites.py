"""Sites at work for the tests: each a real server on loopback with a database and a world of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.trust.server import HOST, ROOT, Client, Database, empty_database, environment, serving

EMPTY = "empty"


@dataclass(frozen=True)
class Site:
    """`told` is what the world's function in worlds.py returned."""

    root: str
    port: int
    told: Any

    def anonymous(self) -> Client:
        return Client(self.port)


def fill(url: str, world: str) -> Any:
    command = [sys.executable, "-m", "tests.browser.prepare", world]
    printed = subprocess.run(
        command, cwd=ROOT, env=environment(url), check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(printed.stdout)


@contextmanager
def site(folder: Path, world: str, **settings: str) -> Iterator[Site]:
    """A site with this world, from a copy of the empty database in the folder."""
    with empty_database(folder, world, like=EMPTY) as url:
        told = fill(url, world)
        with serving(Database(url, ""), **settings) as server:
            yield Site(f"http://{HOST}:{server.port}", server.port, told)
