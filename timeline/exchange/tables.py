"""Puts many rows into a table at once, and finds those that a constraint refuses."""

from __future__ import annotations

import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import DataError, IntegrityError, connection, models, transaction

_special = re.compile(r"[\\\n\r\t]")
_ESCAPED = {"\\": r"\\", "\n": r"\n", "\r": r"\r", "\t": r"\t"}


class Origin(NamedTuple):
    """Where a row comes from: the line of the file, and the path of keys that leads to it."""

    line: int
    path: str


Refused = Callable[[Origin, str], None] | None


# So many characters may wait for PostgreSQL, which is slower than who makes them: those of some batches of
# events. In memory each takes four bytes.
AHEAD = 8_000_000


class Copying:
    """Has PostgreSQL take rows in while the next are read. Whatever else is asked of it waits for them."""

    def __init__(self) -> None:
        self.hand = ThreadPoolExecutor(1)
        # Each with the length of its text.
        self.under_way: deque[tuple[Future[None], int]] = deque()

    def __call__(self, execute: Callable[..., Any], *given: Any) -> Any:
        self.finish()
        return execute(*given)

    def put(self, copy: str, text: str) -> None:
        while self.under_way and sum(size for _, size in self.under_way) + len(text) > AHEAD:
            self._done([self.under_way.popleft()])
        # psycopg2's own cursor, since Django's belong to this thread. The whole text at once: between two
        # pieces the other thread would have to come to a stop each time.
        cursor: Any = connection.connection.cursor()
        copied = self.hand.submit(cursor.copy_expert, copy, io.StringIO(text), len(text))
        self.under_way.append((copied, len(text)))

    def finish(self) -> None:
        """Wait for what is under way; raise what the database says against it."""
        under_way, self.under_way = self.under_way, deque()
        wait([copied for copied, _ in under_way])
        self._done(under_way)

    def _done(self, under_way: Iterable[tuple[Future[None], int]]) -> None:
        with connection.wrap_database_errors:
            for copied, _ in under_way:
                copied.result()


class Way(NamedTuple):
    """How rows are written. `refused` is told of each that a constraint refuses.

    Without it the database's own error is raised, then or later, which ends the transaction; but without
    savepoints PostgreSQL takes a third of the time.
    """

    refused: Refused = None
    copying: Copying | None = None


@contextmanager
def way_in(refused: Refused) -> Iterator[Way]:
    """At the end of the block everything is written."""
    if refused is not None or connection.vendor == "sqlite":
        yield Way(refused)
        return
    copying = Copying()
    with connection.execute_wrapper(copying):
        try:
            yield Way(copying=copying)
            copying.finish()
        finally:
            # After an error nothing more of what waits is taken in.
            copying.hand.shutdown(cancel_futures=True)


class Table:
    """Rows on their way into the table of a model."""

    def __init__(self, model: type[models.Model], columns: Sequence[str], way: Way, key: str = "") -> None:
        self.model, self.columns, self.way = model, tuple(columns), way
        self.key = key
        self.rows: list[list[Any]] = []
        # By row, its line of the file and its number in the list under `key` there.
        self.origins: list[tuple[int, int]] = []

    def add(self, row: list[Any], line: int, number: int = 0) -> None:
        self.rows.append(row)
        self.origins.append((line, number))

    def flush(self) -> None:
        """Write what is there: in one go, or where that fails, row by row."""
        rows, origins = self.rows, self.origins
        self.rows, self.origins = [], []
        if not rows:
            return
        refused = self.way.refused
        if refused is None:
            self._write(rows)
            return
        if self._written(rows) is None:
            return
        for (line, number), row in zip(origins, rows, strict=True):
            if (message := self._written([row])) is not None:
                refused(Origin(line, f"{self.key}.{number}" if self.key else ""), message)

    def _written(self, rows: list[list[Any]]) -> str | None:
        """What the database says against the rows, none of which it has then."""
        try:
            with transaction.atomic():
                self._write(rows)
        except (IntegrityError, DataError) as error:
            return reason(self.model, error)
        return None

    def _write(self, rows: Sequence[list[Any]]) -> None:
        """By COPY on PostgreSQL, by one prepared INSERT on SQLite."""
        table, names = self.model._meta.db_table, ", ".join(f'"{column}"' for column in self.columns)
        if connection.vendor == "sqlite":
            marks = ", ".join("%s" for _ in self.columns)
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)
            return
        # No text has NUL in it, so until here that has stood for null.
        text = "".join([_copied(row) for row in rows]).replace("\0", r"\N")
        copy = f"COPY {table} ({names}) FROM STDIN"
        if self.way.copying is not None:
            self.way.copying.put(copy, text)
        else:
            with connection.cursor() as cursor, connection.wrap_database_errors:
                cursor.copy_expert(copy, io.StringIO(text))


def _copied(row: list[Any]) -> str:
    """A row in the text format of COPY, with NUL for null."""
    cells = [value if type(value) is str else "\0" if value is None else str(value) for value in row]
    text = "\t".join(cells)
    if text.count("\t") == len(row) - 1 and not ("\\" in text or "\n" in text or "\r" in text):
        return text + "\n"
    return "\t".join([_special.sub(lambda found: _ESCAPED[found[0]], cell) for cell in cells]) + "\n"


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
