"""What the public reads of what was retracted is written by who may publish, also in an import."""

from __future__ import annotations

import io
from typing import Any

import pytest

from tests import factories
from tests.exchange.files import WORDS, an_event, file_of, taken
from timeline.exchange.by_user import ImportByUser
from timeline.models import Event
from timeline.roles import LINES, THINGS

pytestmark = pytest.mark.django_db

GONE = {"retracted_at": "2026-01-01T00:00:00Z", "retraction_reason": "It was wrong."}
CITED: dict[str, Any] = {"citations": [{"source": "paper"}]}
CHANGES = tuple(f"{action}_{noun}" for noun in (*THINGS, *LINES) for action in ("view", "add", "change"))


def refused(*lines: dict[str, Any], publishes: bool = False) -> list[str]:
    """What is said against these lines, by a user who changes everything and perhaps publishes."""
    more = ("publish_event", *(f"delete_{line}" for line in LINES)) if publishes else ()
    user = factories.a_user(permissions=(*CHANGES, *more))
    by_user = ImportByUser(io.BytesIO(file_of(*WORDS, *lines)), user, update=True)
    by_user.run()
    return [message for told in by_user.told() for _, message in told.reasons]


def test_nobody_makes_a_tombstone_without_the_right() -> None:
    assert refused(an_event(**GONE)) == ["You may not retract events."] * 2
    assert refused(an_event(**GONE), publishes=True) == []
    assert refused(an_event()) == []


def test_what_is_published_is_not_hidden_without_one() -> None:
    public = an_event(review="published", date="2020", **CITED)
    assert taken((public,)).problems == []
    for review in ("draft", "in_review", "retracted"):
        (said,) = refused({**public, "review": review}, publishes=True)
        assert said == "What is published is retracted: `retracted_at` says when."
    assert refused({**public, "review": "retracted", **GONE}, publishes=True) == []
    assert Event.objects.get().is_published
