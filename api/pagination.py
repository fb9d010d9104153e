"""Pages by key, not by number: a page starts after the row where the other one ended.

However many rows are tied, and whatever is written in between, no row is lost or comes twice, and a late
page costs what the first one does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.core.signing import BadSignature, Signer
from django.db.models import Q, QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from api.exceptions import refusal
from api.filters import Choice, Number, Parameter
from timeline.ordering import ByCodePoint
from timeline.pages import id_of

LIMIT = Number("limit", "How many at most.", lowest=1, highest=500, default=50)
CURSOR = Parameter("cursor", "Where a page starts; taken from `next` or `previous`.")
COUNT = Choice("count", "`exact`: also count all that match.", choices=("exact",))
PAGE_PARAMETERS: tuple[Parameter, ...] = (LIMIT, CURSOR, COUNT)
# What may change from page to page; a cursor belongs to all the other parameters.
FREE = {"limit", "cursor", "count", "fields", "include", "format"}


def by_slug(rows: Any) -> Any:
    return rows.annotate(slug_in_order=ByCodePoint("slug")).order_by("slug_in_order")


@dataclass(frozen=True)
class Position:
    """Between two rows: after (or, going backwards, before) the row that has these values.

    Where the order ends in `id`, `row` names the row by what everybody may know of it, its slug and when
    it was made, and `values` leave the id out: no client is to learn how many rows there are.
    """

    values: tuple[Any, ...]
    row: tuple[str, datetime] | None = None
    backwards: bool = False


class Cut(NamedTuple):
    """The rows of a page, and whether there are others after and before them."""

    rows: list[Any]
    after: bool
    before: bool


def cut(found: list[Any], limit: int, position: Position | None) -> Cut:
    """What belongs on the page of up to one row more than `limit`, which are in the order of the list."""
    more = len(found) > limit
    if position is None or not position.backwards:
        return Cut(found[:limit], more, position is not None)
    return Cut(found[-limit:], True, more)


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next: Position | None
    previous: Position | None


def page_of(rows: QuerySet[Any] | list[Any], limit: int, position: Position | None) -> Page:
    """One page of rows whose order ends in a unique key. Runs the query of the rows, nothing else.

    The rows may come in tiers, a QuerySet each, whose rows know their `tier`, in the same order. Then it
    runs the queries of as many as it needs.
    """
    if isinstance(rows, list):
        order = ["tier", *_order(rows[0])]
        found = _found_in(rows, limit + 1, position)
    else:
        order = _order(rows)
        found = _found(rows, limit + 1, position)
    backwards = position is not None and position.backwards
    part = cut(found[::-1] if backwards else found, limit, position)
    if not part.rows:
        return Page([], None, None)
    return Page(
        part.rows,
        _at(part.rows[-1], order) if part.after else None,
        _at(part.rows[0], order, backwards=True) if part.before else None,
    )


def _order(rows: Any) -> list[str]:
    return [str(name) for name in rows.query.order_by]


def _found(rows: Any, number: int, position: Position | None) -> list[Any]:
    """The first rows after the position; backwards, the last before it."""
    if position is None:
        return list(rows[:number])
    if position.values:
        rows = rows.filter(_beyond(_order(rows), position))
    return list((rows.reverse() if position.backwards else rows)[:number])


def _found_in(tiers: list[Any], number: int, position: Position | None) -> list[Any]:
    tier, *values = (0,) if position is None else position.values
    backwards = position is not None and position.backwards
    within = position and replace(position, values=tuple(values))
    found: list[Any] = []
    for rows in tiers[tier::-1] if backwards else tiers[tier:]:
        found += _found(rows, number - len(found), within)
        if len(found) == number:
            break
        within = Position((), backwards=backwards)
    return found


def _at(row: Any, order: list[str], *, backwards: bool = False) -> Position:
    names = [name.removeprefix("-") for name in order]
    values = tuple(getattr(row, name) for name in names if name != "id")
    return Position(values, (row.slug, row.created_at) if "id" in names else None, backwards)


def _beyond(order: list[str], position: Position) -> Q:
    """The condition of being after the position: greater in the first key that differs.

    The bound on the first key says nothing new, but is what an index can use.
    """
    sides = ["lt" if name.startswith("-") is not position.backwards else "gt" for name in order]
    values = [*position.values]
    if position.row is not None:
        values.append(id_of(*position.row, least=sides[-1] == "gt"))
    condition, equal = Q(), Q()
    for name, side, value in zip(order, sides, values, strict=True):
        key = name.removeprefix("-")
        condition |= equal & Q(**{f"{key}__{side}": value})
        equal &= Q(**{key: value})
    return Q(**{f"{order[0].removeprefix('-')}__{sides[0]}e": values[0]}) & condition


class Cursors:
    """Positions as texts that only this list, with these filters in this order, gives and takes."""

    def __init__(self, request: Request) -> None:
        filters = sorted((name, value) for name, value in pairs(request) if name not in FREE)
        identity = hashlib.sha256(repr((request.path, filters)).encode()).hexdigest()
        self.signer = Signer(salt=f"api.cursor:{identity}")
        self.request = request

    def position(self, cursor: str) -> Position:
        try:
            backwards, row, *values = self.signer.unsign_object(cursor)
        except (BadSignature, ValueError) as error:
            message = "The cursor is not one that this list gave. Begin again without it."
            raise refusal("cursor", message, "invalid_cursor") from error
        return Position(_from_json(values), row and _from_json(row), backwards)

    def address(self, position: Position | None) -> str | None:
        if position is None:
            return None
        row = position.row and _to_json(position.row)
        cursor = self.signer.sign_object([position.backwards, row, *_to_json(position.values)])
        return replace_query_param(self.request.build_absolute_uri(), "cursor", cursor)


def pairs(request: Request) -> Iterable[tuple[str, str]]:
    return ((name, value) for name, values in request.query_params.lists() for value in values)


def _to_json(values: Iterable[Any]) -> list[Any]:
    return [{"at": value.isoformat()} if isinstance(value, datetime) else value for value in values]


def _from_json(values: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(datetime.fromisoformat(one["at"]) if isinstance(one, Mapping) else one for one in values)
