"""Makes one thing of two that are the same: what would move, what cannot, and how it is done.

Whatever leads to the thing that goes is found by the foreign keys of all models. A key without words in
LABELS is refused, so that none is forgotten.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.text import capfirst

from timeline.fields import TimeSpanField
from timeline.history.changesets import changeset
from timeline.identity.former import was_public
from timeline.identity.refused import lead, named
from timeline.identity.snapshots import snapshot, snapshots
from timeline.models import Actor, Alias, FormerSlug, Identifier, Merge, Place, Source

MERGED: tuple[type[Any], ...] = (Actor, Place, Source)
# What leads to each, in the words of the page: {model}.{key}.
LABELS = {
    "timeline.participation.actor": "parts in events",
    "timeline.citation.attributed_to": "citations that report its word",
    "timeline.eventrelation.attributed_to": "relations between events that it asserts",
    "timeline.contractparty.actor": "parts in contracts",
    "timeline.paymentterm.provider": "payment terms that it provides",
    "timeline.source.publisher": "sources that it published",
    "timeline.affiliation.member": "affiliations that it has",
    "timeline.affiliation.organization": "affiliations of others with it",
    "timeline.alias.actor": "other names",
    "timeline.identifier.actor": "identifiers",
    "timeline.citation.source": "citations",
    "timeline.source.quoted_in": "sources that are known through it",
    "timeline.event.place": "events there",
    "timeline.place.part_of": "places that are part of it",
}
# Fields that mean something together only.
TOGETHER: dict[type[Any], dict[str, tuple[str, ...]]] = {Place: {"coordinates": ("latitude", "longitude")}}


def keys_to(noun: type[models.Model]) -> list[Any]:
    """Every foreign key that leads to a noun, also those that have no way back."""
    found: list[Any] = noun._meta.get_fields(include_hidden=True)
    led = [field for field in found if field.auto_created and not field.concrete]
    keys = [field.field for field in led if field.one_to_many or field.one_to_one]
    return sorted(keys, key=lambda key: [*LABELS].index(name_of(key)))


def name_of(key: Any) -> str:
    return f"{key.model._meta.label_lower}.{key.name}"


class Part(NamedTuple):
    """What an editor chooses of one thing or of the other: one field, or several that belong together."""

    name: str
    label: str
    fields: tuple[str, ...]

    def of(self, thing: Any) -> tuple[Any, ...]:
        return tuple(getattr(thing, field) for field in self.fields)


def parts_of(noun: type[Any]) -> list[Part]:
    """All that can be chosen: whatever is edited but the slug."""
    groups = TOGETHER.get(noun, {})
    grouped = {field for fields in groups.values() for field in fields}
    own = [
        Part(field.name, capfirst(str(field.verbose_name)), (field.name,))
        for field in noun._meta.concrete_fields
        if field.editable and not field.generated and field.name not in grouped | {"id", "slug"}
    ]
    return [*own, *(Part(name, capfirst(name), fields) for name, fields in groups.items())]


class Twice(NamedTuple):
    """A row that cannot move, since `stands` says the same already; `filled` is what it gives to that one.

    `lost` are words that stand there differently. Where `stands` is None it would lead to itself.
    """

    row: Any
    stands: Any = None
    filled: tuple[str, ...] = ()
    lost: tuple[tuple[str, str, str], ...] = ()


class Move(NamedTuple):
    """Rows that lead to what goes and will lead to what stays, and those that would stand there twice."""

    key: Any
    ids: list[int]
    twice: list[Twice]

    @property
    def label(self) -> str:
        return LABELS[name_of(self.key)]


@dataclass
class Merging:
    """`gone` is to become `kept`; of it come the values of the parts named in `chosen`."""

    kept: Any
    gone: Any
    chosen: Collection[str] = ()

    @property
    def noun(self) -> type[Any]:
        return type(self.kept)

    @cached_property
    def moves(self) -> list[Move]:
        """What moves, by key, without keys to which nothing leads. Runs some queries a key."""
        found = [self._move(key) for key in keys_to(self.noun)]
        return [move for move in found if move.ids or move.twice]

    def _move(self, key: Any) -> Move:
        rows = key.model._default_manager.filter(**{key.name: self.gone})
        if key.model is self.noun:
            rows = rows.exclude(pk=self.kept.pk)  # whose own key is a part to be chosen
        twice = [*self._to_itself(key), *self._standing(key)]
        staying = {one.row.pk for one in twice}
        ids = [pk for pk in rows.order_by("pk").values_list("pk", flat=True) if pk not in staying]
        return Move(key, ids, twice)

    def _to_itself(self, key: Any) -> Iterator[Twice]:
        """Rows that lead to both."""
        others = [one for one in keys_to(self.noun) if one.model is key.model and one is not key]
        for other in others:
            both = {key.name: self.gone, other.name: self.kept}
            for row in _whole(key.model).filter(**both).order_by("pk"):
                yield Twice(row)

    def _standing(self, key: Any) -> Iterator[Twice]:
        """Rows that a unique constraint keeps from moving."""
        for constraint in key.model._meta.constraints:
            names = getattr(constraint, "fields", ())
            if isinstance(constraint, models.UniqueConstraint) and key.name in names:
                same = {name: OuterRef(name) for name in names if name != key.name}
                standing = key.model._default_manager.order_by("pk").filter(**{key.name: self.kept}, **same)
                rows = _whole(key.model).filter(**{key.name: self.gone})
                rows = rows.annotate(standing=Subquery(standing.values("pk")[:1])).exclude(standing=None)
                found = list(rows.order_by("pk"))
                stands = _whole(key.model).in_bulk([row.standing for row in found])
                yield from (_compared(row, stands[row.standing], names) for row in found)

    def values(self) -> dict[str, Any]:
        """The fields of what stays, as they will be."""
        found: dict[str, Any] = {}
        for part in parts_of(self.noun):
            thing = self.gone if part.name in self.chosen else self.kept
            found |= dict(zip(part.fields, part.of(thing), strict=True))
        for key in keys_to(self.noun):
            if key.model is self.noun:
                found[key.name] = self._above(key.name, found[key.name])
        return found

    def _above(self, name: str, above: Any) -> Any:
        """What stays is not part of what goes, but of what that is part of."""
        if above == self.gone:
            above = getattr(self.gone, name)
        return None if above == self.kept else above

    def circles(self) -> Iterator[str]:
        """The keys to the own kind from which the values would lead back."""
        values = self.values()
        for key in keys_to(self.noun):
            if key.model is not self.noun:
                continue
            above, seen = values[key.name], set()
            while above is not None and above.pk not in seen and above != self.kept:
                seen.add(above.pk)
                above = self.kept if above == self.gone else getattr(above, key.name)
            if above == self.kept:
                yield key.name

    def check(self) -> None:
        """Refuse values that would lead in a circle."""
        errors = {}
        for name in self.circles():
            message = f"“{self.kept}” would stand above itself. Choose the other value of this."
            errors[name] = ValidationError(message, code="merge_is_circular")
        if errors:
            raise ValidationError(errors)

    def names(self) -> list[str]:
        """Names that would be lost, and are kept as other names of an actor."""
        if self.noun is not Actor:
            return []
        name = self.values()["name"]
        aliases = Alias.objects.filter(actor__in=(self.kept, self.gone), language="")
        known = {name, *aliases.values_list("name", flat=True)}
        return [one for one in (self.gone.name, self.kept.name) if one not in known]

    def clashes(self) -> list[tuple[str, str, str]]:
        """(scheme, value, value): what one register calls by two names is perhaps two things."""
        if self.noun is not Actor:
            return []
        own, others = (
            dict(Identifier.objects.filter(actor=one).values_list("scheme", "value"))
            for one in (self.kept, self.gone)
        )
        return sorted((scheme, own[scheme], others[scheme]) for scheme in own.keys() & others.keys())

    def digest(self) -> str:
        """What names all that would move, so that nothing else is done than what was shown."""
        told = [self.kept.pk, self.gone.pk, self.kept.version, self.gone.version]
        told += [(name_of(move.key), move.ids, [one.row.pk for one in move.twice]) for move in self.moves]
        return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()

    def models(self) -> set[type[models.Model]]:
        """Whose rows are changed."""
        return {move.key.model for move in self.moves}


def _whole(model: type[models.Model]) -> Any:
    """All rows with what they name, but without long texts."""
    rows = model._default_manager.select_related(
        *(field.name for field in model._meta.fields if field.many_to_one)
    )
    return rows.defer("source__text") if model._meta.model_name == "citation" else rows


def _compared(row: Any, stands: Any, same: Collection[str]) -> Twice:
    filled, lost = [], []
    for field in row._meta.concrete_fields:
        if not (field.editable and isinstance(field, models.CharField | models.TextField | TimeSpanField)):
            continue
        its, own = getattr(row, field.name), getattr(stands, field.name)
        if field.name in same or its == own or not its:
            continue
        if own:
            lost.append((str(field.verbose_name), str(its), str(own)))
        else:
            filled.append(field.name)
    return Twice(row, stands, tuple(filled), tuple(lost))


# --- Doing it ---


def locked(noun: type[Any], *pks: int) -> list[Any]:
    """The things, in the order asked for, kept from being named or changed until the transaction ends."""
    rows = {
        row.pk: row for row in noun._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
    }
    return [rows[pk] for pk in pks if pk in rows]


def merge(merging: Merging, by: Any) -> Merge:
    """Do it; the things have to be `locked` by the transaction. A ValidationError refuses circles."""
    kept, gone = merging.kept, merging.gone
    with changeset(by=by, message=f"“{gone}” merged into “{kept}”"):
        merging.check()
        record: dict[str, Any] = {"before": snapshot(kept)["fields"], "gone": [snapshot(gone)]}
        values, names, leads = merging.values(), merging.names(), was_public(gone)
        record |= _moved(merging)
        record["made"] = [
            [row._meta.label_lower, row.pk, snapshot(row)["fields"]]
            for row in [Alias.objects.create(actor=kept, name=name) for name in names]
        ]
        deleted, _ = gone.delete()
        if deleted != 1:
            raise RuntimeError(f"{deleted} rows would have gone with {gone!r}: some key was forgotten.")
        record["former"] = _led(kept, snapshot_pk(record), gone.slug if leads else "")
        for name, value in values.items():
            setattr(kept, name, value)
        with named(f"“{kept}”"):
            kept.save()
        if isinstance(kept, Source):
            kept.check_quotes()
        kept.refresh_from_db()
        record["after"] = snapshot(kept)["fields"]
        return Merge.objects.create(
            noun=kept._meta.model_name, kept_id=kept.pk, kept_name=str(kept),
            gone_id=snapshot_pk(record), gone_name=str(gone), gone_slug=gone.slug, record=record, by=by,
        )  # fmt: skip


def snapshot_pk(record: dict[str, Any]) -> int:
    """The number of what is gone."""
    return int(record["gone"][0]["pk"])


def _moved(merging: Merging) -> dict[str, Any]:
    """Move the rows; which did, which were changed, and which are gone."""
    moved, changed, gone = [], [], []
    for move in merging.moves:
        rows = move.key.model._default_manager
        for one in move.twice:
            if one.filled:
                values = {name: getattr(one.row, name) for name in one.filled}
                before = {name: getattr(one.stands, name) for name in one.filled}
                changed.append([move.key.model._meta.label_lower, one.stands.pk, before, values])
                with named(capfirst(move.label), one.stands):
                    rows.filter(pk=one.stands.pk).update(**values)
        left = [one.row.pk for one in move.twice]
        gone += snapshots(rows.filter(pk__in=left).order_by("pk"))
        rows.filter(pk__in=left).delete()
        lead(move.key.model, move.ids, move.key.name, merging.kept.pk, capfirst(move.label))
        moved.append([move.key.model._meta.label_lower, move.key.name, move.ids])
    # What stays no longer leads to what goes, so that this can be deleted.
    for key in keys_to(merging.noun):
        if key.model is merging.noun and getattr(merging.kept, key.attname) == merging.gone.pk:
            key.model._default_manager.filter(pk=merging.kept.pk).update(**{key.name: None})
    return {"moved": moved, "changed": changed, "dropped": gone}


def _led(kept: Any, gone: int, slug: str) -> dict[str, Any]:
    """Lead the addresses of what is gone to what stays; which were led there, and which is new."""
    noun = kept._meta.model_name
    before = FormerSlug.objects.filter(noun=noun, thing_id=gone)
    slugs = list(before.order_by("slug").values_list("slug", flat=True))
    before.update(thing_id=kept.pk)
    if slug:
        FormerSlug.objects.update_or_create(noun=noun, slug=slug, defaults={"thing_id": kept.pk})
    return {"led": slugs, "new": slug}
