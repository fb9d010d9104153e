"""The first page of a search in one statement has what the QuerySets have."""

from __future__ import annotations

import pytest

from tests.search.test_hits import FOUND, corpus
from timeline.models import Event
from timeline.search import TIERS, Query
from timeline.search.pages import first_hits

__all__ = ["corpus"]


@pytest.mark.parametrize(("few", "dense"), [(1, 1_000), (1, -1), (1_000, 8)])
@pytest.mark.parametrize("limit", [2, 10])
def test_it_has_what_the_querysets_have(
    corpus: None, monkeypatch: pytest.MonkeyPatch, few: int, dense: int, limit: int
) -> None:
    monkeypatch.setattr("timeline.search.hits.FEW", few)
    monkeypatch.setattr("timeline.search.hits.DENSE", dense)
    Event.objects.filter(slug="g").update(review="draft")
    for text, slugs in FOUND.items():
        if slugs is None:
            continue
        query = Query.read(text)
        by_date = Event.objects.public().matching(query).in_order()
        tiers = [rows.public() for rows in Event.objects.by_relevance(query)]
        ranked = [(tier, event.pk) for tier, rows in zip(TIERS, tiers, strict=True) for event in rows]
        found = first_hits(query, limit, by_relevance=False)
        assert [(tier, row.id) for tier, row in found] == [(None, row.pk) for row in by_date[:limit]]
        found = first_hits(query, limit, by_relevance=True)
        assert [(tier, row.id) for tier, row in found] == ranked[:limit]
        assert all(row.body and not row.overtaken for _, row in found)
