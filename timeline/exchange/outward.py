"""Writes the file of everything: a line of JSON for each thing, of one moment, in constant memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any

import orjson
from django.db import connection, models

from timeline.exchange.nouns import FORMAT, NOUNS, STAMPS, Lines, Links, Noun
from timeline.fields import TimeSpanField
from timeline.moment import one_moment, unmapped
from timeline.rows import among

CHUNK = 1000


def everything() -> Iterator[bytes]:
    """All lines, each with its line feed.

    The things of a type come by slug, in the order of code points, and after what they are part of, quoted
    in, or follow. Events come as they were put in, because that is how those of the same date are told.
    """
    with unmapped(), one_moment():
        yield line(FORMAT)
        for noun in NOUNS:
            for ids in _ids_in_order(noun):
                for record in records(noun, ids):
                    yield line({"type": noun.name, **record})


def line(record: dict[str, Any]) -> bytes:
    return orjson.dumps(record, option=orjson.OPT_UTC_Z | orjson.OPT_APPEND_NEWLINE)


def records(noun: Noun, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The things with these ids, in their order, as their lines have them. A query for each kind of line."""
    columns = [_Column(noun.model, name) for name in ("slug", *noun.keys)]
    stamps = [_Column(noun.model, name) for name in STAMPS]
    lookups = [lookup for column in (*columns, *stamps) for lookup in column.lookups]
    rows = noun.rows.filter(pk__in=among(ids)).order_by().values_list("pk", *lookups)
    parts: list[tuple[str, dict[int, list[Any]]]] = [
        *((lines.key, _lines(lines, ids)) for lines in noun.lines),
        *((links.key, _links(links, ids)) for links in noun.links),
    ]
    found = {}
    for pk, *values in rows:
        rest = iter(values)
        record = {column.name: column.of(rest) for column in columns}
        record |= {key: lists.get(pk, []) for key, lists in parts}
        found[pk] = record | {column.name: column.of(rest) for column in stamps}
    return [found[pk] for pk in ids]


class _Column:
    """How a field is fetched, without making instances, and what becomes of it in JSON."""

    def __init__(self, model: type[models.Model], name: str) -> None:
        field: Any = model._meta.get_field(name)
        self.name = name
        self.is_span = isinstance(field, TimeSpanField)
        self.is_decimal = isinstance(field, models.DecimalField)
        self.lookups = [f"{name}_text", f"{name}_edtf"] if self.is_span else [name]
        if field.is_relation:
            self.lookups = [f"{name}__slug"]

    def of(self, values: Iterator[Any]) -> Any:
        value = next(values)
        if self.is_span:
            edtf = next(values)
            return {"text": value, "edtf": edtf} if value or edtf is not None else None
        return f"{value:f}" if self.is_decimal and isinstance(value, Decimal) else value


def _lines(lines: Lines, ids: Sequence[int]) -> dict[int, list[Any]]:
    columns = [_Column(lines.model, name) for name in lines.keys]
    lookups = [lookup for column in columns for lookup in column.lookups]
    rows = lines.model._default_manager.filter(**{f"{lines.whole}__in": among(ids)}).order_by(*lines.ordering)
    found: dict[int, list[Any]] = defaultdict(list)
    for whole, *values in rows.values_list(f"{lines.whole}_id", *lookups):
        rest = iter(values)
        found[whole].append({column.name: column.of(rest) for column in columns})
    if lines.key == "milestones":
        _leave_out_what_follows(found)
    return found


def _leave_out_what_follows(milestones: dict[int, list[Any]]) -> None:
    """Where a milestone has an event, `met` is that event's date."""
    for milestone in (one for rows in milestones.values() for one in rows):
        if milestone["event"] is not None:
            milestone["met"] = None


def _links(links: Links, ids: Sequence[int]) -> dict[int, list[Any]]:
    pairs = links.model._default_manager.filter(**{f"{links.whole}__in": among(ids)}).order_by()
    found: dict[int, list[Any]] = defaultdict(list)
    for whole, slug in pairs.values_list(f"{links.whole}_id", f"{links.other}__slug"):
        found[whole].append(slug)
    return {whole: sorted(slugs) for whole, slugs in found.items()}


def _ids_in_order(noun: Noun) -> Iterator[list[int]]:
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(_statement(noun))
        while rows := cursor.fetchmany(CHUNK):
            yield [pk for (pk,) in rows]


def _statement(noun: Noun) -> str:
    table = noun.model._meta.db_table
    if noun.name == "event":
        return f"SELECT id FROM {table} ORDER BY id"
    slug = f"{table}.slug COLLATE {'BINARY' if connection.vendor == 'sqlite' else chr(34) + 'C' + chr(34)}"
    if not noun.above:
        return f"SELECT id FROM {table} ORDER BY {slug}"
    above = f"{noun.above}_id"
    # What stands in a circle, which only raw SQL can make, has no depth and comes last.
    return f"""
        WITH RECURSIVE below(id, depth) AS (
            SELECT id, 0 FROM {table} WHERE {above} IS NULL
            UNION ALL SELECT {table}.id, depth + 1 FROM {table} JOIN below ON {table}.{above} = below.id
        )
        SELECT {table}.id FROM {table} LEFT JOIN below ON below.id = {table}.id
        ORDER BY COALESCE(depth, 1000000000), {slug}"""
