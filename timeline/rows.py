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

from timeline.prepared import execute

Row = Sequence[Any]
# SQLite takes 999 parameters and more.
ROWS_AT_ONCE = 50
# What fields of exactly these types store as it is, and None.
AS_IT_IS: dict[type[models.Field[Any, Any]], type] = {
    **dict.fromkeys((models.CharField, models.SlugField, models.TextField, models.URLField), str),
    **dict.fromkeys((models.BigAutoField, models.BigIntegerField, models.SmallIntegerField), int),
    **dict.fromkeys((models.PositiveIntegerField, models.PositiveSmallIntegerField), int),
    models.BooleanField: bool,
}
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
    fields, attributes = _fields(model, names)
    return [model.from_db(DEFAULT_DB_ALIAS, attributes, row) for row in _converted(fields, found)]


@lru_cache(maxsize=1000)
def _fields(model: type[models.Model], names: tuple[str, ...]) -> tuple[list[Any], list[str]]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return fields, [field.attname for field in fields]


def insert(rows: Sequence[Any], fields: Sequence[Any], returning: Sequence[Any]) -> list[Row] | None:
    """Insert new rows of one model; what the database gives for the columns of `returning`, by row.

    None, and nothing is inserted, where a value is one that only the database knows.
    """
    # The connection itself: asking the proxy for the one of this thread costs more than to convert a value.
    connection = connections[DEFAULT_DB_ALIAS]
    columns: dict[str, list[Any]] = {}
    for field in fields:
        values = [field.pre_save(row, True) for row in rows]
        if not _stored_as_they_are(field).issuperset(map(type, values)):
            if all(isinstance(value, DatabaseDefault) for value in values):
                continue
            if any(hasattr(value, "resolve_expression") for value in values):
                return None
            values = [field.get_db_prep_save(value, connection) for value in values]
        columns[field.column] = values
    asked = tuple(field.column for field in returning)
    sql = _insertion(rows[0]._meta.db_table, tuple(columns), len(rows), asked)
    with connection.cursor() as cursor:
        execute(cursor, sql, [value for row in zip(*columns.values(), strict=True) for value in row])
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


@lru_cache(maxsize=1000)
def _stored_as_they_are(field: Any) -> frozenset[type]:
    """The types whose values this field gives to the database as they are."""
    kind = AS_IT_IS.get(type(field.target_field if field.is_relation else field))
    return frozenset() if kind is None else frozenset({kind, type(None)})


def _converted(fields: Sequence[Any], found: Sequence[Row]) -> list[Row]:
    """What the database gave for these columns, as their values."""
    connection = connections[DEFAULT_DB_ALIAS]
    rows: list[Any] = [list(row) for row in found]
    for at, field in enumerate(fields):
        if _is_converted(field):
            column = field.cached_col
            for convert in connection.ops.get_db_converters(column) + column.get_db_converters(connection):
                for row in rows:
                    row[at] = convert(row[at], column, connection)
    return rows


@lru_cache(maxsize=1000)
def _is_converted(field: Any) -> bool:
    """Whether what the database gives for the column is not yet its value."""
    column, connection = field.cached_col, connections[DEFAULT_DB_ALIAS]
    return bool(connection.ops.get_db_converters(column) + column.get_db_converters(connection))


@lru_cache(maxsize=1000)
def _insertion(table: str, columns: tuple[str, ...], number: int, returning: tuple[str, ...]) -> str:
    quoted = connections[DEFAULT_DB_ALIAS].ops.quote_name
    names, answer = (", ".join(map(quoted, some)) for some in (columns, returning))
    marks = ", ".join([f"({', '.join(['%s'] * len(columns))})"] * number)
    return f"INSERT INTO {quoted(table)} ({names}) VALUES {marks} RETURNING {answer}"
