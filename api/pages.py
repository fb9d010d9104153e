"""The addresses that are no noun: the root, the date reader, the documentation, and what does not exist."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.utils.dateparse import parse_date
from django.utils.decorators import method_decorator
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from api.documents import reading
from api.exceptions import error, refusal
from api.filters import Choice, Parameter, Refused
from api.views import FORMAT, AskedView, ToldInJSON
from timeline.dates import DateError, read
from timeline.fields import conventions

# What is answered, in JSON Schema; the rest of the schema is in api/schema.py.
ROOT = {"type": "object", "additionalProperties": {"type": "string", "format": "uri"}}
READING = {
    "allOf": [
        {"$ref": "#/components/schemas/TimeSpan"},
        {"type": "object", "properties": {"undated": {"type": "boolean"}}, "required": ["undated"]},
    ]
}


class Day(Parameter):
    """An ISO date of the years 1 to 9999."""

    def read(self, values: list[str], user: Any) -> date:
        try:
            found = parse_date(values[0])
        except ValueError:
            found = None
        if found is None:
            raise Refused(error("It is a date such as 2020-08-23.", "invalid_date"))
        return found

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date"}


class RootView(AskedView):
    """Where everything stands."""

    answer = ROOT
    permission_classes = (AllowAny,)
    nouns: Iterable[str] = ()

    def get(self, request: Request) -> Response:
        root = self.viewer.root
        names = (*self.nouns, "changes", "checks", "dates/read", "schema", "docs")
        return Response({name: f"{root}{name}/" for name in names})


class DateReadView(AskedView):
    """How a date is read: what an event would get that is given these words."""

    answer = READING
    permission_classes = (AllowAny,)

    def parameters(self) -> list[Parameter]:
        return [
            Parameter(
                "text",
                "What somebody writes for a date: `mid-March 2020`, `c. 1917`, `1985~`.",
                required=True,
            ),
            Day("reference", "The day from which relative words count. Without it they are refused."),
            FORMAT,
        ]

    def get(self, request: Request) -> Response:
        text = self.asked["text"]
        try:
            span = read(text, reference=self.asked.get("reference"), conventions=conventions())
        except DateError as found:
            raise refusal("text", found.reason, "invalid_date", found.position) from found
        edtf = None if span is None else span.edtf
        return Response({"text": text, **reading(edtf), "undated": edtf is None})


class OnceGenerator(SchemaGenerator):
    """Makes the document once a process: it is the same for everybody."""

    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return _schema()


@cache
def _schema() -> Any:
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class SchemaView(AskedView, SpectacularAPIView):
    """The OpenAPI document, as YAML or, with format=json, as JSON."""

    permission_classes = (AllowAny,)
    generator_class = OnceGenerator

    def parameters(self) -> list[Parameter]:
        return [Choice("format", "The form of the document.", choices=("yaml", "json"))]


# Swagger UI sets styles on its elements and has small images in its style sheet.
@method_decorator(
    csp_update({"style-src": [SELF, "'unsafe-inline'"], "img-src": [SELF, "data:"]}), name="dispatch"
)
class DocsView(ToldInJSON, SpectacularSwaggerSplitView):
    """The documentation that one can try out, with nothing fetched from elsewhere."""

    url_name = "api:schema"


class NowhereView(AskedView):
    """An address that does not exist, answered as the rest of the API answers."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound()
