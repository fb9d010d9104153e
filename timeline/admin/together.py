"""Two people at one thing: what the second has typed, what the first has saved meanwhile, and a form of both.

Three states meet: the one that the page began from, the one that stands, and what was sent. What only one of
the two has changed is taken from that one. Where both have, what was sent stays; timeline/admin/meanwhile.py
tells theirs beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django import forms
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import QueryDict

from timeline.admin.page_forms import BESIDE
from timeline.exchange.nouns import Lines
from timeline.history.differences import paired
from timeline.history.states import Row, State, Unread, noun_of, revisions_of, states

# So many changes since the page was opened are told one by one.
MOST = 50
# What became of a field that they changed.
TAKEN, SAME, JOINED, BOTH = "taken", "same", "joined", "both"
# And of a line.
ADDED, REMOVED, CHANGED = "added", "removed", "changed"
# Values by the names of inputs, without the prefix of the form.
Sent = dict[str, list[str]]


class Met(NamedTuple):
    """A field that they changed: what it said before and says now, and what became of it."""

    name: str
    what: str
    before: Any
    theirs: Any
    form: Any


@dataclass
class MetLine:
    """A line that they ADDED, REMOVED or CHANGED, as it was and as it is.

    `index` is where the form has it, None where it has not. What they took out and we have changed is there
    as a new line. `is_leaving` says that we take it out.
    """

    what: str
    form: Any
    was: Row | None
    stands: Row | None
    index: int | None = None
    fields: list[Met] = field(default_factory=list)
    is_leaving: bool = False


class Together:
    """What came of a form that was overtaken, and of its inlines. `data` is what the form of both is made of.

    `states` are those since the page was opened, the one that stands first; `base` is the one that the page
    began from, None where it is not known.
    """

    def __init__(self, form: Any, inlines: list[Any], sent: QueryDict) -> None:
        self.form, self.model = form, type(form.instance)
        self.noun = noun_of(self.model)
        self.states = self._read()
        self.now = self.states[0]
        self.base = self.states[-1] if len(self.states) > 1 else None
        self.data = sent.copy()
        before = self._initial(self.base) if self.base else None
        self.fields = list(meet(form, before, self._initial(self.now)))
        for met in self.fields:
            put(self.data, "", taken(met))
        self.tables = [Table(self, inline) for inline in inlines]

    def _read(self) -> list[State]:
        pk, seen = self.form.instance.pk, self.form.cleaned_data.get("seen_revision")
        if seen is None:
            return states(self.model, pk, [], now=True)
        later = revisions_of(self.model, pk).filter(pk__gt=seen)
        found = list(later[:MOST])
        if len(found) == MOST:
            found[-1] = later.order_by("until", "id")[0]
        return states(self.model, pk, found, now=True)

    def _initial(self, state: State) -> dict[str, Any]:
        links = {
            link.key: sorted(row[f"{link.other}_id"] for row in state.parts[link.key])
            for link in self.noun.links
        }
        return initial_of(type(self.form), state.row) | links


class Table:
    """The lines of one inline, which are written into the data of the form of both, as they stand."""

    def __init__(self, together: Together, inline: Any) -> None:
        self.inline, self.formset = inline, inline.formset
        self.prefix = self.formset.prefix
        whole = (self.formset.model, self.formset.fk.name)
        self.part: Lines = next(one for one in together.noun.lines if (one.model, one.whole) == whole)
        self.ours = {_number(form): form for form in self.formset.initial_forms}
        self.rows: list[Sent] = []
        self.lines: list[MetLine] = []
        before = together.base.parts[self.part.key] if together.base else []
        pairs = list(paired(self.part, before, together.now.parts[self.part.key]))
        standing = self._meet(pairs)
        write(together.data, self.prefix, self.rows, standing)

    def _meet(self, pairs: list[tuple[Row | None, Row | None]]) -> int:
        """Collect all rows; returns how many of them stand."""
        both = [(was, stands) for was, stands in pairs if stands is not None]
        for was, stands in sorted(both, key=lambda pair: (pair[1].get("position", 0), pair[1]["id"])):
            self._keep(was, stands)
        standing = len(self.rows)
        for was in [was for was, stands in pairs if was is not None and stands is None]:
            self._keep_removed(was)
        known = {row["id"] for pair in pairs for row in pair if row}
        for number, ours in self.ours.items():
            if number not in known:
                self._bring_back(MetLine(REMOVED, ours, None, None))
        self.rows += [self._sent(form) for form in self.formset.extra_forms]
        return standing

    def _sent(self, form: Any) -> Sent:
        return sent_under(self.formset.data, f"{form.prefix}-")

    def _initial(self, row: Row) -> dict[str, Any]:
        return initial_of(self.formset.form, row)

    def _keep(self, was: Row | None, stands: Row) -> None:
        """A line that stands: with what we have changed of it, if we were shown it and may."""
        ours = self.ours.get(was["id"] if was else stands["id"])
        initial = self._initial(stands)
        if ours is None or not self.inline.has_change_permission:
            form = self.formset.form(instance=self.part.model(), prefix=self.prefix)
            row = {
                key: values for name in initial for key, values in as_sent(form, name, initial[name]).items()
            }
            before = self._initial(was) if was else dict.fromkeys(initial)
            changed = [
                name
                for name in initial
                if name in form.fields and differ(form.fields[name], before[name], initial[name])
            ]
            fields = [Met(name, TAKEN, before[name], initial[name], form) for name in changed]
        else:
            form, row = ours, self._sent(ours)
            fields = list(meet(ours, self._initial(was) if was else None, initial))
            for met in fields:
                row |= taken(met)
        self.rows.append({**row, "id": [str(stands["id"])]})
        if fields:
            what = CHANGED if was or ours else ADDED
            leaves = DELETION_FIELD_NAME in row
            self.lines.append(MetLine(what, form, was, stands, len(self.rows) - 1, fields, leaves))

    def _keep_removed(self, was: Row) -> None:
        """A line that they took out goes, unless we have changed it: then it comes as a new one."""
        ours, initial = self.ours.get(was["id"]), self._initial(was)
        if ours and any(is_changed(ours, name, initial[name]) for name in met_fields(ours, initial)):
            self._bring_back(MetLine(REMOVED, ours, was, None))
        else:
            form = self.formset.form(instance=self.part.model(), prefix=self.prefix)
            self.lines.append(MetLine(REMOVED, form, was, None))

    def _bring_back(self, met: MetLine) -> None:
        row = self._sent(met.form)
        if DELETION_FIELD_NAME not in row and self.inline.has_change_permission:
            met.index = len(self.rows)
            self.rows.append({**row, "id": [""]})
        self.lines.append(met)


def _number(form: Any) -> int:
    sent = str(form.data.get(form.add_prefix("id"), ""))
    return int(sent) if sent.isascii() and sent.isdigit() else 0


def sent_under(data: QueryDict, start: str) -> Sent:
    return {name.removeprefix(start): values for name, values in data.lists() if name.startswith(start)}


def put(data: QueryDict, prefix: str, sent: Sent) -> None:
    for name, values in sent.items():
        data.setlist(prefix + name, values)
        if not values:
            del data[prefix + name]


def write(data: QueryDict, prefix: str, rows: list[Sent], standing: int) -> None:
    """Let the data have these rows under the prefix, of which so many stand."""
    for name in [name for name in data if name.startswith(f"{prefix}-")]:
        if not name.endswith("_NUM_FORMS"):
            del data[name]
    for number, row in enumerate(rows):
        put(data, f"{prefix}-{number}-", row)
    data[f"{prefix}-TOTAL_FORMS"], data[f"{prefix}-INITIAL_FORMS"] = str(len(rows)), str(standing)


def as_new(sent: QueryDict, formsets: list[Any]) -> QueryDict:
    """What was sent of a thing that is gone, as of a new one: without the rows that were to be taken out."""
    data = sent.copy()
    for formset in formsets:
        prefix = formset.get_default_prefix()
        total = data.get(f"{prefix}-TOTAL_FORMS", "")
        number = int(total) if re.fullmatch("[0-9]{1,4}", total) else 0
        found = [sent_under(data, f"{prefix}-{row}-") for row in range(number)]
        kept = [row | {"id": [], formset.fk.name: []} for row in found if DELETION_FIELD_NAME not in row]
        write(data, prefix, kept, 0)
    return data


def initial_of(form: Any, row: Row) -> dict[str, Any]:
    """What a form begins from that is opened on this state of a row; texts that were not read are in none."""
    model = form._meta.model
    columns = {
        one.attname for one in model._meta.concrete_fields if not one.generated and not one.primary_key
    }
    said = {name: value for name, value in row.items() if name in columns and not isinstance(value, Unread)}
    return dict(form(instance=model(**said)).initial)


def met_fields(form: Any, initial: dict[str, Any]) -> list[str]:
    """The fields of a form that say something of the row."""
    return [name for name in form.fields if name in initial and name not in BESIDE]


def as_comes_back(one: Any, value: Any) -> Any:
    """A text as it is sent by a browser that only showed it: nobody has typed that its white space differs.

    Browsers have one kind of line ends, none in an input of one line, and fields strip what is sent.
    """
    if not (isinstance(value, str) and isinstance(one, forms.CharField)):
        return value
    ends = "\n" if isinstance(one.widget, forms.Textarea) else ""
    text = re.sub("\r\n?|\n", ends, value)
    try:
        return one.to_python(text)
    except ValidationError:
        return text


def differ(one: Any, before: Any, now: Any) -> bool:
    return bool(as_comes_back(one, before) != as_comes_back(one, now))


def is_changed(form: Any, name: str, value: Any) -> bool:
    """Whether something else was sent than comes from a field that shows this value."""
    one = form.fields[name]
    return bool(one.has_changed(as_comes_back(one, value), form[name].data))


def meet(form: Any, before: dict[str, Any] | None, now: dict[str, Any]) -> Iterator[Met]:
    """The fields that they have changed. Where it is not known what was before, all that differ."""
    for name in met_fields(form, now):
        one = form.fields[name]
        is_same = not is_changed(form, name, now[name])
        if before is None:
            if not is_same:
                yield Met(name, BOTH, None, now[name], form)
        elif differ(one, before[name], now[name]):
            if not is_changed(form, name, before[name]):
                what = TAKEN
            elif is_same:
                what = SAME
            else:
                what = JOINED if isinstance(one, forms.ModelMultipleChoiceField) else BOTH
            yield Met(name, what, before[name], now[name], form)


def taken(met: Met) -> Sent:
    """What the form has to have where not all of it is ours."""
    if met.what == TAKEN:
        return as_sent(met.form, met.name, met.theirs)
    if met.what == JOINED:
        before, theirs = set(met.before), set(met.theirs)
        ours = {int(one) for one in met.form[met.name].data if str(one).isdigit()}
        return {met.name: [str(one) for one in sorted((ours | (theirs - before)) - (before - theirs))]}
    return {}


def as_sent(form: Any, name: str, value: Any) -> Sent:
    """What a browser sends for a field that shows this value."""
    if name not in form.fields:
        return {}
    one = form.fields[name]
    widget: Any = one.widget
    value = one.prepare_value(value)
    if isinstance(widget, RelatedFieldWidgetWrapper):
        widget = widget.widget
    if hasattr(widget, "decompress"):
        parts = zip(widget.widgets_names, widget.decompress(value), strict=True)
        return {name + part: [shown or ""] for part, shown in parts}
    if isinstance(widget, forms.CheckboxInput):
        return {name: ["on"] if value else []}
    shown = widget.format_value(value)
    return {name: list(shown) if isinstance(shown, list | tuple) else ["" if shown is None else str(shown)]}
