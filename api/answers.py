"""Errors as answers: one shape for all of them."""

from __future__ import annotations

import sqlite3
from typing import Any

from django.core.exceptions import PermissionDenied, TooManyFieldsSent
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError, InterfaceError, OperationalError
from django.db.models import Model, ProtectedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from api.exceptions import Conflict, InUse, TooManyParameters, TryAgain, details_of

# PostgreSQL's classes of errors: connection, rollback (deadlock, serialization), resources, locks, shutdown.
PASSING = ("08", "40", "53", "55", "57")


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
    if isinstance(found, TooManyFieldsSent):
        return TooManyParameters()
    if isinstance(found, ProtectedError):
        return InUse(f"It is in use and stays. What uses it: {_kinds(found.protected_objects)}.")
    if isinstance(found, IntegrityError):
        return Conflict()
    if isinstance(found, OperationalError | InterfaceError) and passes(found):
        return TryAgain()
    return found


def _kinds(rows: set[Model]) -> str:
    """`citations, contract parties`. Not how many: some of them may be hidden from who asks."""
    return ", ".join(sorted({str(type(row)._meta.verbose_name_plural) for row in rows}))


def passes(found: Exception) -> bool:
    """Whether the same request may succeed a moment later: no error of the program or of the data."""
    if isinstance(found.__cause__, sqlite3.Error):
        code = getattr(found.__cause__, "sqlite_errorcode", 0) & 0xFF
        return code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
    state = getattr(found.__cause__, "pgcode", None)
    return state is None or state.startswith(PASSING)  # without a state there was no connection
