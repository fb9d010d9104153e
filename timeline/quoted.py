"""Keeps what is known of each quote right, whichever way texts and citations are written.

That is by `save`, in bulk and by `update`. Fixtures go through `_save_table` in timeline/models/source.py,
imports look by themselves, and what raw SQL leaves behind `manage.py audit` finds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.apps import apps
from django.db import connection, transaction

from timeline.prepared import execute
from timeline.quotes import Quotable
from timeline.rows import LISTED, as_list

CHUNK = 500


def _rows(model: str) -> Any:
    return apps.get_model("timeline", model)._default_manager.all()


class TextsQuerySet:
    """Sources: a new text is looked through for the quotes that are taken from it."""

    def update(self: Any, **fields: Any) -> int:
        """Runs a few queries for each source where `text` is among the fields."""
        if "text" not in fields:
            return super().update(**fields)  # type: ignore[misc,no-any-return]
        with transaction.atomic(savepoint=False):
            pks = list(self.values_list("pk", flat=True))
            number: int = super().update(**fields)  # type: ignore[misc]
            for source in (_rows("Source").get(pk=pk) for pk in pks):
                _rows("Source").filter(pk=source.pk).update(text_sha256=source.digest())
                source.check_quotes()
        return number

    def bulk_create(self: Any, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        sources = list(objs)
        for source in sources:
            source.text_sha256 = source.digest()
        return super().bulk_create(sources, *args, **kwargs)  # type: ignore[misc,no-any-return]


def _texts(sources: Iterable[int]) -> dict[int, str]:
    """The texts kept of these sources, by id. In a transaction nobody replaces one of them until it ends."""
    # A transaction of SQLite has the whole database. Not FOR UPDATE: many may cite one source at once.
    on_postgresql = connection.vendor == "postgresql"
    among, lock = ("= ANY (%s)", "FOR SHARE") if on_postgresql else (f"IN ({LISTED['sqlite']})", "")
    with connection.cursor() as cursor:
        execute(
            cursor,
            f"""SELECT id, text FROM timeline_source
            WHERE id {among} AND text_sha256 <> '' ORDER BY id {lock}""",
            [as_list(sources)],
        )
        return dict(cursor.fetchall())


class QuotesQuerySet:
    """Citations: whatever writes a quote, or moves it to another source, looks where it stands there."""

    def find_quotes(self, citations: Sequence[Any]) -> None:
        """Set what becomes of their quotes; does not save. Reads each text once, with one query."""
        sources = {citation.source_id for citation in citations if citation.quote}
        texts = _texts(sources) if sources else {}
        quotable = {pk: Quotable(text) for pk, text in texts.items()}
        for citation in citations:
            citation.find_quote(quotable.get(citation.source_id, Quotable("")))

    def bulk_create(self: Any, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        citations = list(objs)
        with transaction.atomic(savepoint=False):
            self.find_quotes(citations)
            return super().bulk_create(citations, *args, **kwargs)  # type: ignore[misc,no-any-return]

    def update(self: Any, **fields: Any) -> int:
        """Runs a query more for each source and some for each 500 rows where quotes or sources change."""
        if fields.keys().isdisjoint(("quote", "source", "source_id")):
            return super().update(**fields)  # type: ignore[misc,no-any-return]
        with transaction.atomic(savepoint=False):
            pks = list(self.values_list("pk", flat=True))
            number: int = super().update(**fields)  # type: ignore[misc]
            for at in range(0, len(pks), CHUNK):
                citations = list(_rows("Citation").filter(pk__in=pks[at : at + CHUNK]))
                self.find_quotes(citations)
                _rows("Citation").bulk_update(citations, ("quote_status", "start", "end"))
        return number
