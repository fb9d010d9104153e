"""Citations that contradict what stands there, and citations that cannot both be right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from django.db.models import F

from timeline.contradictions.asserted import amounts_differ, dates_are_apart, words_differ
from timeline.contradictions.check import Check, Rows, Severity, Told, in_order, seen_by
from timeline.contradictions.finding import Finding, Side, finding
from timeline.contradictions.spans import words
from timeline.models import Citation, Contract, Event, Source

CONTRADICTS = "citation_contradicts"
DATES = "asserted_dates_apart"
AMOUNTS = "asserted_amounts_differ"
VALUES = "asserted_values_differ"

MODELS: dict[str, Any] = {"event": Event, "contract": Contract}
# What a finding tells of the thing.
NEEDED = {"event": ("event__kind",), "contract": ("contract",)}


def _of_a(whole: str, **wanted: Any) -> Rows:
    """Citations of an event, or of a contract. Said so, an index has them in the order of either."""
    return Citation.objects.filter(event__isnull=whole != "event", **wanted)


def _contradicting(user: Any, *, whole: str) -> Rows:
    rows: Rows = _of_a(whole, stance=Citation.Stance.CONTRADICTS)
    rows = seen_by(user, rows, source=Source, **{whole: MODELS[whole]})
    rows = rows.select_related("source", *NEEDED[whole]).defer("source__text")
    return in_order(rows, whole, "field", "position", "source__slug", keys=["pk"])


def _tell_contradicting(rows: Sequence[Any], *, whole: str) -> Told:
    for row in rows:
        thing = getattr(row, whole)
        value = _value(thing, row.field)
        said = row.asserted_value or row.quote or "no words are quoted"
        of = f"the {row.field} of {thing.slug}" if row.field else thing.slug
        message = f"{row.source.slug} contradicts {of}{f' ({value})' if value else ''}: {said}."
        sides = (Side(thing, row.field, value), Side(thing, row.field, row.asserted_value, citation=row))
        facts = (value, row.asserted_value, row.quote)
        yield finding(
            CONTRADICTS, message, sides, about=(row.field, row.source.slug, row.locator), facts=facts
        )


def _value(thing: Any, field: str) -> str:
    """What stands at a field, where that is one short value."""
    if field == "date":
        return words(thing.date)
    if field == "value":
        return f"{thing.value:,} {thing.currency}" if thing.value is not None else ""
    if field in ("title", "status", "kind"):
        display = getattr(thing, f"get_{field}_display", None)
        return str(display() if display else getattr(thing, field))
    return ""


def _pairs(user: Any, *, whole: str, field: str) -> Rows:
    """Citations, each with an `other` of the same thing that gives another value for the field."""
    other = f"{whole}__citations"
    rows: Rows = _of_a(whole, asserted_value__gt="", field=field).annotate(
        other=F(f"{other}__pk"),
        other_field=F(f"{other}__field"),
        other_value=F(f"{other}__asserted_value"),
        other_source=F(f"{other}__source"),
        other_position=F(f"{other}__position"),
    )
    rows = rows.filter(other_field=field, other_value__gt="", other__gt=F("pk"))
    rows = rows.exclude(other_value=F("asserted_value"))
    things: dict[str, Any] = {whole: MODELS[whole], "source": Source, "other_source": Source}
    rows = seen_by(user, rows, **things).select_related(whole, "source").defer("source__text")
    return in_order(rows, whole, "position", "other_position", keys=["pk", "other"])


def _tell_pairs(rows: Sequence[Any], *, code: str, whole: str, apart: Callable[..., bool]) -> Told:
    verdicts = [apart(row.asserted_value, row.other_value, getattr(row, whole)) for row in rows]
    keys = [row.other for row, contrary in zip(rows, verdicts, strict=True) if contrary]
    others = Citation.objects.select_related("source").defer("source__text").in_bulk(keys)
    for row, contrary in zip(rows, verdicts, strict=True):
        other = others.get(row.other) if contrary else None
        yield None if other is None else _told(code, getattr(row, whole), row, other)


def _told(code: str, thing: Any, one: Citation, other: Citation) -> Finding:
    first, second = (f"{said.source.slug} gives “{said.asserted_value}”" for said in (one, other))
    message = f"{thing.slug}, {one.field}: {first}, {second}."
    sides = tuple(Side(thing, one.field, said.asserted_value, citation=said) for said in (one, other))
    about = (one.field, *(part for said in (one, other) for part in (said.source.slug, said.locator)))
    facts = (one.asserted_value, other.asserted_value)
    return finding(code, message, (sides[0], sides[1]), about=about, facts=facts)


def _check(
    code: str, severity: Severity, title: str, whole: str, field: str, apart: Callable[..., bool]
) -> Check:
    rows = partial(_pairs, whole=whole, field=field)
    tell = partial(_tell_pairs, code=code, whole=whole, apart=apart)
    return Check(code, severity, title, rows, tell, MODELS[whole])


def _contradicted(whole: str) -> Check:
    rows, tell = (partial(part, whole=whole) for part in (_contradicting, _tell_contradicting))
    return Check(CONTRADICTS, Severity.WARNING, "Sources that contradict", rows, tell, MODELS[whole])


def _dates(one: str, other: str, thing: Any) -> bool:
    return dates_are_apart(one, other)


def _amounts(one: str, other: str, thing: Any) -> bool:
    return amounts_differ(one, other, thing.currency)


def _words(one: str, other: str, thing: Any) -> bool:
    return words_differ(one, other)


_different = partial(_check, VALUES, Severity.NOTE, "Sources that give different values")
CHECKS = (
    _contradicted("event"),
    _contradicted("contract"),
    _check(DATES, Severity.ERROR, "Dates that cannot both be", "event", "date", _dates),
    _check(AMOUNTS, Severity.ERROR, "Amounts that cannot both be", "contract", "value", _amounts),
    *(_different("event", field, _words) for field in ("kind", "status", "place")),
    *(_different("contract", field, _words) for field in ("kind", "status", "follows")),
)
