"""What a check is: a query for the rows that may not go together, and what to say of those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, Q, TextField, Value
from django.db.models.functions import MD5, Cast, Collate, Concat, Left
from django.utils.crypto import salted_hmac

from timeline.contradictions.finding import Finding
from timeline.models import Contract, Event
from timeline.pages import id_in

# A QuerySet whose rows have what `in_order` adds, which no type tells.
Rows = Any
Told = Iterable[Finding | None]
# What a row knows of its thing.
THING = {"subject": "slug", "subject_id": "pk", "made": "created_at"}


class Severity(StrEnum):
    """An error cannot be true as it stands, a warning may have a reason, a note is to be judged by eye."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Place(NamedTuple):
    """Where a row stands among those of a check: `at`, among those of the thing that was `made` then."""

    slug: str
    made: datetime
    at: str


@dataclass(frozen=True)
class Check:
    """`rows` gives what a user may see of what may not go together, by the columns of the database alone.

    Each row belongs to a thing of the `model` and stands where `in_order` puts it. `tell` says of each of
    some rows what is found, or None where it is sound after all.
    """

    code: str
    severity: Severity
    title: str
    rows: Callable[[Any], Rows]
    tell: Callable[[Sequence[Any]], Told]
    model: type[Event | Contract]

    def part(self, user: Any, size: int, start: Place | None = None, *, backwards: bool = False) -> list[Any]:
        """The first rows after the place; backwards, the last before it, the nearest first.

        Runs one query, and a small one before it where there is a place. If its thing is gone, all rows
        come again, and none is lost.
        """
        rows = self.rows(user)
        if start is not None:
            things = self.model._default_manager.filter(slug=start.slug).values_list("pk", "created_at")
            pk = id_in(list(things), start.made, least=not backwards)
            side = "lt" if backwards else "gt"
            further = Q(**{f"subject_id__{side}": pk}) | Q(**{f"at__{side}": start.at})
            rows = rows.filter(further, **{f"subject_id__{side}e": pk})
        order = ("-subject_id", "-at") if backwards else ("subject_id", "at")
        return list(rows.order_by(*order)[:size])

    def of(self, user: Any, subject: str, most: int) -> Iterator[Finding]:
        """The findings of one thing, of its first `most` rows."""
        rows = list(self.rows(user).filter(subject=subject).order_by("at")[:most])
        return (found for found in self.tell(rows) if found is not None)


def in_order(rows: Rows, path: str, *names: str, keys: Sequence[str]) -> Rows:
    """The rows with their thing at a path (none: they are the things), and `at`, which orders those of one.

    An index has the rows of things in the order of their ids, so that a page costs what it shows. Slugs have
    no blanks, so one stands between what `at` consists of. The columns `keys` together name a row. As no
    client is to learn how many rows there are, only a digest of them stands at the end of `at`.
    """
    at = _digest(keys)
    if names:
        parts = [part for name in names for part in (Cast(name, TextField()), Value(" "))]
        at = Concat(*parts, at, output_field=TextField())
    if connection.vendor == "postgresql":
        at = Collate(at, "C")  # by code points whatever the database's own order, as SQLite has it
    lead = f"{path}__" if path else ""
    return rows.annotate(**{name: F(lead + column) for name, column in THING.items()}, at=at)


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
