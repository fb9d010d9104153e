"""The triggers that note which events' documents are overtaken: whatever is written, in whichever way.

Each only inserts the ids of events into timeline_eventchange. Nothing is updated or deleted there by a
writer, so writers do not wait for each other, and no note can be lost to a renderer that read before it
(timeline/kept.py has the other half).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from timeline.plpgsql import function

CHANGE = "timeline_eventchange"
# Notes of every event that its document is overtaken.
OVERTAKE_ALL = f"""INSERT INTO {CHANGE} (event_id)
    SELECT id FROM timeline_event UNION SELECT event_id FROM timeline_eventdocument"""


class Lines(NamedTuple):
    """A table whose rows are part of the documents of the events that `events` name.

    `shown` are the columns that documents show; an update of others changes none.
    """

    table: str
    events: tuple[str, ...]
    shown: tuple[str, ...]


class Named(NamedTuple):
    """A table whose rows documents name: by `links`, each a table with the columns (row, event)."""

    table: str
    shown: tuple[str, ...]
    links: tuple[tuple[str, str, str], ...]


LINES = (
    Lines(
        "timeline_participation",
        ("event_id",),
        ("event_id", "actor_id", "role_id", "capacity", "note", "position"),
    ),
    Lines(
        "timeline_citation",
        ("event_id",),
        (
            "event_id", "source_id", "field", "asserted_value", "quote", "locator", "attributed_to_id",
            "stance", "note", "quote_status", "position",
        ),
    ),
    Lines(
        "timeline_eventrelation",
        ("event_id", "related_id"),
        ("event_id", "kind", "related_id", "attributed_to_id", "note", "position"),
    ),
    Lines("timeline_event_contracts", ("event_id",), ("event_id", "contract_id")),
    Lines("timeline_event_tags", ("event_id",), ("event_id", "tag_id")),
    Lines("timeline_milestone", ("event_id",), ("event_id", "contract_id", "kind", "position")),
)  # fmt: skip
_OF_ACTOR = (
    ("timeline_participation", "actor_id", "event_id"),
    ("timeline_citation", "attributed_to_id", "event_id"),
    ("timeline_eventrelation", "attributed_to_id", "event_id"),
    ("timeline_eventrelation", "attributed_to_id", "related_id"),
)
NAMED = (
    Named("timeline_actor", ("slug", "name", "kind"), _OF_ACTOR),
    Named("timeline_source", ("slug", "title", "url"), (("timeline_citation", "source_id", "event_id"),)),
    Named("timeline_role", ("slug",), (("timeline_participation", "role_id", "event_id"),)),
    Named("timeline_eventkind", ("slug",), (("timeline_event", "kind_id", "id"),)),
    Named("timeline_place", ("slug", "name"), (("timeline_event", "place_id", "id"),)),
    Named("timeline_tag", ("slug", "name"), (("timeline_event_tags", "tag_id", "event_id"),)),
    Named(
        "timeline_contract",
        ("slug", "title", "review"),
        (("timeline_event_contracts", "contract_id", "event_id"),),
    ),
    Named(
        "timeline_event",
        ("slug", "title", "review"),
        (
            ("timeline_eventrelation", "related_id", "event_id"),
            ("timeline_eventrelation", "event_id", "related_id"),
        ),
    ),
)
# An alias is searched with the events of its actor, though no document shows it.
ALIAS, ALIAS_SHOWN = "timeline_alias", ("actor_id", "name")
OPERATIONS = ("insert", "update", "delete")


NOTED = ("timeline_event", *(lines.table for lines in LINES), ALIAS)
WATCHED = tuple(dict.fromkeys((*NOTED, *(named.table for named in NAMED))))


def triggers(vendor: str) -> dict[str, str]:
    """The name of each trigger and its table."""
    names = {table: [f"{table}_{operation}_noted" for operation in OPERATIONS] for table in NOTED}
    for named in NAMED:
        names.setdefault(named.table, []).extend(f"{named.table}_{how}_noted" for how in ("shown", "put"))
    if vendor == "sqlite":
        for lines in LINES:
            names[lines.table].append(f"{lines.table}_replaced_noted")
    else:
        for table in WATCHED:
            names[table].append(f"{table}_emptied_noted")
        for table in (*(named.table for named in NAMED), ALIAS):
            names[table].append(f"{table}_locked")
        for table in _moves():
            names[table].append(f"{table}_moved")
    return {name: table for table, own in names.items() for name in own}


# --- SQLite: a trigger is run for each row, and there is one writer at a time ---


def on_sqlite() -> list[str]:
    return [
        *(_sqlite("timeline_event", operation, (), _values(operation, "id")) for operation in OPERATIONS),
        *(
            _sqlite(lines.table, operation, lines.shown, _values(operation, *lines.events))
            for lines in LINES
            for operation in OPERATIONS
        ),
        *(
            _sqlite(ALIAS, operation, ALIAS_SHOWN, _sqlite_links(operation, "actor_id", _OF_ACTOR[:1]))
            for operation in OPERATIONS
        ),
        *(
            _sqlite(named.table, "update", named.shown, _sqlite_links("update", "id", named.links), "shown")
            for named in NAMED
        ),
        # What names a row may be there before the row: it was deleted and put back, or REPLACE did both.
        *(
            _sqlite(named.table, "insert", (), _sqlite_links("insert", "id", named.links), "put")
            for named in NAMED
        ),
        *(_sqlite_replaced(lines) for lines in LINES),
    ]


def _sqlite_replaced(lines: Lines) -> str:
    """REPLACE deletes the row that is in its way without a word to the triggers."""
    selects = [f"SELECT {event} AS event_id FROM {lines.table} WHERE id = NEW.id" for event in lines.events]
    return f"""CREATE TRIGGER IF NOT EXISTS {lines.table}_replaced_noted BEFORE INSERT ON {lines.table}
        WHEN NEW.id IN (SELECT id FROM {lines.table} WHERE id = NEW.id)
        BEGIN INSERT INTO {CHANGE} (event_id)
        SELECT event_id FROM ({" UNION ".join(selects)}) WHERE event_id IS NOT NULL; END"""


def _sqlite(table: str, operation: str, shown: tuple[str, ...], events: str, name: str = "") -> str:
    condition = ""
    if operation == "update" and shown:
        new, old = (", ".join(f"{row}.{column}" for column in shown) for row in ("NEW", "OLD"))
        condition = f"WHEN ({new}) IS NOT ({old})"
    return f"""CREATE TRIGGER IF NOT EXISTS {table}_{name or operation}_noted AFTER {operation} ON {table}
        {condition}
        BEGIN INSERT INTO {CHANGE} (event_id) {events}; END"""


def _rows(operation: str) -> tuple[str, ...]:
    return {"insert": ("NEW",), "update": ("NEW", "OLD"), "delete": ("OLD",)}[operation]


def _values(operation: str, *columns: str) -> str:
    selects = [
        f"SELECT {row}.{column} WHERE {row}.{column} IS NOT NULL"
        for row in _rows(operation)
        for column in columns
    ]
    return " UNION ".join(selects)


def _sqlite_links(operation: str, key: str, links: tuple[tuple[str, str, str], ...]) -> str:
    selects = [
        f"SELECT {event} FROM {table} WHERE {column} = {row}.{key} AND {event} IS NOT NULL"
        for row in _rows(operation)
        for table, column, event in links
    ]
    return " UNION ".join(dict.fromkeys(selects))


# --- PostgreSQL: a trigger is run for each statement, with the tables `new_rows` and `old_rows` ---


def on_postgresql() -> list[str]:
    return [
        *_postgresql("timeline_event", (), ("id",)),
        *(sql for lines in LINES for sql in _postgresql(lines.table, lines.shown, lines.events)),
        *_postgresql(ALIAS, ALIAS_SHOWN, ("actor_id",), _OF_ACTOR[0]),
        *(sql for named in NAMED for sql in _shown(named)),
        *_locks(),
        *(sql for table, links in _moves().items() for sql in _moved(table, links)),
        *(sql for table in WATCHED for sql in _emptied(table)),
    ]


def _postgresql(
    table: str, shown: tuple[str, ...], keys: tuple[str, ...], link: tuple[str, str, str] | None = None
) -> Iterator[str]:
    for operation in OPERATIONS:
        rows = _changed_rows(operation, shown)
        selects = [f"SELECT {key} AS key FROM ({rows}) AS changed" for key in keys]
        found = f"SELECT key FROM ({' UNION '.join(selects)}) AS named WHERE key IS NOT NULL"
        if link is not None:
            linked, column, event = link
            found = f"SELECT DISTINCT {event} FROM {linked} WHERE {column} IN ({found})"
        yield from _statement_trigger(f"{table}_{operation}_noted", table, operation, found)


def _changed_rows(operation: str, shown: tuple[str, ...]) -> str:
    if operation != "update":
        return f"SELECT * FROM {'new' if operation == 'insert' else 'old'}_rows"
    if not shown:
        return "SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows"
    new, old = (", ".join(f"{rows}.{column}" for column in shown) for rows in ("new_rows", "old_rows"))
    changed = f"old_rows JOIN new_rows USING (id) WHERE ({new}) IS DISTINCT FROM ({old})"
    return f"SELECT new_rows.* FROM {changed} UNION ALL SELECT old_rows.* FROM {changed}"


def _shown(named: Named) -> Iterator[str]:
    """After an update of what documents show of a row, or where it is put back: the events that name it."""
    for how, operation in (("shown", "update"), ("put", "insert")):
        found = _naming(named, _changed_rows(operation, named.shown))
        yield from _statement_trigger(f"{named.table}_{how}_noted", named.table, operation, found)


def _naming(named: Named, rows: str) -> str:
    selects = [
        f"SELECT {event} AS event FROM {table} WHERE {column} IN (SELECT id FROM changed)"
        for table, column, event in named.links
    ]
    return f"""WITH changed AS MATERIALIZED ({rows})
        SELECT event FROM ({" UNION ".join(selects)}) AS named WHERE event IS NOT NULL"""


def _statement_trigger(name: str, table: str, operation: str, events: str) -> Iterator[str]:
    tables = {
        "insert": "NEW TABLE AS new_rows",
        "update": "NEW TABLE AS new_rows OLD TABLE AS old_rows",
        "delete": "OLD TABLE AS old_rows",
    }[operation]
    yield function(name, f"INSERT INTO {CHANGE} (event_id) {events}; RETURN NULL;")
    yield f"""CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {table} REFERENCING {tables}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""


def _locks() -> Iterator[str]:
    """Who renames a row waits for those who are about to name it, so that the trigger above sees them all.

    Naming takes KEY SHARE on the row, for the foreign key, which an update does not meet. FOR UPDATE does.
    Django's foreign keys are checked at the commit: who names a row then waits for who renames it, and so
    stands as changed only when the new name does.
    """
    for named in NAMED:
        new, old = (", ".join(f"{row}.{column}" for column in named.shown) for row in ("NEW", "OLD"))
        when = f"WHEN (({new}) IS DISTINCT FROM ({old}))"
        yield from _lock(named.table, "UPDATE", when, f"FROM {named.table} WHERE id = OLD.id")
    actors = "FROM timeline_actor WHERE id IN (OLD.actor_id, NEW.actor_id) ORDER BY id"
    yield from _lock(ALIAS, "INSERT OR UPDATE OR DELETE", "", actors)


def _lock(table: str, operations: str, when: str, rows: str) -> Iterator[str]:
    yield function(f"{table}_locked", f"PERFORM {rows} FOR UPDATE; RETURN COALESCE(NEW, OLD);")
    yield f"""CREATE OR REPLACE TRIGGER {table}_locked BEFORE {operations} ON {table}
        FOR EACH ROW {when} EXECUTE FUNCTION {table}_locked()"""


def _moves() -> dict[str, list[tuple[str, str]]]:
    """By table of lines, the columns that name a row, and the table where that row stands."""
    found: dict[str, list[tuple[str, str]]] = {}
    for named in NAMED:
        for table, column, event in named.links:
            if event != "id" and (column, named.table) not in found.setdefault(table, []):
                found[table].append((column, named.table))
    return found


def _moved(table: str, links: list[tuple[str, str]]) -> Iterator[str]:
    """A line that goes to another event names the same rows as before, which no foreign key checks again."""
    events = next(lines.events for lines in LINES if lines.table == table)
    new, old = (", ".join(f"{row}.{event}" for event in events) for row in ("NEW", "OLD"))
    locks = " ".join(
        f"PERFORM FROM {named} WHERE id = NEW.{column} FOR KEY SHARE;" for column, named in links
    )
    yield function(f"{table}_moved", f"{locks} RETURN NEW;")
    yield f"""CREATE OR REPLACE TRIGGER {table}_moved BEFORE UPDATE ON {table}
        FOR EACH ROW WHEN (({new}) IS DISTINCT FROM ({old})) EXECUTE FUNCTION {table}_moved()"""


def _emptied(table: str) -> Iterator[str]:
    """TRUNCATE tells no rows."""
    yield function(f"{table}_emptied_noted", f"{OVERTAKE_ALL}; RETURN NULL;")
    yield f"""CREATE OR REPLACE TRIGGER {table}_emptied_noted AFTER TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {table}_emptied_noted()"""
