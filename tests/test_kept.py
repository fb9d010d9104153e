"""Whatever does not stand is settled, however many batches that takes and whoever settles which."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection

from api import rendering
from tests import factories as make
from timeline import kept
from timeline.models import Event, EventChange, EventDocument
from timeline.search import Query
from timeline.search.index import TABLE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "BATCH_PATIENTLY", 2)
    for number in range(7):
        make.an_event(title=f"Event {number}", cited=True, review="published")


def documents() -> dict[int, str]:
    # A test before may have left some of events that are gone.
    found = EventDocument.objects.filter(event_id__in=Event.objects.values("pk"))
    return dict(found.values_list("event_id", "body"))


def assert_all_settled() -> None:
    assert not EventChange.objects.exists()
    assert documents() == rendering.bodies(list(Event.objects.values_list("pk", flat=True)))
    assert Event.objects.matching(Query.read("event")).count() == 7


def test_all_batches_are_settled() -> None:
    assert len(list(kept.settle_all())) >= 4
    assert_all_settled()


def test_what_goes_wrong_in_a_batch_is_raised_and_what_is_left_can_be_settled_later() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {TABLE} RENAME TO elsewhere")
        try:
            with pytest.raises(DatabaseError):
                list(kept.settle_all())
        finally:
            cursor.execute(f"ALTER TABLE elsewhere RENAME TO {TABLE}")
    assert documents() == {}
    assert sum(kept.settle_all()) >= 7
    assert_all_settled()
