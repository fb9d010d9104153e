"""Puts many rows into a table at once, and finds those that a constraint refuses."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, connection, models, transaction

_special = re.compile(r"[\\\n\r\t]")
_ESCAPED = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


class Origin(NamedTuple):
    """Where a row comes from: the line of the file, and the keys that lead to it."""

    line: int
    path: str


class Table:
    """Rows on their way into the table of a model.

    `refused` is told of each that a constraint refuses. Without it the database's own error is raised and ends
    the transaction; but without its savepoints PostgreSQL takes a third of the time.
    """

    def __init__(
        self, model: type[models.Model], columns: Sequence[str], refused: Callable[[Origin, str], None] | None
    ) -> None:
        self.model, self.columns, self.refused = model, tuple(columns), refused
        self.rows: list[Sequence[Any]] = []
        self.origins: list[Origin] = []

    def add(self, line: int, path: str, row: Sequence[Any]) -> None:
        self.rows.append(row)
        self.origins.append(Origin(line, path))

    def flush(self) -> None:
        """Write what is there: in one go, or where that fails, row by row."""
        rows, origins = self.rows, self.origins
        self.rows, self.origins = [], []
        if not rows:
            return
        if self.refused is None:
            write_rows(self.model._meta.db_table, self.columns, rows)
            return
        if self._written(rows) is None:
            return
        for origin, row in zip(origins, rows, strict=True):
            if (message := self._written([row])) is not None:
                self.refused(origin, message)

    def _written(self, rows: list[Sequence[Any]]) -> str | None:
        """What the database says against the rows, none of which it has then."""
        try:
            with transaction.atomic():
                write_rows(self.model._meta.db_table, self.columns, rows)
        except (IntegrityError, DataError) as error:
            return reason(self.model, error)
        return None


def write_rows(table: str, columns: Iterable[str], rows: Sequence[Sequence[Any]]) -> None:
    """COPY on PostgreSQL, one prepared INSERT on SQLite."""
    names = ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = ", ".join("%s" for _ in columns)
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        text = io.StringIO("".join([_copied(row) for row in rows]))
        with connection.wrap_database_errors:
            cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN", text)


def _copied(row: Sequence[Any]) -> str:
    """A row in the text format of COPY."""
    return "\t".join([_cell(value) if type(value) is str else _plain(value) for value in row]) + "\n"


def _cell(value: str) -> str:
    if _special.search(value) is None:
        return value
    return _special.sub(lambda found: _ESCAPED[found[0]], value)


def _plain(value: Any) -> str:
    return r"\N" if value is None else str(value)


def new_ids(model: type[models.Model], count: int) -> Iterable[int]:
    """As many ids as nobody else gets, ascending. Inside a transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The transaction has the write lock; inserting an id moves the sequence on.
            cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
            (last,) = cursor.fetchone()
            return range(last + 1, last + 1 + count)
        sequence = "pg_get_serial_sequence(%s, 'id')"
        cursor.execute(f"SELECT nextval({sequence}) FROM generate_series(1, %s)", [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def reason(model: type[models.Model], error: Exception) -> str:
    """The model's own words for the constraint that the database names, and its name."""
    cause = error.__cause__
    named = getattr(getattr(cause, "diag", None), "constraint_name", None) or str(cause).rpartition(": ")[2]
    for constraint in model._meta.constraints:
        columns = [_column(model, name) for name in getattr(constraint, "fields", ())]
        # SQLite names a unique constraint by its columns.
        if named in (constraint.name, ", ".join(columns)):
            return f"{constraint.violation_error_message} [{constraint.name}]"
    return str(cause).splitlines()[0]


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return f"{model._meta.db_table}.{field.column}"
