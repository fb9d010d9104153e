"""Which rows make a thing: its own, and those that belong to it, by noun."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.db import models

from timeline.exchange.nouns import NOUNS, Lines, Links, Noun
from timeline.fields import TimeSpanField
from timeline.models import Milestone, User
from timeline.models.revision import PAST


class Owner(NamedTuple):
    """That the rows of a table belong to things of a noun: to that whose number stands in `column`."""

    noun: str
    column: str


class Follower(NamedTuple):
    """Things of a noun that say what stands in the time span `column` of another; `found` are their ids."""

    column: str
    noun: str
    found: str


class Thing(NamedTuple):
    """A noun, its model, and the tables of what belongs to it, with the columns that lead to it."""

    noun: str
    root: type[models.Model]
    lines: tuple[tuple[type[models.Model], str], ...]

    @property
    def table(self) -> str:
        return self.root._meta.db_table


def _parts(noun: Noun) -> tuple[Lines | Links, ...]:
    return (*noun.lines, *noun.links)


THINGS = tuple(
    Thing(
        noun.name,
        noun.model,
        tuple((part.model, f"{part.whole}_id") for part in _parts(noun)),
    )
    for noun in NOUNS
)
ROOTS = {thing.root: thing for thing in THINGS}
OWNERS: dict[type[models.Model], list[Owner]] = {}
for _thing in THINGS:
    for _model, _name in _thing.lines:
        OWNERS.setdefault(_model, []).append(Owner(_thing.noun, _name))
BY_NOUN = {thing.noun: thing for thing in THINGS}
TABLES = tuple(PAST)

# Where and when a row came in is not what it says.
RECORDED = ("recorded_at", "recorded_in")
# A milestone with an event has that event's date, by a trigger (timeline/triggers.py). When the date changes,
# so does the contract, and here it is touched before either.
COPIES: dict[type[models.Model], dict[str, str]] = {Milestone: {"met": "event_id"}}
FOLLOWERS = {
    "event": Follower(
        "date", "contract", "SELECT contract_id FROM timeline_milestone WHERE event_id = {row}.id"
    )
}


def columns_of(model: type[models.Model]) -> list[str]:
    """All columns that are written."""
    return [str(field.column) for field in model._meta.concrete_fields if not field.generated]


def copies(thing: Thing) -> list[str]:
    """What copies the rows of a thing for a revision that has just been inserted as NEW."""
    return [_copy(thing.root, "id"), *(_copy(model, column) for model, column in thing.lines)]


def _copy(model: type[models.Model], column: str) -> str:
    columns = ", ".join(f'"{name}"' for name in columns_of(model))
    return f"""INSERT INTO {PAST[model]._meta.db_table} ({columns}, revision_id, since, until)
        SELECT {columns}, NEW.id, NEW.since, NEW.until FROM {model._meta.db_table}
        WHERE {column} = NEW.thing_id;"""


def said(model: type[models.Model], row: str, part: str) -> str:
    """What a row says, as a list of SQL expressions; an update that leaves them as they are changes nothing.

    Left out are keys, copies of what other rows say, and who did what to it. Of a time span only words and
    reading count: `part` extracts one of them from {column}, by its number {index}.
    """
    found = []
    for field in model._meta.concrete_fields:
        if field.primary_key or field.generated or field.name in RECORDED or _is_beside(field):
            continue
        expressions = [f"{row}.{field.column}"]
        if isinstance(field, TimeSpanField):
            expressions = words_of(str(field.column), row, part)
        if copied := COPIES.get(model, {}).get(field.name):
            expressions = [f"CASE WHEN {row}.{copied} IS NULL THEN {one} END" for one in expressions]
        found += expressions
    return ", ".join(found)


def words_of(column: str, row: str, part: str) -> list[str]:
    """The words and the reading of a time span."""
    return [part.format(column=f"{row}.{column}", index=index) for index in (0, 1)]


def _is_beside(field: Any) -> bool:
    return not field.serialize or (field.is_relation and field.related_model is User)


def unique_keys(model: type[models.Model]) -> list[list[str]]:
    """The columns of each key that no two rows share."""
    keys = [[str(field.column)] for field in model._meta.concrete_fields if field.unique]
    for constraint in model._meta.constraints:
        if isinstance(constraint, models.UniqueConstraint):
            keys.append([_column(model, name) for name in constraint.fields])
    keys += [[_column(model, name) for name in names] for names in model._meta.unique_together]
    return keys


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.column)


def is_link(model: type[models.Model]) -> bool:
    """Whether rows are nothing but pairs."""
    return bool(model._meta.auto_created)
