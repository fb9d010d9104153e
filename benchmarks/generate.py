"""Fills the database that DATABASE_URL names with events: `python -m benchmarks.generate --events 1000000`.

The database has to be empty; it is migrated first. The same number and seed give the same rows on both
databases. At the end the documents that were written are held against the product's own renderer.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from random import Random

import django

SAMPLE = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "timeline.settings")
    django.setup()
    started = time.monotonic()
    generate(arguments.events, arguments.seed)
    print(f"{arguments.events} events in {time.monotonic() - started:.0f} s")


def generate(events: int, seed: int) -> None:
    """Migrate, load and compare. Ends the program where the database is not empty or a document differs."""
    from django.core.management import call_command

    from benchmarks.loading import load
    from benchmarks.world import World
    from timeline.models import Actor, Event

    call_command("migrate", interactive=False, verbosity=0)
    if Event.objects.exists() or Actor.objects.exists():
        sys.exit("The database is not empty.")
    load(World(events, seed))
    different = differing(Random(seed).sample(range(1, events + 1), min(SAMPLE, events)))
    if different:
        sys.exit(f"Documents differ from what the product renders, among them of events {different[:5]}.")


def differing(ids: list[int]) -> list[int]:
    """The events of which the kept document is not, byte for byte, what the product renders, or overtaken."""
    from timeline import kept
    from timeline.models import EventChange, EventDocument

    stored = EventDocument.objects.in_bulk(ids)
    overtaken = set(EventChange.objects.filter(event_id__in=ids).values_list("event_id", flat=True))
    found = []
    for start in range(0, len(ids), kept.BATCH):
        batch = ids[start : start + kept.BATCH]
        rendered = kept.renderer(batch)
        for pk in batch:
            body = rendered[pk]
            if pk in overtaken or (stored[pk].body, stored[pk].digest) != (body, kept.digest_of(body)):
                found.append(pk)
    return found


if __name__ == "__main__":
    main()
