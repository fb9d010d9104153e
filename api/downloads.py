"""Lists of events that the admin shows, in the formats of the API."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from api import documents
from api.documents import Viewer, root_of
from api.streams import TYPES, Begun, Table, lines, parts, rendered
from timeline.querysets import EventQuerySet

# What a list of the API begins and ends with; all of it is one page.
BEFORE, AFTER = b'{"next":null,"previous":null,"results":[', b"]}"


def answered(request: HttpRequest, rows: EventQuerySet, form: str) -> StreamingHttpResponse:
    """These events in their order, to the last, as who asks may see them: `json`, `ndjson` or `csv`."""
    viewer, keys = Viewer(request.user, root_of(request)), documents.EVENT.standard
    # What the list of the admin shows of a row is not what a document is made of.
    plain = rows.select_related(None).prefetch_related(None)
    prepared = documents.EVENT.prepared(plain, keys, viewer)
    found = rendered([prepared], lambda chunk: documents.EVENT.of(chunk, keys, viewer))
    written: Any = {"json": Page(), "ndjson": lines, "csv": Table(keys)}[form]
    answer = StreamingHttpResponse(content_type=TYPES.get(form, "application/json"))
    answer["Content-Disposition"] = f'attachment; filename="events.{form}"'
    content = parts(found, written)
    answer.streaming_content = Begun(_ended(content) if form == "json" else content)
    return answer


class Page:
    """Writes documents as the `results` of one page."""

    def __init__(self) -> None:
        self.between = b""

    def __call__(self, bodies: list[bytes]) -> bytes:
        written = self.between + b",".join(bodies)
        if not self.between:
            written, self.between = BEFORE + written, b","
        return written


def _ended(content: Any) -> Iterator[bytes]:
    with closing(content):
        yield from content
        yield AFTER
