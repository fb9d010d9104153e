"""From lines that have been read to rows: which columns each table gets, and what follows from others."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Container, Iterable
from typing import Any

from timeline.exchange.nouns import STAMPS, Lines
from timeline.exchange.shapes import Known, LineShape, LinkShape, NounShape
from timeline.exchange.tables import Table, Way
from timeline.history.recorded import recorded
from timeline.models import Citation, Milestone, Source
from timeline.models.base import Line
from timeline.quotes import Quotable, QuoteStatus

FOUND = ("quote_status", "start", "end")


class Writer:
    """Puts things of one noun into their tables, with all that belongs to them."""

    def __init__(self, shape: NounShape, known: Known, way: Way) -> None:
        self.shape, self.known = shape, known
        model = shape.noun.model
        digest = ["text_sha256"] if model is Source else []
        # On SQLite; on PostgreSQL the database says so itself.
        self.recorded = recorded()
        columns = ["id", "slug", *shape.shape.column_names, *STAMPS, *self.recorded, *digest]
        self.things = Table(model, columns, way)
        # The sources of the file are written by now. For one without a text none is looked for: each look
        # would wait for what is on its way. What others write meanwhile is looked into at the end.
        cites = any(lines.model is Citation for lines in shape.noun.lines)
        self.with_text = slugs_with_text() if cites else None
        self.parts = [_rows_of(part, way, self.with_text or ()) for _, part in shape.parts]

    def put(self, line: int, pk: int, found: dict[str, Any], *, is_new: bool) -> None:
        """`found` has the time stamps and the version, too."""
        if is_new:
            digest = [digest_of(found["text"])] if self.shape.noun.model is Source else []
            row = [pk, found["slug"], *self.shape.shape.row(found), *self.shape.stamps.row(found)]
            row += [*self.recorded.values(), *digest]
            self.things.add(row, line)
        for rows in self.parts:
            rows.add(line, pk, found)

    def flush(self) -> None:
        """Write what has been put, but for the milestones: they take the dates of events that are to come."""
        # Before anything is on its way, which would be waited for.
        for rows in self.parts:
            rows.complete()
        self.things.flush()
        for rows in self.parts:
            if rows.table.model is not Milestone:
                rows.flush()

    def finish(self) -> None:
        for rows in self.parts:
            rows.flush()


class _LinkRows:
    def __init__(self, shape: LinkShape, way: Way) -> None:
        links = shape.links
        self.key, self.known = links.key, shape.known
        self.table = Table(links.model, (f"{links.whole}_id", f"{links.other}_id"), way, links.key)

    def add(self, line: int, pk: int, found: dict[str, Any]) -> None:
        for number, slug in enumerate(found[self.key]):
            self.table.add([pk, self.known[slug]], line, number)

    def complete(self) -> None:
        """Nothing is missing."""

    def flush(self) -> None:
        self.table.flush()


class _LineRows:
    def __init__(self, shape: LineShape, way: Way, with_text: Container[str]) -> None:
        lines: Lines = shape.lines
        self.key, self.shape, self.with_text = lines.key, shape.shape, with_text
        self.has_position = issubclass(lines.model, Line)
        position = ["position"] if self.has_position else []
        # Copies of what stands in the event; triggers put them in.
        copies = [field for field in lines.model._meta.concrete_fields if not field.editable]
        copies = [field for field in copies if not field.generated and not field.primary_key]
        self.more = [field.get_default() for field in copies]
        names = [str(field.column) for field in copies]
        self.quotes: list[tuple[str, str]] = []
        if lines.model is Citation:
            self.more, names = [], list(FOUND)
        columns = [f"{lines.whole}_id", *self.shape.column_names, *position, *names]
        self.table = Table(lines.model, columns, way, lines.key)

    def add(self, line: int, pk: int, found: dict[str, Any]) -> None:
        for number, one in enumerate(found[self.key]):
            row = [pk, *self.shape.row(one)]
            if self.has_position:
                row.append(number)
            row += self.more
            self.table.add(row, line, number)
            if self.table.model is Citation:
                self.quotes.append((one["source"], one["quote"]))

    def complete(self) -> None:
        """Look the quotes up in the texts of their sources."""
        if self.quotes:
            places = find_quotes(cited for cited in self.quotes if cited[0] in self.with_text)
            for row, cited in zip(self.table.rows, self.quotes, strict=True):
                row.extend(places.get(cited, UNCHECKED))
            self.quotes = []

    def flush(self) -> None:
        self.table.flush()


def _rows_of(shape: LineShape | LinkShape, way: Way, with_text: Container[str]) -> _LineRows | _LinkRows:
    return _LineRows(shape, way, with_text) if isinstance(shape, LineShape) else _LinkRows(shape, way)


UNCHECKED = (QuoteStatus.UNCHECKED.value, None, None)
Place = tuple[str, int | None, int | None]


def find_quotes(cited: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Place]:
    """By (source, quote): status and place, where a text of the source is kept. Runs one query or none."""
    wanted: dict[str, set[str]] = defaultdict(set)
    for source, quote in cited:
        if quote:
            wanted[source].add(quote)
    places: dict[tuple[str, str], Place] = {}
    if not wanted:
        return places
    texts = Source.objects.filter(slug__in=wanted).exclude(text_sha256="").values_list("slug", "text")
    for source, text in texts.iterator(chunk_size=20):
        quotable = Quotable(text)
        for quote in wanted[source]:
            status, start, end = quotable.find(quote)
            places[source, quote] = (status.value, start, end)
    return places


def slugs_with_text() -> set[str]:
    """The sources of which a text is kept."""
    return set(Source.objects.order_by().exclude(text_sha256="").values_list("slug", flat=True))


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
