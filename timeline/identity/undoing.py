"""Takes a merge back: everything as it was, but for what has been changed since, which stays and is named."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from timeline.history.changesets import changeset
from timeline.identity.merging import LABELS, TOGETHER, locked
from timeline.identity.present import Present
from timeline.identity.refused import lead, named, parts
from timeline.identity.snapshots import Snapshot, model_of, put_back, row_of, snapshot, values_of
from timeline.models import FormerSlug, Merge, Source
from timeline.models.base import Line

# What is known of a merge when something of the two was erased since.
NOTHING: dict[str, Any] = {
    "moved": [], "gone": [], "dropped": [], "changed": [], "made": [], "before": {}, "after": {}
}  # fmt: skip
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
        return found or NOTHING

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
        before, after, touched = self.record["before"], self.record["after"], self.touched
        return {name: before[name] for name in before if name not in touched and after[name] != before[name]}

    @cached_property
    def touched(self) -> set[str]:
        """The fields of what stayed that were changed since, each with those that mean something with it."""
        now, after = snapshot(self.kept)["fields"], self.record["after"]
        names = {name for name in now if now[name] != after.get(name)}
        groups = map(set, TOGETHER.get(self.noun, {}).values())
        return names.union(*(group for group in groups if group & names))

    @cached_property
    def present(self) -> Present:
        """What has become of all that the copies of the merge name."""
        record = self.record
        before = {"model": self.noun._meta.label_lower, "fields": record["before"]}
        found = [*record["gone"], *record["dropped"], before]
        return Present(found, (self.noun, self.merge.gone_id))

    @cached_property
    def is_untouched(self) -> bool:
        return self.kept is not None and not self.touched

    def looked_at(self) -> Undoing:
        """Fills `conflicts` and `staying`."""
        self.conflicts, self.staying = list(self._conflicts()), list(self._staying())
        return self

    def _conflicts(self) -> Iterator[str]:
        if self.merge.undone_at is not None:
            yield "This merge was undone already."
            return
        if not self.merge.record:
            yield "Something of the two was erased since, and with it all that undoing would put back."
            return
        later = Merge.objects.filter(noun=self.merge.noun, gone_id=self.merge.kept_id, undone_at=None).first()
        if later is not None:
            yield f"“{later.gone_name}” was itself merged into “{later.kept_name}” since. Undo that first."
        taken = self.noun._default_manager.filter(slug=self.merge.gone_slug).first()
        if taken is not None:
            yield f"The slug “{self.merge.gone_slug}” is that of “{taken}” now. Give that another one first."
        former = FormerSlug.objects.filter(noun=self.merge.noun, slug=self.merge.gone_slug)
        others = former.exclude(thing_id__in=(self.merge.kept_id, self.merge.gone_id)).values("thing_id")
        if (other := self.noun._default_manager.filter(pk__in=others).first()) is not None:
            yield f"The slug “{self.merge.gone_slug}” leads to “{other}”, which had it since."
        if self.noun._default_manager.filter(pk=self.merge.gone_id).exists():
            yield f"Number {self.merge.gone_id} is that of something else now."

    def _staying(self) -> Iterator[str]:
        if self.kept is None and self.merge.record:
            yield f"“{self.merge.kept_name}” is gone since; it does not come back with this."
        for key, standing, number in self.returning:
            if number > len(standing):
                yield f"{number - len(standing)} of {number} {LABELS[key]}: deleted or changed since."
        if self.kept is not None:
            names = [name for name in self.record["after"] if name in self.touched - {*COUNTED}]
            fields = ", ".join(str(self.noun._meta.get_field(name).verbose_name) for name in names)
            if fields:
                yield f"“{self.kept}” as it was changed since: {fields}."
        for label, number in Counter(self._overwritten()).items():
            one = "one" if number == 1 else number
            yield f"What was put into {one} of the {LABELS_OF[label]}: it was deleted or changed since."
        gone = (one["model"] for one in self.record["dropped"] if not self.present.can_stand(one))
        for label, number in Counter(gone).items():
            one = "One" if number == 1 else number
            yield f"{one} of the {LABELS_OF[label]}: what it belonged to is gone."

    def _overwritten(self) -> Iterator[str]:
        """The models of rows into which something was put that is not there any more."""
        changed: dict[str, list[Any]] = defaultdict(list)
        for label, pk, _, after in self.record["changed"]:
            changed[label].append((pk, after))
        for label, values in changed.items():
            rows: dict[int, Any] = {}
            for some in parts([pk for pk, _ in values]):
                rows |= apps.get_model(label)._default_manager.in_bulk(some)
            for pk, after in values:
                if pk not in rows or any(getattr(rows[pk], name) != value for name, value in after.items()):
                    yield label


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
            with named(f"“{merge.gone_name}”"):
                put_back(undoing.present.renamed(one))
        with named(f"“{merge.kept_name}”"):
            _restore_kept(undoing)
        for key, ids, _ in returning:
            label, _, name = key.rpartition(".")
            lead(apps.get_model(label), ids, name, merge.gone_id, capfirst(LABELS[key]))
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
    before = undoing.record["before"]
    found = {"model": undoing.noun._meta.label_lower, "fields": undoing.restored}
    restored = undoing.present.renamed(found)["fields"]
    values = values_of(undoing.noun, {name: restored[name] for name in restored if name not in COUNTED})
    if undoing.is_untouched:
        rows.update(**values, **values_of(undoing.noun, {name: before[name] for name in COUNTED}))
    else:
        rows.mark_changed(**values)


def _restore_lines(undoing: Undoing) -> None:
    """Rows that were changed, made and dropped."""
    record = undoing.record
    for label, pk, before, after in record["changed"]:
        with named(f"One of the {LABELS_OF[label]}"):
            apps.get_model(label)._default_manager.filter(pk=pk, **after).update(**before)
    for label, pk, fields in record["made"]:
        row = apps.get_model(label)._default_manager.filter(pk=pk).first()
        if row is not None and snapshot(row)["fields"] == fields:
            row.delete()
    for one in record["dropped"]:
        if undoing.present.can_stand(one):
            found = _at_the_end(undoing.present.renamed(one))
            with named(capfirst(LABELS_OF[one["model"]]), row_of(found)):
                put_back(found)


def _at_the_end(found: Snapshot) -> Snapshot:
    """A line whose place in its whole is taken goes to the end."""
    model = model_of(found)
    if issubclass(model, Line):
        whole = {f"{name}_id": found["fields"][name] for name in model.whole}
        positions = list(model._default_manager.filter(**whole).values_list("position", flat=True))
        if found["fields"]["position"] in positions:
            found["fields"]["position"] = max(positions) + 1
    return found


def _ids(rows: models.QuerySet[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))
