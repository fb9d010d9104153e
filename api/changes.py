"""`changes/`: what has been created, changed and deleted, for mirrors."""

from __future__ import annotations

import re
from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from api.exceptions import error
from api.filters import Parameter, Refused
from api.pagination import LIMIT
from api.views import FORMAT, AskedView
from timeline.exchange.nouns import NOUNS
from timeline.history import feed
from timeline.history.feed import Touch
from timeline.history.things import THINGS

TYPES = [noun.name for noun in NOUNS]
CHANGES = {
    "type": "object",
    "properties": {
        "next": {"type": "string", "format": "uri", "description": "Where to go on, now or later."},
        "more": {"type": "boolean", "description": "Whether more has happened already."},
        "results": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "at": {"type": "string", "format": "date-time"},
                    "change": {"type": "string", "enum": ["created", "changed", "deleted", "erased"]},
                    "type": {"type": "string", "enum": TYPES},
                    "slug": {
                        "type": ["string", "null"],
                        "description": "What it has now, or had last; null of what is erased.",
                    },
                    "was": {
                        "type": ["string", "null"],
                        "description": "A slug that it had before, under which nothing stands now.",
                    },
                    "record": {
                        "type": ["object", "null"],
                        "additionalProperties": True,
                        "description": "What stands under the slug now, as an export has it; null: nothing.",
                    },
                },
                "required": ["at", "change", "type", "slug", "was", "record"],
            },
        },
    },
    "required": ["next", "more", "results"],
}


class Since(Parameter):
    """A place in the feed."""

    def read(self, values: list[str], user: Any) -> Touch:
        if not re.fullmatch(r"[0-9]{1,18}(\.[0-9]{1,18}){2}", values[0], re.ASCII):
            raise Refused(error("It is taken from `next`. Begin again without it.", "invalid_cursor"))
        return Touch(*map(int, values[0].split(".")))


class SeesAll(BasePermission):
    """Who may view every noun: a mirror has drafts, too."""

    message = "To follow the changes one has to be allowed to view everything."

    def has_permission(self, request: Request, view: Any) -> bool:
        rows: list[Any] = [thing.root._default_manager.all() for thing in THINGS]
        return all(some.hides_nothing_from(request.user) for some in rows)


class ChangesView(AskedView):
    """What has been created, changed and deleted, each once a transaction, for mirrors."""

    answer = CHANGES
    permission_classes = (SeesAll,)

    def parameters(self) -> list[Parameter]:
        since = Since("since", "Where to go on; taken from `next`. Without it, from the beginning.")
        return [since, LIMIT, FORMAT]

    def get(self, request: Request) -> Response:
        found = feed.page(self.asked.get("since", Touch()), self.asked.get("limit", 50))
        here = request.build_absolute_uri()
        entries = [
            {
                "at": entry.at,
                "change": entry.change,
                "type": entry.noun,
                "slug": entry.slug,
                "was": entry.was,
                "record": entry.record,
            }
            for entry in found.entries
        ]
        after = replace_query_param(here, "since", ".".join(map(str, found.after)))
        return Response({"next": after, "more": found.more, "results": entries})
