"""What stood at a moment, in SQL: rows of today of things that have not changed since, and past rows.

A statement has the moment as a parameter, `%(as_of)s`, or takes it from where the views do.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from timeline.changes import NAMED
from timeline.history.things import BY_NOUN, OWNERS, ROOTS, Owner
from timeline.models import Event
from timeline.models.revision import PAST

AS_OF = "%(as_of)s"
_NOUNS = {thing.table: thing.noun for thing in BY_NOUN.values()}


def stamp(moment: datetime) -> Any:
    """The moment as a parameter; as a text on SQLite, which compares texts."""
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:  # a time zone's hours before the first day that there is
        moment = datetime.min.replace(tzinfo=UTC)
    if connection.vendor == "postgresql":
        return moment
    return moment.isoformat(" ", "microseconds").removesuffix("+00:00")


def past_table(model: type[models.Model]) -> str:
    return PAST[model]._meta.db_table


def stood(row: str, moment: str = AS_OF) -> str:
    """That a past row stood."""
    return f"{row}.since <= {moment} AND {row}.until > {moment}"


def stands_since(model: type[models.Model], row: str, moment: str = AS_OF) -> str:
    """That the thing of a row of today was there at the moment, and has not changed since."""
    if model in ROOTS:
        return f"{row}.recorded_at <= {moment} AND {unchanged(ROOTS[model].noun, f'{row}.id', moment)}"
    owned = [_owner_stands(owner, row, moment) for owner in OWNERS[model]]
    return f"({' OR '.join(owned)})"


def _owner_stands(owner: Owner, row: str, moment: str) -> str:
    table, key = BY_NOUN[owner.noun].table, f"{row}.{owner.column}"
    return f"""EXISTS (SELECT 1 FROM {table} AS owner WHERE owner.id = {key}
        AND owner.recorded_at <= {moment}) AND {unchanged(owner.noun, key, moment)}"""


def unchanged(noun: str, key: str, moment: str = AS_OF) -> str:
    return f"NOT {changed(noun, key, moment)}"


def changed(noun: str, key: str, moment: str = AS_OF) -> str:
    return f"""EXISTS (SELECT 1 FROM timeline_revision AS later WHERE later.noun = '{noun}'
        AND later.thing_id = {key} AND later.until > {moment})"""


def rows(model: type[models.Model], columns: str, condition: str) -> str:
    """A SELECT of the rows that stood. Columns and condition have {row} for the row."""
    found = [
        f"""SELECT {columns.format(row="standing")} FROM {table} AS standing
        WHERE {condition.format(row="standing")} AND {stood_then}"""
        for table, stood_then in (
            (model._meta.db_table, stands_since(model, "standing")),
            (past_table(model), stood("standing")),
        )
    ]
    return " UNION ALL ".join(found)


def shows_the_same(event: str) -> str:
    """That an event which has stood since names nothing that has changed since, as its document does.

    What names the event from elsewhere counts as well: the other ends of relations, also of those that
    stood at the moment and are gone.
    """
    conditions = [
        f"NOT EXISTS (SELECT 1 FROM {table} AS line WHERE line.{own} = {event} AND ({' OR '.join(found)}))"
        for (table, own), found in _names().items()
    ]
    gone = f"SELECT 1 FROM timeline_past_eventrelation AS line WHERE line.related_id = {event}"
    conditions.append(f"NOT EXISTS ({gone} AND {stood('line')})")
    return " AND ".join(conditions)


def _names() -> dict[tuple[str, str], list[str]]:
    """That something named has changed, by the table that names it and the column that leads to the event."""
    found: dict[tuple[str, str], list[str]] = {}
    for named in NAMED:
        for table, column, event in named.links:
            key = f"line.{column}"
            conditions = found.setdefault((table, event), [])
            conditions.append(changed(_NOUNS[named.table], key))
            if named.table == Event._meta.db_table and column == "event_id":
                # Who came later and names the event. What the event itself names was there before.
                conditions.append(_came_later(key))
    return found


def _came_later(key: str) -> str:
    table = Event._meta.db_table
    return f"EXISTS (SELECT 1 FROM {table} AS other WHERE other.id = {key} AND other.recorded_at > {AS_OF})"
