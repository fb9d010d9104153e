"""Whole lists of events as lines of JSON or as a table, to the last row, in constant memory.

All that is answered is of one moment. It is read while the client takes it: a client that goes away ends the
reading, and a database that fails in the middle breaks the connection off, so that no answer looks complete
that is not.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import AbstractContextManager, closing
from itertools import islice
from typing import Any

import orjson
from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import StreamingHttpResponse
from rest_framework.exceptions import ValidationError

from api.exceptions import error
from api.filters import Choice
from api.moments import AS_OF
from api.public import is_kept
from api.renderers import OrjsonRenderer
from timeline import kept
from timeline.exchange.spreadsheet import COLUMNS, PAIR, SEPARATOR, UNDATED, table_row
from timeline.limits import without_limit
from timeline.models import EventChange, EventDocument
from timeline.moment import one_moment, unmapped

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
# So many events at a time, each as a line of JSON.
Documents = Generator[str, None, None]
TYPES = {"ndjson": "application/x-ndjson", "csv": "text/csv; charset=utf-8; header=present"}


def stream(view: Any, form: str) -> StreamingHttpResponse:
    """All events that a list view is asked for. What fails before the first are there is raised here."""
    _refuse_what_pages_have(view.asked, form)
    keys = view.keys()
    rows = view.narrowed(view.get_queryset())
    is_of_now = "known_by" not in view.asked and AS_OF.name not in view.asked
    from_kept = is_of_now and is_kept(view.request.user, keys)
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
        answer.streaming_content = Begun(parts(documents, Table(keys) if form == "csv" else lines, moment))
    return answer


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
    written: Callable[[str], bytes],
    moment: AbstractContextManager[Any] | None = None,
) -> Iterator[bytes]:
    """What is written of the documents, all of one moment: by default that at which this begins."""
    with without_limit(), unmapped(), moment or one_moment(), closing(documents):
        yield written(next(documents, ""))
        for text in documents:
            yield written(text)


def lines(text: str) -> bytes:
    return text.encode()


def _as_text(lines: Iterable[str]) -> str:
    return "".join([f"{line}\n" for line in lines])


def rendered(tiers: list[QuerySet[Any]], render: Callable[[list[Any]], list[dict[str, Any]]]) -> Documents:
    """The documents for who sees more than everybody, or asks for more than is kept."""
    for rows in tiers:
        for chunk in _chunks(rows):
            yield _as_text(orjson.dumps(one, option=orjson.OPT_UTC_Z).decode() for one in render(chunk))


def _kept(view: Any, tiers: list[QuerySet[Any]]) -> Documents:
    """The kept documents. Those that do not stand are rendered, and not kept: nothing is written here."""
    document = EventDocument.objects.filter(event_id=OuterRef("pk")).values("body")
    changes = EventChange.objects.filter(event_id=OuterRef("pk"))
    in_window = "match" in view.shown().parts
    columns = ("pk", "kept_body", "is_overtaken", *(("match",) if in_window else ()))
    keys, root = view.asked.get("fields"), view.viewer.root
    for rows in tiers:
        found = rows.annotate(kept_body=Subquery(document), is_overtaken=Exists(changes))
        for chunk in _chunks(found.values_list(*columns)):
            bodies = _bodies(chunk)
            if in_window:
                bodies = [_with_match(body, row[3]) for body, row in zip(bodies, chunk, strict=True)]
            # In one go: a body has neither line feeds nor that sign elsewhere.
            text = _as_text(bodies).replace(kept.ROOT, root)
            yield text if keys is None else _as_text(_selected(line, keys) for line in text.split("\n")[:-1])


def _chunks(rows: QuerySet[Any]) -> Iterator[list[Any]]:
    found: Any = rows.iterator(chunk_size=CHUNK)
    with closing(found):
        while chunk := [*islice(found, CHUNK)]:
            yield chunk


def _bodies(chunk: list[tuple[Any, ...]]) -> list[str]:
    overtaken = [pk for pk, body, is_overtaken, *_ in chunk if is_overtaken or not body]
    fresh = kept.renderer(overtaken) if overtaken else {}
    return [fresh.get(row[0]) or row[1] for row in chunk]


def _with_match(text: str, match: str | None) -> str:
    return f'{text[:-1]},"match":{"null" if match is None else f"{chr(34)}{match}{chr(34)}"}}}'


def _selected(text: str, keys: list[str]) -> str:
    event = orjson.loads(text)
    return orjson.dumps({key: event[key] for key in keys}).decode()


class Table:
    """Writes documents with these keys as rows of CSV, after a row with the names of the columns."""

    def __init__(self, keys: list[str]) -> None:
        self.cells = [(key, CELLS.get(key)) for key in keys]
        self.names: list[str] | None = [name for key in keys for name in COLUMNS[key]]

    def __call__(self, text: str) -> bytes:
        out = io.StringIO()
        writer = csv.writer(out)
        if self.names is not None:
            writer.writerow(self.names)
            self.names = None
        writer.writerows([self.row(orjson.loads(line)) for line in text.split("\n")[:-1]])
        return out.getvalue().encode()

    def row(self, event: dict[str, Any]) -> list[Any]:
        found: list[Any] = []
        for key, cells in self.cells:
            if cells is None:
                found.append(event[key])
            else:
                found += cells(event[key])
        return table_row(found)


def _date(value: dict[str, Any] | None) -> Iterable[Any]:
    if value is None:
        return (None, None, None, None)
    return (value["text"], value["edtf"] or UNDATED, value["earliest"], value["latest"])


def _participants(value: list[Any]) -> Iterable[Any]:
    return (SEPARATOR.join([f"{one['actor']['slug']}{PAIR}{one['role']}" for one in value]),)


def _related(value: list[Any]) -> Iterable[Any]:
    outgoing = (one for one in value if one["direction"] == "outgoing")
    return (SEPARATOR.join([f"{one['kind']}{PAIR}{one['event']['slug']}" for one in outgoing]),)


def _citations(value: list[Any]) -> Iterable[Any]:
    return (SEPARATOR.join(dict.fromkeys([one["source"]["slug"] for one in value])),)


def _slug(value: dict[str, Any] | None) -> Iterable[Any]:
    return (value and value["slug"],)


def _slugs(value: list[Any]) -> Iterable[Any]:
    return (SEPARATOR.join([one["slug"] for one in value]),)


# What stands in the columns of those keys that are no single value: of a list the slugs, of a pair both.
CELLS: dict[str, Callable[[Any], Iterable[Any]]] = {
    "date": _date,
    "participants": _participants,
    "related": _related,
    "citations": _citations,
    "place": _slug,
    "contracts": _slugs,
    "tags": _slugs,
    "timelines": _slugs,
}
