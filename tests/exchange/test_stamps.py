"""Time stamps and versions in a file: when they make a difference, and that an import settles."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.exchange.files import WORDS, an_event, exported, file_of, taken, told
from timeline.exchange.nouns import NOUNS
from timeline.models import Tag

pytestmark = pytest.mark.django_db

OLD, NEW = "2019-05-01T10:00:00Z", "2020-05-01T10:00:00Z"
GIVEN = {"created_at": OLD, "updated_at": OLD}


def a_tag(name: str = "One", **more: Any) -> bytes:
    return file_of({"type": "tag", "slug": "im1", "name": name, **more})


def stands() -> dict[str, Any]:
    (line,) = [json.loads(line) for line in exported().splitlines()[1:]]
    return {name: line[name] for name in ("name", "created_at", "updated_at", "version")}


def test_an_update_settles() -> None:
    assert told(taken(a_tag(version=1))) == []
    outcome = taken(a_tag("Two", version=1), update=True)
    assert (told(outcome), outcome.updated, stands()["version"]) == ([], {"tag": 1}, 2)
    before = exported()
    for update in (True, False, True):
        outcome = taken(a_tag("Two", version=1), update=update)
        assert (told(outcome), outcome.updated, outcome.equal) == ([], {}, {"tag": 1})
    assert exported() == before


@pytest.mark.parametrize("update", [False, True])
@pytest.mark.parametrize("dry_run", [False, True])
@pytest.mark.parametrize(
    "stamps",
    [
        {},
        {"version": 4},
        {"version": 0, **GIVEN},
        {"version": 5},
        {"version": 5, "updated_at": NEW},
        {"version": 5, "created_at": NEW},
        {"updated_at": NEW},
        {"created_at": NEW},
    ],
)
def test_stamps_alone_make_no_difference(stamps: dict[str, Any], *, dry_run: bool, update: bool) -> None:
    assert told(taken(a_tag(version=5, **GIVEN))) == []
    before = exported()
    outcome = taken(a_tag(**stamps), update=update, dry_run=dry_run)
    assert (told(outcome), outcome.updated, outcome.equal) == ([], {}, {"tag": 1})
    assert exported() == before


def test_a_greater_version_is_a_difference_and_brings_its_stamps() -> None:
    assert told(taken(a_tag(version=5, **GIVEN))) == []
    newer = a_tag(version=6, created_at=OLD, updated_at=NEW)
    assert told(taken(newer)) == ["line 1: The tag “im1” stands and differs in: updated_at, version."]
    assert taken(newer, update=True, dry_run=True).updated == {"tag": 1}
    assert stands()["version"] == 5
    assert taken(newer, update=True).updated == {"tag": 1}
    assert stands() == {"name": "One", "created_at": OLD, "updated_at": NEW, "version": 6}
    before = exported()
    assert (taken(newer, update=True).equal, told(taken(newer))) == ({"tag": 1}, [])
    assert exported() == before


def test_where_more_differs_only_the_stamps_that_come_with_it_are_named() -> None:
    assert told(taken(a_tag(version=5, **GIVEN))) == []
    stale = a_tag("Two", version=3, created_at=NEW, updated_at=NEW)
    assert told(taken(stale)) == ["line 1: The tag “im1” stands and differs in: name, created_at."]
    assert told(taken(stale, update=True)) == []
    tag = stands()
    assert (tag["name"], tag["created_at"], tag["version"]) == ("Two", NEW, 6)
    assert tag["updated_at"] > NEW
    assert taken(stale, update=True).equal == {"tag": 1}


def test_files_of_two_sites_do_not_undo_each_other() -> None:
    ours, theirs = a_tag(version=1, **GIVEN), a_tag(version=1, created_at=NEW, updated_at=NEW)
    assert told(taken(ours)) == []
    before = exported()
    for file in (theirs, ours, theirs):
        assert taken(file, update=True).equal == {"tag": 1}
    assert exported() == before


def test_a_file_is_equal_whatever_was_written_and_taken_back_since() -> None:
    assert told(taken((an_event(date="mid-March 2020", citations=[{"source": "paper"}]),))) == []
    file = exported()
    for noun in NOUNS:
        noun.rows.update(version=9, updated_at=NEW)
    before = exported()
    assert before != file
    outcome = taken(file, update=True)
    assert (told(outcome), outcome.updated, sum(outcome.equal.values())) == ([], {}, len(WORDS) + 1)
    assert exported() == before


def test_nothing_is_written_of_what_is_equal() -> None:
    file = a_tag("Two", version=1)
    assert told(taken(a_tag(version=1))) == []
    assert told(taken(file, update=True)) == []
    stamped = Tag.objects.values_list("version", "updated_at", "recorded_at").get()
    assert told(taken(file, update=True)) == []
    assert Tag.objects.values_list("version", "updated_at", "recorded_at").get() == stamped
