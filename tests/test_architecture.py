"""The rules of docs/design.md that a machine can keep: who imports whom, names, sizes, signals."""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import call_command

ROOT = Path(__file__).parent.parent
LONGEST_FILE = 400
LONGEST_FUNCTION = 40

# Who must not import what; a name stands for itself and all below it.
FORBIDDEN = {
    "timeline.dates": ("timeline", "api", "django", "rest_framework", "psycopg2", "sqlite3"),
    "timeline.fields": ("timeline.models", "timeline.admin", "timeline.management"),
    "timeline.querysets": ("timeline.models", "timeline.admin", "timeline.management"),
    "timeline.models": ("timeline.admin", "timeline.management"),
    "timeline": ("api",),
    "api": ("timeline.admin", "timeline.management"),
}
ALLOWED = {"timeline.dates": ("timeline.dates",)}
MEANINGLESS_NAMES = re.compile(r"^_?(utils?|helpers?|services?|common|misc)$")
# Triggers have to be put back after each migration, and each connection to SQLite is taught to fold text;
# a rule of the domain never hangs on a signal.
ALLOWED_SIGNALS = {"pre_migrate", "post_migrate", "connection_created"}
CLOCKS = {"now", "utcnow", "today", "time_ns"}


def files(*folders: str) -> list[Path]:
    """The Python files below these folders, without migrations."""
    found = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in found if "migrations" not in path.parts]


OURS = files("timeline", "api")
TESTS = files("tests")


def name_of(path: Path) -> str:
    """`timeline.models` for timeline/models/__init__.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Every module and name that a file imports, also inside functions, in full."""
    package = name_of(path) if path.name == "__init__.py" else name_of(path).rpartition(".")[0]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            yield from (f"{base}.{alias.name}" for alias in node.names)


def is_below(name: str, module: str) -> bool:
    return name == module or name.startswith(f"{module}.")


def broken_layers(path: Path) -> list[str]:
    return [
        f"{name_of(path)} imports {imported}"
        for layer, forbidden in FORBIDDEN.items()
        if is_below(name_of(path), layer)
        for imported in imports(path)
        if any(is_below(imported, module) for module in forbidden)
        and not any(is_below(imported, module) for module in ALLOWED.get(layer, ()))
    ]


def test_each_layer_imports_only_what_is_below_it() -> None:
    assert [line for path in OURS for line in broken_layers(path)] == []


def test_dateparser_is_imported_in_one_file() -> None:
    users = [name_of(path) for path in OURS if any(is_below(name, "dateparser") for name in imports(path))]
    assert users in ([], ["timeline.dates.fallback"])


def test_dates_ask_no_clock() -> None:
    calls = [
        f"{name_of(path)}:{node.lineno}"
        for path in files("timeline/dates")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS
    ]
    assert calls == []


def test_names_say_what_a_file_is_about() -> None:
    names = {part for path in OURS + TESTS for part in path.relative_to(ROOT).with_suffix("").parts}
    assert [name for name in sorted(names) if MEANINGLESS_NAMES.match(name)] == []


def test_no_rule_of_the_domain_hangs_on_a_signal() -> None:
    signals = [
        f"{name_of(path)} imports {name}"
        for path in OURS
        for name in imports(path)
        if re.search(r"\bsignals\b|django\.dispatch\b", name)
        and name != "django.dispatch.receiver"
        and name.rpartition(".")[2] not in ALLOWED_SIGNALS
    ]
    assert signals == []


def test_files_stay_short() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in OURS}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_short() -> None:
    lengths = {
        f"{name_of(path)}.{node.name}": (node.end_lineno or 0) - node.lineno + 1
        for path in OURS
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


def test_every_module_begins_with_what_lives_there() -> None:
    silent = [name_of(path) for path in OURS + TESTS if tree(path).body and not ast.get_docstring(tree(path))]
    assert silent == []


def test_nothing_is_skipped() -> None:
    """Both databases are there on any machine, so a test that steps aside is one that never runs."""
    marks = [
        f"{name_of(path)}: {name}"
        for path in TESTS
        for node in ast.walk(tree(path))
        for name in [getattr(node, "attr", "")]
        if re.match(r"(skip|xfail|importorskip)", name, re.IGNORECASE)
    ]
    assert marks == []


@pytest.mark.django_db
def test_no_migration_is_pending() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True)


def test_every_requirement_is_pinned_and_says_why() -> None:
    for line in (ROOT / "requirements.txt").read_text().splitlines():
        assert re.fullmatch(r"[\w.-]+==[\w.]+ +# \S.*", line), line


@pytest.mark.parametrize("path", sorted((ROOT / "fixtures").glob("*.json")), ids=lambda path: path.name)
def test_fixtures_name_rows_by_natural_keys(path: Path) -> None:
    assert [row["model"] for row in json.loads(path.read_text()) if "pk" in row] == []


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import api.views", ["timeline.models.event imports api.views"]),
        ("from .. import admin", ["timeline.models.event imports timeline.admin"]),
        (
            "def f():\n    from timeline.admin.event import EventAdmin",
            ["timeline.models.event imports timeline.admin.event.EventAdmin"],
        ),
        ("from timeline.dates import TimeSpan\nfrom .base import Model", []),
    ],
)
def test_the_layer_rule_sees_every_form_of_import(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, source: str, expected: list[str]
) -> None:
    path = tmp_path / "timeline" / "models" / "event.py"
    path.parent.mkdir(parents=True)
    path.write_text(source)
    monkeypatch.setattr("tests.test_architecture.ROOT", tmp_path)
    assert broken_layers(path) == expected
