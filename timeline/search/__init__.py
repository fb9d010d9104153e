"""Full text search of events: the same words, the same hits and the same order on both databases."""

from timeline.search.hits import Hits, IsHit, Unsettled, find
from timeline.search.index import create, leave_documented, lines_of, texts, write
from timeline.search.query import EVERY, TIERS, Query, QueryError

__all__ = [
    "EVERY",
    "TIERS",
    "Hits",
    "IsHit",
    "Query",
    "QueryError",
    "Unsettled",
    "create",
    "find",
    "leave_documented",
    "lines_of",
    "texts",
    "write",
]
