"""Finding: which events a query has, never by a row of the index that is overtaken.

Before it asks, a search settles whatever has changed. What it cannot settle, because somebody else is just
writing, it reads and compares itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func

from timeline.changes import CHANGE
from timeline.search import index
from timeline.search.query import EVERY, Query

# A search waits so many seconds for changed events to be settled, and compares at most so many itself.
PATIENCE = 3.0
MOST_COMPARED = 500
# PostgreSQL knows how frequent a word is, but not how often words come together. It is told that they rarely
# do where fewer than SOME of SAMPLE events have them.
SAMPLE, SOME = 500, 5
# SQLite has to be told how to find a page. Of up to FEW hits it fetches and sorts all; of more it makes a
# list, walks the events in their order and looks whether they are listed. If one in DENSE events is a hit,
# at either end of all events, it walks and asks the index for each.
FEW = 1_000
DENSE = 8
# Columns that no index leads to; those of the date are others.
WALKED = ("review", "status", "verification")


class Unsettled(Exception):
    """So many events have changed that a search has to wait; those settled so far stay so."""


@dataclass(frozen=True)
class Hits:
    """The events that a query has, as conditions. `compared`: overtaken in the index, with their words."""

    query: Query
    compared: tuple[tuple[int, index.Lines], ...] = ()

    def condition(
        self,
        column: str,
        *,
        vendor: str = "",
        shown: frozenset[int] = EVERY,
        tier: int | None = None,
        way: str = "fetch",
    ) -> tuple[str, list[Any]]:
        """The condition, and its parameters, that the id in this column is of a hit, of one tier if given.

        `shown` are the fields that count. `way` is for a page of a list, where the first few are needed.
        """
        vendor = vendor or connection.vendor
        expression = index.expression(vendor, self.query, shown, tier)
        if expression is None:
            return "1 = 0", []
        ways = _SQLITE if vendor == "sqlite" else _POSTGRESQL
        sql, params = ways[way].format(column=column), [expression]
        if not self.compared:
            return sql, params
        tiers = {event: self.query.tier(lines, shown) for event, lines in self.compared}
        hits = [event for event, found in tiers.items() if found is not None and tier in (None, found)]
        standing = f"{column} NOT IN ({', '.join(str(int(event)) for event in tiers)})"
        ours = ", ".join(str(int(event)) for event in hits) or "NULL"
        return f"(({sql} AND {standing}) OR {column} IN ({ours}))", params

    def way(self, shown: frozenset[int] = EVERY, tier: int | None = None) -> str:
        """How a page of them is best found. Runs a query, but on PostgreSQL none for a single word."""
        expression = index.expression(connection.vendor, self.query, shown, tier)
        if expression is None:
            return "fetch"
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                if self.query.is_one_word:
                    return "fetch"
                cursor.execute(_SAMPLED, [SAMPLE, expression])
                return "fetch" if cursor.fetchone()[0] >= SOME else "list"
            cursor.execute(_DENSITY, [expression, FEW, expression, FEW])
            from_start, from_end, least, greatest = cursor.fetchone()
        if from_start is None:
            return "fetch"
        is_dense = max(from_start - least, greatest - from_end) <= DENSE * FEW
        return "ask" if is_dense else "list"


_MATCHING = f"SELECT rowid FROM {index.TABLE} WHERE {index.TABLE} MATCH %s"
_SQLITE = {
    "fetch": f"{{column}} IN ({_MATCHING})",
    # With the sign the column is an expression, by which no row can be fetched.
    "list": f"+{{column}} IN ({_MATCHING})",
    "ask": f"EXISTS ({_MATCHING} AND rowid = {{column}})",
}
_HAVING = f"SELECT event_id FROM {index.TABLE} WHERE words @@ %s::tsquery"
_POSTGRESQL = {
    # It chooses by its statistics.
    "fetch": f"{{column}} IN ({_HAVING})",
    "list": f"{{column}} = ANY (ARRAY({_HAVING}))",
}
_SAMPLED = f"""SELECT count(*) FROM (SELECT words FROM {index.TABLE} LIMIT %s) AS sample
    WHERE words @@ %s::tsquery"""
_DENSITY = f"""SELECT ({_MATCHING} ORDER BY rowid LIMIT 1 OFFSET %s),
    ({_MATCHING} ORDER BY rowid DESC LIMIT 1 OFFSET %s),
    (SELECT min(id) FROM timeline_event), (SELECT max(id) FROM timeline_event)"""


class IsHit(Func):
    """That an event is a hit; Django asks the database when the query is made."""

    output_field = BooleanField()

    def __init__(
        self, hits: Hits, shown: frozenset[int] = EVERY, tier: int | None = None, **extra: Any
    ) -> None:
        super().__init__(F("pk"), **extra)
        self.hits, self.shown, self.tier = hits, shown, tier

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> Any:  # type: ignore[override]
        column, params = compiler.compile(self.source_expressions[0])
        # A page takes the first rows in some order and leaves the rest; a count or an export takes all.
        is_page = compiler.query.high_mark is not None and bool(compiler.query.order_by)
        way = self.hits.way(self.shown, self.tier) if is_page else "fetch"
        if way == "ask" and not _is_walked(compiler.query.where):
            way = "list"
        found, more = self.hits.condition(
            column, vendor=connection.vendor, shown=self.shown, tier=self.tier, way=way
        )
        return found, [*params, *more]


def _is_walked(where: Any) -> bool:
    """Whether SQLite walks the events in their order: nothing is asked by which it would rather fetch them.

    It would ask the index for every event that it fetches, before it sorts them.
    """
    for leaf in where.leaves():
        asked = getattr(leaf, "lhs", leaf)  # what is a condition by itself is compared with True
        column = getattr(getattr(asked, "target", None), "column", "")
        if not (isinstance(asked, IsHit) or column in WALKED or column.startswith("date_")):
            return False
    return True


def find(query: Query) -> Hits:
    """The hits of a query, as of now. Runs one query where everything is settled.

    Else it settles what has changed, and raises Unsettled where that takes long.
    """
    if not _changed(1):
        return Hits(query)
    from timeline import kept  # it imports the models, which import this

    end = monotonic() + PATIENCE
    for _ in kept.settle_all(storing=kept.at_once):
        if monotonic() > end:
            raise Unsettled
    # Notes first, texts afterwards: what is written in between is compared as it is now.
    left = _changed(MOST_COMPARED + 1)
    if len(left) > MOST_COMPARED:
        raise Unsettled
    lines = index.lines_of(left) if left else {}
    return Hits(query, tuple((event, lines.get(event, index.NOTHING)) for event in left))


def _changed(limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT event_id FROM {CHANGE} ORDER BY event_id LIMIT {limit:d}")
        return [event for (event,) in cursor.fetchall()]
