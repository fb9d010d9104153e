"""What has changed, for mirrors: creations, changes and deletions, changeset by changeset, each once.

An entry says what stands under a slug now. So whoever has followed to the end has what an export has,
whatever happened on the way. A thing whose slug changes changes the lines of all that name it: these are told
of in the same changeset, as if they had been touched in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max, Model, Q

from timeline.exchange import outward
from timeline.exchange.nouns import BY_TYPE, NOUNS
from timeline.history.things import OWNERS, ROOTS, THINGS, Owner
from timeline.models import Changeset, Revision
from timeline.models.revision import PAST
from timeline.moment import one_moment

NUMBERS = {noun.name: number for number, noun in enumerate(NOUNS)}


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


class Touch(NamedTuple):
    """That a changeset touched a thing: these come in the order of the feed. By itself the beginning."""

    changeset: int = 0
    noun: int = 0
    thing: int = 0


@dataclass(frozen=True)
class Entry:
    """That a thing was `created`, `changed` or `deleted`, and what stands under its slug now.

    `was` is a slug that it had before, under which nothing stands now. `erased` says of a noun that something
    is gone whose slug is not told any more.
    """

    at: datetime
    change: str
    noun: str
    slug: str | None
    was: str | None
    record: dict[str, Any] | None


class Page(NamedTuple):
    entries: list[Entry]
    after: Touch
    more: bool


def page(since: Touch, limit: int) -> Page:
    """What happened since then, at most so many things.

    How many queries that takes depends on what kinds of things they are, not on their number.
    No transaction that is still running can come to stand before the end of it.
    """
    with one_moment():
        changesets, more = _ended(since, limit)
        if not changesets:
            return Page([], since, False)
        last = max(changesets)
        revised = _revised(since, last, limit + 1)
        made = set(_made(since, last, limit + 1))
        touched = sorted({*revised, *made, *_following(since, last, limit + 1)})
        part = touched[:limit]
        after = part[-1] if len(touched) > limit else Touch(last + 1)
        return Page(_entries(part, revised, made, changesets), after, more or len(touched) > limit)


def _ended(since: Touch, limit: int) -> tuple[dict[int, datetime], bool]:
    """The next changesets before which none is to come, and whether there are more."""
    rows = Changeset.objects.filter(id__gte=since.changeset).order_by("id")
    found = list(rows.values_list("id", "at", "horizon")[: limit + 1])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            bounds = "pg_snapshot_xmin(now)::text::bigint, pg_snapshot_xmax(now)::text::bigint"
            cursor.execute(f"SELECT {bounds} FROM pg_current_snapshot() AS now")
            ((lowest, highest),) = cursor.fetchall()
        # A horizon that no transaction has come to yet is that of the server this database was copied from.
        found = list(takewhile(lambda row: row[2] is None or not lowest < row[2] < highest, found))
    return {number: at for number, at, _ in found[:limit]}, len(found) > limit


def _behind(since: Touch, noun: int, changeset: str, thing: str) -> Q:
    here = Q(**{changeset: since.changeset}) & (
        Q(**{f"{thing}__gt": since.thing}) if noun == since.noun else Q()
    )
    return Q(**{f"{changeset}__gt": since.changeset}) | (here if noun >= since.noun else Q(pk__in=[]))


def _revised(since: Touch, last: int, limit: int) -> dict[Touch, Revision]:
    found: dict[Touch, Revision] = {}
    for noun, number in NUMBERS.items():
        rows = Revision.objects.filter(_behind(since, number, "changeset", "thing_id"), noun=noun)
        for row in rows.filter(changeset__lte=last).order_by("changeset", "thing_id")[:limit]:
            found[Touch(row.changeset_id, number, row.thing_id)] = row
    return found


def _made(since: Touch, last: int, limit: int) -> Iterator[Touch]:
    """What came in; also what has gone since."""
    for thing in THINGS:
        number = NUMBERS[thing.noun]
        for model in (thing.root, PAST[thing.root]):
            rows = model._base_manager.filter(
                _behind(since, number, "recorded_in", "id"), recorded_in__gt=0, recorded_in__lte=last
            )
            pairs = rows.order_by("recorded_in", "id").values_list("recorded_in", "id").distinct()
            yield from (Touch(changeset, number, pk) for changeset, pk in pairs[:limit])


def _following(since: Touch, last: int, limit: int) -> list[Touch]:
    """What names a thing that got another slug, and so has another line in an export."""
    arms = " UNION ".join(
        f"""SELECT renamed.changeset_id AS changeset, {NUMBERS[reference.owner.noun]} AS noun,
        naming.{reference.owner.column} AS thing
        FROM timeline_revision AS renamed
        JOIN {reference.model._meta.db_table} AS naming ON naming.{reference.column} = renamed.thing_id
        WHERE renamed.is_renaming AND renamed.noun = '{ROOTS[model].noun}'
        AND renamed.changeset_id BETWEEN {since.changeset:d} AND {last:d}
        AND naming.{reference.owner.column} IS NOT NULL"""
        for model, references in REFERENCES.items()
        for reference in references
    )
    sql = f"""SELECT changeset, noun, thing FROM ({arms}) AS following
        WHERE (changeset, noun, thing) > (%s, %s, %s) ORDER BY changeset, noun, thing LIMIT %s"""
    with connection.cursor() as cursor:
        cursor.execute(sql, [*since, limit])
        return [Touch(*row) for row in cursor.fetchall()]


def _entries(
    part: list[Touch], revised: dict[Touch, Revision], made: set[Touch], changesets: dict[int, datetime]
) -> list[Entry]:
    by_noun: dict[str, set[int]] = defaultdict(set)
    for one in part:
        by_noun[NOUNS[one.noun].name].add(one.thing)
    slugs = {noun: _slugs(noun, things) for noun, things in by_noun.items()}
    found: list[tuple[datetime, str, str, str | None, str | None]] = []
    for one in part:
        noun, revision = NOUNS[one.noun].name, revised.get(one)
        change = "created" if one in made else "changed"
        if revision is not None:
            change = "deleted" if revision.is_deletion else "changed"
        slug = slugs[noun][one.thing]
        was = revision.slug if revision is not None and revision.slug != slug else None
        at = changesets[one.changeset]
        if was == "" or not slug:  # timeline/history/scrubbing.py
            found.append((at, "erased", noun, None, None))
        if slug:
            found.append((at, change, noun, slug, was or None))
    return _with_records(found)


def _with_records(found: list[tuple[datetime, str, str, str | None, str | None]]) -> list[Entry]:
    asked: dict[str, set[str]] = defaultdict(set)
    for _, _, noun, *slugs in found:
        asked[noun].update(slug for slug in slugs if slug)
    records: dict[tuple[str, str], dict[str, Any]] = {}
    for noun, names in asked.items():
        rows = BY_TYPE[noun].rows.filter(slug__in=names).order_by("pk")
        for record in outward.records(BY_TYPE[noun], list(rows.values_list("pk", flat=True))):
            records[noun, record["slug"]] = {"type": noun, **record}
    return [
        Entry(
            at,
            change,
            noun,
            slug,
            None if (noun, was) in records else was,
            records.get((noun, slug)) if slug else None,
        )
        for at, change, noun, slug, was in found
    ]


def _slugs(noun: str, things: Iterable[int]) -> dict[int, str]:
    """The slugs that things have, or had last."""
    revisions = Revision.objects.filter(noun=noun, thing_id__in=things).order_by()
    last = revisions.values("thing_id").annotate(last=Max("id")).values("last")
    had = Revision.objects.filter(id__in=last).order_by()
    rows = BY_TYPE[noun].rows.filter(pk__in=things).order_by()
    return dict(had.values_list("thing_id", "slug")) | dict(rows.values_list("pk", "slug"))
