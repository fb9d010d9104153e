"""Events as everybody may read them, rendered to be kept (timeline/kept.py)."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from django.contrib.auth.models import AnonymousUser

from api import documents
from api.documents import Viewer
from timeline.kept import ROOT
from timeline.models import Event


def bodies(ids: Sequence[int]) -> dict[int, str]:
    """The JSON of those of the events that are public, with ROOT for the address of the API."""
    # NUL is in no text, so a string that begins with it is an address.
    viewer = Viewer(AnonymousUser(), root="\0")
    keys = documents.EVENT.standard
    rows = list(documents.EVENT.prepared(Event.objects.public().filter(pk__in=ids), keys, viewer))
    rendered = documents.EVENT.of(rows, keys, viewer)
    return {row.pk: as_body(document) for row, document in zip(rows, rendered, strict=True)}


def as_body(document: dict[str, object]) -> str:
    text = orjson.dumps(document, option=orjson.OPT_UTC_Z)
    return text.replace(b'"\\u0000', b'"' + ROOT.encode()).decode()
