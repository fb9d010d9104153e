"""Whole lists of events as lines of JSON or as a table, to the last row, in constant memory.

All that is answered is of one moment. It is read while the client takes it: a client that goes away ends the
reading, and a database that fails in the middle breaks the connection off, so that no answer looks complete
that is not.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, closing
from itertools import islice
from operator import itemgetter
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import StreamingHttpResponse
from rest_framework.exceptions import ValidationError

from api.exceptions import error
from api.filters import Choice
from api.moments import AS_OF
from api.renderers import OrjsonRenderer, json_of
from timeline import kept
from timeline.exchange.spreadsheet import COLUMNS, PAIR, SEPARATOR, UNDATED, table_line
from timeline.limits import without_limit
from timeline.models import EventChange, EventDocument
from timeline.moment import one_moment, unmapped
from timeline.reading import in_chunks

CHUNK = 100
# A stream has no pages.
OF_PAGES = ("limit", "cursor", "count")
FORMAT = Choice(
    "format",
    "`json`: a page. `ndjson`: everything, one event a line. `csv`: everything, as a table for spreadsheets.",
    choices=("json", "ndjson", "csv"),
)


class NdjsonRenderer(OrjsonRenderer):
    """What a client accepts that wants lines of JSON."""

    media_type = "application/x-ndjson"
    format = "ndjson"


class CsvRenderer(OrjsonRenderer):
    """What a client accepts that wants a table."""

    media_type = "text/csv"
    format = "csv"


RENDERERS = (NdjsonRenderer, CsvRenderer)
# So many events at a time, each as JSON in UTF-8.
Documents = Generator[list[bytes], None, None]
TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8; header=present"}


def stream(view: Any, form: str) -> StreamingHttpResponse:
    """All events that a list view is asked for. What fails before the first are there is raised here."""
    _refuse_what_pages_have(view.asked, form)
    keys = view.keys()
    rows = view.narrowed(view.get_queryset())
    from_kept = view.is_kept
    # Before the moment that is answered: a search first makes ready what it searches.
    ordered = view.ordered(rows if from_kept else view.prepared(rows))
    tiers = ordered if isinstance(ordered, list) else [ordered]
    documents = _kept(view, tiers) if from_kept else rendered(tiers, view.rendered)
    answer = StreamingHttpResponse(content_type=TYPES[form])
    if form == "csv":
        answer["Content-Disposition"] = 'attachment; filename="events.csv"'
    if view.request.method != "HEAD":
        # Begun takes the moment over from the request, which ends before the stream does.
        moment = view.moment.pop_all() if AS_OF.name in view.asked else one_moment()
        answer.streaming_content = Begun(parts(documents, _writer(view, form, keys, from_kept), moment))
    return answer


def _writer(view: Any, form: str, keys: list[str], from_kept: bool) -> Callable[[list[bytes]], bytes]:
    if form == "csv":
        return Table(keys)
    # What is kept has all keys, what is rendered those that are asked for.
    return Selection(keys) if from_kept and "fields" in view.asked else lines


def _refuse_what_pages_have(asked: dict[str, Any], form: str) -> None:
    names = [name for name in OF_PAGES if name in asked]
    if "snippets" in asked.get("include", ()):
        names.append("include")
    if names:
        message = f"With the format {form} everything is answered, without pages and snippets; leave it out."
        raise ValidationError({name: [error(message, "excluded_by_another_parameter")] for name in names})


class Begun(Iterator[bytes]):
    """An iterator whose first part is there already; closing it closes what it reads from."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self.parts: Any = parts
        self.first = [*islice(parts, 1)]

    def __next__(self) -> bytes:
        return self.first.pop() if self.first else next(self.parts)

    def close(self) -> None:
        self.parts.close()


def parts(
    documents: Documents,
    written: Callable[[list[bytes]], bytes],
    moment: AbstractContextManager[Any] | None = None,
) -> Iterator[bytes]:
    """What is written of the documents, all of one moment: by default that at which this begins."""
    with without_limit(), unmapped(), moment or one_moment(), closing(documents):
        yield written(next(documents, []))
        for chunk in documents:
            yield written(chunk)


def lines(bodies: list[bytes]) -> bytes:
    return b"".join([b"%b\n" % body for body in bodies])


def rendered(tiers: list[QuerySet[Any]], render: Callable[[list[Any]], list[dict[str, Any]]]) -> Documents:
    """The documents for who sees more than everybody, or asks for more than is kept."""
    for rows in tiers:
        for chunk in _chunks(rows):
            yield [*map(json_of, render(chunk))]


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found: Any = rows.iterator(chunk_size=CHUNK)
    with closing(found):
        while chunk := [*islice(found, CHUNK)]:
            yield chunk


def _kept(view: Any, tiers: list[QuerySet[Any]]) -> Documents:
    """The kept documents. Those that do not stand are rendered, and not kept: nothing is written here."""
    document = EventDocument.objects.filter(event_id=OuterRef("pk")).values("body")
    changes = EventChange.objects.filter(event_id=OuterRef("pk"))
    in_window = "match" in view.shown().parts
    columns = ("pk", "kept_body", "is_overtaken", *(("match",) if in_window else ()))
    root = view.viewer.root.encode()
    for rows in tiers:
        found = rows.annotate(kept_body=Subquery(document), is_overtaken=Exists(changes))
        with closing(in_chunks(found.values_list(*columns), CHUNK)) as chunks:
            for chunk in chunks:
                bodies = [body.replace(kept.ROOT_IN_UTF8, root) for body in _bodies(chunk)]
                if in_window:
                    bodies = [_with_match(body, row[3]) for body, row in zip(bodies, chunk, strict=True)]
                yield bodies


def _bodies(chunk: list[tuple[Any, ...]]) -> list[bytes]:
    overtaken = [pk for pk, body, is_overtaken, *_ in chunk if is_overtaken or not body]
    if not overtaken:
        return [row[1] for row in chunk]
    fresh = kept.renderer(overtaken)
    return [fresh[row[0]].encode() if row[0] in fresh else row[1] for row in chunk]


def _with_match(body: bytes, match: bytes | None) -> bytes:
    return body[:-1] + (b',"match":null}' if match is None else b',"match":"%b"}' % match)


class Table:
    """Writes documents with these keys as rows of CSV, after a row with the names of the columns."""

    def __init__(self, keys: list[str]) -> None:
        self.names = [name for key in keys for name in COLUMNS[key]]
        self.cells = [CELLS[name] for name in self.names]
        self.is_begun = False

    def __call__(self, bodies: list[bytes]) -> bytes:
        rows = [table_line([cell(event) for cell in self.cells]) for event in map(orjson.loads, bodies)]
        if not self.is_begun:
            rows.insert(0, table_line(self.names))
            self.is_begun = True
        return "".join(rows).encode()


class Selection:
    """Writes documents as lines with these keys only."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys

    def __call__(self, bodies: list[bytes]) -> bytes:
        return lines([json_of({key: event[key] for key in self.keys}) for event in map(orjson.loads, bodies)])


Cell = Callable[[dict[str, Any]], str]


def _value(key: str) -> Cell:
    def cell(event: dict[str, Any]) -> str:
        value = event[key]
        return "" if value is None else str(value)

    return cell


def _of_date(key: str) -> Cell:
    def cell(event: dict[str, Any]) -> str:
        date = event["date"]
        return "" if date is None else date[key] or ""

    return cell


def _edtf(event: dict[str, Any]) -> str:
    date = event["date"]
    return "" if date is None else date["edtf"] or UNDATED


def _participants(event: dict[str, Any]) -> str:
    return SEPARATOR.join([f"{one['actor']['slug']}{PAIR}{one['role']}" for one in event["participants"]])


def _related(event: dict[str, Any]) -> str:
    outgoing = [one for one in event["related"] if one["direction"] == "outgoing"]
    return SEPARATOR.join([f"{one['kind']}{PAIR}{one['event']['slug']}" for one in outgoing])


def _sources(event: dict[str, Any]) -> str:
    return SEPARATOR.join(dict.fromkeys([one["source"]["slug"] for one in event["citations"]]))


def _place(event: dict[str, Any]) -> str:
    place = event["place"]
    return "" if place is None else place["slug"]


def _slugs(key: str) -> Cell:
    def cell(event: dict[str, Any]) -> str:
        return SEPARATOR.join([one["slug"] for one in event[key]])

    return cell


# What stands in each column: of things their slugs, of a pair both. It is asked for each event, so what is
# text in every document is taken as it is.
CELLS: dict[str, Cell] = {
    **{name: _value(name) for names in COLUMNS.values() for name in names},
    **{name: itemgetter(name) for name in ("slug", "url", "title", "summary", "kind", "status")},
    **{name: itemgetter(name) for name in ("verification", "review", "created_at", "updated_at")},
    **{f"date_{key}": _of_date(key) for key in ("text", "earliest", "latest")},
    **{key: _slugs(key) for key in ("contracts", "tags", "timelines")},
    "date_edtf": _edtf,
    "participants": _participants,
    "place": _place,
    "related": _related,
    "sources": _sources,
}
