"""The list of what the checks find, page by page: no page asks for more rows than it may show."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from timeline.contradictions.check import Place
from timeline.contradictions.finding import Finding, Side
from timeline.contradictions.notes import NOTHING, Noted, noted
from timeline.contradictions.registry import CHECKS
from timeline.models import Citation, Contract, Event

# So many rows of which the database could not tell are looked at for a page; the next goes on behind them.
MOST_EXAMINED = 2000
# How many rows are asked for where the first of a check were sound.
NEXT_ROWS = 500
# So many citations prove a side in a list.
MOST_PROOFS = 5
WHOLES: dict[Any, str] = {Event: "event", Contract: "contract"}


class Spot(NamedTuple):
    """A spot in the list: behind a row of a check, backwards before it. With no place, before all rows."""

    check: int
    place: Place | None = None


# Before and behind all rows. A page on which there is nothing any more leads back from there.
BEGINNING, END = Spot(0), Spot(len(CHECKS))


@dataclass(frozen=True)
class Listed:
    finding: Finding
    spot: Spot
    noted: Noted = NOTHING


@dataclass(frozen=True)
class Page:
    """A part of the list; `next` and `previous` are where the others start, None where nothing is left."""

    found: list[Listed]
    next: Spot | None
    previous: Spot | None


def page_of(
    user: Any,
    limit: int,
    *,
    codes: Collection[str] | None = None,
    seen: bool | None = None,
    start: Spot | None = None,
    backwards: bool = False,
) -> Page:
    """A page of what the user may see, in the order of the checks.

    `seen` leaves what has been looked at, or what has not. A page may be short and yet have a next one, where
    many rows turned out to be sound. Runs a query or two for each check, and one for notes.
    """
    found: list[Listed] = []
    examined = 0
    more: Spot | None = None
    # Where the pages before this one end: at the first row that was looked at, also if it was sound.
    edge: Spot | None = None
    for last, part in _parts(user, limit + 1, codes, start, backwards=backwards):
        edge = edge or part[0][0]
        examined += len(part)
        found += _wanted(user, part, seen)
        if len(found) > limit:
            more = found[limit - 1].spot
            break
        if examined >= MOST_EXAMINED:
            more = last
            break
    found = found[:limit]
    if seen is None:
        notes = noted(user, [one.finding for one in found])
        found = [replace(one, noted=notes[one.finding]) for one in found]
    back = edge or (BEGINNING if backwards else END) if start else None
    return Page(found[::-1], back, more) if backwards else Page(found, more, back)


Part = list[tuple[Spot, Finding | None]]


def _parts(
    user: Any, size: int, codes: Collection[str] | None, start: Spot | None, *, backwards: bool
) -> Iterator[tuple[Spot, Part]]:
    """The rows of the checks from the spot on, each part with where it ends."""
    checks = [(number, check) for number, check in enumerate(CHECKS) if codes is None or check.code in codes]
    for number, check in reversed(checks) if backwards else checks:
        at = start.place if start is not None and start.check == number else None
        if start is not None and at is None and (number < start.check) is not backwards:
            continue
        wanted = size
        while rows := check.part(user, wanted, at, backwards=backwards):
            spots = [Spot(number, Place(row.subject, row.made, row.at)) for row in rows]
            yield spots[-1], list(zip(spots, check.tell(rows), strict=True))
            if len(rows) < wanted:
                break
            at, wanted = spots[-1].place, max(size, NEXT_ROWS)


def _wanted(user: Any, part: Part, seen: bool | None) -> list[Listed]:
    found = [Listed(finding, spot) for spot, finding in part if finding is not None]
    if seen is None:
        return found
    notes = noted(user, [one.finding for one in found])
    found = [replace(one, noted=notes[one.finding]) for one in found]
    return [one for one in found if (one.noted.note is not None) is seen]


def proofs(findings: Iterable[Finding], citations: QuerySet[Any]) -> dict[Side, list[Citation]]:
    """What proves each side, of the citations that the user may see: at most MOST_PROOFS. Runs one query.

    Those of the field count; where it has none, those of the whole.
    """
    sides = [side for finding in findings for side in finding.sides]
    single = {side.citation.pk for side in sides if side.citation is not None}
    things = [(side, *side.proof) for side in sides if side.citation is None]
    wanted = Q(pk__in=single)
    for model, name in WHOLES.items():
        whole = {f"{name}__in": {thing.pk for _, thing, _ in things if isinstance(thing, model)}}
        wanted |= Q(**whole, field__in={"", *(field for _, _, field in things)})
    by_key: dict[Any, list[Citation]] = {}
    for citation in citations.filter(wanted).order_by("position", "pk"):
        by_key.setdefault(citation.pk, []).append(citation)
        if citation.stance != Citation.Stance.CONTRADICTS:
            for model, name in WHOLES.items():
                of = (model, getattr(citation, f"{name}_id"), citation.field)
                by_key.setdefault(of, []).append(citation)
    found = {side: by_key.get(side.citation.pk, []) for side in sides if side.citation is not None}
    for side, thing, field in things:
        model, pk = type(thing), thing.pk
        found[side] = by_key.get((model, pk, field)) or by_key.get((model, pk, "")) or []
    return {side: proof[:MOST_PROOFS] for side, proof in found.items()}
