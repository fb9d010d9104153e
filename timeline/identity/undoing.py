"""Takes a merge back: everything as it was, but for what has been changed since, which stays and is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from timeline.history.changesets import changeset
from timeline.identity.merging import LABELS, locked, parts
from timeline.identity.snapshots import Snapshot, model_of, put_back, snapshot, values_of
from timeline.models import FormerSlug, Merge, Source
from timeline.models.base import Line

# What counts the saves; another value alone is no change of the thing.
COUNTED = ("version", "updated_at")


@dataclass
class Undoing:
    """What taking back a merge would do. `conflicts` say why it cannot be; `staying` what stays as it is."""

    merge: Merge
    conflicts: list[str] = field(default_factory=list)
    staying: list[str] = field(default_factory=list)

    @cached_property
    def noun(self) -> type[Any]:
        return apps.get_model("timeline", self.merge.noun)

    @property
    def record(self) -> dict[str, Any]:
        found: dict[str, Any] = self.merge.record
        return found

    @cached_property
    def kept(self) -> Any:
        """What has stayed, or None where it is gone since."""
        return self.noun._default_manager.filter(pk=self.merge.kept_id).first()

    @cached_property
    def returning(self) -> list[tuple[str, list[int], int]]:
        """(key, numbers, how many there were): the rows that lead to what stayed still, by key."""
        found = []
        for label, name, ids in self.record["moved"]:
            rows = apps.get_model(label)._default_manager.filter(**{name: self.merge.kept_id})
            standing = [pk for some in parts(ids) for pk in _ids(rows.filter(pk__in=some))]
            found.append((f"{label}.{name}", standing, len(ids)))
        return found

    @cached_property
    def restored(self) -> dict[str, Any]:
        """The fields of what stayed that are as the merge left them, with what they were before."""
        if self.kept is None:
            return {}
        before, after, now = self.record["before"], self.record["after"], snapshot(self.kept)["fields"]
        return {name: before[name] for name in before if now.get(name) == after[name] != before[name]}

    @cached_property
    def is_untouched(self) -> bool:
        return self.kept is not None and snapshot(self.kept)["fields"] == self.record["after"]

    def looked_at(self) -> Undoing:
        """Fills `conflicts` and `staying`."""
        self.conflicts, self.staying = list(self._conflicts()), list(self._staying())
        return self

    def _conflicts(self) -> Iterator[str]:
        if self.merge.undone_at is not None:
            yield "This merge was undone already."
            return
        later = Merge.objects.filter(noun=self.merge.noun, gone_id=self.merge.kept_id, undone_at=None).first()
        if later is not None:
            yield f"“{later.gone_name}” was itself merged into “{later.kept_name}” since. Undo that first."
        taken = self.noun._default_manager.filter(slug=self.merge.gone_slug).first()
        if taken is not None:
            yield f"The slug “{self.merge.gone_slug}” is that of “{taken}” now. Give that another one first."
        if self.noun._default_manager.filter(pk=self.merge.gone_id).exists():
            yield f"Number {self.merge.gone_id} is that of something else now."

    def _staying(self) -> Iterator[str]:
        if self.kept is None:
            yield f"“{self.merge.kept_name}” is gone since; it does not come back with this."
        for key, standing, number in self.returning:
            if number > len(standing):
                yield f"{number - len(standing)} of {number} {LABELS[key]}: deleted or changed since."
        if self.kept is not None and not self.is_untouched:
            now, after = snapshot(self.kept)["fields"], self.record["after"]
            names = [name for name in now if name not in COUNTED and now[name] != after.get(name)]
            fields = ", ".join(str(self.noun._meta.get_field(name).verbose_name) for name in names)
            if fields:
                yield f"“{self.kept}” as it was changed since: {fields}."
        for label, pk, _, after in self.record["changed"]:
            row = apps.get_model(label)._default_manager.filter(pk=pk).first()
            if row is None or any(getattr(row, name) != value for name, value in after.items()):
                yield f"What was put into one of the {LABELS_OF[label]}: it was deleted or changed since."
        for one in self.record["dropped"]:
            if not _can_stand(one, self.merge):
                yield f"One of the {LABELS_OF[one['model']]}: what it belonged to is gone."


LABELS_OF = {name.rpartition(".")[0]: label for name, label in LABELS.items()}


def undo(number: int, by: Any) -> Merge:
    """Take back the merge with this number, in one transaction. A ValidationError has all conflicts."""
    merge = Merge.objects.get(pk=number)
    with changeset(by=by, message=f"Merge of {merge} undone"):
        merge = Merge.objects.select_for_update().get(pk=number)
        noun = apps.get_model("timeline", merge.noun)
        locked(noun, merge.kept_id)
        undoing = Undoing(merge).looked_at()
        if undoing.conflicts:
            raise ValidationError(undoing.conflicts)
        returning = undoing.returning
        _free_addresses(undoing)
        for one in undoing.record["gone"]:
            put_back(_renamed(one))
        _restore_kept(undoing)
        _return_rows(merge, returning)
        _restore_lines(undoing)
        _lead_back(undoing)
        for thing in noun._default_manager.filter(pk__in=(merge.gone_id, merge.kept_id)):
            thing.clean()  # where they stand may have become a circle since
            if isinstance(thing, Source):
                thing.check_quotes()
        merge.undone_at, merge.undone_by = timezone.now(), by
        merge.save(update_fields=["undone_at", "undone_by"])
    return merge


def _free_addresses(undoing: Undoing) -> None:
    """The address of what comes back, before it does."""
    if slug := undoing.record["former"]["new"]:
        FormerSlug.objects.filter(noun=undoing.merge.noun, slug=slug).delete()


def _lead_back(undoing: Undoing) -> None:
    merge = undoing.merge
    led = FormerSlug.objects.filter(
        noun=merge.noun, thing_id=merge.kept_id, slug__in=undoing.record["former"]["led"]
    )
    led.update(thing_id=merge.gone_id)


def _restore_kept(undoing: Undoing) -> None:
    if undoing.kept is None:
        return
    rows = undoing.noun._default_manager.filter(pk=undoing.merge.kept_id)
    restored, before = undoing.restored, undoing.record["before"]
    values = values_of(undoing.noun, {name: restored[name] for name in restored if name not in COUNTED})
    for name, value in values.items():
        values[name] = _present(undoing.noun._meta.get_field(name), value)
    if undoing.is_untouched:
        rows.update(**values, **values_of(undoing.noun, {name: before[name] for name in COUNTED}))
    else:
        rows.mark_changed(**values)


def _return_rows(merge: Merge, returning: list[tuple[str, list[int], int]]) -> None:
    for key, ids, _ in returning:
        label, _, name = key.rpartition(".")
        rows = apps.get_model(label)._default_manager
        for some in parts(ids):
            rows.filter(pk__in=some).update(**{name: merge.gone_id})


def _restore_lines(undoing: Undoing) -> None:
    """Rows that were changed, made and dropped."""
    record = undoing.record
    for label, pk, before, after in record["changed"]:
        apps.get_model(label)._default_manager.filter(pk=pk, **after).update(**before)
    for label, pk, fields in record["made"]:
        row = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if row is not None and snapshot(row)["fields"] == fields:
            row.delete()
    for one in record["dropped"]:
        if _can_stand(one, undoing.merge):
            put_back(_at_the_end(_renamed(one)))


def _at_the_end(found: Snapshot) -> Snapshot:
    """A line whose place in its whole is taken goes to the end."""
    model = model_of(found)
    if issubclass(model, Line):
        whole = {f"{name}_id": found["fields"][name] for name in model.whole}
        positions = list(model._default_manager.filter(**whole).values_list("position", flat=True))
        if found["fields"]["position"] in positions:
            found["fields"]["position"] = max(positions) + 1
    return found


def _renamed(found: Snapshot) -> Snapshot:
    """The row with what it names as that is now: some of it may have been merged into something since."""
    fields = dict(found["fields"])
    for one in model_of(found)._meta.concrete_fields:
        if one.is_relation and fields.get(one.name) is not None:
            fields[one.name] = _present(one, fields[one.name])
    return {**found, "fields": fields}


def _present(key: Any, pk: Any) -> Any:
    """The number of what a key led to; of what has become of it since; None where it is gone."""
    if not key.is_relation or pk is None:
        return pk
    model: Any = key.related_model
    seen: set[int] = set()
    while pk is not None and pk not in seen and not model._default_manager.filter(pk=pk).exists():
        seen.add(pk)
        later = Merge.objects.filter(noun=model._meta.model_name, gone_id=pk, undone_at=None)
        pk = later.values_list("kept_id", flat=True).first()
    return pk


def _can_stand(found: Snapshot, merge: Merge) -> bool:
    """Whether all that a dropped row needs is there, counting what comes back."""
    for one in model_of(found)._meta.concrete_fields:
        pk = found["fields"].get(one.name) if one.is_relation else None
        if pk is None or one.null:
            continue
        noun: Any = one.related_model
        is_back = noun._meta.model_name == merge.noun and pk == merge.gone_id
        if not is_back and _present(one, pk) is None:
            return False
    return True


def _ids(rows: models.QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))
