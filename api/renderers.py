"""Writes JSON, and settles that `format` names it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from api.exceptions import refusal


def json_of(data: Any) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)


class OrjsonRenderer(BaseRenderer):
    """UTF-8 JSON; time stamps in UTC with a Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else json_of(data)


class NamedNegotiation(DefaultContentNegotiation):
    """An unknown `format` is a wrong parameter like any other, not a page that does not exist."""

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        # What most clients send, which needs no reading: anything will do, or what comes first.
        first = renderers[0]
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", first.media_type) and (
            "format" not in request.query_params
        ):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        renderers = list(renderers)
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            known = ", ".join(str(renderer.format) for renderer in renderers)
            raise refusal("format", f"The format is one of: {known}.", "invalid_choice")
        return found
