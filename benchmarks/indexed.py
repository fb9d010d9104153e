"""The rows of the search index, made by the product's own functions; what repeats is read once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from django.db import connection

from timeline.search.index import GAP, TABLE, tsvector
from timeline.search.query import FIELDS
from timeline.search.words import words

# A text as the pieces that it is put together of, with blanks between them.
Pieces = tuple[str, ...]


@cache
def _words(piece: str) -> str:
    return " ".join(words(piece))


def line(texts: Iterable[Pieces]) -> str:
    """The words of a field that has these texts, none of which is empty or has a hyphen or an apostrophe."""
    return " ".join([f"{' '.join(map(_words, pieces))} {GAP}" for pieces in dict.fromkeys(texts)])


def stored(rows: Iterable[tuple[Any, ...]]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The columns of the index on the database at hand, and rows (event, line, line, …) as it has them."""
    if connection.vendor == "sqlite":
        return ("rowid", *FIELDS), [*rows]
    return ("event_id", "words"), [(event, tsvector(lines)) for event, *lines in rows]


def found(ids: Iterable[int]) -> Iterator[tuple[Any, ...]]:
    """What is stored of these events, to be compared."""
    columns = f"rowid, {', '.join(FIELDS)}" if connection.vendor == "sqlite" else "event_id, words::text"
    numbers = ", ".join(str(int(pk)) for pk in ids)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {TABLE} WHERE {columns.split(',')[0]} IN ({numbers}) ORDER BY 1"
        )
        yield from cursor.fetchall()
