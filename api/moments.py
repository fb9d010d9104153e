"""`as_of`: answers as they stood at a moment."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.request import Request

from api.exceptions import error, refusal
from api.filters import Parameter, Refused, read_one
from timeline.history.moments import as_of


@dataclass(frozen=True)
class Moment(Parameter):
    """A moment that has passed, in ISO 8601 with its time zone."""

    def read(self, values: list[str], user: Any) -> datetime:
        try:
            found = datetime.fromisoformat(values[0])
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            message = "It is a moment with its time zone, such as 2026-01-01T00:00Z."
            raise Refused(error(message, "invalid_moment"))
        try:
            is_to_come = found > timezone.now()
        except OverflowError:  # a day before the first there is
            is_to_come = found.year > 1
        if is_to_come:
            raise Refused(error("It is to come; what will stand then nobody knows.", "moment_to_come"))
        return found

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date-time"}


AS_OF = Moment(
    "as_of",
    "Answer as it stood at this moment: all names, all filters and who sees what, as they were then. Not "
    "with `q`.",
)


@dataclass(frozen=True)
class Judged(Moment):
    """`as_of` as it was judged when the request came. Later it is not judged again: time has gone on."""

    outcome: datetime | Refused | None = None

    @property
    def moment(self) -> datetime | None:
        """The moment that is asked about, if there is one, and it is none that will be refused."""
        return None if isinstance(self.outcome, Refused) else self.outcome

    def read(self, values: list[str], user: Any) -> datetime:
        if isinstance(self.outcome, datetime):
            return self.outcome
        raise self.outcome or Refused()

    def then(self) -> AbstractContextManager[None]:
        """What is read inside is as it stood at that moment."""
        return nullcontext() if self.moment is None else as_of(self.moment)


NOT_ASKED = Judged(AS_OF.name, AS_OF.description)


def judged(request: Request) -> Judged:
    """What is asked of a view that takes `as_of`."""
    given = request.query_params.getlist(AS_OF.name)
    if not given:
        return NOT_ASKED
    outcome: datetime | Refused | None = None
    try:
        outcome = read_one(AS_OF, given, request.user)
    except Refused as refused:
        outcome = refused
    return Judged(AS_OF.name, AS_OF.description, outcome=outcome)


def refuse_search(asked: Mapping[str, Any]) -> None:
    """The index of search has the words of now only."""
    if AS_OF.name in asked and "q" in asked:
        raise refusal("q", "A search is of now; leave out `q` or `as_of`.", "excluded_by_another_parameter")
