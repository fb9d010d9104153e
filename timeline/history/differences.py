"""What differs between two states of a thing: field by field, line by line, and word by word in texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.text import Truncator, capfirst

from timeline.exchange.nouns import Lines, Links
from timeline.fields import When
from timeline.history.named import Names
from timeline.history.states import Row, State, Unread, keys_of, noun_of
from timeline.history.wording import ADDED, LEFT_OUT, REMOVED, Effort, Piece, pieces
from timeline.models.base import Record

TITLE = 80
LABELS = {
    "related": "Relations to other events",
}
# Where a line stands is told of all lines together.
PLACE = "position"
# What is found of a quote is told where it has changed.
FOUND = ("quote_status", "start", "end")
Pair = tuple[Row | None, Row | None]


class Change(NamedTuple):
    """A field, and its text with what was removed and what was added."""

    label: str
    pieces: list[Piece]


class LineChange(NamedTuple):
    """A line that was "added", "removed" or "changed"; `title` says which it is."""

    what: str
    title: str
    changes: list[Change]


@dataclass
class PartChange:
    """What changed among the lines of one kind. `order` is their new order, where that is another."""

    key: str
    model: type[models.Model]
    label: str
    lines: list[LineChange] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def asked(self) -> set[str]:
        """The actions whose permission it takes to make this change."""
        actions = {"added": "add", "removed": "delete", "changed": "change"}
        return {actions[line.what] for line in self.lines} | ({"change"} if self.order else set())


@dataclass
class Difference:
    """All that differs; nothing if it is false."""

    fields: list[Change] = field(default_factory=list)
    parts: list[PartChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.fields or self.parts)


class Telling:
    """Tells of the states of one thing.

    `names` knows what they name, `shows` which lines may be seen. Fields that are called as one of `leaving`
    are not compared.
    """

    def __init__(
        self,
        model: type[Record],
        names: Names,
        shows: Callable[[type[models.Model]], bool] = lambda model: True,
        leaving: tuple[str, ...] = (),
    ) -> None:
        self.model, self.names, self.shows, self.leaving = model, names, shows, leaving
        self.noun, self.effort = noun_of(model), Effort()

    def between(self, one: State, other: State) -> Difference:
        """What the other has and the one has not, and the reverse."""
        keys = keys_of(self.noun)
        found = Difference(list(self._changes(self.model, keys, one, one.row, other, other.row)))
        for part in self._parts():
            change = self._part(part, one, other)
            if change.lines or change.order:
                found.parts.append(change)
        return found

    def _parts(self) -> Iterator[Lines | Links]:
        """A link has no permission of its own: who sees the thing sees it."""
        yield from (part for part in self.noun.lines if self.shows(part.model))
        yield from self.noun.links

    def whole(self, state: State) -> list[tuple[str, str]]:
        """Each field of a state that says something, with its label."""
        return list(self._told(self.model, keys_of(self.noun), state.row, state))

    def lines(self, state: State) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
        """By kind of lines that there are: each with what it is called and its fields."""
        found = []
        for part in self._parts():
            titles = [self.title(part, row, state) for row in state.parts[part.key]]
            if titles:
                rows = zip(titles, state.parts[part.key], strict=True)
                told = [
                    (title, list(self._told(part.model, _besides(part, title), row, state)))
                    for title, row in rows
                ]
                found.append((label_of(part), told))
        return found

    def _told(self, model: Any, keys: Any, row: Row, state: State) -> Iterator[tuple[str, str]]:
        for key in keys:
            if text := self._text(model, key, row, state):
                yield label(model, key), text

    def _part(self, part: Lines | Links, one: State, other: State) -> PartChange:
        found = PartChange(part.key, part.model, label_of(part))
        pairs = list(paired(part, one.parts[part.key], other.parts[part.key]))
        for before, after in pairs:
            if change := self._line_change(part, before, after, one, other):
                found.lines.append(change)
        if isinstance(part, Lines):
            found.order = self._order(part, pairs, other)
        return found

    def _line_change(
        self, part: Lines | Links, before: Row | None, after: Row | None, one: State, other: State
    ) -> LineChange | None:
        if before is None and after is not None:
            title = self.title(part, after, other)
            changes = self._changes(part.model, _besides(part, title), one, {}, other, after)
            return LineChange("added", title, list(changes))
        if after is None and before is not None:
            return LineChange("removed", self.title(part, before, one), [])
        if before is None or after is None or isinstance(part, Links):
            return None
        keys = [key for key in keys_of(part) if key != PLACE]
        told = list(self._changes(part.model, keys, one, before, other, after))
        return LineChange("changed", self.title(part, before, one), told) if told else None

    def _order(self, part: Lines, pairs: list[Pair], other: State) -> list[str]:
        """The lines that are in both, as they stand in the other, where they stood in another order."""
        both = [(before["id"], after) for before, after in pairs if before is not None and after is not None]
        if PLACE not in keys_of(part):
            return []
        now = sorted(both, key=lambda pair: (pair[1][PLACE], pair[1]["id"]))
        return [self.title(part, row, other) for _, row in now] if now != both else []

    def title(self, part: Lines | Links, row: Row, state: State) -> str:
        """A line by its first two fields."""
        keys = part.keys[:2] if isinstance(part, Lines) else (part.other,)
        told = [self._text(part.model, key, row, state) for key in keys]
        return Truncator(", ".join(text for text in told if text)).chars(TITLE)

    def _changes(
        self, model: Any, keys: Any, one: State, before: Row, other: State, after: Row
    ) -> Iterator[Change]:
        for key in keys:
            if key in self.leaving:
                continue
            column = model._meta.get_field(key).attname
            left, right = before.get(column), after.get(column)
            if left == right:
                continue
            if isinstance(left, Unread) or isinstance(right, Unread):
                yield Change(label(model, key), [_unread(left, right)])
                continue
            texts = [self._text(model, key, before, one), self._text(model, key, after, other)]
            if texts[0] == texts[1] and left and right:
                # Two that are called the same.
                texts = [
                    self._text(model, key, row, state, exactly=True)
                    for row, state in ((before, one), (after, other))
                ]
            if any(texts):
                yield Change(label(model, key), self._pieces(model, key, *texts))

    def _pieces(self, model: Any, key: str, before: str, after: str) -> list[Piece]:
        field: Any = model._meta.get_field(key)
        if before and after and isinstance(field, models.CharField | models.TextField) and not field.choices:
            return pieces(before, after, self.effort)
        return [Piece(kind, text) for kind, text in ((REMOVED, before), (ADDED, after)) if text]

    def _text(self, model: Any, key: str, row: Row, state: State, *, exactly: bool = False) -> str:
        field: Any = model._meta.get_field(key)
        value = row.get(field.attname)
        if field.is_relation and value is not None:
            named = self.names.at(field.related_model, value, state.until and state.since)
            return f"{named} [{named.slug}]" if exactly else str(named)
        if field.choices:
            value = dict(field.flatchoices).get(value, value)
        return told(value, exactly=exactly)


def _besides(part: Lines | Links, title: str) -> list[str]:
    """The fields of a line that its title does not tell."""
    told = keys_of(part)[:2] if len(title) < TITLE else ()
    return [key for key in keys_of(part) if key not in (*told, PLACE, *FOUND)]


def told(value: Any, *, exactly: bool = False) -> str:
    """A value in words; "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, When):
        if not value:
            return ""
        if value.text and (exactly or value.text != value.display()):
            return f"{value.text} ({value.edtf if exactly else value.display()})"
        return value.display()
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, Unread):
        return f"{value.length:,} characters"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def label(model: Any, key: str) -> str:
    return str(capfirst(model._meta.get_field(key).verbose_name))


def label_of(part: Lines | Links) -> str:
    return LABELS.get(part.key) or str(capfirst(part.key.replace("_", " ")))


def _unread(left: Any, right: Any) -> Piece:
    numbers = [one.length if isinstance(one, Unread) else len(one or "") for one in (left, right)]
    return Piece(LEFT_OUT, f"{numbers[0]:,} characters before, {numbers[1]:,} after")


def paired(part: Lines | Links, one: list[Row], other: list[Row]) -> Iterator[Pair]:
    """Each row of the one with its row of the other; None where there is none.

    By number; what is left, which was written anew, by all that it says, and then by its first field.
    """
    first = part.model._meta.get_field(keys_of(part)[0])
    same: tuple[Callable[[Row], Hashable], ...] = (
        lambda row: row["id"],
        lambda row: _said(row),
        lambda row: row[str(getattr(first, "attname", first.name))],
    )
    partner: dict[int, Row] = {}
    rest = list(other)
    for key in same:
        waiting: dict[Hashable, list[Row]] = defaultdict(list)
        for row in one:
            if row["id"] not in partner:
                waiting[key(row)].append(row)
        left = []
        for row in rest:
            if found := waiting.get(key(row)):
                partner[found.pop(0)["id"]] = row
            else:
                left.append(row)
        rest = left
    yield from ((row, partner.get(row["id"])) for row in one)
    yield from ((None, row) for row in rest)


def _said(row: Row) -> Hashable:
    return tuple(value for name, value in row.items() if name not in ("id", PLACE))
