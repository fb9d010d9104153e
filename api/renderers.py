"""Writes JSON, and settles by `format` and `Accept` whether that or another form is answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from operator import itemgetter
from typing import Any

import orjson
from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
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
    """The form of an answer: the one that `format` names, or else what `Accept` likes best.

    As RFC 9110, 12.5.1, has it: of the ranges that a form is in the most specific says its weight, and what
    has the weight 0 is not sent. Of equal weights the form that is named more specifically is taken, then the
    first, which is JSON. A weight that is no number from 0 to 1 counts as 1, as if it were not there. Other
    parameters of a range do not count: `application/json; charset=utf-8` is JSON. An empty Accept is none.

    An unknown `format` is a wrong parameter like any other, not a page that does not exist.
    """

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        # What most clients send, which needs no reading: anything will do, or what comes first.
        first = renderers[0]
        if request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", first.media_type) and (
            "format" not in request.query_params
        ):
            return first, first.media_type
        if name := request.query_params.get("format"):
            renderers = self.filter_renderers(renderers, name)
        ranges = [*_read(self.get_accept_list(request) or ["*/*"])]
        likings = [(_liking(renderer, ranges), renderer) for renderer in renderers]
        (weight, _), best = max(likings, key=itemgetter(0))
        if not weight and not name:
            raise NotAcceptable(available_renderers=renderers)
        return best, best.media_type

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> list[BaseRenderer]:
        renderers = list(renderers)
        found = [renderer for renderer in renderers if renderer.format == format]
        if not found:
            known = ", ".join(str(renderer.format) for renderer in renderers)
            raise refusal("format", f"The format is one of: {known}.", "invalid_choice")
        return found


def _read(tokens: Iterable[str]) -> Iterator[MediaType]:
    for token in tokens:
        # One with a parameter in an encoding that nobody knows is passed over.
        with suppress(ValueError):
            yield MediaType(token)


def _liking(renderer: BaseRenderer, ranges: Iterable[MediaType]) -> tuple[float, int]:
    """The weight of a form and how specifically it is named; (0, 0) where it is not."""
    main, _, sub = str(renderer.media_type).partition("/")
    specificity, weight = max(
        (
            # Of ranges that differ in their parameters only, the one that likes it best.
            (min(one.specificity, 2), _weight(one))
            for one in ranges
            if one.main_type in ("*", main) and one.sub_type in ("*", sub)
        ),
        default=(0, 0.0),
    )
    return weight, specificity if weight else 0


def _weight(one: MediaType) -> float:
    return one.quality if 0 <= one.quality <= 1 else 1.0  # `q=nan` is a number to Django
