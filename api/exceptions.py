"""Errors as answers: one shape for all, with stable codes. docs/api.md has the table."""

from __future__ import annotations

from collections import Counter
from typing import Any, Self

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from django.db.models import Model, ProtectedError
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler


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


def answer(found: Exception, context: dict[str, Any]) -> Response | None:
    """REST framework's handler in the body that docs/api.md promises."""
    found = _translated(found)
    response = exception_handler(found, context)
    if response is not None and isinstance(found, APIException):
        response.data = body_of(found)
    return response


def body_of(found: APIException) -> Any:
    if isinstance(found, ValidationError):
        detail = found.detail
        return _nested({api_settings.NON_FIELD_ERRORS_KEY: detail} if isinstance(detail, list) else detail)
    return {"detail": str(found.detail), "code": found.get_codes()}


def _nested(detail: Any) -> Any:
    if isinstance(detail, dict):
        return {str(key): _nested(value) for key, value in detail.items()}
    if isinstance(detail, list):
        return [_nested(value) for value in detail]
    body: dict[str, Any] = {"message": str(detail), "code": str(detail.code)}
    if (position := getattr(detail.code, "position", None)) is not None:
        body["position"] = position
    return body


def _translated(found: Exception) -> Exception:
    if isinstance(found, Http404):
        return exceptions.NotFound()
    if isinstance(found, PermissionDenied):
        return exceptions.PermissionDenied()
    if isinstance(found, ModelError):
        return ValidationError(details_of(found))
    if isinstance(found, ProtectedError):
        return InUse(f"It is in use and stays: {_counted(found.protected_objects)}.")
    if isinstance(found, IntegrityError):
        return Conflict()
    return found


def _counted(rows: set[Model]) -> str:
    """`2 citations, 1 contract party`."""
    counts = Counter(type(row) for row in rows)
    parts = [
        f"{number} {model._meta.verbose_name if number == 1 else model._meta.verbose_name_plural}"
        for model, number in counts.items()
    ]
    return ", ".join(sorted(parts))
