"""Keeps what everybody may read of each event ready, and never gives out what has been overtaken.

A document stands as long as no row of EventChange names its event; triggers insert these rows in the
transaction of each change (timeline/changes.py). Who renders a document reads those rows first and the data
afterwards, and then deletes exactly the rows that were read and stores the document, in one transaction. If
one of them is gone by then, somebody else has rendered the event meanwhile and nothing is stored. So whatever
is committed after the rows were read leaves a row behind, and the document does not stand.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from time import monotonic

from django.db import connection, transaction

from timeline import counts, search
from timeline.changes import OVERTAKE_ALL
from timeline.models import EventChange, EventDocument
from timeline.waiting import without_waiting

# Stands in a body where the address of the API does. JSON has no bare control characters, so it is
# nothing else.
ROOT = "\x01"
BATCH = 500

# Gives the bodies, with ROOT in them, of those of the events that the public may see. The API sets it.
Renderer = Callable[[Sequence[int]], dict[int, str]]
renderer: Renderer


def render_with(chosen: Renderer) -> None:
    global renderer
    renderer = chosen


def digest_of(body: str) -> str:
    """What names a body: 16 hexadecimal digits."""
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


def settled(ids: Sequence[int], *, waiting: bool = False) -> dict[int, str]:
    """The bodies of these events as they are now, rendered, and kept: if nobody is in the way, or `waiting`.

    Events that the public does not see are missing. The number of queries does not grow with the events.
    """
    notes: dict[int, set[int]] = defaultdict(set)
    for note, event in EventChange.objects.filter(event_id__in=ids).values_list("id", "event_id"):
        notes[event].add(note)
    bodies = renderer(ids)
    if notes:
        lines = search.lines_of(search.texts(notes))
        with nullcontext(True) if waiting else _turns.taken() as now:
            if now:
                with transaction.atomic():
                    search.write(_keep(notes, bodies), lines)
    return bodies


def bodies_of(ids: Sequence[int]) -> dict[int, str]:
    """The bodies of these events, as they are kept where that stands.

    Events that the public does not see are missing.
    """
    overtaken = EventChange.objects.filter(event_id__in=ids).values("event_id")
    documents = EventDocument.objects.filter(event_id__in=ids).exclude(event_id__in=overtaken)
    bodies = dict(documents.values_list("event_id", "body"))
    lacking = [event for event in ids if event not in bodies]
    return {event: body for event, body in bodies.items() if body} | (settled(lacking) if lacking else {})


def settle_all() -> Iterator[int]:
    """Render all that does not stand, batch by batch; yields how many events each batch had."""
    last = -1
    while True:
        pending = EventChange.objects.filter(event_id__gt=last).order_by("event_id")
        ids = list(pending.values_list("event_id", flat=True).distinct()[:BATCH])
        if not ids:
            return
        settled(ids, waiting=True)
        last = ids[-1]
        yield len(ids)


def overtake_all() -> None:
    """Note of every event that its document is overtaken: for when the shape of documents has changed."""
    with connection.cursor() as cursor:
        cursor.execute(OVERTAKE_ALL)


def _keep(notes: dict[int, set[int]], bodies: dict[int, str]) -> list[int]:
    """Store the bodies of those events of which all notes are still there, and delete these notes.

    Returns these events.
    """
    wanted = [note for found in notes.values() for note in found]
    # Notes that another is just deleting count as gone. SQLite has no locks on rows and needs none.
    rows = EventChange.objects.filter(id__in=wanted).select_for_update(skip_locked=True)
    standing = set(rows.values_list("id", flat=True))
    ours = [event for event, found in notes.items() if found <= standing]
    EventChange.objects.filter(id__in=[note for event in ours for note in notes[event]]).delete()
    days = counts.recounted(ours)
    kept = [
        EventDocument(
            event_id=event, body=body, digest=digest_of(body) if body else "", starts_on=days.get(event)
        )
        for event in ours
        for body in [bodies.get(event, "")]
    ]
    EventDocument.objects.bulk_create(
        kept, update_conflicts=True, unique_fields=["event_id"], update_fields=["body", "digest", "starts_on"]
    )
    return ours


class Turns:
    """Leaves SQLite's one lock for writing to those who have something to write.

    They would hardly come to it if readers stored documents all the time: a reader takes the lock the moment
    it is free, who waits for it looks every tenth of a second. So a process stores now and then.
    """

    def __init__(self) -> None:
        self.next = 0.0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        """Whether documents may be stored now; not if somebody writes at this moment."""
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            yield True
        elif (begun := monotonic()) < self.next:
            yield False
        else:
            self.next = math.inf
            try:
                with without_waiting():
                    yield True
            finally:
                self.next = monotonic() + max(1, 10 * (monotonic() - begun))


_turns = Turns()
