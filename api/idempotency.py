"""Requests with an Idempotency-Key: carried out once, however often they are sent.

The key is inserted in the transaction of what the request writes. So there is never one without the other,
and of two that come at the same moment the second waits at the unique constraint and is given the answer of
the first.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request

from api.conditional import Answer
from api.exceptions import Conflict, KeyReused, refusal
from timeline.models import IdempotencyKey

KEPT = timedelta(hours=24)
# How many keys that are past this a request removes, so that none pays for a heap of them.
REMOVED = 100

_key = re.compile(r"[\x21-\x7e]{1,200}")


class _Known(Exception):
    """A request with this key has been carried out."""


def once(request: Request, data: Any, write: Callable[[], Answer]) -> HttpResponse:
    """What `write` answers, or what it answered when this request came first.

    Only what succeeds is kept: an exception takes the key with it.
    """
    key = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if key is None:
        return write().response()
    if not _key.fullmatch(key):
        raise refusal("Idempotency-Key", "A key is 1 to 200 visible ASCII characters.", "invalid_key")
    digest = _digest(request, data)
    try:
        with transaction.atomic():
            row = _claimed(request.user, key, digest)
            answer = write()
            row.body, row.status, row.etag, row.location = answer
            row.save()
            return answer.response()
    except _Known:
        return _again(request.user, key, digest)


def _claimed(user: Any, key: str, digest: str) -> IdempotencyKey:
    rows = IdempotencyKey.objects
    past = Q(created_at__lt=timezone.now() - KEPT)
    # Those that somebody else is just removing are left to them.
    some = rows.filter(past).select_for_update(skip_locked=True).values("pk")[:REMOVED]
    rows.filter(past, Q(user=user, key=key) | Q(pk__in=some)).delete()
    try:
        return rows.create(user=user, key=key, request_digest=digest, status=0, body=b"")
    except IntegrityError as error:
        raise _Known from error


def _again(user: Any, key: str, digest: str) -> HttpResponse:
    row = IdempotencyKey.objects.filter(user=user, key=key).first()
    if row is None:  # it was past its time, and another request removed it at this moment
        raise Conflict()
    if row.request_digest != digest:
        raise KeyReused()
    response = Answer(bytes(row.body), row.status, row.etag, row.location).response()
    response["Idempotent-Replay"] = "true"
    return response


def _digest(request: Request, data: Any) -> str:
    """What names a request: its method, its address with the parameters, and what its body says."""
    parameters = sorted(request.query_params.lists())
    told = json.dumps([request.method, request.path, parameters, data], sort_keys=True, default=repr)
    return hashlib.sha256(told.encode()).hexdigest()
