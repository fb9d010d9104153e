"""How a list of events becomes a file in the formats of the API, which says at its start how."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from timeline.querysets import EventQuerySet

FORMATS = ("json", "ndjson", "csv")
Answer = Callable[[HttpRequest, EventQuerySet, str], HttpResponseBase]
# Given by the API when it starts: all events of a list, in its order, as who asks may see them.
answer: Any


def answer_with(chosen: Answer) -> None:
    global answer
    answer = chosen
