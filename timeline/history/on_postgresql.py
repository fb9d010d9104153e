"""The triggers that keep what things were, on PostgreSQL.

A function for each noun writes a revision when a transaction first touches a thing that it has not made.
It locks the thing before it reads, so that the states of two writers follow each other.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from timeline.history.things import (
    FOLLOWERS,
    OWNERS,
    THINGS,
    Owner,
    Thing,
    columns_of,
    copies,
    is_link,
    said,
    words_of,
)
from timeline.plpgsql import function

REVISION = "timeline_revision"
PART = "({column}::jsonb ->> {index})"
# The number of the transaction's changeset; empty again after the transaction that has set it.
CURRENT = "NULLIF(current_setting('timeline.changeset', true), '')::bigint"

# As an expression, so that a revision is found by its thing and not among all of a large changeset.
CHANGESET = "changeset_id + 0"


def statements() -> Iterator[str]:
    yield _changeset()
    for thing in THINGS:
        yield from _keeping(thing)
        yield from _root(thing)
    yield from _copying()
    for model, owners in OWNERS.items():
        yield from _lines(model, owners)


def triggers() -> dict[str, str]:
    """The name of each trigger and its table."""
    names = {"history_kept": REVISION}
    for model in (*(thing.root for thing in THINGS), *OWNERS):
        table = model._meta.db_table
        names |= {f"history_{table}_{what}": table for what in ("written", "changed", "emptied")}
    return names


def _changeset() -> str:
    """Makes the changeset of the transaction, where there is none yet.

    Its number is taken after the transaction has its own, and after that the transaction inside, which an
    EXCEPTION makes, gets one: the `horizon`. So who has a smaller number belongs to a transaction below it.
    """
    return function(
        "history_changeset",
        """
        IF found IS NOT NULL THEN RETURN found; END IF;
        outside := pg_current_xact_id()::text::bigint;
        found := nextval('timeline_changeset_id_seq');
        BEGIN
            INSERT INTO timeline_changeset (id, at, by_id, message, is_open) VALUES (
                found, transaction_timestamp(), NULLIF(current_setting('timeline.by', true), '')::bigint,
                COALESCE(current_setting('timeline.message', true), ''), false
            ) RETURNING xmin::text::bigint INTO inside;
        EXCEPTION WHEN assert_failure THEN RAISE; END;
        -- xmin has 32 of the 64 bits.
        UPDATE timeline_changeset
        SET horizon = outside + (inside - outside % 4294967296 + 4294967296) % 4294967296 WHERE id = found;
        PERFORM set_config('timeline.changeset', found::text, true);
        RETURN found;""",
        returns="bigint",
        declared=f"found bigint := {CURRENT}; outside bigint; inside bigint;",
    )


def _keeping(thing: Thing) -> Iterator[str]:
    of_thing = f"noun = '{thing.noun}' AND thing_id = thing"
    yield function(
        f"history_touch_{thing.noun}(thing bigint)",
        f"""
        SELECT recorded_in INTO made_in FROM {thing.table} WHERE id = thing;
        IF NOT FOUND OR made_in = current THEN RETURN; END IF;
        IF current IS NOT NULL AND EXISTS (
            SELECT FROM {REVISION} WHERE {of_thing} AND {CHANGESET} = current
        ) THEN RETURN; END IF;
        SELECT slug, version, recorded_at AS since INTO root FROM {thing.table} WHERE id = thing
        FOR NO KEY UPDATE;
        IF NOT FOUND THEN RETURN; END IF;
        SELECT GREATEST(root.since, max(until)) INTO root.since FROM {REVISION} WHERE {of_thing};
        INSERT INTO {REVISION} (
            noun, thing_id, slug, version, since, until, changeset_id, is_deletion, is_renaming
        ) VALUES ('{thing.noun}', thing, root.slug, root.version, root.since,
            GREATEST(root.since + interval '1 microsecond', transaction_timestamp()),
            history_changeset(), false, false);""",
        returns="void",
        declared=f"root record; made_in bigint; current bigint := {CURRENT};",
        for_rows=True,
    )


def _copying() -> Iterator[str]:
    cases = []
    for thing in THINGS:
        cases.append(f"WHEN '{thing.noun}' THEN {' '.join(copies(thing))}")
    body = f"CASE NEW.noun {' '.join(cases)} END CASE; RETURN NULL;"
    yield function("history_kept", body, for_rows=True)
    yield f"""CREATE OR REPLACE TRIGGER history_kept AFTER INSERT ON {REVISION}
        FOR EACH ROW EXECUTE FUNCTION history_kept()"""


def _root(thing: Thing) -> Iterator[str]:
    touch = f"PERFORM history_touch_{thing.noun}(OLD.id); {_following(thing)}"
    current = f"noun = '{thing.noun}' AND {CHANGESET} = {CURRENT} AND thing_id"
    body = f"""
        IF TG_OP = 'INSERT' THEN
            NEW.recorded_in := history_changeset();
            NEW.recorded_at := transaction_timestamp();
            UPDATE {REVISION} SET is_deletion = false, is_renaming = slug <> NEW.slug
            WHERE {current} = NEW.id AND is_deletion;
            RETURN NEW;
        END IF;
        {touch}
        IF TG_OP = 'DELETE' THEN
            UPDATE {REVISION} SET is_deletion = true WHERE {current} = OLD.id;
            RETURN OLD;
        END IF;
        IF NEW.slug <> OLD.slug THEN
            UPDATE {REVISION} SET is_renaming = slug <> NEW.slug WHERE {current} = OLD.id;
        END IF;
        NEW.recorded_in := OLD.recorded_in;
        NEW.recorded_at := OLD.recorded_at;
        RETURN NEW;"""
    recorded = ", {0}.recorded_in, {0}.recorded_at"
    yield from _triggers(thing.root, body, [Owner(thing.noun, "id")], recorded)


def _following(thing: Thing) -> str:
    """Who follows the thing is touched with it."""
    follower = FOLLOWERS.get(thing.noun)
    if follower is None:
        return ""
    new, old = (", ".join(words_of(follower.column, row, PART)) for row in ("NEW", "OLD"))
    found = follower.found.format(row="OLD")
    return f"""IF TG_OP = 'DELETE' OR ({new}) IS DISTINCT FROM ({old}) THEN
        PERFORM history_touch_{follower.noun}(thing) FROM ({found} ORDER BY 1) AS following (thing);
        END IF;"""


def _lines(model: type[models.Model], owners: list[Owner]) -> Iterator[str]:
    def touch(row: str) -> str:
        calls = []
        for owner in owners:
            call = f"PERFORM history_touch_{owner.noun}({row}.{owner.column});"
            is_null = model._meta.get_field(owner.column.removesuffix("_id")).null
            calls.append(f"IF {row}.{owner.column} IS NOT NULL THEN {call} END IF;" if is_null else call)
        return " ".join(calls)

    table = model._meta.db_table
    pair = " AND ".join(f"{column} = NEW.{column}" for column in columns_of(model)[1:])
    stands = (
        f"IF EXISTS (SELECT FROM {table} WHERE {pair}) THEN RETURN NEW; END IF;" if is_link(model) else ""
    )
    body = f"""
        IF TG_OP = 'INSERT' THEN {stands} {touch("NEW")} RETURN NEW; END IF;
        {touch("OLD")}
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        {touch("NEW")}
        RETURN NEW;"""
    yield from _triggers(model, body, owners)


def _triggers(model: type[models.Model], body: str, owners: list[Owner], also: str = "") -> Iterator[str]:
    """Triggers of a table come in the order of their names: these before others that lock what they lock."""
    table = model._meta.db_table
    new, old = (f"{row}.id, {said(model, row, PART)}{also.format(row)}" for row in ("NEW", "OLD"))
    yield function(f"history_{table}", body, for_rows=True)
    yield f"""CREATE OR REPLACE TRIGGER history_{table}_written BEFORE INSERT OR DELETE ON {table}
        FOR EACH ROW EXECUTE FUNCTION history_{table}()"""
    yield f"""CREATE OR REPLACE TRIGGER history_{table}_changed BEFORE UPDATE ON {table}
        FOR EACH ROW WHEN (({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION history_{table}()"""
    # TRUNCATE tells no rows.
    touches = " ".join(
        f"""PERFORM history_touch_{owner.noun}(thing)
        FROM (SELECT DISTINCT {owner.column} AS thing FROM {table}) AS rows;"""
        for owner in owners
    )
    gone = (
        f"""UPDATE {REVISION} SET is_deletion = true WHERE noun = '{owners[0].noun}'
        AND changeset_id = {CURRENT} AND thing_id IN (SELECT id FROM {table});"""
        if also
        else ""
    )
    yield function(f"history_{table}_emptied", f"{touches} {gone} RETURN NULL;")
    yield f"""CREATE OR REPLACE TRIGGER history_{table}_emptied BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION history_{table}_emptied()"""
