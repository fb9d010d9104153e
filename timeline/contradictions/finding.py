"""What a check finds: two sides that do not go together, with what names the finding and its facts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from timeline.models import Actor, Citation, Contract, Event

# What a side may be, by the name of its noun in addresses.
NOUNS: dict[str, Any] = {"events": Event, "contracts": Contract, "actors": Actor}


@dataclass(frozen=True)
class Side:
    """One of two things that do not go together: `value` is what stands at `field` of the thing.

    `citation` is the one that says so where the side is a source's word. Otherwise its proof is what
    supports the field `proved_by[1]` of `proved_by[0]`, by default that field of the thing itself.
    """

    thing: Any
    field: str
    value: str
    citation: Citation | None = None
    proved_by: tuple[Any, str] | None = None

    @property
    def noun(self) -> str:
        return next(noun for noun, model in NOUNS.items() if isinstance(self.thing, model))

    @property
    def proof(self) -> tuple[Any, str]:
        return self.proved_by or (self.thing, self.field)


@dataclass(frozen=True)
class Finding:
    """What is found, in plain English. `key` names it as long as it is about the same things.

    `digest` names the facts that it rests on: when they change it is another.
    """

    code: str
    key: str
    digest: str
    message: str
    sides: tuple[Side, Side]


def finding(
    code: str, message: str, sides: tuple[Side, Side], *, about: Iterable[Any], facts: Iterable[Any]
) -> Finding:
    """`about` names the things within the first side's thing, `facts` what is said of them."""
    slug = sides[0].thing.slug
    return Finding(code, f"{code}:{slug}:{_digest(about)}", _digest(facts), message, sides)


def _digest(parts: Iterable[Any]) -> str:
    told = json.dumps([None if part is None else str(part) for part in parts], ensure_ascii=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]
