"""Since when what a document shows has not changed: a trigger writes it down with the document.

It is the last moment at which the event, or something that its document names, began to stand as it does.
What is committed later leaves a note (timeline/changes.py), which has the document written again. So a kept
document that no note overtakes is what it was at every moment from this one on.
"""

from __future__ import annotations

from collections.abc import Iterator

from timeline.changes import NAMED
from timeline.history.things import BY_NOUN
from timeline.plpgsql import function

DOCUMENT, SINCE = "timeline_eventdocument", "timeline_eventsince"
_NOUNS = {thing.table: thing.noun for thing in BY_NOUN.values()}


def triggers() -> dict[str, str]:
    """The name of each trigger and its table."""
    names = (f"document_{what}_since" for what in ("inserted", "updated", "deleted"))
    return dict.fromkeys(names, DOCUMENT)


def of(event: str) -> str:
    """A SELECT of the moment; `event` leads to the id of the event."""
    return f"SELECT max(at) FROM ({' UNION ALL '.join(_moments(event))}) AS found"


def _moments(event: str) -> Iterator[str]:
    own = f"timeline_event AS event WHERE event.id = {event}"
    yield f"SELECT event.recorded_at AS at FROM {own}"
    yield f"SELECT state.until FROM timeline_revision AS state WHERE {_is_of('event', event)}"
    for named in NAMED:
        for table, column, leading in named.links:
            state = _is_of(_NOUNS[named.table], f"line.{column}")
            yield f"""SELECT state.until FROM {table} AS line JOIN timeline_revision AS state ON {state}
                WHERE line.{leading} = {event}"""
            yield f"""SELECT named.recorded_at FROM {table} AS line
                JOIN {named.table} AS named ON named.id = line.{column} WHERE line.{leading} = {event}"""
    # Who named the event may be gone.
    yield f"SELECT line.until FROM timeline_past_eventrelation AS line WHERE line.related_id = {event}"


def _is_of(noun: str, key: str) -> str:
    return f"state.noun = '{noun}' AND state.thing_id = {key}"


def on_sqlite() -> Iterator[str]:
    written = f"""INSERT INTO {SINCE} (event_id, at) SELECT NEW.event_id, ({of("NEW.event_id")}) AS at
        WHERE at IS NOT NULL ON CONFLICT (event_id) DO UPDATE SET at = excluded.at;"""
    gone = f"DELETE FROM {SINCE} WHERE event_id = OLD.event_id;"
    for name, operation, body in (
        ("document_inserted_since", "INSERT", written),
        ("document_updated_since", "UPDATE", written),
        ("document_deleted_since", "DELETE", gone),
    ):
        yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {operation} ON {DOCUMENT} BEGIN {body} END"


def on_postgresql() -> Iterator[str]:
    written = f"""INSERT INTO {SINCE} (event_id, at)
        SELECT event_id, at FROM (SELECT event_id, ({of("new_rows.event_id")}) AS at FROM new_rows) AS written
        WHERE at IS NOT NULL ON CONFLICT (event_id) DO UPDATE SET at = excluded.at;"""
    gone = f"DELETE FROM {SINCE} WHERE event_id IN (SELECT event_id FROM old_rows);"
    for name, operation, rows, body in (
        ("document_inserted_since", "INSERT", "NEW TABLE AS new_rows", written),
        ("document_updated_since", "UPDATE", "NEW TABLE AS new_rows", written),
        ("document_deleted_since", "DELETE", "OLD TABLE AS old_rows", gone),
    ):
        yield function(name, f"{body} RETURN NULL;")
        yield f"""CREATE OR REPLACE TRIGGER {name} AFTER {operation} ON {DOCUMENT} REFERENCING {rows}
            FOR EACH STATEMENT EXECUTE FUNCTION {name}()"""
