"""Erases a part of a thing: fields of its own row, or of rows that belong to it, in all states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from timeline.history import scrubbing
from timeline.history.scrubbing import name_of, past
from timeline.identity.parts import ErasureError, Part, value_of
from timeline.identity.target import Account, Target, retract_unsupported
from timeline.models import Citation, Event, Milestone, PaymentTerm, Source
from timeline.quotes import QuoteStatus

Rows = Any
# Fields of free words. What else stands in texts of others, a code, a unit, a date, may be of anything there.
FREE = frozenset((
    "slug", "name", "title", "headline", "description", "summary", "introduction", "text", "quote", "note",
    "capacity", "designation", "byline", "url", "archived_url", "value", "review_note", "retraction_reason",
))  # fmt: skip


def column_of(model: Any, name: str) -> str:
    return str(model._meta.get_field(name).attname)


def texts_of(target: Target, part: Part) -> set[str]:
    """The words that stand there or stood, as far as they are written freely."""
    found: set[Any] = set()
    for name in FREE.intersection(part.names):
        for rows in _rows(target, part):
            found.update(rows.values_list(name, flat=True))
    return {text for text in found if isinstance(text, str)}  # a contract's value is a number


def _rows(target: Target, part: Part) -> tuple[Rows, Rows]:
    """Those that stand, and those of past states."""
    if part.lines is None:
        return part.model._default_manager.filter(pk__in=target.pks), past(part.model, id__in=target.pks)
    whole = {f"{part.lines.whole}__in": target.pks}
    standing, were = part.model._default_manager.filter(**whole), _past_lines(target, part)
    if part.number is None:
        return standing, were
    numbers = _alike(standing, were, part)
    return standing.filter(pk__in=numbers), were.filter(id__in=numbers)


def _past_lines(target: Target, part: Part) -> Rows:
    whole = column_of(part.model, part.lines.whole) if part.lines else ""
    return past(part.model, **{f"{whole}__in": target.pks})


def _alike(standing: Rows, were: Rows, part: Part) -> set[int]:
    """The line with the number of the part, and all that say what it said in any state.

    A line that was written anew has another number in the database, and its past would be left out.
    """
    lines = part.lines
    rows = list(standing.order_by(*lines.ordering).values_list("pk", flat=True)) if lines else []
    if part.number is None or part.number >= len(rows):
        raise ErasureError(f"“{part.path}”: there are {len(rows)} now, counted from 0.")
    columns = [column_of(part.model, name) for name in part.names]
    said = [(pk, tuple(values)) for pk, *values in standing.values_list("pk", *columns)]
    said += [(pk, tuple(values)) for pk, *values in were.values_list("id", *columns)]
    chosen = {values for pk, values in said if pk == rows[part.number] and any(values)}
    return {pk for pk, values in said if values in chosen or pk == rows[part.number]}


def erase_part(target: Target, part: Part, replacement: str | None, account: Account) -> dict[str, set[int]]:
    """Returns the lines that were touched, by the label of their model."""
    if part.lines is None:
        _erase_fields(target, part, replacement, account)
        return {}
    standing, were = _rows(target, part)
    numbers = {*standing.values_list("pk", flat=True), *were.values_list("id", flat=True)}
    standing = part.model._default_manager.filter(pk__in=numbers)
    were = _past_lines(target, part).filter(id__in=numbers)
    name = name_of(part.model)
    account.present[name] = standing.count()
    if account.present[name]:
        target.model._default_manager.filter(pk=target.pk).mark_changed()  # type: ignore[attr-defined]
    if part.fields:
        _write_over_lines(part, standing, were, replacement)
    else:
        standing.delete()
        retract_unsupported(target.model, target.pks, account)
    _check(target, part)
    account.past[name] = scrubbing.known(were)
    if not part.fields:
        were.delete()
    return {part.model._meta.label_lower: numbers}


def _erase_fields(target: Target, part: Part, replacement: str | None, account: Account) -> None:
    fields: list[Any] = [part.model._meta.get_field(name) for name in part.fields]
    values = {one.attname: value_of(one, replacement) for one in fields}
    if "slug" in values and not target.stands:
        raise ErasureError("What is gone has no address. Erase it as a whole.")
    if "slug" in values and scrubbing.others_with(target.noun.name, target.pks)(values["slug"]):
        raise ErasureError(f"The slug “{values['slug']}” is, or once was, that of another. Take a new one.")
    if target.stands:
        thing = part.model._default_manager.get(pk=target.pk)
        _save(thing, values)
        account.present[str(part.model._meta.verbose_name)] = 1
    if "text" in values and part.model is Source:
        values["text_sha256"] = Source(text=values["text"]).digest()
    number = scrubbing.write_over(part.model, target.pks, values)
    account.past[name_of(part.model)] = number
    if "slug" in values:
        scrubbing.rename(target.noun.name, target.pks, values["slug"])


def _save(row: Any, values: dict[str, Any]) -> None:
    for column, value in values.items():
        setattr(row, column, value)
    with _ruled():
        row.clean()
        row.validate_unique()
        row.validate_constraints()
    row.save()


def _check(target: Target, part: Part) -> None:
    """The rules over several lines."""
    if not target.stands:
        return
    thing: Any = target.noun.rows.get(pk=target.pk)
    with _ruled():
        if part.model is PaymentTerm:
            thing.check_shares()
        if part.model is Event.contracts.through:
            thing.check_contracts()


@contextmanager
def _ruled() -> Iterator[None]:
    try:
        yield
    except ValidationError as refused:
        raise ErasureError(" ".join(refused.messages)) from refused


def _write_over_lines(part: Part, standing: Rows, were: Rows, replacement: str | None) -> None:
    fields: list[Any] = [part.model._meta.get_field(name) for name in part.fields]
    values = {one.attname: value_of(one, replacement) for one in fields}
    if part.model is Milestone and "met" in values:
        # Where an event is given it is that event's date.
        standing, were = standing.filter(event=None), were.filter(event_id=None)
    for row in standing:
        _save(row, values)
    if part.model is Citation and "quote" in values:
        values |= {"start": None, "end": None, "quote_status": QuoteStatus.UNCHECKED}
    were.update(**values)
