"""The shape of a line and of the rows that it becomes: from JSON to one form, and from that to columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection, models

from timeline.exchange.nouns import STAMPS, Lines, Links, Noun
from timeline.exchange.values import Missing, Refused, default_of, reader_of, stored_span
from timeline.fields import TimeSpanField

# By model the ids of its slugs: those that stand, and those that the file brings.
Known = dict[type[models.Model], dict[str, int]]
Amiss = list[tuple[str, str]]


class Column(NamedTuple):
    """A key of a line: how it is read, what it stands for where it is left out, and how it is stored."""

    name: str
    read: Callable[[Any], Any]
    default: Any
    column: str
    stored: Callable[[Any], Any] | None
    is_link: bool


def column_of(model: type[models.Model], name: str, known: Known) -> Column:
    field: Any = model._meta.get_field(name)
    slugs = known[field.related_model] if field.is_relation else {}
    stored: Callable[[Any], Any] | None = None
    if field.is_relation:
        stored = slugs.get
    elif isinstance(field, TimeSpanField):
        stored = stored_span
    elif isinstance(field, models.DateTimeField) and connection.vendor == "sqlite":
        stored = _as_sqlite_has_it
    return Column(name, reader_of(field, slugs), default_of(field), field.column, stored, field.is_relation)


def _as_sqlite_has_it(value: str | None) -> str | None:
    return value and value[:-1].replace("T", " ")


class Shape:
    """Keys that are columns of one table."""

    def __init__(self, model: type[models.Model], keys: Iterable[str], known: Known) -> None:
        self.columns = [column_of(model, name, known) for name in keys]
        self.names = {column.name for column in self.columns}
        self.readers = [(column.name, column.read) for column in self.columns]
        self.stores = [(column.name, column.stored) for column in self.columns]

    def read(self, given: Any, amiss: Amiss, path: str = "") -> dict[str, Any]:
        """The columns that these keys give; what is wrong is added to `amiss`."""
        try:
            return {name: read(given[name]) for name, read in self.readers}
        except (KeyError, Refused):
            return self._read_one_by_one(given, amiss, path)

    def _read_one_by_one(self, given: Any, amiss: Amiss, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, read, default, *_ in self.columns:
            if name in given:
                try:
                    found[name] = read(given[name])
                except Refused as refused:
                    amiss.append((path + name, str(refused)))
            elif default is Missing:
                amiss.append((path + name, "This key is needed."))
            else:
                found[name] = default
        return found

    def row(self, found: dict[str, Any]) -> list[Any]:
        return [found[name] if stored is None else stored(found[name]) for name, stored in self.stores]

    def columns_of(self, found: dict[str, Any]) -> dict[str, Any]:
        """The same for an UPDATE by Django, which takes the values as they are read."""
        return {
            column.column: column.stored(found[column.name]) if column.is_link else found[column.name]  # type: ignore[misc]
            for column in self.columns
        }

    @property
    def column_names(self) -> list[str]:
        return [column.column for column in self.columns]


class LineShape:
    """A list of lines of a larger thing."""

    def __init__(self, lines: Lines, known: Known) -> None:
        self.lines = lines
        self.shape = Shape(lines.model, lines.keys, known)

    def read(self, given: Any, amiss: Amiss) -> list[dict[str, Any]]:
        key = self.lines.key
        if type(given) is not list:
            amiss.append((key, "It is a list."))
            return []
        found = []
        for number, one in enumerate(given):
            path = f"{key}.{number}."
            if type(one) is not dict:
                amiss.append((path[:-1], "It is an object."))
                continue
            if not one.keys() <= self.shape.names:
                amiss.extend((path + name, "Unknown key.") for name in one.keys() - self.shape.names)
            found.append(self.shape.read(one, amiss, path))
        return found


class LinkShape:
    """A list of slugs."""

    def __init__(self, links: Links, known: Known) -> None:
        self.links = links
        field: Any = links.model._meta.get_field(links.other)
        self.known = known[field.related_model]
        self.read_one = reader_of(field, self.known)

    def read(self, given: Any, amiss: Amiss) -> list[str]:
        key = self.links.key
        if type(given) is not list:
            amiss.append((key, "It is a list."))
            return []
        found = []
        for number, slug in enumerate(given):
            try:
                found.append(self.read_one(slug))
            except Refused as refused:
                amiss.append((f"{key}.{number}", str(refused)))
        if len(set(found)) < len(found):
            amiss.append((key, "It names something twice."))
        return sorted(found)


class NounShape:
    """A whole line."""

    def __init__(self, noun: Noun, known: Known) -> None:
        self.noun = noun
        self.shape = Shape(noun.model, noun.keys, known)
        self.stamps = Shape(noun.model, STAMPS, known)
        self.parts: list[tuple[str, LineShape | LinkShape]] = [
            *((lines.key, LineShape(lines, known)) for lines in noun.lines),
            *((links.key, LinkShape(links, known)) for links in noun.links),
        ]
        keys = {key for key, _ in self.parts}
        self.names = {"type", "line", "slug", *self.shape.names, *STAMPS, *keys}

    def read(self, given: dict[str, Any], amiss: Amiss) -> dict[str, Any]:
        """The line as an export has it; of the time stamps and the version those that it gives."""
        found = {"slug": given["slug"], **self.shape.read(given, amiss)}
        for key, part in self.parts:
            found[key] = part.read(given[key], amiss) if key in given else []
        for name, read, *_ in self.stamps.columns:
            if name in given:
                try:
                    found[name] = read(given[name])
                except Refused as refused:
                    amiss.append((name, str(refused)))
        if not given.keys() <= self.names:
            amiss.extend((name, "Unknown key.") for name in sorted(given.keys() - self.names))
        return found

    def differing(self, found: dict[str, Any], standing: dict[str, Any]) -> list[str]:
        """The keys in which a line, as read, differs from the thing that stands, as an export has it.

        Time stamps and a version by themselves do so only where the version is greater than the one that
        stands; otherwise whatever was overwritten once would be so for ever. Of those are named the ones that
        would come with the rest: `created_at` always.
        """
        orderless = {lines.key for lines in self.noun.lines if lines.order}
        differing = [
            key
            for key, value in found.items()
            if value != standing[key]
            and not (key in orderless and _by_event(value) == _by_event(standing[key]))
        ]
        if is_newer(found, standing):
            return differing
        if {*differing} <= {*STAMPS}:
            return []
        return [key for key in differing if key not in ("version", "updated_at")]


def is_newer(found: dict[str, Any], standing: dict[str, Any]) -> bool:
    """Whether a line gives a version greater than the one that stands, so that its stamps are taken."""
    return "version" in found and found["version"] > standing["version"]


def _by_event(lines: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries of a timeline, whose order is that of the dates of their events, however they are given."""
    return sorted(lines, key=lambda line: str(line["event"]))
