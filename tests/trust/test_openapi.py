"""T1: the OpenAPI document is true, as schemathesis sees it: all its checks in all its phases."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.trust.server import HOST, ROOT, Database, serving

ALL = ("--phases=examples,coverage,fuzzing,stateful",)
# Value by value where there are most parameters, and for two nouns that are written; at random for all.
ALIKE = (
    r"--exclude-path-regex=/(sources|timelines|places|tags|kinds|roles)/|/(actors|contracts)/[^/]+/events/"
)
READING = ("--include-method=GET", ALIKE, *ALL)
WRITING = ("--include-path-regex=/(tags|places)/", *ALL)
EVERYTHING = ("--phases=examples,fuzzing,stateful",)


def report(database: Database, folder: Path, *options: str, known: bool) -> dict[str, Any]:
    """What schemathesis says of a server on this database."""
    path = folder / "report.json"
    with serving(database) as server:
        command = [
            *(
                sys.executable,
                "-m",
                "schemathesis.cli",
                f"--config-file={ROOT}/tests/trust/schemathesis.toml",
            ),
            *("run", f"http://{HOST}:{server.port}/api/v1/schema/?format=json"),
            *("--checks=all", "--no-shrink", "--continue-on-failure", "--max-examples=4"),
            *(f"--report-json-path={path}", "--report=json", *options),
            *(("--header", f"Authorization: Token {database.token}") if known else ()),
        ]
        environment = os.environ | {"SCHEMATHESIS_HOOKS": "tests.trust.refusals"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert path.exists(), done.stdout + done.stderr
    found: dict[str, Any] = json.loads(path.read_text())
    assert found["complete"], done.stdout
    assert (found["failures"], found["errors"]) == ([], []), done.stdout
    return found


@pytest.mark.long
def test_the_schema_is_true_of_every_answer(database: Database, tmp_path: Path) -> None:
    cases = 0
    for options, known in ((READING, False), (WRITING, True), (EVERYTHING, True)):
        cases += report(database, tmp_path, *options, known=known)["test_cases"]["generated"]
    assert cases >= 1500
