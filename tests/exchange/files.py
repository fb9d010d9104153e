"""Files to import: made line by line, with words that everything else names before them."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import orjson

from timeline.exchange.inward import Import, Outcome
from timeline.exchange.outward import everything

WORDS: tuple[dict[str, Any], ...] = (
    {"type": "kind", "slug": "meeting", "name": "Meeting"},
    {"type": "role", "slug": "speaker", "name": "Speaker"},
    {"type": "actor", "slug": "turkey", "name": "Turkey", "kind": "state"},
    {"type": "actor", "slug": "russia", "name": "Russia", "kind": "state"},
    {
        "type": "source",
        "slug": "paper",
        "title": "Paper",
        "kind": "article",
        "text": "It was signed by both.",
    },
)


def an_event(slug: str = "summit", **more: Any) -> dict[str, Any]:
    return {"type": "event", "slug": slug, "title": f"Event {slug}", "kind": "meeting", **more}


def many_events(number: int, prefix: str) -> Iterable[dict[str, Any]]:
    """Events with all that the largest tables are filled with."""
    parts = [
        {"actor": actor, "role": "speaker", "capacity": "head of state"} for actor in ("turkey", "russia")
    ]
    for one in range(number):
        yield an_event(
            f"{prefix}-{one}",
            summary=f"What happened in case {one}, told in some more words. " * 8,
            date=f"{1900 + one % 120}-{1 + one % 12:02}",
            review="published",
            participants=parts,
            citations=[{"source": "paper", "quote": "It was signed"}],
        )


def file_of(*lines: dict[str, Any]) -> bytes:
    return b"".join(orjson.dumps(line) + b"\n" for line in lines)


def taken(file: bytes | tuple[dict[str, Any], ...], **options: Any) -> Outcome:
    """What comes of importing these lines after the words."""
    if isinstance(file, tuple):
        file = file_of(*WORDS, *file)
    dry_run = options.pop("dry_run", False)
    return Import(io.BytesIO(file), **options).run(dry_run=dry_run)


def told(outcome: Outcome) -> list[str]:
    return [str(problem) for problem in outcome.problems]


def exported() -> bytes:
    return b"".join(everything())
