"""What a check is: a query for the rows that may not go together, and what to say of those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, TextField, Value
from django.db.models.functions import MD5, Cast, Collate, Concat, Left
from django.utils.crypto import salted_hmac

from timeline.contradictions.finding import Finding

# A QuerySet whose rows have what `in_order` adds, which no type tells.
Rows = Any
Told = Iterable[Finding | None]


class Severity(StrEnum):
    """An error cannot be true as it stands, a warning may have a reason, a note is to be judged by eye."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Check:
    """`rows` gives what a user may see of what may not go together, by the columns of the database alone.

    Each row has a `subject`, the slug of the thing that it belongs to, and `at`, a text of the subject and
    what else names the row, by which the rows are ordered; no two have the same. `tell` says of each of some
    rows what is found, or None where it is sound after all.
    """

    code: str
    severity: Severity
    title: str
    rows: Callable[[Any], Rows]
    tell: Callable[[Sequence[Any]], Told]

    def part(self, user: Any, size: int, at: str | None = None, *, backwards: bool = False) -> list[Any]:
        """The first rows after `at`; backwards, the last before it, the nearest first. Runs one query."""
        rows = self.rows(user)
        if at is not None:
            rows = rows.filter(**{"at__lt" if backwards else "at__gt": at})
        return list(rows.order_by("-at" if backwards else "at")[:size])

    def of(self, user: Any, subject: str, most: int) -> Iterator[Finding]:
        """The findings of one thing, of its first `most` rows."""
        rows = list(self.rows(user).filter(subject=subject).order_by("at")[:most])
        return (found for found in self.tell(rows) if found is not None)


def in_order(rows: Rows, subject: Any, *names: str, keys: Sequence[str] = ()) -> Rows:
    """The rows with `subject` and `at`; slugs have no blanks, so one stands between what `at` consists of.

    The columns `keys` together name a row. As no client is to learn how many rows there are, only a digest
    of them stands at the end of `at`; without any the subject names the row.
    """
    rows = rows.annotate(subject=subject)
    parts: list[Any] = ["subject"]
    for name in names:
        parts += [Value(" "), Cast(name, TextField())]
    if keys:
        parts += [Value(" "), _digest(keys)]
    at: Any = Concat(*parts, output_field=TextField()) if keys else Cast("subject", TextField())
    if connection.vendor == "postgresql":
        at = Collate(at, "C")  # by code points whatever the database's own order, as SQLite has it
    return rows.annotate(at=at)


def _digest(keys: Sequence[str]) -> Any:
    parts: list[Any] = [Value(salted_hmac("timeline.contradictions", "keys").hexdigest())]
    for key in keys:
        parts += [Value(" "), Cast(key, TextField())]
    return Left(MD5(Concat(*parts, output_field=TextField())), 16)


def seen_by(user: Any, rows: Rows, **things: Any) -> Rows:
    """The rows whose things the user may see: a model by the path to it. There may be none at a path."""
    for path, model in things.items():
        rows = rows.exclude(is_hidden(user, model, path))
    return rows


def is_hidden(user: Any, model: Any, path: str) -> Q:
    """That there is a thing at the path which the user may not see."""
    things = model._default_manager.all()
    if things.hides_nothing_from(user):
        return Q(pk__in=())
    shown = Exists(things.visible_to(user).order_by().filter(pk=OuterRef(path)))
    return Q(**{f"{path}__isnull": False}) & ~Q(shown)
