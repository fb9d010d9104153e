"""What goes wrong, with stable codes. docs/api.md has the table; api/answers.py makes the bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from rest_framework import status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.settings import api_settings


class Code(str):
    """The code of an error; for a date it also knows at which character (0-based) the text makes no sense.

    REST framework copies the details of errors but keeps their codes, so this is where it survives.
    """

    position: int | None

    def __new__(cls, code: str, position: int | None = None) -> Self:
        self = super().__new__(cls, code)
        self.position = position
        return self


class InUse(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "in_use"


class Conflict(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"
    default_detail = "Somebody else wrote the same thing at the same moment. Read it again and retry."


class PreconditionFailed(APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = "It has been changed meanwhile. Read it again, and send your change with its new ETag."


class PreconditionRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "precondition_required"
    default_detail = "Send the ETag of what you have seen as If-Match, so that nothing newer is overwritten."


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = "This Idempotency-Key came with another request before. A new request has a new key."


class Gone(APIException):
    """What the public has seen and was retracted."""

    status_code = status.HTTP_410_GONE
    default_code = "retracted"
    default_detail = "This was retracted."

    def __init__(self, slug: str, reason: str, retracted_at: datetime) -> None:
        super().__init__()
        self.tombstone = {"slug": slug, "reason": reason, "retracted_at": retracted_at}


class Moved(APIException):
    """What is asked for has another slug now; api/views.py adds where it stands."""

    status_code = status.HTTP_308_PERMANENT_REDIRECT
    default_code = "moved"
    default_detail = "This stands at another address now."

    def __init__(self, slug: str) -> None:
        super().__init__()
        self.slug = slug


class TryAgain(APIException):
    """REST framework makes the header Retry-After of `wait`, in seconds."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "try_again"
    # A connection may break after the database has saved and before it could say so.
    default_detail = (
        "The database was busy or away. Send it again; with an Idempotency-Key it cannot be done twice."
    )
    wait = 1


class TooExpensive(APIException):
    """The database was stopped (timeline/limits.py)."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "too_expensive"
    default_detail = "This took the database too long. Nothing was saved; ask for less, or again later."
    wait = 5


class TooManyParameters(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "too_many_parameters"
    default_detail = "The address has too many parameters."


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class LengthRequired(APIException):
    status_code = status.HTTP_411_LENGTH_REQUIRED
    default_code = "length_required"
    default_detail = "Send the body with a Content-Length."


def error(message: Any, code: str, position: int | None = None) -> ErrorDetail:
    return ErrorDetail(str(message), Code(code, position))


def refusal(name: str, message: str, code: str, position: int | None = None) -> ValidationError:
    """A 400 that names the parameter or key."""
    return ValidationError({name: [error(message, code, position)]})


def details_of(found: ModelError) -> dict[str, list[ErrorDetail]]:
    """The errors of a model by field, those of the whole under `non_field_errors`."""
    by_field = found.error_dict if hasattr(found, "error_dict") else {NON_FIELD_ERRORS: found.error_list}
    whole = str(api_settings.NON_FIELD_ERRORS_KEY)
    return {
        whole if name == NON_FIELD_ERRORS else name: [
            error(one.messages[0], one.code or "invalid", (one.params or {}).get("position"))
            for one in errors
        ]
        for name, errors in by_field.items()
    }
