"""The triggers that keep what things were, on SQLite, which has one writer at a time.

A view for each noun takes the numbers of things that are about to change; its trigger writes a revision
unless the open changeset has one of the thing, or has made it. Outside of a changeset of Python's each touch
has one of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from timeline.history.things import (
    FOLLOWERS,
    OWNERS,
    THINGS,
    Follower,
    Owner,
    Thing,
    columns_of,
    copies,
    is_link,
    said,
    unique_keys,
    words_of,
)

REVISION, CHANGESET = "timeline_revision", "timeline_changeset"
OPEN = f"(SELECT id FROM {CHANGESET} WHERE is_open)"
# After ENSURE. The one that is open is always the last.
CURRENT = f"(SELECT max(id) FROM {CHANGESET})"
ENSURE = f"""INSERT INTO {CHANGESET} (at, message, is_open)
    SELECT strftime('%Y-%m-%d %H:%M:%f', 'now') || '000', '', 0 WHERE NOT EXISTS {OPEN};"""
# A state lasts a while, also where the clock stands still or goes back: a microsecond, since many that lasted
# longer would end in the future. Python writes no fraction where it is 0.
UNTIL = """CASE WHEN at > substr(since || '.000000', 1, 26) THEN at
    WHEN substr(since, 21) = '999999' THEN strftime('%Y-%m-%d %H:%M:%f', since, '+0.001 seconds') || '000'
    ELSE substr(since, 1, 19) || printf('.%06d', substr(since, 21) + 1) END"""
PART = "json_extract({column}, '$[{index}]')"


def statements() -> Iterator[str]:
    for thing in THINGS:
        yield f"CREATE VIEW IF NOT EXISTS {view(thing.noun)} AS SELECT id FROM {thing.table} WHERE 0"
    for thing in THINGS:
        yield from _keeping(thing)
        yield from _root(thing)
    for model, owners in OWNERS.items():
        yield from _lines(model, owners)


def views() -> list[str]:
    return [view(thing.noun) for thing in THINGS]


def view(noun: str) -> str:
    return f"history_{noun}"


def triggers() -> dict[str, str]:
    """The name of each trigger and its table."""
    names = {f"history_{thing.noun}_touched": view(thing.noun) for thing in THINGS}
    names |= {f"history_{thing.noun}_kept": REVISION for thing in THINGS}
    for thing in THINGS:
        for what in ("replaced", "recorded", "changed", "renamed", "deleted", "restamped"):
            names[f"history_{thing.noun}_{what}"] = thing.table
        if thing.noun in FOLLOWERS:
            names |= {f"history_{thing.noun}_{what}": thing.table for what in ("redated", "left", "followed")}
    for model in OWNERS:
        table = model._meta.db_table
        names |= {f"history_{table}_{what}": table for what in ("made", "changed", "deleted")}
    return names


def _trigger(name: str, when: str, condition: str, *body: str) -> str:
    condition = condition and f"WHEN {condition}"
    return f"CREATE TRIGGER IF NOT EXISTS {name} {when} {condition} BEGIN {' '.join(body)} END"


def _keeping(thing: Thing) -> Iterator[str]:
    """A revision at the first touch of a changeset, and the rows of the state with it."""
    noun, table = thing.noun, thing.table
    of_thing = f"noun = '{noun}' AND thing_id = NEW.id"
    yield _trigger(
        f"history_{noun}_touched",
        f"INSTEAD OF INSERT ON {view(noun)}",
        f"""EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id AND COALESCE(recorded_in, 0) IS NOT {OPEN})
        AND NOT EXISTS (SELECT 1 FROM {REVISION} WHERE {of_thing} AND changeset_id = {OPEN})""",
        ENSURE,
        f"""INSERT INTO {REVISION} (
            noun, thing_id, slug, version, since, until, changeset_id, is_deletion, is_renaming
        ) SELECT '{noun}', id, slug, version, since, {UNTIL}, changeset, 0, 0 FROM (
            SELECT id, slug, version, max(
                recorded_at, COALESCE((SELECT max(until) FROM {REVISION} WHERE {of_thing}), '')
            ) AS since FROM {table} WHERE id = NEW.id
        ), (SELECT id AS changeset, at FROM {CHANGESET} WHERE id = {CURRENT});""",
    )
    condition = f"NEW.noun = '{noun}'"
    yield _trigger(f"history_{noun}_kept", f"AFTER INSERT ON {REVISION}", condition, *copies(thing))


def _root(thing: Thing) -> Iterator[str]:
    noun, table = thing.noun, thing.table
    touch = f"INSERT INTO {view(noun)} (id) VALUES (OLD.id);"

    def renaming(key: str) -> str:
        return f"""UPDATE {REVISION} SET is_renaming = slug <> NEW.slug
            WHERE noun = '{noun}' AND thing_id = {key} AND changeset_id = {CURRENT};"""

    yield from _recording(thing)
    yield _trigger(f"history_{noun}_changed", f"BEFORE UPDATE ON {table}", _differing(thing.root), touch)
    yield _trigger(
        f"history_{noun}_deleted",
        f"BEFORE DELETE ON {table}",
        "",
        touch,
        f"""UPDATE {REVISION} SET is_deletion = 1
        WHERE noun = '{noun}' AND thing_id = OLD.id AND changeset_id = {CURRENT};""",
    )
    in_the_way = " OR ".join(_equal(key) for key in unique_keys(thing.root))
    # REPLACE deletes what is in its way without a word to the triggers.
    yield _trigger(
        f"history_{noun}_replaced",
        f"BEFORE INSERT ON {table}",
        f"EXISTS (SELECT 1 FROM {table} WHERE {in_the_way})",
        f"INSERT INTO {view(noun)} (id) SELECT id FROM {table} WHERE {in_the_way};",
        renaming("NEW.id"),
    )
    yield _trigger(
        f"history_{noun}_renamed",
        f"AFTER UPDATE OF slug ON {table}",
        "NEW.slug IS NOT OLD.slug",
        renaming("OLD.id"),
    )
    if follower := FOLLOWERS.get(noun):
        yield from _following(thing, follower)


def _following(thing: Thing, follower: Follower) -> Iterator[str]:
    """Who follows the thing is touched first, also where it is taken away or put back."""
    new, old = (", ".join(words_of(follower.column, row, PART)) for row in ("NEW", "OLD"))
    gone, put = (follower.found.format(row=row) for row in ("OLD", "NEW"))
    for what, operation, condition, found in (
        ("redated", "UPDATE", f"({new}) IS NOT ({old})", gone),
        ("left", "DELETE", "", gone),
        ("followed", "INSERT", f"EXISTS ({put})", put),
    ):
        yield _trigger(
            f"history_{thing.noun}_{what}",
            f"BEFORE {operation} ON {thing.table}",
            condition,
            f"INSERT INTO {view(follower.noun)} (id) {found};",
        )


def _recording(thing: Thing) -> Iterator[str]:
    noun, table = thing.noun, thing.table
    recorded, current = "(NEW.recorded_in, NEW.recorded_at)", f"SELECT id, at FROM {CHANGESET}"
    yield _trigger(
        f"history_{noun}_recorded",
        f"AFTER INSERT ON {table}",
        f"""{recorded} IS NOT ({current} WHERE is_open) OR EXISTS (SELECT 1 FROM {REVISION}
        WHERE noun = '{noun}' AND thing_id = NEW.id AND changeset_id = {OPEN} AND is_deletion)""",
        ENSURE,
        f"""UPDATE {table} SET (recorded_in, recorded_at) = ({current} WHERE id = {CURRENT})
        WHERE id = NEW.id;""",
        f"""UPDATE {REVISION} SET is_deletion = 0, is_renaming = slug <> NEW.slug
        WHERE noun = '{noun}' AND thing_id = NEW.id AND changeset_id = {CURRENT} AND is_deletion;""",
    )
    # Nobody says but the trigger above when a thing was recorded.
    yield _trigger(
        f"history_{noun}_restamped",
        f"AFTER UPDATE OF recorded_in, recorded_at ON {table}",
        f"""{recorded} IS NOT (OLD.recorded_in, OLD.recorded_at)
        AND {recorded} IS NOT ({current} WHERE id = {CURRENT})""",
        f"""UPDATE {table} SET recorded_in = OLD.recorded_in, recorded_at = OLD.recorded_at
        WHERE id = NEW.id;""",
    )


def _lines(model: type[models.Model], owners: list[Owner]) -> Iterator[str]:
    table = model._meta.db_table
    in_the_way = " OR ".join(_equal(key) for key in unique_keys(model))
    made = [f"{_touch(owner)} VALUES (NEW.{owner.column});" for owner in owners]
    made += [f"{_touch(owner)} SELECT {owner.column} FROM {table} WHERE {in_the_way};" for owner in owners]
    pair = " AND ".join(f"{column} = NEW.{column}" for column in columns_of(model)[1:])
    condition = f"NOT EXISTS (SELECT 1 FROM {table} WHERE {pair})" if is_link(model) else ""
    yield _trigger(f"history_{table}_made", f"BEFORE INSERT ON {table}", condition, *made)
    rows = {"changed": ("OLD", "NEW"), "deleted": ("OLD",)}
    for what, operation in (("changed", "UPDATE"), ("deleted", "DELETE")):
        touches = [
            f"{_touch(owner)} VALUES ({row}.{owner.column});" for owner in owners for row in rows[what]
        ]
        condition = _differing(model) if what == "changed" else ""
        yield _trigger(f"history_{table}_{what}", f"BEFORE {operation} ON {table}", condition, *touches)


def _touch(owner: Owner) -> str:
    return f"INSERT INTO {view(owner.noun)} (id)"


def _equal(key: list[str]) -> str:
    return "(" + " AND ".join(f'"{column}" = NEW."{column}"' for column in key) + ")"


def _differing(model: type[models.Model]) -> str:
    # Its number also counts: what names a row by it names another afterwards.
    new, old = (said(model, row, PART) for row in ("NEW", "OLD"))
    return f"(NEW.id, {new}) IS NOT (OLD.id, {old})"
