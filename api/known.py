"""`known_by`: what could be known at a time, by sources that were published until then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from api.documents import Known
from api.exceptions import error
from api.filters import Date, Refused
from timeline.dates import OPEN_FUTURE
from timeline.models import Contract, Event, Source


@dataclass(frozen=True)
class KnownBy(Date):
    """A date that ends at a definite moment: what is known by it is known at its end."""

    def read(self, values: list[str], user: Any) -> Any:
        span = super().read(values, user)
        if span.approximate or span.uncertain or span.latest == OPEN_FUTURE:
            message = "It is a date with a definite end: neither approximate, nor uncertain, nor open."
            raise Refused(error(message, "invalid_date"))
        return Known(span.latest, self._sources(user))

    def _sources(self, user: Any) -> Any:
        """The sources that count, where these are not all: who sees drafts may not see what they cite."""
        sees_drafts = any(model.objects.hides_nothing_from(user) for model in (Contract, Event))
        sources = Source.objects
        return sources.visible_to(user) if sees_drafts and not sources.hides_nothing_from(user) else None


KNOWN_BY = KnownBy(
    "known_by",
    "Only what some source had certainly reported by the end of this date: citations count whose source was "
    "published then or before. Undated sources never count. Other citations are not shown.",
    lambda rows, known: known.of(rows),
)
