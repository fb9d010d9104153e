"""How what is to be written is tried, and told apart where it is several things at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError as ModelError
from django.db import IntegrityError
from rest_framework.exceptions import ValidationError
from rest_framework.settings import api_settings

from api.exceptions import details_of, error
from api.filters import Parameter
from timeline.history.changesets import changeset

MAX_ITEMS = 1000
# How often something is written that others overtake.
ATTEMPTS = 10
MESSAGE = Parameter("message", "What this change is about, in a few words that its history shows.")
Result = TypeVar("Result")


def tried(write: Callable[[bool], Result], *, by: Any, message: str = "") -> Result:
    """Run in a changeset; where the database refuses a row, again, and then `write` asks each rule first.

    So what is right costs no queries that check it, and what is wrong is named as exactly as by a form. What
    is refused though every rule holds was written by somebody else at the same moment. It is tried some times
    more: of several who are given the same slug for the same title, each time one gets it.
    """
    for attempt in range(ATTEMPTS):
        try:
            with changeset(by=by, message=message):
                return write(attempt > 0)
        except IntegrityError as found:
            refused = found
    raise refused


def check_number(items: Sequence[Any]) -> None:
    if not items:
        raise ValidationError([error("The list is empty.", "empty")])
    if len(items) > MAX_ITEMS:
        raise ValidationError([error(f"A list has at most {MAX_ITEMS} things.", "max_length")])


def by_number(act: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """What `act` makes of each item; if it refuses any, all that it refuses, by number."""
    results: list[Any] = []
    errors: dict[str, Any] = {}
    for number, item in enumerate(items):
        try:
            results.append(act(item))
        except ValidationError as found:
            detail = found.detail
            whole = str(api_settings.NON_FIELD_ERRORS_KEY)
            errors[str(number)] = {whole: detail} if isinstance(detail, list) else detail
        except ModelError as found:
            errors[str(number)] = details_of(found)
    if errors:
        raise ValidationError(errors)
    return results
