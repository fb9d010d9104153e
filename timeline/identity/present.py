"""What has become of the things that old copies of rows name: they stand, were merged since, or are gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from timeline.identity.refused import parts
from timeline.identity.snapshots import Snapshot, model_of
from timeline.models import Merge

Model = Any


class Present:
    """The numbers of what the rows of some snapshots name, as they are now.

    Runs a query or two a kind of thing and 500 of them, and as many again for what was merged twice.
    """

    def __init__(self, found: Iterable[Snapshot], back: tuple[Model, int]) -> None:
        """`back` is about to stand again."""
        asked: dict[Model, set[int]] = defaultdict(set)
        for one in found:
            for key in keys_of(one):
                asked[key.related_model].add(one["fields"][key.name])
        self._now = {model: _now(model, pks, back) for model, pks in asked.items()}

    def of(self, key: Any, pk: int) -> int | None:
        """The number of what a key led to, or of what that was merged into since; None where it is gone."""
        return self._now[key.related_model][pk]

    def renamed(self, found: Snapshot) -> Snapshot:
        """The row with what it names as that is now."""
        named = {key.name: self.of(key, found["fields"][key.name]) for key in keys_of(found)}
        return {**found, "fields": {**found["fields"], **named}}

    def can_stand(self, found: Snapshot) -> bool:
        """Whether all that the row cannot be without is there."""
        return all(key.null or self.of(key, found["fields"][key.name]) for key in keys_of(found))


def keys_of(found: Snapshot) -> list[Any]:
    """The foreign keys of a row that lead to something."""
    keys = (field for field in model_of(found)._meta.concrete_fields if field.is_relation)
    return [key for key in keys if found["fields"].get(key.name) is not None]


def _now(model: Model, pks: set[int], back: tuple[Model, int]) -> dict[int, int | None]:
    now: dict[int, int | None] = {pk: pk for pk in pks}
    seen: set[int] = {back[1]} if back[0] is model else set()
    while unseen := {pk for pk in now.values() if pk is not None} - seen:
        seen |= unseen
        became = _became(model, sorted(unseen))
        now = {pk: became.get(at, at) if at is not None else None for pk, at in now.items()}
    return now


def _became(model: Model, pks: list[int]) -> dict[int, int | None]:
    """Of those that do not stand: what each was merged into, or None."""
    became: dict[int, int | None] = dict.fromkeys(pks)
    for some in parts(pks):
        for pk in model._default_manager.filter(pk__in=some).values_list("pk", flat=True):
            del became[pk]
    noun = model._meta.model_name
    for some in parts([*became]):
        merges = Merge.objects.filter(noun=noun, gone_id__in=some, undone_at=None).order_by("pk")
        became.update(merges.values_list("gone_id", "kept_id"))
    return became
