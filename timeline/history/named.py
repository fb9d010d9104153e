"""What things were called at a moment, also those that are gone: for the past, which names them by number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Model, Q

from timeline.history.states import State, attributes, keys_of, noun_of, parts_of
from timeline.models import Merge, Revision
from timeline.models.base import Record
from timeline.models.revision import PAST

Key = tuple[type[Model], int]


class Named(NamedTuple):
    """What a thing was called; `gone` says what has become of it where it is there no more."""

    name: str
    slug: str
    gone: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.gone})" if self.gone else self.name


class _Naming(NamedTuple):
    since: datetime
    until: datetime | None
    name: str
    slug: str


class Names:
    """The names of all things that some states name. Runs two queries for each kind of them, and one more."""

    def __init__(self, model: type[Record], states: Iterable[State]) -> None:
        self._namings: dict[Key, list[_Naming]] = defaultdict(list)
        self._standing: set[Key] = set()
        asked: dict[type[Any], set[int]] = defaultdict(set)
        for state in states:
            for other, number in named_by(model, state):
                asked[other].add(number)
        for other, numbers in asked.items():
            self._read(other, numbers)
        self._merged = self._read_merges(asked)

    def _read(self, model: type[Record], numbers: set[int]) -> None:
        name = model.name_field
        revisions = Revision.objects.filter(noun=noun_of(model).name, thing_id__in=numbers)
        past: Any = PAST[model]._base_manager.filter(revision_id__in=revisions.order_by().values("pk"))
        for pk, since, until, called, slug in past.order_by("revision_id").values_list(
            "id", "since", "until", name, "slug"
        ):
            self._namings[model, pk].append(_Naming(since, until, called, slug))
        now = model._default_manager.filter(pk__in=numbers).order_by()
        for pk, since, called, slug in now.values_list("pk", "recorded_at", name, "slug"):
            self._namings[model, pk].append(_Naming(since, None, called, slug))
            self._standing.add((model, pk))

    def _read_merges(self, asked: dict[type[Any], set[int]]) -> dict[tuple[str, int], str]:
        gone = Q(pk=None)
        for model, numbers in asked.items():
            lacking = [number for number in numbers if (model, number) not in self._standing]
            gone |= Q(noun=model._meta.model_name, gone_id__in=lacking)
        merges = Merge.objects.filter(gone, undone_at=None).order_by("pk")
        return {(noun, pk): kept for noun, pk, kept in merges.values_list("noun", "gone_id", "kept_name")}

    def at(self, model: type[Model], number: int, moment: datetime | None) -> Named:
        """What it was called then, or is called now; else the last or the first that is known."""
        namings = self._namings.get((model, number), [])
        gone = self.gone(model, number)
        if not namings:
            return Named(f"{model._meta.verbose_name} {number}", str(number), gone)
        then = (
            one for one in namings if moment and one.since <= moment and (not one.until or moment < one.until)
        )
        found = next(then, namings[-1])
        return Named(found.name, found.slug, gone)

    def gone(self, model: type[Model], number: int) -> str:
        """What has become of a thing that is there no more; "" of one that is."""
        if (model, number) in self._standing:
            return ""
        kept = self._merged.get((str(model._meta.model_name), number))
        return f"merged into “{kept}” since" if kept else "deleted since"


def named_by(model: type[Record], state: State) -> Iterator[Key]:
    """What the columns of a state, of its lines and of its links name."""
    noun = noun_of(model)
    yield from _keys(model, keys_of(noun), [state.row])
    for part in parts_of(noun):
        yield from _keys(part.model, keys_of(part), state.parts.get(part.key, []))


def _keys(model: type[Model], names: Iterable[str], rows: list[dict[str, Any]]) -> Iterator[Key]:
    for name in names:
        field: Any = model._meta.get_field(name)
        if field.is_relation:
            (column,) = attributes(model, [name])
            yield from ((field.related_model, row[column]) for row in rows if row[column] is not None)
