"""Fills the database that DATABASE_URL names with events: `python -m benchmarks.generate --events 1000000`.

The database has to be empty; it is migrated first. The same number and seed give the same rows on both
databases. At the end a sample of what was written for reading is held against what the product writes.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from random import Random
from typing import Any

import django

SAMPLE = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--without-search", action="store_true", help="leave the search index empty: nothing is found then"
    )
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    started = time.monotonic()
    generate(arguments.events, arguments.seed, is_searched=not arguments.without_search)
    print(f"{arguments.events} events in {time.monotonic() - started:.0f} s")


def generate(events: int, seed: int, *, is_searched: bool = True) -> None:
    """Migrate, load and compare. Ends the program where the database is not empty or something differs."""
    from django.core.management import call_command

    from benchmarks.loading import load
    from benchmarks.world import World
    from timeline.models import Actor, Event

    call_command("migrate", interactive=False, verbosity=0)
    if Event.objects.exists() or Actor.objects.exists():
        sys.exit("The database is not empty.")
    load(World(events, seed, is_searched=is_searched))
    sample = Random(seed).sample(range(1, events + 1), min(SAMPLE, events))
    if different := differing(sample, is_searched=is_searched):
        sys.exit(f"The product writes something else, among others for the events {different[:5]}.")


def differing(ids: list[int], *, is_searched: bool = True) -> list[int]:
    """The events of which the document, the day or the words are not exactly what the product writes.

    It is made to write them again, and that is taken back.
    """
    from django.db import transaction

    from timeline import kept
    from timeline.models import EventChange

    found: set[int] = set()
    for start in range(0, len(ids), kept.BATCH):
        batch = sorted(ids[start : start + kept.BATCH])
        overtaken = EventChange.objects.filter(event_id__in=batch).values_list("event_id", flat=True)
        with transaction.atomic():
            found.update(overtaken)
            generated = standing(batch, is_searched=is_searched)
            EventChange.objects.bulk_create(EventChange(event_id=pk) for pk in batch)
            kept.settled(batch, storing=kept.patiently)
            written = standing(batch, is_searched=is_searched)
            found.update(pk for pk in batch if generated.get(pk) != written.get(pk))
            transaction.set_rollback(True)
    return sorted(found)


def standing(ids: list[int], *, is_searched: bool = True) -> dict[int, list[Any]]:
    """What is kept of these events."""
    from benchmarks import indexed
    from timeline.models import EventDocument

    documents = EventDocument.objects.filter(event_id__in=ids)
    found: dict[int, list[Any]] = {}
    found |= {pk: [*rest] for pk, *rest in documents.values_list("event_id", "body", "digest", "starts_on")}
    for pk, *words in indexed.found(ids) if is_searched else ():
        found.setdefault(pk, []).append(words)
    return found


if __name__ == "__main__":
    main()
