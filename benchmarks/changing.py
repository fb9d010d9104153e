"""Changes one event in twenty, and some of what events name, so that there is a past to ask about.

The changes are updates of titles, dates and participations over all years, in several transactions one after
the other; then one in a hundred of the actors and sources is renamed. What is kept is made ready again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Concat

from benchmarks.report import progress
from timeline.history import since
from timeline.history.changesets import changeset
from timeline.kept import settle_all
from timeline.models import Actor, Changeset, Event, Participation, Source

SHARE, RENAMED, MOMENTS = 20, 100, 5
# So many events are changed by one statement; those that get another date get the same one.
BATCH = 25
_MESSAGE = "Changed for the benchmark"


def moment_before() -> datetime | None:
    """The last moment at which nothing had been changed; None where nothing has."""
    first = Changeset.objects.filter(message=_MESSAGE).order_by("id").first()
    return None if first is None else first.at - timedelta(microseconds=1)


def write_since() -> None:
    """Since when documents have not changed, where the generator has written them past the triggers."""
    known = f"SELECT event_id FROM {since.SINCE}"
    unknown = f"(SELECT event_id FROM {since.DOCUMENT} WHERE event_id NOT IN ({known}))"
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {since.SINCE} (event_id, at) {since.of(unknown, connection.vendor)}")
    progress("since when documents have not changed is written down")


def change(events: int, seed: int = 2) -> None:
    """Change the database at hand, in which events, actors and sources are numbered from 1."""
    write_since()
    random = Random(seed)
    ids = random.sample(range(1, events + 1), events // SHARE)
    size = -(-len(ids) // MOMENTS)
    for start in range(0, len(ids), size):
        with changeset(message=_MESSAGE):
            for number, batch in enumerate(_batches(ids[start : start + size])):
                _change(batch, number % 3, random)
        progress(f"{start + size:,} events changed")
    with changeset(message=_MESSAGE):
        for model, column in ((Actor, "name"), (Source, "title")):
            found = [*model._default_manager.order_by("pk").values_list("pk", flat=True)]
            for batch in _batches(random.sample(found, max(1, len(found) // RENAMED))):
                rows: Any = model._default_manager.filter(pk__in=batch)
                rows.mark_changed(**{column: Concat(column, Value(" the Second"))})
    progress("actors and sources renamed")
    ready = sum(settle_all())
    progress(f"{ready:,} documents made ready")


def _change(batch: Sequence[int], how: int, random: Random) -> None:
    rows = Event.objects.filter(pk__in=batch)
    if how == 0:
        rows.mark_changed(title=Concat("title", Value(", corrected")))
    elif how == 1:
        rows.mark_changed(date=f"{random.randint(1990, 2025)}-{random.randint(1, 12):02d}")
    else:
        Participation.objects.filter(event__in=batch).update(capacity="in another capacity")
        rows.mark_changed()


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
