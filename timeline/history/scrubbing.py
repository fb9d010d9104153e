"""Takes what is erased out of past states: these stay, with their versions, moments and order, and say less.

It has to come last in the eraser's transaction: whatever that changes of the present, the triggers have kept
once more as a past state.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

from django.db import connection, models
from django.db.models import Q

from timeline.fields import When
from timeline.history.changesets import current
from timeline.history.feed import REFERENCES
from timeline.history.things import BY_NOUN, COPIES, ROOTS, THINGS, Owner
from timeline.models import Changeset, FormerSlug, Milestone, Revision
from timeline.models.base import SLUG_LENGTH
from timeline.models.revision import PAST
from timeline.triggers import COPIED

Rows = Any


class Naming(NamedTuple):
    """That rows of a table name things of a noun, by a column; the rows belong to things of `owners`."""

    model: type[models.Model]
    column: str
    owners: tuple[Owner, ...]

    @property
    def key(self) -> Any:
        """The foreign key."""
        return next(key for key in self.model._meta.concrete_fields if key.attname == self.column)

    @property
    def emptied(self) -> dict[str, Any]:
        """What becomes of the columns of a row that goes on without the thing: also of copies of it."""
        copies = COPIES.get(self.model, {})
        return {self.column: None} | {name: When() for name, key in copies.items() if key == self.column}


def namings(root: type[models.Model]) -> list[Naming]:
    """Everything that names things of a noun, but for the rows that belong to them."""
    found: dict[tuple[type[models.Model], str], list[Owner]] = defaultdict(list)
    for reference in REFERENCES[root]:
        if (reference.model, reference.column) not in ROOTS[root].lines:  # a citation has two owners
            found[reference.model, reference.column].append(reference.owner)
    return [Naming(model, column, tuple(owners)) for (model, column), owners in found.items()]


def past(model: type[models.Model], **lookups: Any) -> Rows:
    return PAST[model]._base_manager.filter(**lookups)


def known(rows: Rows) -> int:
    """How many past rows there were before the transaction that erases, which makes some itself."""
    ending = Revision.objects.filter(changeset=current()).values("pk")
    return int(rows.exclude(revision_id__in=ending).count())


def take_out(noun: str, pks: Sequence[int]) -> Counter[str]:
    """Delete all states of the things, and what other things' states say of them. How many rows, by table."""
    thing = BY_NOUN[noun]
    gone: Counter[str] = Counter()
    for naming in namings(thing.root):
        rows = past(naming.model, **{f"{naming.column}__in": pks})
        gone[name_of(naming.model)] += known(rows)
        if naming.key.null:
            rows.update(**naming.emptied)
        else:
            rows.delete()
    for model, column in ((thing.root, "id"), *thing.lines):
        rows = past(model, **{f"{column}__in": pks})
        gone[name_of(model)] += known(rows)
        rows.delete()
    Revision.objects.filter(noun=noun, thing_id__in=pks).delete()
    return gone


def name_of(model: type[models.Model]) -> str:
    """What a table is called where its rows are counted; links have no words of their own."""
    if model._meta.auto_created:
        _, other = (field for field in model._meta.concrete_fields if field.is_relation)
        return f"links to {other.related_model._meta.verbose_name_plural}"  # type: ignore[union-attr]
    return str(model._meta.verbose_name_plural)


def leave_marks(noun: str, pks: Iterable[int]) -> None:
    """Of each thing one revision without a slug and without rows, which tells mirrors that it is erased."""
    changeset = Changeset.objects.get(pk=current())
    since = changeset.at - timedelta(microseconds=1)
    for pk in pks:
        Revision.objects.create(
            noun=noun, thing_id=pk, slug="", version=0, since=since, until=changeset.at,
            changeset=changeset,
        )  # fmt: skip


def rename(noun: str, pks: Sequence[int], slug: str) -> None:
    """All states had this slug; those of what was merged in, which stood beside it, one with a number.

    What ends now says none, for mirrors: the thing had one that is erased.
    """
    others = others_with(noun, pks)
    numbered = (f"{slug[: SLUG_LENGTH - 6]}-{number}" for number in count(2))
    free = (one for one in numbered if not others(one))
    for pk in pks:
        own = slug if pk == pks[0] else next(free)
        past(BY_NOUN[noun].root, id=pk).update(slug=own)
        Revision.objects.filter(noun=noun, thing_id=pk).update(slug=own)
    Revision.objects.filter(noun=noun, thing_id__in=pks, changeset=current()).update(slug="")


def others_with(noun: str, pks: Sequence[int]) -> Callable[[str], bool]:
    """Whether anything else of the noun has a slug, or ever had it."""
    root = BY_NOUN[noun].root
    former = FormerSlug.objects.filter(noun=root._meta.model_name).exclude(thing_id__in=pks)
    rows = (
        root._default_manager.exclude(pk__in=pks),
        past(root).exclude(id__in=pks),
        Revision.objects.filter(noun=noun).exclude(thing_id__in=pks),
        former,
    )
    return lambda slug: any(some.filter(slug=slug).exists() for some in rows)


def write_over(model: type[models.Model], pks: Sequence[int], values: dict[str, Any]) -> int:
    """Put the values, by column, into all states of the things; how many states that were."""
    rows = past(model, id__in=pks)
    number = known(rows)
    rows.update(**values)
    if "date" in values:  # of events
        past(Milestone, event_id__in=pks).update(met=values["date"])
        _copy_dates(pks)
    return number


def _copy_dates(events: Sequence[int]) -> None:
    """What participations have of the dates of their events (timeline/triggers.py)."""
    own, its = ", ".join(COPIED), ", ".join(COPIED.values())
    with connection.cursor() as cursor:
        for event in events:
            cursor.execute(
                f"""UPDATE timeline_past_participation SET ({own}) = (SELECT {its} FROM timeline_past_event
                WHERE timeline_past_event.id = event_id
                AND timeline_past_event.revision_id = timeline_past_participation.revision_id)
                WHERE event_id = %s""",
                [event],
            )


def only_of(noun: str, pks: Sequence[int]) -> set[int]:
    """The changesets that made or changed these things and nothing else."""
    own = Q(noun=noun, thing_id__in=pks)
    found = set(Revision.objects.filter(own).order_by().values_list("changeset", flat=True))
    for model in (BY_NOUN[noun].root, PAST[BY_NOUN[noun].root]):
        found.update(model._base_manager.filter(id__in=pks).values_list("recorded_in", flat=True))
    others = set(
        Revision.objects.filter(changeset__in=found).exclude(own).values_list("changeset", flat=True)
    )
    for thing in THINGS:
        for model in (thing.root, PAST[thing.root]):
            rows = model._base_manager.filter(recorded_in__in=found)
            if thing is BY_NOUN[noun]:
                rows = rows.exclude(id__in=pks)
            others.update(rows.values_list("recorded_in", flat=True))
    return found - others
