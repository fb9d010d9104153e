"""Puts a thing back into a state that it had, as a new version, by the rules of today: all of it or nothing.

What is of review stays as it is, or somebody could publish by it: where a thing stands on its way to the
public is changed by the steps of timeline/review.py alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, NamedTuple

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import DataError, IntegrityError, connection, transaction
from django.utils.text import capfirst

from timeline import review
from timeline.exchange.nouns import Lines, Links
from timeline.exchange.tables import reason
from timeline.history.changesets import changeset
from timeline.history.differences import FOUND, Difference, Telling, label, label_of, paired
from timeline.history.named import Names
from timeline.history.states import (
    NO_LIMIT,
    Row,
    State,
    attributes,
    keys_of,
    noun_of,
    parts_of,
    revisions_of,
    states,
)
from timeline.history.things import BY_NOUN
from timeline.models import Contract, Event, Merge, Revision
from timeline.models.event import Reviewed


class Problem(NamedTuple):
    """Why it cannot be restored; `where` is the field or the line."""

    where: str
    message: str


class Refused(Exception):
    """A state that cannot stand now. Nothing has been written."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{where}: {message}" for where, message in problems))
        self.problems = problems


class Overtaken(Exception):
    """The thing has changed, or was erased, since somebody was shown what restoring would do."""


def model_of(revision: Revision) -> type[Any]:
    return BY_NOUN[revision.noun].root


class Restoring:
    """What restoring a revision would do to its thing, which may be gone. Reads both states.

    Raises Overtaken where it was erased since the revision was read.
    """

    def __init__(self, revision: Revision) -> None:
        self.revision = revision
        self.model = model_of(revision)
        self.noun = noun_of(self.model)
        # The last state that ended; read first, so that it tells of whatever comes after it.
        last = revisions_of(self.model, revision.thing_id).order_by("-id").first()
        if last is None:
            raise Overtaken
        self.last = last
        found = states(self.model, revision.thing_id, [revision], now=True, longest=NO_LIMIT)
        self.past = found[-1]
        self.is_gone = found[0] is self.past
        self.now = _nothing(self.past) if self.is_gone else found[0]
        _date_milestones(self.past)
        self.telling = Telling(self.model, Names(self.model, found), leaving=self.kept)

    @property
    def seen(self) -> str:
        """Names the state that stands: another one is shown by another."""
        return f"{self.last.pk}.{'gone' if self.is_gone else self.now.version}"

    @property
    def kept(self) -> tuple[str, ...]:
        """The fields that stay as they are. What is found of a quote follows from the texts of today."""
        return (*(review.COLUMNS if issubclass(self.model, Reviewed) else ()), *FOUND)

    @cached_property
    def difference(self) -> Difference:
        return self.telling.between(self.now, self.past)

    @cached_property
    def lacking(self) -> list[Problem]:
        """What the state names that is gone."""
        return [
            *self._own_lacking(),
            *(one for part in parts_of(self.noun) for one in self._part_lacking(part)),
        ]

    def _own_lacking(self) -> Iterator[Problem]:
        merge = self.is_gone and _merge_of(self.revision)
        if merge:
            yield Problem(str(self.model._meta.verbose_name), f"It was merged: {merge}. Undo the merge.")
        yield from self._gone(self.model, self.changed, self.past.row, "")

    def _part_lacking(self, part: Lines | Links) -> Iterator[Problem]:
        for row in self.coming(part):
            where = f"{label_of(part)}, “{self.telling.title(part, row, self.past)}”"
            yield from self._gone(part.model, keys_of(part), row, where)

    def _gone(self, model: type[Any], keys: Any, row: Row, where: str) -> Iterator[Problem]:
        for key in keys:
            field: Any = model._meta.get_field(key)
            number = row[field.attname] if field.is_relation else None
            if number is not None and (gone := self.telling.names.gone(field.related_model, number)):
                named = self.telling.names.at(field.related_model, number, self.past.since)
                yield Problem(where or label(model, key), f"“{named.name}” was {gone}.")

    @property
    def changed(self) -> list[str]:
        """The fields of the thing's own that differ."""
        keys = [key for key in keys_of(self.noun) if key not in self.kept]
        columns = zip(keys, attributes(self.model, keys), strict=True)
        return [key for key, column in columns if self.now.row.get(column) != self.past.row[column]]

    def leaving(self, part: Lines | Links) -> list[int]:
        """The numbers of the lines that go, or are written anew."""
        pairs = self._pairs(part)
        return [
            before["id"]
            for before, after in pairs
            if before and (not after or self._differ(part, before, after))
        ]

    def coming(self, part: Lines | Links) -> list[Row]:
        """The lines that are written."""
        pairs = self._pairs(part)
        return [
            after for before, after in pairs if after and (not before or self._differ(part, before, after))
        ]

    def _pairs(self, part: Lines | Links) -> list[tuple[Row | None, Row | None]]:
        return list(paired(part, self.now.parts[part.key], self.past.parts[part.key]))

    def _differ(self, part: Lines | Links, before: Row, after: Row) -> bool:
        keys = [key for key in keys_of(part) if key not in FOUND]
        return any(before[column] != after[column] for column in attributes(part.model, keys))


def _nothing(past: State) -> State:
    """What stands of a thing that is gone."""
    return State(None, past.since, None, {}, {key: [] for key in past.parts})


def _date_milestones(past: State) -> None:
    """Where an event is given `met` is its date, as that is now."""
    rows = [row for row in past.parts.get("milestones", []) if row["event_id"] is not None]
    if rows:
        dates = dict(Event.objects.filter(pk__in=[row["event_id"] for row in rows]).values_list("pk", "date"))
        for row in rows:
            row["met"] = dates.get(row["event_id"], row["met"])


def _merge_of(revision: Revision) -> Merge | None:
    noun = model_of(revision)._meta.model_name
    return Merge.objects.filter(noun=noun, gone_id=revision.thing_id, undone_at=None).first()


def restore(revision: Revision, *, by: Any, message: str, seen: str) -> Any:
    """Write the state as a new version in one transaction; returns the thing.

    `seen` is that of the `Restoring` which was shown: raises Overtaken where the thing has changed since, and
    Refused where the state cannot stand now.
    """
    model = model_of(revision)
    with changeset(by=by, message=message):
        thing = model._default_manager.select_for_update(no_key=True).filter(pk=revision.thing_id).first()
        restoring = Restoring(revision)
        if restoring.seen != seen or restoring.is_gone != (thing is None):
            raise Overtaken
        return _Writing(restoring, thing, by).run()


class _Writing:
    """Writes it, and gathers what is refused on the way; who has begun the transaction ends it."""

    def __init__(self, restoring: Restoring, thing: Any, by: Any) -> None:
        self.restoring, self.by = restoring, by
        self.problems = list(restoring.lacking)
        self.thing = self._made() if thing is None else thing

    def run(self) -> Any:
        restoring = self.restoring
        _set(self.thing, restoring.changed, restoring.past.row)
        if isinstance(self.thing, Reviewed):
            self.thing.edited_by = self.by
        if self.problems:
            keys = [field.name for field in self.thing._meta.concrete_fields if field.is_relation]
            self._attempt(self.thing, "", lambda: self.thing.full_clean(exclude=keys))
        elif self._save(self.thing, "", force_insert=restoring.is_gone):
            self._write_parts()
        if self.problems:
            raise Refused(self.problems)
        return self.thing

    def _made(self) -> Any:
        """The thing anew, under its number and above all its versions; a draft, whatever it was."""
        last = self.restoring.last
        (state,) = states(self.restoring.model, last.thing_id, [last], now=False)
        thing = self.restoring.model(pk=last.thing_id, version=last.version + 1)
        if isinstance(thing, Reviewed):
            # Why it was retracted the public goes on reading.
            _set(thing, ["retracted_at", "retraction_reason"], state.row)
        return thing

    def _write_parts(self) -> None:
        if self.restoring.is_gone:
            created = self.restoring.past.row["created_at"]
            self.restoring.noun.rows.filter(pk=self.thing.pk).update(created_at=created)
        for part in parts_of(self.restoring.noun):
            part.model._default_manager.filter(pk__in=self.restoring.leaving(part)).delete()
            self._write(part)
        for rule in self._rules():
            self._attempt(self.thing, "", rule)
        # PostgreSQL would tell what is gone at the very end only.
        self._attempt(self.thing, "", connection.check_constraints)

    def _write(self, part: Lines | Links) -> None:
        """Lines have their numbers again, unless something else has one by now."""
        coming = self.restoring.coming(part)
        ids = [row["id"] for row in coming]
        taken = {*part.model._default_manager.filter(pk__in=ids).values_list("pk", flat=True)}
        for row in coming:
            number = None if row["id"] in taken else row["id"]
            line = part.model(**{"pk": number, f"{part.whole}_id": self.thing.pk})
            _set(line, [key for key in keys_of(part) if key != "quote_status"], row)
            title = self.restoring.telling.title(part, row, self.restoring.past)
            self._save(line, f"{label_of(part)}, “{title}”", force_insert=True)

    def _rules(self) -> Iterator[Callable[[], None]]:
        """Those over several rows, which hold for what has been written."""
        if isinstance(self.thing, Reviewed):
            yield self.thing.check_publishable
        if isinstance(self.thing, Contract):
            yield self.thing.check_shares
        if isinstance(self.thing, Event):
            yield self.thing.check_contracts

    def _save(self, row: Any, where: str, *, force_insert: bool) -> bool:
        def save() -> None:
            row.full_clean()
            row.save(force_insert=force_insert)

        return self._attempt(row, where, save)

    def _attempt(self, row: Any, where: str, act: Callable[[], object]) -> bool:
        before = len(self.problems)
        try:
            with transaction.atomic():
                act()
        except ValidationError as refused:
            self.problems += _problems(row, where, refused)
        except (IntegrityError, DataError) as refused:
            self.problems.append(Problem(where or _name_of(row), reason(type(row), refused)))
        return len(self.problems) == before


def _set(row: Any, keys: Iterable[str], values: Row) -> None:
    for column in attributes(type(row), keys):
        setattr(row, column, values[column])


def _problems(row: Any, where: str, refused: ValidationError) -> Iterator[Problem]:
    by_field = (
        refused.message_dict if hasattr(refused, "error_dict") else {NON_FIELD_ERRORS: refused.messages}
    )
    for key, messages in by_field.items():
        named = "" if key == NON_FIELD_ERRORS else label(type(row), key)
        told = ": ".join(one for one in (where, named) if one) or _name_of(row)
        yield from (Problem(told, message) for message in messages)


def _name_of(row: Any) -> str:
    return str(capfirst(row._meta.verbose_name))
