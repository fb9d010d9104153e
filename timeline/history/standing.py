"""What stood at a moment, in SQL: rows of today of things that have not changed since, and past rows.

A statement has the moment as a parameter, `%(as_of)s`; the views (timeline/history/moments.py) have another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from timeline.history.things import BY_NOUN, OWNERS, ROOTS, Owner
from timeline.models.revision import PAST

AS_OF = "%(as_of)s"


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


def stands_since(
    model: type[models.Model], row: str, moment: str = AS_OF, key: str = "", schema: str = ""
) -> str:
    """That the thing of a row of today was there at the moment, and has not changed since.

    Rows that may belong to several things are found by the column `key` of one, which is then the one asked.
    `schema` is before the names of tables that views hide.
    """
    if model in ROOTS:
        return f"{row}.recorded_at <= {moment} AND {unchanged(ROOTS[model].noun, f'{row}.id', moment)}"
    owners = [owner for owner in OWNERS[model] if owner.column == key] or OWNERS[model]
    owned = [_owner_stands(owner, row, moment, schema) for owner in owners]
    return f"({' OR '.join(owned)})"


def _owner_stands(owner: Owner, row: str, moment: str, schema: str) -> str:
    table, key = f"{schema}{BY_NOUN[owner.noun].table}", f"{row}.{owner.column}"
    return f"""EXISTS (SELECT 1 FROM {table} AS owner WHERE owner.id = {key}
        AND owner.recorded_at <= {moment}) AND {unchanged(owner.noun, key, moment)}"""


def unchanged(noun: str, key: str, moment: str = AS_OF) -> str:
    return f"""NOT EXISTS (SELECT 1 FROM timeline_revision AS later WHERE later.noun = '{noun}'
        AND later.thing_id = {key} AND later.until > {moment})"""


def rows(model: type[models.Model], columns: str, condition: str, key: str = "") -> str:
    """A SELECT of the rows that stood. Columns and condition have {row} for the row.

    `key` is the column by which the condition finds them.
    """
    found = [
        f"""SELECT {columns.format(row="standing")} FROM {table} AS standing
        WHERE {condition.format(row="standing")} AND {stood_then}"""
        for table, stood_then in (
            (model._meta.db_table, stands_since(model, "standing", key=key)),
            (past_table(model), stood("standing")),
        )
    ]
    return " UNION ALL ".join(found)
