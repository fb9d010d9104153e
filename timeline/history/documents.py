"""A past state as one document: the line that an export would have had of the thing."""

from __future__ import annotations

from timeline.exchange import outward
from timeline.exchange.nouns import BY_TYPE
from timeline.history.moments import as_of
from timeline.models import Revision


def line_of(revision: Revision) -> bytes:
    """The line, with the names that others had when this state began."""
    noun = BY_TYPE[revision.noun]
    with as_of(revision.since):
        (record,) = outward.records(noun, [revision.thing_id])
    return outward.line({"type": noun.name, **record})
