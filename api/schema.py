"""The views in OpenAPI: parameters, bodies, answers and errors, all from what the views declare."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from api.documents import reading
from api.documents.base import BOUNDS
from api.fields import Amount, Importance, Reference, TimeSpan
from api.filters import MAX_VALUES, Keys
from api.reviewed import ReviewedView
from api.search import SNIPPETS
from api.views import AskedView, RecordView
from api.writing import MAX_ITEMS
from timeline.fields import MAX_TEXT

JSON = "application/json"
STRING: dict[str, Any] = {"type": "string"}
STRING_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
ADDRESS: dict[str, Any] = {"type": "string", "format": "uri"}
ADDRESS_OR_NULL: dict[str, Any] = {"type": ["string", "null"], "format": "uri"}

ERROR = {"$ref": "#/components/schemas/Error"}
TOMBSTONE = {"$ref": "#/components/schemas/Tombstone"}
FIELD_ERRORS = {"$ref": "#/components/schemas/FieldErrors"}
# What else the methods answer, and an address with a slug 404. A 401 on reading: the token is not valid.
ERRORS: dict[int, tuple[dict[str, Any] | None, str]] = {
    304: (None, "The client has it, by If-None-Match."),
    308: ({"$ref": "#/components/schemas/Moved"}, "It had this slug before, and stands at Location now."),
    400: (FIELD_ERRORS, "Something that cannot be read or is not allowed, by name; or no JSON."),
    401: (ERROR, "No valid token or session."),
    403: (ERROR, "The permission is missing."),
    404: (ERROR, "Not there, or hidden."),
    406: (ERROR, "No form of answer that the client accepts."),
    409: (ERROR, "In use by something else, or written by somebody else at the same moment."),
    410: (TOMBSTONE, "It was public, and was retracted: why and when."),
    411: (ERROR, "The body comes without a Content-Length."),
    412: (ERROR, "It has been changed since the version that If-Match names."),
    413: (ERROR, "The body has more than 2 MB."),
    415: (ERROR, "The body is not declared as application/json."),
    422: (ERROR, "The Idempotency-Key came with another request before."),
    428: (ERROR, "If-Match is missing."),
    429: (ERROR, "Too many requests; try again after the seconds in Retry-After."),
    503: (ERROR, "The database is busy; try again after the seconds in Retry-After."),
}
READING_ERRORS = (400, 401, 406, 429, 503)
WRITING_ERRORS = (*READING_ERRORS, 403, 409, 411, 413, 415)
STATUSES: dict[str, tuple[int, tuple[int, ...]]] = {
    "list": (200, (304, *READING_ERRORS)),
    "retrieve": (200, (304, *READING_ERRORS)),
    "create": (201, (422, *WRITING_ERRORS)),
    "update": (200, (412, 428, *WRITING_ERRORS)),
    "partial_update": (200, (412, 428, *WRITING_ERRORS)),
    "mark": (200, WRITING_ERRORS),
    "destroy": (204, (*READING_ERRORS, 403, 409, 412, 428)),
}


def _header(name: str, description: str, *, answered: int = 0, **schema: Any) -> OpenApiParameter:
    """A header that is sent, or that comes with this status."""
    return OpenApiParameter(
        name,
        type={"type": "string", **schema},
        location=OpenApiParameter.HEADER,
        description=description,
        required=name == "If-Match",
        response=[answered] if answered else False,
    )


IF_NONE_MATCH = _header("If-None-Match", "The ETag of what the client has.")
IF_MATCH = _header(
    "If-Match",
    "The ETag that came with what is to be changed; its version counts. `*`: whatever stands.",
    pattern=r'^(\*|"[0-9]{1,10}-[0-9a-f]{16}")$',
)
ETAG = "Names this body; of one thing also its version, for If-Match."
HEADERS: dict[str, tuple[OpenApiParameter, ...]] = {
    "list": (IF_NONE_MATCH, _header("ETag", ETAG, answered=200)),
    "retrieve": (IF_NONE_MATCH, _header("ETag", ETAG, answered=200)),
    "create": (
        _header(
            "Idempotency-Key",
            "The same request with the same key is carried out once; kept for 24 hours.",
            pattern=r"^[\x21-\x7e]{1,200}$",
        ),
        _header("ETag", f"{ETAG} Not of a list.", answered=201),
        _header("Location", "Its address. Not of a list.", answered=201, format="uri"),
        _header(
            "Idempotent-Replay", "That this is the answer of an earlier request.", answered=201, enum=["true"]
        ),
    ),
    "update": (IF_MATCH, _header("ETag", ETAG, answered=200)),
    "partial_update": (IF_MATCH, _header("ETag", ETAG, answered=200)),
    "destroy": (IF_MATCH,),
}

TOLD = {
    "edtf": "Their reading; null: undated.",
    "display": "The reading in English words.",
    **dict.fromkeys(BOUNDS, "ISO 8601 date or date-time."),
}


def _several(parameter: Any) -> dict[str, Any]:
    return {"type": "array", "items": parameter.schema(), "minItems": 1, "maxItems": MAX_VALUES}


def _type_of(value: Any) -> dict[str, Any]:
    """The type of a part of a time span, by what it is of an undated one."""
    return {"type": "boolean"} if isinstance(value, bool) else STRING_OR_NULL if value is None else STRING


COMPONENTS: dict[str, dict[str, Any]] = {
    "TimeSpan": {
        "type": "object",
        "description": "When, as far as known. Bounds are null where the span is open or undated.",
        "properties": {
            "text": {"type": "string", "description": "The source's words."},
            **{
                key: _type_of(value) | ({"description": TOLD[key]} if key in TOLD else {})
                for key, value in reading(None).items()
            },
        },
        "required": ["text", *reading(None)],
    },
    "Error": {
        "type": "object",
        "properties": {"detail": STRING, "code": STRING},
        "required": ["detail", "code"],
    },
    "Moved": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("detail", "code"), STRING),
            "url": {"type": "string", "format": "uri", "description": "Its address, with the same query."},
        },
        "required": ["detail", "code", "url"],
    },
    "Tombstone": {
        "type": "object",
        "properties": {
            **dict.fromkeys(("detail", "code", "slug"), STRING),
            "reason": {"type": "string", "description": "Why it was retracted."},
            "retracted_at": {"type": "string", "format": "date-time"},
        },
        "required": ["detail", "code", "slug", "reason", "retracted_at"],
    },
    "FieldError": {
        "type": "object",
        "properties": {
            "message": STRING,
            "code": STRING,
            "position": {"type": "integer", "description": "At which character, from 0."},
        },
        "required": ["message", "code"],
    },
    "FieldErrors": {
        "type": "object",
        "description": "By parameter or key, nested as the body is; each a list of FieldError. Or an Error.",
        "additionalProperties": True,
    },
}


def _or_list(item: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [item, {"type": "array", "items": item, "minItems": 1, "maxItems": MAX_ITEMS}]}


class Schema(AutoSchema):
    """Tells a view by its `parameters()`, its document and STATUSES."""

    view: Any

    def get_override_parameters(self) -> list[Any]:
        if not isinstance(self.view, AskedView):
            return []
        headers = HEADERS.get(getattr(self.view, "action", ""), ())
        return [*headers, *self._parameters()]

    def _parameters(self) -> list[OpenApiParameter]:
        return [
            OpenApiParameter(
                parameter.name,
                type=_several(parameter) if parameter.many else parameter.schema(),
                description=parameter.description,
                required=parameter.required,
                explode=False if isinstance(parameter, Keys) else True if parameter.many else None,
            )
            for parameter in self.view.parameters()
        ]

    def get_auth(self) -> list[Any]:
        found = super().get_auth()
        return [*found, {}] if self.method == "GET" and {} not in found else found

    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, AskedView):
            return super().get_response_serializers()
        success, failures = STATUSES.get(getattr(self.view, "action", ""), (200, READING_ERRORS))
        if "{slug}" in self.path:
            failures = (*failures, 404)
            if self.method == "GET":
                failures = (*failures, 308)
            if isinstance(self.view, ReviewedView) and self.view.action == "retrieve":
                failures = (*failures, 410)
        told = {(status, JSON): OpenApiResponse(*ERRORS[status]) for status in sorted({*failures})}
        whole = OpenApiResponse(STRING, "All events: one a line, as in the page, or as a table.")
        streams = {(success, type_): whole for type_ in self.map_renderers("media_type") if type_ != JSON}
        return {(success, JSON): self._success(), **streams, **told}

    def _success(self) -> Any:
        if not isinstance(self.view, RecordView):
            return self.view.answer
        if self.view.action == "destroy":
            return None
        serializer: Any = self.view.get_serializer()
        component = self.resolve_serializer(serializer, "response")
        if self.view.action == "list":
            return self._page(component.ref)
        several = self.view.action == "create" and self.view.takes_lists
        return _or_list(component.ref) if several else component.ref

    def get_request_serializer(self) -> Any:
        found: Any = super().get_request_serializer()
        if not (isinstance(self.view, RecordView) and self.view.action == "create" and self.view.takes_lists):
            return found
        return {"application/json": _or_list(self.resolve_serializer(found, "request").ref)}

    def _page(self, item: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "count": {"type": "integer", "description": "With count=exact only."},
                "next": ADDRESS_OR_NULL,
                "previous": ADDRESS_OR_NULL,
                "results": {"type": "array", "items": item},
            },
            "required": ["next", "previous", "results"],
        }

    def _is_list_view(self, serializer: Any = None) -> bool:
        return False  # it would put the page into an array

    def get_operation_id(self) -> str:
        found: str = super().get_operation_id()
        is_list = getattr(self.view, "action", "") == "list"
        return found.removesuffix("retrieve") + "list" if is_list else found


class TimeSpanTold(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = TimeSpan

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        span = {"$ref": "#/components/schemas/TimeSpan"}
        if direction == "response":
            return span
        properties = COMPONENTS["TimeSpan"]["properties"]
        text = {"type": "string", "maxLength": MAX_TEXT, "description": "Words, or EDTF."}
        whole = {"type": "object", "properties": properties, "additionalProperties": False}
        return {"oneOf": [text, whole]}


class ReferenceTold(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Reference

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        # An event's milestone in a contract is the one thing shown of a reference that may be null.
        shown = {name: STRING_OR_NULL if name == "milestone" else STRING for name in self.target.shows}
        slug = {"type": "string", "description": "A slug."}
        if direction == "response" and not shown:
            return slug
        required = ["slug"] if direction == "request" else ["slug", *shown]
        whole = {"type": "object", "properties": {"slug": STRING, **shown}, "required": required}
        if direction == "response":
            return whole
        return {"oneOf": [slug, {**whole, "additionalProperties": False}]}


class ImportanceTold(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Importance

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {"type": "integer", "minimum": 0, "maximum": 4}


class AmountTold(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call]
    target_class = Amount

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        text = {"type": "string", "pattern": r"^-?\d+(\.\d+)?$"}
        return text if direction == "response" else {"oneOf": [text, {"type": "number"}]}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add what no serializer tells, and promise no key of a document: `fields` may leave out any."""
    schemas = result["components"]["schemas"]
    schemas["Event"]["properties"]["snippets"] = SNIPPETS
    for name, schema in schemas.items():
        schema.pop("description", None)  # a docstring for who reads the code
        if "updated_at" in schema.get("properties", ()):
            schema.pop("required", None)
        _corrected(schema, answered=not name.endswith("Request"))
    result["components"]["schemas"] = dict(sorted({**schemas, **COMPONENTS}.items()))
    for operations in result["paths"].values():
        for method in operations.keys() & {"post", "put"}:
            operations[method]["requestBody"]["required"] = True
    return result


def _corrected(schema: Any, *, answered: bool) -> None:
    """Mend, at any depth, what is told of blank texts and of slugs."""
    if isinstance(schema, list):
        for part in schema:
            _corrected(part, answered=answered)
    if not isinstance(schema, dict):
        return
    schema.pop("x-spec-enum-id", None)
    # A blank text is one that is a URL or slug, or empty; some validators find the empty one to be both.
    if {"type": "string", "maxLength": 0} in (schema.get("oneOf") or ()):
        schema["anyOf"] = schema.pop("oneOf")
    # Slugs may have letters of any script, which \w is not in every language that reads this.
    if answered and schema.get("pattern") == r"^[-\w]+$":
        del schema["pattern"]
    for part in schema.values():
        _corrected(part, answered=answered)
