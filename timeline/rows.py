"""Reads and inserts rows with statements that are made once.

Django takes several times as long to make such a statement as the database to carry it out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from django.db import connections, models, transaction
from django.db.models.expressions import DatabaseDefault, RawSQL
from django.db.utils import DEFAULT_DB_ALIAS

Row = Sequence[Any]
# SQLite takes 999 parameters and more.
ROWS_AT_ONCE = 50
# A list of ids as rows, for one parameter.
LISTED = {
    "sqlite": "SELECT value AS id FROM json_each(%s)",
    "postgresql": "SELECT unnest(%s::bigint[]) AS id",
}


def as_list(ids: Iterable[int]) -> str | list[int]:
    """The parameter for LISTED."""
    return json.dumps([*ids]) if connections[DEFAULT_DB_ALIAS].vendor == "sqlite" else [*ids]


def among(ids: Iterable[int]) -> Any:
    """`pk__in=among(ids)` for many ids: each parameter takes Django some microseconds, and this is one."""
    return RawSQL(LISTED[connections[DEFAULT_DB_ALIAS].vendor], (as_list(ids),))


def loaded(model: type[models.Model], names: tuple[str, ...], found: Sequence[Row]) -> list[Any]:
    """Instances of what the database found in these columns, which are in the order of the model.

    The others are read when they are asked for.
    """
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    attributes = [field.attname for field in fields]
    return [model.from_db(DEFAULT_DB_ALIAS, attributes, row) for row in _converted(fields, found)]


def insert(rows: Sequence[Any], fields: Sequence[Any], returning: Sequence[Any]) -> list[Row] | None:
    """Insert new rows of one model; what the database gives for the columns of `returning`, by row.

    None, and nothing is inserted, where a value is one that only the database knows.
    """
    columns = {field: [field.pre_save(row, True) for row in rows] for field in fields}
    told = {
        field: values
        for field, values in columns.items()
        if not all(isinstance(value, DatabaseDefault) for value in values)
    }
    if any(hasattr(value, "resolve_expression") for values in told.values() for value in values):
        return None
    # The connection itself: asking the proxy for the one of this thread costs more than to convert a value.
    connection = connections[DEFAULT_DB_ALIAS]
    prepared = [
        [field.get_db_prep_save(value, connection) for value in values] for field, values in told.items()
    ]
    names = tuple(field.column for field in told)
    sql = _insertion(rows[0]._meta.db_table, names, len(rows), tuple(field.column for field in returning))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in zip(*prepared, strict=True) for value in row])
        return _converted(returning, cursor.fetchall())


def insert_lines(lines: Sequence[Any]) -> bool:
    """Insert new lines of one thing, as bulk_create does; False, and nothing is inserted, as above."""
    meta = type(lines[0])._meta
    fields = [field for field in meta.concrete_fields if not (field.generated or field.primary_key)]
    with transaction.atomic(savepoint=False):
        for start in range(0, len(lines), ROWS_AT_ONCE):
            some = lines[start : start + ROWS_AT_ONCE]
            keys = insert(some, fields, [meta.pk])
            if keys is None:
                return False
            for line, (key,) in zip(some, keys, strict=True):
                line.pk = key
                line._state.adding, line._state.db = False, DEFAULT_DB_ALIAS
    return True


def _converted(fields: Sequence[Any], found: Sequence[Row]) -> list[Row]:
    """What the database gave for these columns, as their values."""
    connection = connections[DEFAULT_DB_ALIAS]
    rows: list[Any] = [list(row) for row in found]
    for at, field in enumerate(fields):
        column = field.cached_col
        for convert in connection.ops.get_db_converters(column) + column.get_db_converters(connection):
            for row in rows:
                row[at] = convert(row[at], column, connection)
    return rows


@lru_cache(maxsize=1000)
def _insertion(table: str, columns: tuple[str, ...], number: int, returning: tuple[str, ...]) -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    names, answer = (", ".join(map(quoted, some)) for some in (columns, returning))
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * number)
    return f"INSERT INTO {quoted(table)} ({names}) VALUES {marks} RETURNING {answer}"
