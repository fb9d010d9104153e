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
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from time import monotonic

from django.db import DatabaseError, connection, transaction

from timeline import counts, search
from timeline.changes import OVERTAKE_ALL
from timeline.models import Event, EventChange, EventDocument
from timeline.moment import one_moment
from timeline.rows import among
from timeline.waiting import without_waiting

# Stands in a body where the address of the API does. JSON has no bare control characters, so it is
# nothing else.
ROOT = "\x01"
ROOT_IN_UTF8 = ROOT.encode()
# So many events are settled at a time. Who waits for others takes more, which the databases do faster.
BATCH, BATCH_PATIENTLY = 500, 2000
# So many batches at a time, where the database has other processes than this one.
HANDS = 2

# Gives the bodies, with ROOT in them, of those of the events that the public may see. The API sets it.
Renderer = Callable[[Sequence[int]], dict[int, str]]
renderer: Renderer
# Says whether documents may be stored now, and takes what goes wrong with storing them.
Storing = Callable[[], AbstractContextManager[bool]]
Stored = tuple[int, str, str, int | None]


def render_with(chosen: Renderer) -> None:
    global renderer
    renderer = chosen


def digest_of(body: str) -> str:
    """What names a body: 16 hexadecimal digits."""
    return hashlib.blake2b(body.encode(), digest_size=8).hexdigest()


def settled(ids: Sequence[int], *, storing: Storing | None = None) -> dict[int, str]:
    """The bodies of these events as they are now, rendered, and kept as `storing` allows; by default in turn.

    Events that the public does not see are missing. The number of queries does not grow with the events.
    """
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        # Takes now what foreign keys lock at the commit, so that nobody renames what was just named.
        connection.check_constraints()
    notes: dict[int, set[int]] = defaultdict(set)
    for note, event in EventChange.objects.filter(event_id__in=among(ids)).values_list("id", "event_id"):
        notes[event].add(note)
    with one_moment():  # a version goes with the lines of that version
        bodies = renderer(ids)
    if notes:
        lines = search.lines_of(notes)
        with (storing or _turns.taken)() as now:
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


def settle_all(*, storing: Storing | None = None) -> Iterator[int]:
    """Render all that does not stand, batch by batch; yields how many events each batch had.

    By default it waits for whoever else writes.
    """
    batches = _pending(BATCH if storing else BATCH_PATIENTLY)
    if storing is None and connection.vendor == "postgresql" and not connection.in_atomic_block:
        yield from _settled_together(batches)
        return
    for ids in batches:
        settled(ids, storing=storing or patiently)
        yield len(ids)


def _pending(size: int) -> Iterator[list[int]]:
    """The events that do not stand, so many at a time; each once, whatever comes of it meanwhile."""
    last = -1
    while True:
        pending = EventChange.objects.filter(event_id__gt=last).order_by("event_id")
        ids = list(pending.values_list("event_id", flat=True).distinct()[:size])
        if not ids:
            return
        yield ids
        last = ids[-1]


def _settled_together(batches: Iterator[list[int]]) -> Iterator[int]:
    """PostgreSQL stores some while others are rendered: by so many threads, each with its connection."""
    under_way: deque[tuple[int, Future[None]]] = deque()
    with ThreadPoolExecutor(HANDS) as hands:
        for ids in batches:
            under_way.append((len(ids), hands.submit(_settled_elsewhere, ids)))
            if len(under_way) > HANDS:
                yield _done(under_way)
        while under_way:
            yield _done(under_way)


def _done(under_way: deque[tuple[int, Future[None]]]) -> int:
    number, batch = under_way.popleft()
    batch.result()
    return number


def _settled_elsewhere(ids: Sequence[int]) -> None:
    try:
        settled(ids, storing=patiently)
    finally:
        connection.close()


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
    rows = EventChange.objects.filter(id__in=among(wanted)).select_for_update(skip_locked=True)
    standing = set(rows.values_list("id", flat=True))
    ours = [event for event, found in notes.items() if found <= standing]
    EventChange.objects.filter(id__in=among(note for event in ours for note in notes[event])).delete()
    days = counts.recounted(ours)
    found = ((event, bodies.get(event, "")) for event in ours)
    _store([(event, body, digest_of(body) if body else "", days.get(event)) for event, body in found])
    deleted = {event for event in ours if event not in bodies}
    deleted.difference_update(Event.objects.filter(pk__in=deleted).values_list("pk", flat=True))
    EventDocument.objects.filter(event_id__in=deleted).delete()
    return ours


def _store(rows: Sequence[Stored]) -> None:
    """Write documents (event_id, body, digest, starts_on) in the place of those that there are."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.executemany(_STORE.format("VALUES (%s, %s, %s, %s)"), rows)
        elif rows:
            columns = [[*column] for column in zip(*rows, strict=True)]
            given = "unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[])"
            cursor.execute(_STORE.format(f"SELECT * FROM {given}"), columns)


_STORE = f"""
    INSERT INTO {EventDocument._meta.db_table} (event_id, body, digest, starts_on) {{}}
    ON CONFLICT (event_id) DO UPDATE
    SET body = excluded.body, digest = excluded.digest, starts_on = excluded.starts_on"""


def patiently() -> AbstractContextManager[bool]:
    return nullcontext(True)


@contextmanager
def at_once() -> Iterator[bool]:
    """Not if somebody else writes at this moment; what cannot be stored is no mistake of who reads."""
    if connection.in_atomic_block:
        yield True
    else:
        with suppress(DatabaseError), without_waiting():
            yield True


class Turns:
    """Leaves SQLite's one lock for writing to those who have something to write.

    They would hardly come to it if readers stored documents all the time: a reader takes the lock the moment
    it is free, who waits for it looks every tenth of a second. So a process stores now and then.
    """

    def __init__(self) -> None:
        self.next = 0.0

    @contextmanager
    def taken(self) -> Iterator[bool]:
        if connection.vendor != "sqlite" or connection.in_atomic_block:
            with at_once() as now:
                yield now
        elif (begun := monotonic()) < self.next:
            yield False
        else:
            self.next = math.inf
            try:
                with at_once() as now:
                    yield now
            finally:
                self.next = monotonic() + max(1, 10 * (monotonic() - begun))


_turns = Turns()
