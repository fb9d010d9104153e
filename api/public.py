"""Events as everybody may read them, answered from the documents that are kept."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpResponse
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from api import conditional, documents
from api.conditional import Answer
from api.event_filters import DATES, has_date_filter, window_of
from api.event_filters import PARAMETERS as FILTERS
from api.filters import Choice, Keys, Parameter, Refused, read_one
from api.moments import AS_OF
from api.pagination import CURSOR, LIMIT, Cursors, Position, cut
from api.rendering import bodies_of
from api.search import not_yet
from timeline import kept, pages
from timeline.dates import OPEN_FUTURE
from timeline.history import pages as then
from timeline.history.rows import RowsThen
from timeline.kept import ROOT_IN_UTF8
from timeline.models import Actor, Contract, Event, Place, Source, Tag
from timeline.pages import Edge, Found, Question
from timeline.search import Unsettled
from timeline.search.pages import first_hits

ORDER = Choice("order", "", choices=("date", "-date"))
KEPT = (*documents.EVENT.standard, "match")
KEYS = Keys("fields", "", keys=KEPT)
# What a list may be asked for to be answered at once; `actor` is a slug that nobody has looked up yet.
AT_ONCE: dict[str, Parameter] = {
    "actor": Parameter("actor", ""),
    **{parameter.name: parameter for parameter in (ORDER, KEYS, LIMIT, CURSOR)},
    AS_OF.name: Parameter(AS_OF.name, ""),  # the view has judged it
    **{one.name: one for one in FILTERS if one.name in (*DATES, "date_match")},
}
# The same for the first page of a search.
HITS: dict[str, Parameter] = {
    "q": next(one for one in FILTERS if one.name == "q"),
    "order": Choice("order", "", choices=("date", "relevance")),
    "fields": Keys("fields", "", keys=tuple(documents.EVENT.standard)),
    "limit": LIMIT,
}
SHOWN = (Actor, Contract, Event, Place, Source, Tag)
_ENDS = {True: b',"match":"certain"}', False: b',"match":"possible"}'}


def sees_what_everybody_sees(user: Any) -> bool:
    """Whether nothing that an event shows of itself or of others is shown to this user only."""
    return user.is_anonymous or not any(model.objects.hides_nothing_from(user) for model in SHOWN)


def is_kept(user: Any, keys: Iterable[str]) -> bool:
    """Whether the kept documents have these keys as the user may see them."""
    return {*keys} <= {*KEPT} and sees_what_everybody_sees(user)


def page_at_once(
    request: Request, actor: str | None = None, moment: datetime | None = None
) -> HttpResponse | None:
    """The page of an events list in one statement, or None where the list has to be asked the long way.

    As of a moment, what has changed since takes some statements more.

    That is so for every question that timeline/pages.py does not know, for whatever is wrong with the
    parameters, and where nothing is found: then it is still to be settled whether there is such an actor.
    """
    try:
        asked = _asked(request, AT_ONCE)
        if actor is not None and "actor" in asked:
            return None
        cursors = Cursors(request)
        position = cursors.position(asked["cursor"]) if "cursor" in asked else None
        question = _question(asked, actor, position)
    except (Refused, ValidationError, KeyError):
        return None
    question = replace(question, limit=question.limit + 1)
    found = pages.page(question) if moment is None else then.page(question, moment)
    part = cut(found, question.limit - 1, position)
    rows = _with_bodies(part.rows, moment)
    if not rows:
        return None
    first, last = (_place(row, question) for row in (rows[0], rows[-1]))
    after = cursors.address(_position(rows[-1], last) if part.after else None)
    before = cursors.address(_position(rows[0], first, backwards=True) if part.before else None)
    return _page(request, rows, (after, before), asked.get("fields"), in_window=question.window is not None)


def hits_at_once(request: Request) -> HttpResponse | None:
    """The first page of a search, or None where it has to be asked the long way."""
    try:
        asked = _asked(request, HITS)
    except (Refused, KeyError):
        return None
    limit = asked["limit"]
    try:
        found = first_hits(asked["q"], limit + 1, by_relevance=asked.get("order") == "relevance")
    except Unsettled as unsettled:
        raise not_yet() from unsettled
    rows = _with_bodies([row for _, row in found[:limit]])
    if found and not rows:
        return None
    after = None
    if len(found) > limit:
        tiers = [tier for tier, row in found if row.id == rows[-1].id and tier is not None]
        after = Cursors(request).address(_position(rows[-1], tuple(tiers)))
    return _page(request, rows, (after, None), asked.get("fields"), in_window=False)


def _page(
    request: Request,
    rows: list[Found],
    links: tuple[str | None, str | None],
    keys: list[str] | None,
    *,
    in_window: bool,
) -> HttpResponse:
    head = b'{"next":%b,"previous":%b,"results":[' % (orjson.dumps(links[0]), orjson.dumps(links[1]))
    root = documents.root_of(request)
    etag = _etag(head, root, keys, rows)
    if conditional.is_known(request, etag):
        return conditional.not_modified(etag)
    results = _results(rows, keys, root, in_window=in_window)
    return Answer(b"%b%b]}" % (head, results), etag=etag).response()


def one_at_once(request: Request, slug: str, moment: datetime | None = None) -> HttpResponse | None:
    """A public event, or None where there is none or more is asked for."""
    if {*request.query_params} - {AS_OF.name}:
        return None
    found = pages.one(slug) if moment is None else then.one(slug, moment)
    for row in _with_bodies([found] if found else [], moment):
        root = documents.root_of(request)
        body = (row.body or b"").replace(ROOT_IN_UTF8, root.encode())
        etag = f'"{_version(body)}-{_etag(b"", root, None, [row])[1:]}'
        return conditional.unless_known(request, Answer(body, etag=etag))
    return None


def _etag(head: bytes, root: str, keys: list[str] | None, rows: list[Found]) -> str:
    """What names an answer: all that it is made of, without making it."""
    asked = f"{root}\0{','.join(keys or ())}\0{[row.certain for row in rows]}"
    made_of = b"\0".join([head, asked.encode(), *[row.digest or b"" for row in rows]])
    return f'"{hashlib.blake2b(made_of, digest_size=8).hexdigest()}"'


def _version(body: bytes) -> int:
    # The last key of a document; no number in a text can stand there.
    return int(body[body.rindex(b":") + 1 : -1])


def _asked(request: Request, known: dict[str, Parameter]) -> dict[str, Any]:
    """What is asked for, and a limit. KeyError: no such parameter here; Refused: its value is wrong."""
    given = request.query_params.lists()
    return {"limit": LIMIT.default} | {
        name: read_one(known[name], values, request.user) for name, values in given
    }


def _question(asked: dict[str, Any], actor: str | None, position: Position | None) -> Question:
    in_window = has_date_filter(asked)
    if ("date_match" in asked or "match" in asked.get("fields", ())) and not in_window:
        raise Refused
    edge = None
    if position is not None and position.row is not None:
        edge = Edge(position.values[-1], *position.row, backwards=position.backwards)
    return Question(
        limit=asked["limit"],
        actor=actor or asked.get("actor"),
        window=window_of(asked) if in_window else None,
        match=asked.get("date_match", "possible"),
        descending=asked.get("order") == "-date",
        edge=edge,
    )


def _with_bodies(rows: list[Found], moment: datetime | None = None) -> list[Found]:
    """The events with documents that stand; those that the public no longer sees are left out."""
    overtaken = {row.id for row in rows if row.overtaken or not row.body}
    if not overtaken:
        return rows
    rendered = kept.settled([*overtaken]) if moment is None else _as_of([*overtaken], moment)
    return [
        _fresh(row, rendered[row.id]) if row.id in overtaken else row
        for row in rows
        if row.id not in overtaken or row.id in rendered
    ]


def _fresh(row: Found, body: str) -> Found:
    return row._replace(body=body.encode(), digest=kept.digest_of(body).encode())


def _as_of(ids: list[int], moment: datetime) -> dict[int, str]:
    """The bodies of these events as they stood."""
    return bodies_of(RowsThen(ids, moment))


def _place(row: Found, question: Question) -> tuple[int, ...]:
    """What comes before the date in the order of the list."""
    return (int(row.sort_at >= OPEN_FUTURE),) if question.descending else ()


def _position(row: Found, place: tuple[int, ...], *, backwards: bool = False) -> Position:
    """As api.pagination makes it of a row: the values of the order, and the names of the event."""
    event = orjson.loads((row.body or b"").replace(ROOT_IN_UTF8, b""))
    created_at = datetime.fromisoformat(event["created_at"])
    return Position((*place, row.sort_at), (event["slug"], created_at), backwards)


def _results(rows: list[Found], keys: list[str] | None, root: str, *, in_window: bool) -> bytes:
    """The documents, separated by commas."""
    if keys is not None:
        return b",".join([_selected(row, keys, root) for row in rows])
    if in_window:
        found = [(row.body or b"")[:-1] + _ENDS[bool(row.certain)] for row in rows]
    else:
        found = [row.body or b"" for row in rows]
    return b",".join(found).replace(ROOT_IN_UTF8, root.encode())


def _selected(row: Found, keys: list[str], root: str) -> bytes:
    event = orjson.loads((row.body or b"").replace(ROOT_IN_UTF8, root.encode()))
    event["match"] = "certain" if row.certain else "possible"
    return orjson.dumps({key: event[key] for key in keys})
