"""Pages by key, not by number: a page starts after the row where the other one ended.

However many rows are tied, and whatever is written in between, no row is lost or comes twice, and a late
page costs what the first one does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import F, Func, Q, QuerySet, TextField
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.exceptions import refusal
from api.filters import Choice, Number, Parameter

LIMIT = Number("limit", "How many at most.", lowest=1, highest=500, default=50)
CURSOR = Parameter("cursor", "Where a page starts; taken from `next` or `previous`.")
COUNT = Choice("count", "`exact`: also count all that match.", choices=("exact",))
PAGE_PARAMETERS: tuple[Parameter, ...] = (LIMIT, CURSOR, COUNT)
# What may change from page to page; a cursor belongs to all the other parameters.
FREE = {"limit", "cursor", "count", "fields", "include", "format"}


class ByCodePoint(Func):
    """A text compared by its code points, which is the same order on every database whatever its locale."""

    output_field = TextField()
    template = '%(expressions)s COLLATE "C"'

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s COLLATE BINARY", **context)


@dataclass(frozen=True)
class Key:
    """One column of an order. `expression` is what it is computed from, where it is no column."""

    name: str
    descending: bool = False
    expression: Any = None


Order = tuple[Key, ...]

BY_SLUG: Order = (Key("slug_in_order", expression=ByCodePoint(F("slug"))),)


@dataclass(frozen=True)
class Position:
    """Between two rows: after (or, going backwards, before) the row that has these values."""

    values: tuple[Any, ...]
    backwards: bool = False


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: Position | None
    previous: Position | None


def page_of(rows: QuerySet[Any], order: Order, limit: int, position: Position | None) -> Page:
    """One page of the rows. The last key of the order is unique. Runs the query of the rows, nothing else."""
    for key in order:
        if key.expression is not None:
            rows = rows.annotate(**{key.name: key.expression})
    backwards = position is not None and position.backwards
    if position is not None:
        rows = rows.filter(_beyond(order, position))
    names = ["-" + key.name if key.descending is not backwards else key.name for key in order]
    found = list(rows.order_by(*names)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    if not found:
        return Page([], None, None)
    after = Position(_values(order, found[-1])) if more or backwards else None
    before = Position(_values(order, found[0]), backwards=True)
    return Page(found, after, before if (more if backwards else position) else None)


def _beyond(order: Order, position: Position) -> Q:
    """The condition of being after the position: greater in the first key that differs.

    The bound on the first key says nothing new, but is what an index can use.
    """
    condition, equal = Q(), Q()
    for number, (key, value) in enumerate(zip(order, position.values, strict=True)):
        side = "lt" if key.descending is not position.backwards else "gt"
        condition |= equal & Q(**{f"{key.name}__{side}": value})
        equal &= Q(**{key.name: value})
        if number == 0:
            bound = Q(**{f"{key.name}__{side}e": value})
    return bound & condition


def _values(order: Order, row: Any) -> tuple[Any, ...]:
    return tuple(getattr(row, key.name) for key in order)


class Cursors:
    """Positions as texts that only this list, with these filters in this order, gives and takes."""

    def __init__(self, request: Request, order: Order) -> None:
        filters = sorted((name, value) for name, value in pairs(request) if name not in FREE)
        identity = hashlib.sha256(repr((request.path, filters)).encode()).hexdigest()
        self.signer = Signer(salt=f"api.cursor:{identity}")
        self.request, self.order = request, order

    def position(self, cursor: str) -> Position:
        try:
            backwards, *values = self.signer.unsign_object(cursor)
        except (BadSignature, ValueError) as error:
            message = "The cursor is not one that this list gave. Begin again without it."
            raise refusal("cursor", message, "invalid_cursor") from error
        return Position(tuple(map(_from_json, values)), backwards)

    def address(self, position: Position | None) -> str | None:
        if position is None:
            return None
        cursor = self.signer.sign_object([position.backwards, *map(_to_json, position.values)])
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def pairs(request: Request) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, values in request.query_params.lists() for value in values)


def _to_json(value: Any) -> Any:
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _from_json(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, Mapping) else value
