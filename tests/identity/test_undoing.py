"""What has been changed since a merge, and what can no longer be as it was: it stays or it is named."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.exchange.files import exported
from tests.history.states import end_changeset
from tests.identity.test_merging import merged
from timeline import models
from timeline.identity.merging import Merging, locked, merge
from timeline.identity.undoing import Undoing, undo
from timeline.models import Actor, Event, Participation, Place

pytestmark = pytest.mark.django_db


def merged_places(latitude: str | None, longitude: str | None) -> tuple[Place, models.Merge]:
    """A place that has the coordinates of the other since they were merged."""
    kept = make.a_place(latitude=latitude, longitude=longitude)
    done = merged(kept, make.a_place(latitude="39.9", longitude="32.8"), "coordinates")
    kept.refresh_from_db()
    return kept, done


@pytest.mark.parametrize("own", [("41", "29"), (None, None)])
def test_coordinates_come_back_together_or_not_at_all(own: tuple[str | None, str | None]) -> None:
    kept, done = merged_places(*own)
    kept.latitude = 40
    kept.save()
    undoing = Undoing(done).looked_at()
    assert undoing.staying == [f"“{kept}” as it was changed since: latitude, longitude."]
    undo(done.pk, None)
    kept.refresh_from_db()
    assert (float(kept.latitude), float(kept.longitude)) == (40, 32.8)  # type: ignore[arg-type]


def test_coordinates_that_nobody_touched_come_back() -> None:
    kept, done = merged_places("41", "32.8")
    kept.is_public = True
    kept.save()
    undo(done.pk, None)
    kept.refresh_from_db()
    assert (float(kept.latitude), float(kept.longitude)) == (41, 32.8)  # type: ignore[arg-type]


# --- What the database refuses ---


def refused_to_undo(done: models.Merge, *words: str) -> None:
    before = exported()
    with pytest.raises(ValidationError) as refused:
        undo(done.pk, None)
    (message,) = refused.value.messages
    for word in words:
        assert word in message, message
    done.refresh_from_db()
    assert (done.undone_at, exported()) == (None, before)


def two_who_took_part() -> tuple[Actor, Event, models.Role, models.Merge]:
    """Merged, and the part in an event of the one that went could not move."""
    kept, gone, role = make.an_actor(), make.an_actor(name="Jane"), make.a_role()
    event = make.an_event()
    for actor in (kept, gone):
        make.a_participation(event=event, actor=actor, role=role)
    make.a_participation(event=event, actor=gone)
    return kept, event, role, merged(kept, gone)


def test_a_row_in_whose_place_another_came_is_named() -> None:
    kept, event, role, done = two_who_took_part()
    event.participations.filter(role=role).delete()
    event.participations.filter(actor=kept).update(role=role)
    refused_to_undo(done, f"Parts in events: “Jane ({role})”", "stands already")


def test_a_former_slug_of_another_is_a_conflict() -> None:
    done = merged(make.a_source(), make.a_source(slug="draft"))
    other = make.a_source(slug="draft", title="Another")
    make.a_citation(source=other, event=make.a_published_event())
    other.slug = "later"
    other.save()
    refused_to_undo(done, "“draft” leads to “Another”")


def test_what_would_stand_above_itself_is_refused() -> None:
    above = make.a_source()
    kept = make.a_source(quoted_in=above)
    gone = make.a_source(quoted_in=make.a_source())
    done = merged(kept, gone, "quoted_in")
    merged(kept, above)
    refused_to_undo(done, f"“{kept}”")


def test_a_merge_names_what_came_to_stand_in_its_way() -> None:
    kept, gone = make.an_actor(), make.an_actor(name="Jane")
    part = make.a_participation(actor=gone)
    with pytest.raises(ValidationError, match=r"Parts in events: “Jane \(.*\)”"), transaction.atomic():
        merging = Merging(*locked(Actor, kept.pk, gone.pk))
        assert merging.moves
        make.a_participation(event=part.event, actor=kept, role=part.role)
        merge(merging, None)
    assert Participation.objects.count() == 1


# --- What it costs to look ---


def test_looking_at_what_stays_runs_as_many_queries_with_more_lines() -> None:
    def queries(lines: int) -> int:
        kept, gone, role = make.an_actor(), make.an_actor(), make.a_role()
        for number in range(lines):
            event = make.an_event()
            make.a_participation(event=event, actor=kept, role=role)
            make.a_participation(event=event, actor=gone, role=role, note=f"Note {number}")
        done = merged(kept, gone)
        Participation.objects.filter(actor=kept).update(note="Written since.")
        Event.objects.filter(participations__actor=kept).delete()
        with CaptureQueriesContext(connection) as asked:
            undoing = Undoing(done).looked_at()
        assert undoing.staying
        return len(asked)

    few = queries(1)
    assert queries(10) == few <= 12


def test_the_history_of_what_moves_is_found_by_the_thing_not_among_all_that_a_merge_changes() -> None:
    """PostgreSQL would read all revisions of the merge for each row; what it reads here is counted."""

    def read() -> int:
        if connection.vendor == "sqlite":
            return 0
        with connection.cursor() as cursor:
            cursor.execute("""SELECT sum(pg_stat_get_xact_tuples_returned(one)) FROM (
                SELECT 'timeline_revision'::regclass UNION ALL
                SELECT indexrelid FROM pg_index WHERE indrelid = 'timeline_revision'::regclass
                ) AS read (one)""")
            return int(cursor.fetchone()[0])

    kept, gone, role, number = make.an_actor(), make.an_actor(), make.a_role(), 60
    kind = make.a_kind()
    events = [Event(title=f"Event {one}", slug=f"event-{one}", kind=kind) for one in range(number)]
    parts = [Participation(event=event, actor=gone, role=role) for event in Event.objects.bulk_create(events)]
    Participation.objects.bulk_create(parts)
    end_changeset()
    before = read()
    done = merged(kept, gone)
    undo(done.pk, None)
    assert models.Revision.objects.filter(noun="event").count() >= number
    assert read() - before <= 20 * number
