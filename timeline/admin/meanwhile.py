"""What changed since a page was opened: told above its form, and at each field that it is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import pairwise
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator, capfirst

from timeline.admin.together import (
    ADDED,
    BOTH,
    CHANGED,
    JOINED,
    REMOVED,
    SAME,
    TAKEN,
    Met,
    MetLine,
    Table,
    Together,
)
from timeline.history.differences import Change, Telling, label, told
from timeline.history.named import Names
from timeline.history.states import Row, State
from timeline.history.wording import SAME as UNCHANGED
from timeline.history.wording import Effort, Piece, pieces
from timeline.models import Changeset

TITLE, QUOTED = 80, 200
KEPT = {
    TAKEN: "theirs",
    SAME: "the same as yours",
    JOINED: "yours and theirs together",
    BOTH: "yours: both of you changed it",
}


class Author(NamedTuple):
    """Who was the last to change something, as far as that is known, and when."""

    who: str
    at: datetime | None = None


class Told(NamedTuple):
    """A field that they changed. `anchor` is the id of its input; `what` is what became of it."""

    label: str
    anchor: str
    what: str
    kept: str
    before: str
    theirs: list[Piece]
    yours: list[Piece]
    by: Author


class ToldLine(NamedTuple):
    title: str
    said: str
    fields: list[Told]


class Mark(NamedTuple):
    text: SafeString
    is_conflict: bool = False


class MarkedField(BoundField):
    """A field with what became of it meanwhile below its input."""

    @property
    def mark(self) -> Mark:
        found: Mark = self.field.meanwhile  # type: ignore[attr-defined]
        return found

    def as_widget(self, widget: Any = None, attrs: Any = None, only_initial: bool = False) -> SafeString:
        shown = super().as_widget(widget, attrs, only_initial)
        kind = "meanwhile-conflict" if self.mark.is_conflict else "meanwhile-taken"
        form = '{}<div class="meanwhile-mark {}" id="{}_meanwhile">{}</div>'
        return format_html(form, shown, kind, self.auto_id, self.mark.text)

    @property
    def aria_describedby(self) -> str | None:
        return " ".join([*(super().aria_describedby or "").split(), f"{self.auto_id}_meanwhile"])


class Meanwhile:
    """What the page tells of a form that was overtaken."""

    def __init__(self, together: Together, user: Any) -> None:
        self.together, self.user = together, user
        self.model: Any = together.model
        self.names = Names(self.model, together.states)
        self.effort = Effort()
        self.changes: list[Changeset] = [
            state.revision.changeset for state in reversed(together.states) if state.revision
        ]
        self.also = self._also()
        self.marks: dict[tuple[str, str], Mark] = {}
        self.fields = [self._thing_field(met) for met in together.fields if self._is_shown(met)]
        tables = ((_name(table), self._lines(table)) for table in together.tables)
        self.tables = [(name, lines) for name, lines in tables if lines]

    @property
    def is_known(self) -> bool:
        """Whether it is known what the page began from."""
        return self.together.base is not None

    @property
    def conflicts(self) -> int:
        return sum(mark.is_conflict for mark in self.marks.values())

    def mark(self, form: Any, formsets: list[Any]) -> None:
        """Put the marks into the form of both, and let it show what stands now."""
        form.catch_up()
        for row in (form, *(row for formset in formsets for row in formset.forms)):
            for name, one in row.fields.items():
                if found := self.marks.get((row.prefix or "", name)):
                    one.meanwhile, one.bound_field_class = found, MarkedField
                    row._bound_fields_cache.pop(name, None)

    # --- The thing itself ---

    def _also(self) -> list[Change]:
        """What changed of the thing that stands in no field of the form."""
        if self.together.base is None:
            return []
        leaving = tuple(self.together.form.fields)
        telling = Telling(self.model, self.names, lambda model: False, leaving)
        return telling.between(self.together.base, self.together.now).fields

    def _thing_field(self, met: Met) -> Told:
        links = {link.key: link for link in self.together.noun.links}

        def said(state: State) -> Any:
            if met.name in links:
                return sorted(row[f"{links[met.name].other}_id"] for row in state.parts[met.name])
            return state.row.get(self.model._meta.get_field(met.name).attname)

        return self._told(met, self.model, "", self._author(said))

    def _author(self, said: Callable[[State], Any]) -> Author:
        """Who was the last to change what a state says."""
        for newer, older in pairwise(self.together.states):
            if said(newer) != said(older) and older.revision:
                changeset = older.revision.changeset
                return Author(self._name(changeset.by), changeset.at)
        return Author(self._name(None))

    def _name(self, user: Any) -> str:
        if user is None:
            return "Somebody"
        return "You" if user == self.user else str(user)

    # --- Its lines ---

    def _lines(self, table: Table) -> list[ToldLine]:
        """Where only what is not shown has changed there is nothing to tell."""
        found = ((line, self._line(table, line)) for line in table.lines)
        return [one for line, one in found if one.fields or line.what != CHANGED or line.is_leaving]

    def _line(self, table: Table, line: MetLine) -> ToldLine:
        prefix = "" if line.index is None else f"{table.prefix}-{line.index}"
        known = line.stands or line.was

        def said(state: State) -> Any:
            return next(
                (row for row in state.parts[table.part.key] if known and row["id"] == known["id"]), None
            )

        author = self._author(said)
        who = author.who
        sentence, is_marked, fields = f"{who} added this row.", True, []
        if line.what == REMOVED:
            sentence, is_marked = f"{who} took this row out.", line.index is not None
            if is_marked:
                sentence += " You have changed it: saving adds it again. Empty it to leave it out."
        elif line.what == CHANGED:
            sentence, is_marked = f"{who} changed this row.", line.is_leaving
            if is_marked:
                sentence += " You take it out."
            shown = (met for met in line.fields if self._is_shown(met))
            fields = [self._told(met, table.part.model, prefix, author) for met in shown]
        if is_marked:
            first = next(name for name, one in line.form.fields.items() if not one.widget.is_hidden)
            self.marks[prefix, first] = Mark(format_html("{}", sentence), line.what != ADDED)
        return ToldLine(self._title(table, line), sentence, fields)

    def _title(self, table: Table, line: MetLine) -> str:
        """The first two things that a line says; where only what was sent is known of it, as that says it."""
        row: Row | None = line.was or line.stands
        model: Any = table.part.model
        if row is None:
            found = [
                self._sent(line.form, key, model) for key in table.part.keys[:2] if key in line.form.fields
            ]
        else:
            columns = ((key, model._meta.get_field(key).attname) for key in table.part.keys[:2])
            found = [self._words(model, key, row.get(column)) for key, column in columns]
        return Truncator(", ".join(text for text in found if text)).chars(TITLE)

    # --- A field of either ---

    def _is_shown(self, met: Met) -> bool:
        return not met.form.fields[met.name].widget.is_hidden

    def _told(self, met: Met, model: Any, prefix: str, by: Author) -> Told:
        before = self._words(model, met.name, met.before)
        theirs = self._words(model, met.name, met.theirs)
        yours = self._sent(met.form, met.name, model) if met.what in (JOINED, BOTH) else ""
        name = f"id_{prefix}-{met.name}" if prefix else f"id_{met.name}"
        anchor = met.form.fields[met.name].widget.id_for_label(name)
        self._mark(met, prefix, by.who, before, theirs)
        return Told(
            label(model, met.name),
            anchor,
            met.what,
            KEPT[met.what],
            before,
            self._pieces(model, met.name, before, theirs),
            self._pieces(model, met.name, before, yours),
            by,
        )

    def _mark(self, met: Met, prefix: str, who: str, before: str, theirs: str) -> None:
        texts = {"who": who, "before": _quoted(before), "theirs": _quoted(theirs)}
        forms = {
            TAKEN: "{who} changed this meanwhile, from {before}. Theirs stands here.",
            JOINED: "{who} changed this meanwhile, too. What both of you added and took out is in here.",
            BOTH: "<strong>Both of you changed this.</strong> {who}: {theirs}. Yours stands here.",
        }
        if met.what in forms:
            self.marks[prefix, met.name] = Mark(format_html(forms[met.what], **texts), met.what == BOTH)

    def _sent(self, form: Any, name: str, model: Any) -> str:
        """What was sent, in words if it can be read."""
        one, data = form.fields[name], form[name].data
        try:
            value = one.clean(data)
        except ValidationError:
            return " ".join(str(part) for part in data if part) if isinstance(data, list) else str(data or "")
        if isinstance(value, models.QuerySet):
            return ", ".join(str(thing) for thing in value)
        return str(value) if isinstance(value, models.Model) else self._words(model, name, value)

    def _words(self, model: Any, name: str, value: Any) -> str:
        """A value of a field in words; "" for none."""
        one: Any = model._meta.get_field(name)
        if one.is_relation and value is not None:
            numbers = value if isinstance(value, list) else [value]
            return ", ".join(str(self.names.at(one.related_model, number, None)) for number in numbers)
        return told(dict(one.flatchoices).get(value, value) if one.choices else value)

    def _pieces(self, model: Any, name: str, before: str, after: str) -> list[Piece]:
        """Words are marked where some have stayed; what was before stands beside it."""
        one = model._meta.get_field(name)
        if before and after and isinstance(one, models.CharField | models.TextField) and not one.choices:
            found = pieces(before, after, self.effort)
            if any(piece.kind == UNCHANGED for piece in found):
                return found
        return [Piece(UNCHANGED, after)] if after else []


def _name(table: Table) -> str:
    return str(capfirst(str(table.inline.opts.verbose_name_plural)))


def _quoted(text: str) -> str:
    return f"“{Truncator(text).chars(QUOTED)}”" if text else "nothing"
