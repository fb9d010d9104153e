"""`checks/`: what in the chronology does not go together, with both sides; and saying that one has looked."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.http import HttpResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from api.conditional import Answer, etag_of, unless_known
from api.documents.base import Viewer, seen
from api.documents.source import citations
from api.exceptions import refusal
from api.fields import Flag as TrueOrFalse
from api.fields import Text, Words
from api.filters import Choices, Flag, Parameter
from api.pagination import CURSOR, LIMIT, Cursors, Position
from api.renderers import json_of
from api.serializers.base import KnownKeys
from api.views import FORMAT, AskedView
from timeline.contradictions import notes
from timeline.contradictions.check import Place
from timeline.contradictions.finding import Finding, Side
from timeline.contradictions.listing import Spot, page_of, proofs
from timeline.contradictions.notes import Noted
from timeline.contradictions.registry import CHECKS, SEVERITIES, TITLES
from timeline.models import Actor, Citation, Source
from timeline.moment import one_moment

TYPES = {"events": "event", "contracts": "contract", "actors": "actor"}
LONGEST_NOTE = 10_000

STRING = {"type": "string"}
NOTE = {
    "type": ["object", "null"],
    "properties": {
        "note": STRING,
        "by": {"type": ["string", "null"]},
        "at": {"type": "string", "format": "date-time"},
    },
    "required": ["note", "by", "at"],
}
SIDE = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": list(TYPES.values())},
        "slug": STRING,
        "title": STRING,
        "url": {"type": "string", "format": "uri"},
        "field": {"type": "string", "description": "A key of the thing; empty: the whole."},
        "value": {"type": "string", "description": "What stands there, or what the source gives for it."},
        "citations": {"type": "array", "items": {"$ref": "#/components/schemas/Citation"}, "maxItems": 5},
    },
    "required": ["type", "slug", "title", "url", "field", "value", "citations"],
}
FINDING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "enum": list(TITLES)},
        "severity": {"type": "string", "enum": ["error", "warning", "note"]},
        "message": STRING,
        "key": {"type": "string", "description": "Names what the finding is about."},
        "digest": {"type": "string", "description": "Names the facts that it rests on."},
        "sides": {"type": "array", "items": SIDE, "minItems": 2, "maxItems": 2},
        "note": {**NOTE, "description": "That somebody has looked at it, and what they say."},
        "earlier_note": {**NOTE, "description": "What was said of it when its facts were others."},
    },
    "required": ["code", "severity", "message", "key", "digest", "sides", "note", "earlier_note"],
}
LIST = {
    "type": "object",
    "properties": {
        "next": {"type": ["string", "null"], "format": "uri"},
        "previous": {"type": ["string", "null"], "format": "uri"},
        "results": {"type": "array", "items": FINDING},
    },
    "required": ["next", "previous", "results"],
}


class FactsChanged(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "facts_changed"
    default_detail = "The facts have changed since. Read the finding again, and look at it as it stands now."


class MayLook(BasePermission):
    """Everybody reads; who may keep notes on findings says that they have looked."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return request.method in SAFE_METHODS or request.user.has_perms(notes.CHANGE)


class LookSerializer(KnownKeys):
    """A finding as it was read, and what is said of it."""

    key = Text(max_length=200)
    digest = Text(max_length=16)
    seen = TrueOrFalse(default=True, help_text="false: it is open again, and the note goes.")
    note = Words(default="", allow_blank=True, max_length=LONGEST_NOTE)


class ChecksView(AskedView, ViewSet):
    """What does not go together, as far as who asks may see both sides."""

    permission_classes = (MayLook,)
    serializer_class = LookSerializer

    @property
    def answer(self) -> dict[str, Any]:  # type: ignore[override]
        return LIST if self.action == "list" else FINDING

    def parameters(self) -> list[Parameter]:
        if self.action != "list":
            return [FORMAT]
        return [
            Choices("code", "Findings of any of these checks.", choices=tuple(TITLES)),
            Flag(
                "seen",
                "`true`: only what has been looked at, `false`: only what has not. Who may not see notes is "
                "told that nothing has.",
            ),
            LIMIT,
            CURSOR,
            FORMAT,
        ]

    def list(self, request: Request) -> HttpResponse:
        cursors = Cursors(request)
        position = cursors.position(self.asked["cursor"]) if "cursor" in self.asked else None
        with one_moment():  # what was shown when it was found may be hidden when it is told
            page = page_of(
                request.user,
                self.asked.get("limit", 50),
                codes=self.asked.get("code"),
                seen=self.asked.get("seen"),
                start=None if position is None else _spot(position),
                backwards=position is not None and position.backwards,
            )
            documents = _documents({one.finding: one.noted for one in page.found}, self.viewer)
        links = {
            "next": cursors.address(_position(page.next)),
            "previous": cursors.address(_position(page.previous, backwards=True)),
        }
        body = json_of({**links, "results": documents})
        return unless_known(request, Answer(body, etag=etag_of(None, body)))

    def mark(self, request: Request) -> Response:
        look = LookSerializer().run_validation(request.data)
        key, digest = look["key"], look["digest"]
        try:
            if look["seen"]:
                found = notes.look_at(request.user, key, digest, look["note"])
            else:
                found = notes.look_away(request.user, key, digest)
        except notes.NoSuchFinding as error:
            raise refusal("key", "Nothing is found under this key.", "unknown_finding") from error
        except notes.FactsChanged as error:
            raise FactsChanged() from error
        (told,) = _documents(notes.noted(request.user, [found]), self.viewer)
        return Response(told)


def _spot(position: Position) -> Spot:
    check, *at = position.values
    if check > len(CHECKS) or len(at) != (position.row is not None):
        message = "The cursor is not one that this list gave. Begin again without it."
        raise refusal("cursor", message, "invalid_cursor")
    return Spot(check, Place(*position.row, *at) if position.row else None)


def _position(spot: Spot | None, *, backwards: bool = False) -> Position | None:
    if spot is None:
        return None
    check, place = spot
    if place is None:
        return Position((check,), backwards=backwards)
    return Position((check, place.at), (place.slug, place.made), backwards)


def _documents(findings: dict[Finding, Noted], viewer: Viewer) -> list[dict[str, Any]]:
    """The JSON of findings, with the citations that prove both sides."""
    rows = Citation.objects.prefetch_related(
        seen("source", Source, viewer), seen("attributed_to", Actor, viewer)
    )
    proved = proofs(findings, rows)
    return [
        {
            "code": one.code,
            "severity": SEVERITIES[one.code],
            "message": one.message,
            "key": one.key,
            "digest": one.digest,
            "sides": [_side(side, proved[side], viewer) for side in one.sides],
            "note": _note(noted.note),
            "earlier_note": _note(noted.earlier),
        }
        for one, noted in findings.items()
    ]


def _side(side: Side, proof: list[Citation], viewer: Viewer) -> dict[str, Any]:
    return {
        "type": TYPES[side.noun],
        "slug": side.thing.slug,
        "title": str(side.thing),
        "url": viewer.url(side.noun, side.thing.slug),
        "field": side.field,
        "value": side.value,
        "citations": citations(SimpleNamespace(fetched_citations=proof), viewer),
    }


def _note(note: Any) -> dict[str, Any] | None:
    if note is None:
        return None
    return {"note": note.note, "by": note.by and note.by.get_username(), "at": note.at}
