"""The thing that something is erased of, also where it is gone, and the account of what an erasure takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import models
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from timeline.exchange.nouns import BY_TYPE, Noun
from timeline.history.scrubbing import past
from timeline.identity.parts import ErasureError
from timeline.identity.refused import parts
from timeline.models import Citation, Contract, Event, FormerSlug, Merge, Revision
from timeline.models.base import Record

# Why the public does not see any more what only an erased source supported.
RETRACTED = "What supported it was erased."


class Target(NamedTuple):
    """A thing by its numbers: its own, then those of what was merged into it. `name` is what it is called."""

    noun: Noun
    pks: tuple[int, ...]
    slug: str
    name: str
    stands: bool

    @property
    def pk(self) -> int:
        return self.pks[0]

    @property
    def model(self) -> type[Record]:
        return self.noun.model


@dataclass
class Account:
    """How many rows an erasure takes or changes: of what stands, of past states, and beside both."""

    present: Counter[str] = field(default_factory=Counter)
    past: Counter[str] = field(default_factory=Counter)
    beside: Counter[str] = field(default_factory=Counter)
    # Other things that are not what they were.
    changed: Counter[str] = field(default_factory=Counter)
    retracted: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """What it is, and how many."""
        for numbers, where in (
            (self.present, "{}"),
            (self.past, "{} in past states"),
            (self.beside, "{}"),
            (self.changed, "{} that named it and change"),
        ):
            yield from ((where.format(name), number) for name, number in numbers.items() if number)
        if self.retracted:
            yield "events and contracts that nothing supports then, and are retracted", len(self.retracted)


def find(name: str, slug: str) -> Target:
    """The thing of a noun that has the slug, or had it last. Raises ErasureError."""
    noun = BY_TYPE.get(name)
    if noun is None:
        raise ErasureError(f"There is no noun “{name}”. It is one of: {', '.join(BY_TYPE)}.")
    if thing := noun.rows.filter(slug=slug).first():
        return of(thing)
    standing = noun.rows.order_by().values("pk")
    gone = Revision.objects.filter(noun=name, slug=slug).exclude(slug="").exclude(thing_id__in=standing)
    last = gone.order_by("-id").first()
    if last is None:
        raise ErasureError(_unknown(noun, slug))
    return _gone(noun, last)


def numbered(noun: Noun, pk: int) -> Target | None:
    """The thing of a noun with this number, or what is known of it; None if nothing is."""
    if thing := noun.rows.filter(pk=pk).first():
        return of(thing)
    revisions = Revision.objects.filter(noun=noun.name, thing_id=pk).exclude(slug="")
    last = revisions.order_by("-id").first()
    return None if last is None else _gone(noun, last)


def _gone(noun: Noun, last: Revision) -> Target:
    called = past(noun.model, revision_id=last.pk).values_list(noun.model.name_field, flat=True).first()
    return Target(noun, _with_merged(noun.model, last.thing_id), last.slug, called or last.slug, stands=False)


def of(thing: Record) -> Target:
    """The thing that stands."""
    noun = next(noun for noun in BY_TYPE.values() if noun.model is type(thing))
    return Target(noun, _with_merged(noun.model, thing.pk), thing.slug, str(thing), stands=True)


def _unknown(noun: Noun, slug: str) -> str:
    former = FormerSlug.objects.filter(noun=noun.model._meta.model_name, slug=slug)
    were = Revision.objects.filter(noun=noun.name, slug=slug)
    numbers = [pk for rows in (former, were) for pk in rows.values_list("thing_id", flat=True)]
    now = noun.rows.filter(pk__in=numbers).values_list("slug", flat=True).first()
    known = f" It is “{now}” now." if now else " None is known to have been, either."
    return f"There is no {noun.name} with the slug “{slug}”.{known}"


def _with_merged(model: type[models.Model], pk: int) -> tuple[int, ...]:
    """Also what was merged into what was merged into it: all that is the same."""
    merges = Merge.objects.filter(noun=model._meta.model_name, undone_at=None)
    standing = model._default_manager.order_by().values("pk")
    found = [pk]
    for one in found:  # which grows meanwhile
        gone = merges.filter(kept_id=one).exclude(gone_id__in=found).exclude(gone_id__in=standing)
        found += dict.fromkeys(gone.values_list("gone_id", flat=True))
    return tuple(found)


def retract_unsupported(model: type[Any], pks: Iterable[int], account: Account) -> None:
    """What is published and has lost its last citation."""
    if model not in (Event, Contract):
        return
    cited = Citation.objects.filter(**{model._meta.model_name: OuterRef("pk")})
    bare = model._default_manager.published().filter(~Exists(cited))
    for some in parts(sorted(pks)):
        found = list(bare.filter(pk__in=some).values_list("pk", "slug"))
        account.retracted += [slug for _, slug in found]
        model._default_manager.filter(pk__in=[pk for pk, _ in found]).update(
            review="retracted", retracted_at=timezone.now(), retraction_reason=RETRACTED,
            version=F("version") + 1, updated_at=timezone.now(),
        )  # fmt: skip
