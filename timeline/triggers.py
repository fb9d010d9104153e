"""What the databases keep in step themselves: copies of an event's date on the rows that are searched by it.

A participation has its event's order and bounds, a milestone with an event has its date. Each way of
writing, raw SQL too, goes through these triggers, and so do the notes of what has changed
(timeline/changes.py). They are installed after `migrate` and dropped before it, because SQLite rebuilds a
table to alter it and would drop or break them.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from timeline import changes, search
from timeline.history import installation as history
from timeline.identity import former
from timeline.plpgsql import function

BOUNDS = ("sort_at", "earliest", "start_latest", "end_earliest", "latest")


def install(*, using: str, plan: Any = (), **_: Any) -> None:
    """Create the triggers, and the index of search; a post_migrate receiver.

    What migrations changed meanwhile nobody has noted, so after any of them every document is overtaken.
    """
    search.create(using=using)
    connection = connections[using]
    statements = [*SQLITE, *changes.on_sqlite(), *history.statements("sqlite"), *former.statements("sqlite")]
    if connection.vendor == "postgresql":
        statements = [
            *POSTGRESQL, *changes.on_postgresql(), *history.statements("postgresql"),
            *former.statements("postgresql"), *TABLES,
        ]  # fmt: skip
    # The triggers first: from then on nothing is missed.
    _run(connection, [*statements, changes.OVERTAKE_ALL] if plan else statements)


def triggers(vendor: str) -> dict[str, str]:
    """The names of all triggers that stand between two migrations, and their tables."""
    return COPIES | changes.triggers(vendor) | history.triggers(vendor) | former.triggers(vendor)


def drop(*, using: str, plan: Any = (True,), **_: Any) -> None:
    """Drop the triggers where they stand; a pre_migrate receiver. Where nothing is to be done they stay."""
    if not plan:
        return
    connection = connections[using]
    tables = connection.introspection.table_names()
    statements = [
        f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if connection.vendor == "postgresql" else "")
        for name, table in triggers(connection.vendor).items()
        if table in tables
    ]
    _run(connection, [*statements, *history.removal(connection.vendor)])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


COPIES = {
    "participation_bounds_inserted": "timeline_participation",
    "participation_bounds_updated": "timeline_participation",
    "milestone_met_inserted": "timeline_milestone",
    "milestone_met_updated": "timeline_milestone",
    "event_date_inserted": "timeline_event",
    "event_date_updated": "timeline_event",
}

# Columns of a participation, and what they copy of the event.
COPIED = {
    "is_public": "review = 'published'",
    **{bound: f"date_{bound}" for bound in ("scale", *BOUNDS)},
}
_own, _events = ", ".join(COPIED), ", ".join(COPIED.values())
_new = ", ".join(f"NEW.{column}" for column in COPIED)
_copy_bounds = (
    f"UPDATE timeline_participation SET ({_own}) = (SELECT {_events} FROM timeline_event WHERE id = event_id)"
)
_copy_date = "UPDATE timeline_milestone SET met = (SELECT date FROM timeline_event WHERE id = event_id)"

SQLITE = [
    f"""CREATE TRIGGER IF NOT EXISTS participation_bounds_inserted AFTER INSERT ON timeline_participation
    BEGIN {_copy_bounds} WHERE id = NEW.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS participation_bounds_updated AFTER UPDATE ON timeline_participation
    WHEN ({_new}) IS NOT (SELECT {_events} FROM timeline_event WHERE id = NEW.event_id)
    BEGIN {_copy_bounds} WHERE id = NEW.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS milestone_met_inserted AFTER INSERT ON timeline_milestone
    WHEN NEW.event_id IS NOT NULL
    BEGIN {_copy_date} WHERE id = NEW.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS milestone_met_updated AFTER UPDATE ON timeline_milestone
    WHEN NEW.event_id IS NOT NULL
    AND NEW.met IS NOT (SELECT date FROM timeline_event WHERE id = NEW.event_id)
    BEGIN {_copy_date} WHERE id = NEW.id; END""",
    # An event that REPLACE or a deletion has taken away and put back has its participations already.
    f"""CREATE TRIGGER IF NOT EXISTS event_date_inserted AFTER INSERT ON timeline_event
    BEGIN
        {_copy_bounds} WHERE event_id = NEW.id;
        {_copy_date} WHERE event_id = NEW.id;
    END""",
    f"""CREATE TRIGGER IF NOT EXISTS event_date_updated AFTER UPDATE OF date, review ON timeline_event
    WHEN (NEW.date, NEW.review) IS NOT (OLD.date, OLD.review)
    BEGIN
        {_copy_bounds} WHERE event_id = NEW.id;
        {_copy_date} WHERE event_id = NEW.id;
    END""",
]

# FOR SHARE makes an insert wait for a change of the event's date that is under way, and the other way round.
POSTGRESQL = [
    function(
        "timeline_participation_bounds",
        f"""SELECT {_events} INTO {_new} FROM timeline_event WHERE id = NEW.event_id FOR SHARE;
        RETURN NEW;""",
    ),
    function(
        "timeline_milestone_met",
        """IF NEW.event_id IS NOT NULL THEN
            SELECT date INTO NEW.met FROM timeline_event WHERE id = NEW.event_id FOR SHARE;
        END IF;
        RETURN NEW;""",
    ),
    function(
        "timeline_event_date",
        # A new event has none, but if it was deleted and put back; to ask is ten times as fast as to update.
        f"""IF TG_OP = 'UPDATE' OR EXISTS (SELECT FROM timeline_participation WHERE event_id = NEW.id)
        OR EXISTS (SELECT FROM timeline_milestone WHERE event_id = NEW.id) THEN
            UPDATE timeline_participation SET {", ".join(f"{own} = NEW.{its}" for own, its in COPIED.items())}
            WHERE event_id = NEW.id;
            UPDATE timeline_milestone SET met = NEW.date WHERE event_id = NEW.id;
        END IF;
        RETURN NULL;""",
    ),
    """CREATE OR REPLACE TRIGGER participation_bounds_inserted BEFORE INSERT ON timeline_participation
    FOR EACH ROW EXECUTE FUNCTION timeline_participation_bounds()""",
    """CREATE OR REPLACE TRIGGER participation_bounds_updated BEFORE UPDATE ON timeline_participation
    FOR EACH ROW EXECUTE FUNCTION timeline_participation_bounds()""",
    """CREATE OR REPLACE TRIGGER milestone_met_inserted BEFORE INSERT ON timeline_milestone
    FOR EACH ROW EXECUTE FUNCTION timeline_milestone_met()""",
    """CREATE OR REPLACE TRIGGER milestone_met_updated BEFORE UPDATE ON timeline_milestone
    FOR EACH ROW EXECUTE FUNCTION timeline_milestone_met()""",
    """CREATE OR REPLACE TRIGGER event_date_inserted AFTER INSERT ON timeline_event
    FOR EACH ROW EXECUTE FUNCTION timeline_event_date()""",
    """CREATE OR REPLACE TRIGGER event_date_updated AFTER UPDATE OF date, review ON timeline_event
    FOR EACH ROW WHEN ((NEW.date, NEW.review) IS DISTINCT FROM (OLD.date, OLD.review))
    EXECUTE FUNCTION timeline_event_date()""",
]
# Documents stay in their row, uncompressed: fetching them is what reading a page costs.
TABLES = ["ALTER TABLE timeline_eventdocument SET (toast_tuple_target = 8160)"]
