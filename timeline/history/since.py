"""Since when what a document shows has not changed: a trigger writes it down with the document.

It is the last moment at which the event, or something that its document names, began to stand as it does.
What is committed later leaves a note (timeline/changes.py), which has the document written again. So a kept
document that no note overtakes is what it was at every moment from this one on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from timeline.changes import NAMED
from timeline.history.things import BY_NOUN
from timeline.plpgsql import function

DOCUMENT, SINCE, EVENT = "timeline_eventdocument", "timeline_eventsince", "timeline_event"
_NOUNS = {thing.table: thing.noun for thing in BY_NOUN.values()}


def triggers() -> dict[str, str]:
    """The name of each trigger and its table."""
    names = (f"document_{what}_since" for what in ("inserted", "updated", "deleted"))
    return dict.fromkeys(names, DOCUMENT)


def of(events: str, vendor: str) -> str:
    """A SELECT of the moments (event_id, at) of `events`, a table with their ids in `event_id`."""
    return f"""SELECT event_id, max(at) AS at FROM ({" UNION ALL ".join(_moments(events, vendor))}) AS found
        GROUP BY event_id"""


def _moments(events: str, vendor: str) -> Iterator[str]:
    named: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list, {(EVENT, "id"): [(EVENT, "id")]})
    for one in NAMED:
        for table, column, leading in one.links:
            named[table, leading].append((one.table, column))
    for (table, leading), keys in named.items():
        latest = _latest([moment for key in keys for moment in _of_named(*key)], vendor)
        yield _joined(events, latest, table, leading)
    # Who named the event may be gone.
    yield _joined(events, "line.until", "timeline_past_eventrelation", "related_id")


def _joined(events: str, moment: str, table: str, leading: str) -> str:
    return f"""SELECT asked.event_id, {moment} AS at FROM {events} AS asked
        CROSS JOIN {table} AS line WHERE line.{leading} = asked.event_id"""


def _latest(moments: list[str], vendor: str) -> str:
    if vendor == "postgresql":
        return f"GREATEST({', '.join(moments)})"
    # One null among them would make it null.
    return "NULLIF(max(" + ", ".join(f"COALESCE({moment}, '')" for moment in moments) + "), '')"


def _of_named(table: str, key: str) -> Iterator[str]:
    """When the row under `key` came in, and when it last became another."""
    yield f"(SELECT recorded_at FROM {table} WHERE id = line.{key})"
    yield f"""(SELECT max(until) FROM timeline_revision AS state
        WHERE state.noun = '{_NOUNS[table]}' AND state.thing_id = line.{key})"""


def _written(events: str, vendor: str) -> str:
    return f"""INSERT INTO {SINCE} (event_id, at) SELECT event_id, at FROM ({of(events, vendor)}) AS written
        WHERE at IS NOT NULL ON CONFLICT (event_id) DO UPDATE SET at = excluded.at"""


def on_sqlite() -> Iterator[str]:
    written = f"{_written('(SELECT NEW.event_id AS event_id)', 'sqlite')};"
    gone = f"DELETE FROM {SINCE} WHERE event_id = OLD.event_id;"
    for name, operation, body in (
        ("document_inserted_since", "INSERT", written),
        ("document_updated_since", "UPDATE", written),
        ("document_deleted_since", "DELETE", gone),
    ):
        yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {operation} ON {DOCUMENT} BEGIN {body} END"


def on_postgresql() -> Iterator[str]:
    written = f"{_written('new_rows', 'postgresql')};"
    gone = f"DELETE FROM {SINCE} WHERE event_id IN (SELECT event_id FROM old_rows);"
    for name, operation, rows, body in (
        ("document_inserted_since", "INSERT", "NEW TABLE AS new_rows", written),
        ("document_updated_since", "UPDATE", "NEW TABLE AS new_rows", written),
        ("document_deleted_since", "DELETE", "OLD TABLE AS old_rows", gone),
    ):
        yield function(name, f"{body} RETURN NULL;", for_rows=True)
        yield f"""CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {DOCUMENT} REFERENCING {rows}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""
