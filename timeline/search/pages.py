"""The first hits of a search among published events, with their documents, in one statement a tier."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from timeline.pages import FROM_KEPT, KEPT, Found
from timeline.prepared import in_bytes
from timeline.search.hits import find
from timeline.search.query import TIERS, Query


def first_hits(query: Query, limit: int, *, by_relevance: bool) -> list[tuple[int | None, Found]]:
    """The first published hits by date, or tier by tier, each with its tier where that was asked for.

    What EventQuerySet.matching and by_relevance have first, too (tests/search/test_pages.py).
    """
    hits, found = find(query), list[tuple[int | None, Found]]()
    tiers: Iterable[int | None] = TIERS if by_relevance else (None,)
    for tier in tiers:
        if len(found) < limit:
            condition, params = hits.condition("timeline_event.id", tier=tier, way=hits.way(tier=tier))
            with connection.cursor() as cursor, in_bytes(cursor):
                cursor.execute(_PAGE.format(condition=condition), [*params, limit - len(found)])
                found += [(tier, Found._make(row)) for row in cursor.fetchall()]
    return found


_PAGE = f"""
    SELECT page.id, page.sort_at, {KEPT.format("page.id")}, NULL
    FROM (
        SELECT id, date_sort_at AS sort_at FROM timeline_event WHERE review = 'published' AND {{condition}}
        ORDER BY date_sort_at, id LIMIT %s
    ) AS page {FROM_KEPT.format("page.id")}
    ORDER BY page.sort_at, page.id"""
