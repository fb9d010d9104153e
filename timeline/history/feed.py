"""What has changed, for mirrors: creations, changes and deletions, changeset by changeset, each once.

An entry says what stands under a slug now. So whoever has followed to the end has what an export has,
whatever happened on the way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model, Q

from timeline.exchange import outward
from timeline.exchange.nouns import BY_TYPE, NOUNS
from timeline.history.things import BY_NOUN, OWNERS, ROOTS, THINGS, Owner
from timeline.models import Changeset, Revision
from timeline.models.revision import PAST
from timeline.moment import one_moment

NUMBERS = {noun.name: number for number, noun in enumerate(NOUNS)}


LAST = 2**63


class Reference(NamedTuple):
    """That a column of a thing's own row, or of its lines, names another thing."""

    model: type[Model]
    column: str
    owner: Owner


def _references() -> dict[type[Model], list[Reference]]:
    found: dict[type[Model], list[Reference]] = defaultdict(list)
    owned = OWNERS | {thing.root: [Owner(thing.noun, "id")] for thing in THINGS}
    for model, owners in owned.items():
        for field in model._meta.concrete_fields:
            if field.many_to_one and field.related_model in ROOTS:
                named: Any = field
                found[named.related_model] += [
                    Reference(model, named.attname, owner)
                    for owner in owners
                    if owner.column != named.attname
                ]
    return found


REFERENCES = _references()


class Place(NamedTuple):
    """Behind a thing of a changeset, in the order of the feed; by itself the beginning."""

    changeset: int = 0
    noun: int = 0
    thing: int = 0


@dataclass(frozen=True)
class Entry:
    """That a thing was `created`, `changed` or `deleted`, and what stands under its slug now.

    `was` is a slug that it had before, under which nothing stands now.
    """

    at: datetime
    change: str
    noun: str
    slug: str
    was: str | None
    record: dict[str, Any] | None


class Page(NamedTuple):
    entries: list[Entry]
    after: Place
    more: bool


def page(place: Place, limit: int) -> Page:
    """What happened after the place, at least so many things if there are. The number of queries is fixed.

    No transaction that is still running can come to stand before the end of it.
    """
    with one_moment():
        changesets, more = _ended(place, limit)
        if not changesets:
            return Page([], place, False)
        revised = _revised(place, max(changesets), limit + 1)
        made = _made(place, max(changesets), limit + 1)
        touched = sorted({*revised, *made})
        part = touched[:limit]
        after = part[-1] if len(touched) > limit else Place(max(changesets) + 1)
        return Page(_entries(part, revised, changesets), after, more or len(touched) > limit)


def _ended(place: Place, limit: int) -> tuple[dict[int, datetime], bool]:
    """The next changesets before which none is to come, and whether there are more."""
    rows = Changeset.objects.filter(id__gte=place.changeset).order_by("id")
    found = list(rows.values_list("id", "at", "horizon")[: limit + 1])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            bounds = "pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint"
            cursor.execute(f"SELECT {bounds} FROM pg_current_snapshot() AS now")
            ((lowest, highest),) = cursor.fetchall()
        # A horizon that no transaction has come to yet is that of the server this database was copied from.
        found = list(takewhile(lambda row: row[2] is None or not lowest < row[2] < highest, found))
    return {number: at for number, at, _ in found[:limit]}, len(found) > limit


def _behind(place: Place, noun: int, changeset: str, thing: str) -> Q:
    here = Q(**{changeset: place.changeset}) & (
        Q(**{f"{thing}__gt": place.thing}) if noun == place.noun else Q()
    )
    return Q(**{f"{changeset}__gt": place.changeset}) | (here if noun >= place.noun else Q(pk__in=[]))


def _revised(place: Place, last: int, limit: int) -> dict[Place, Revision]:
    found: dict[Place, Revision] = {}
    for noun, number in NUMBERS.items():
        rows = Revision.objects.filter(_behind(place, number, "changeset", "thing_id"), noun=noun)
        for row in rows.filter(changeset__lte=last).order_by("changeset", "thing_id")[:limit]:
            found[Place(row.changeset_id, number, row.thing_id)] = row
    return found


def _made(place: Place, last: int, limit: int) -> Iterator[Place]:
    """What came in; also what has gone since."""
    for thing in THINGS:
        number = NUMBERS[thing.noun]
        for model in (thing.root, PAST[thing.root]):
            rows = model._base_manager.filter(
                _behind(place, number, "recorded_in", "id"), recorded_in__gt=0, recorded_in__lte=last
            )
            pairs = rows.order_by("recorded_in", "id").values_list("recorded_in", "id").distinct()
            yield from (Place(changeset, number, pk) for changeset, pk in pairs[:limit])


def _entries(
    part: list[Place], revised: dict[Place, Revision], changesets: dict[int, datetime]
) -> list[Entry]:
    by_noun: dict[str, set[int]] = defaultdict(set)
    for one in part:
        by_noun[NOUNS[one.noun].name].add(one.thing)
    slugs = {noun: _slugs(noun, things) for noun, things in by_noun.items()}
    renamed = _renamed(part, revised)
    followers = {one: _naming(NOUNS[one.noun].name, one.thing) for one in renamed}
    found: list[tuple[datetime, str, str, str, str | None]] = []
    for one in part:
        noun, revision = NOUNS[one.noun].name, revised.get(one)
        change = "created" if revision is None else "deleted" if revision.is_deletion else "changed"
        slug = slugs[noun][one.thing]
        was = revision.slug if revision is not None and revision.slug != slug else None
        at = changesets[one.changeset]
        found.append((at, change, noun, slug, was))
        for other, things in followers.get(one, {}).items():
            found += [(at, "changed", other, name, None) for name in _slugs(other, things).values()]
    return _with_records(found)


def _with_records(found: list[tuple[datetime, str, str, str, str | None]]) -> list[Entry]:
    asked: dict[str, set[str]] = defaultdict(set)
    for _, _, noun, *slugs in found:
        asked[noun].update(slug for slug in slugs if slug)
    records: dict[tuple[str, str], dict[str, Any]] = {}
    for noun, names in asked.items():
        rows = BY_TYPE[noun].rows.filter(slug__in=names).order_by("pk")
        for record in outward.records(BY_TYPE[noun], list(rows.values_list("pk", flat=True))):
            records[noun, record["slug"]] = {"type": noun, **record}
    return [
        Entry(at, change, noun, slug, None if (noun, was) in records else was, records.get((noun, slug)))
        for at, change, noun, slug, was in found
    ]


def _slugs(noun: str, things: Iterable[int]) -> dict[int, str]:
    """The slugs that things have, or had last."""
    last = Revision.objects.filter(noun=noun, thing_id__in=things).order_by("id")
    rows = BY_TYPE[noun].rows.filter(pk__in=things).order_by()
    return dict(last.values_list("thing_id", "slug")) | dict(rows.values_list("pk", "slug"))


def _renamed(part: list[Place], revised: dict[Place, Revision]) -> list[Place]:
    """Those whose slug was another before this changeset than after it."""
    kept = {one: revised[one] for one in part if one in revised and not revised[one].is_deletion}
    by_noun: dict[str, set[int]] = defaultdict(set)
    for revision in kept.values():
        by_noun[revision.noun].add(revision.thing_id)
    after: dict[tuple[str, int], list[tuple[int, str]]] = defaultdict(list)
    for noun, things in by_noun.items():
        first = min(one.pk for one in kept.values())
        later = Revision.objects.filter(noun=noun, thing_id__in=things, id__gt=first).order_by("id")
        for pk, thing, slug in later.values_list("id", "thing_id", "slug"):
            after[noun, thing].append((pk, slug))
        for thing, slug in BY_TYPE[noun].rows.filter(pk__in=things).values_list("pk", "slug"):
            after[noun, thing].append((LAST, slug))
    found = []
    for one, revision in kept.items():
        slugs = (slug for pk, slug in after[revision.noun, revision.thing_id] if pk > revision.pk)
        if next(slugs, revision.slug) != revision.slug:
            found.append(one)
    return found


def _naming(noun: str, thing: int) -> dict[str, set[int]]:
    """Things by noun that name this one, whose lines in an export hold its slug."""
    found: dict[str, set[int]] = defaultdict(set)
    for reference in REFERENCES[BY_NOUN[noun].root]:
        rows = reference.model._base_manager.filter(**{reference.column: thing})
        found[reference.owner.noun].update(
            rows.exclude(**{reference.owner.column: None}).values_list(reference.owner.column, flat=True)
        )
    return found
