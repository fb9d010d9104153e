"""Errors as answers: one shape for all of them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from django.db.models import Model, ProtectedError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler

from api.exceptions import Conflict, InUse, details_of


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
