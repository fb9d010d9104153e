"""Errors as answers: one shape for all of them."""

from __future__ import annotations

import sqlite3
import sys
from typing import Any

from django.core.exceptions import PermissionDenied, TooManyFieldsSent
from django.core.exceptions import ValidationError as ModelError
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.db.models import Model, ProtectedError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import server_error
from rest_framework import exceptions
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from api.exceptions import Conflict, InUse, TooExpensive, TooManyParameters, TryAgain, details_of
from api.renderers import OrjsonRenderer

# PostgreSQL's classes of errors: connection, rollback (deadlock, serialization), resources, locks, shutdown.
PASSING = ("08", "40", "53", "55", "57")
QUERY_CANCELED = "57014"


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
    return {"detail": str(found.detail), "code": found.get_codes(), **getattr(found, "tombstone", {})}


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
        return exceptions.PermissionDenied(str(found) or None)
    if isinstance(found, ModelError):
        return ValidationError(details_of(found))
    if isinstance(found, TooManyFieldsSent):
        return TooManyParameters()
    if isinstance(found, ProtectedError):
        return InUse(f"It is in use and stays. What uses it: {_kinds(found.protected_objects)}.")
    if isinstance(found, IntegrityError):
        return Conflict()
    if isinstance(found, DatabaseError | InterfaceError):
        return unavailable(found) or found
    return found


def _kinds(rows: set[Model]) -> str:
    """`citations, contract parties`. Not how many: some of them may be hidden from who asks."""
    return ", ".join(sorted({str(type(row)._meta.verbose_name_plural) for row in rows}))


def unavailable(found: Exception) -> TryAgain | TooExpensive | None:
    """What to say of an error of the database that is none of the program or of the data."""
    cause = found.__cause__
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_INTERRUPT:
            return TooExpensive()
        return TryAgain() if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) else None
    state = getattr(cause, "pgcode", None)
    if state == QUERY_CANCELED:
        return TooExpensive()
    # Without a state the server said nothing: there was no connection, or it broke. psycopg2 then raises
    # any of these themselves; what inherits from them is a mistake of the program or of the data.
    lost = state is None and type(found) in (DatabaseError, OperationalError, InterfaceError)
    return TryAgain() if lost or (state or "").startswith(PASSING) else None


def failure(request: HttpRequest) -> HttpResponse:
    """Django's handler500: what fails outside a view of the API, such as in a session or in the admin."""
    found = sys.exc_info()[1]
    told = unavailable(found) if isinstance(found, DatabaseError | InterfaceError) else None
    if request.path.startswith("/api/"):
        body = body_of(told or APIException("Something went wrong here. It has been logged."))
        response = HttpResponse(OrjsonRenderer().render(body), content_type="application/json")
    else:
        response = server_error(request)
    response.status_code = told.status_code if told else 500
    if told:
        response["Retry-After"] = str(told.wait)
    return response
