"""From the dates of a text and the words between them to one EDTF expression."""

from itertools import pairwise
from typing import NamedTuple

from timeline.dates.english.partial import RANGES, UPPER, Partial
from timeline.dates.english.points import Point, Reading, first_day, last_day, written
from timeline.dates.english.resolve import Context, resolve

_LASTING = frozenset((None, "since", "until"))
_LASTING_ENDS = frozenset(((None, None), (None, "until"), ("since", "until")))
_LOWER = frozenset(("after", "since", "not before"))


class Element(NamedTuple):
    """One member of a list: a date, a span that lasted, or a choice from first to last."""

    first: Point | None
    last: Point | None
    edtf: str
    form: str  # date, lasting, every, choice, open
    mark: str


def compose(partials: list[Partial], context: Context) -> str:
    """The EDTF of completed dates in their order. Raise DateError."""
    elements: list[Element] = []
    joins: set[str] = set()
    run: list[Partial] = []
    for partial in partials:
        joined = partial.link in RANGES
        if run and not (joined or _bounds_another(run[-1], partial)):
            elements.append(_element(run, context))
            # A comma takes its meaning from the last link, unless what happened on the dates differs.
            if partial.link != "next" or partial.phase:
                joins.add("or" if partial.link == "or" else "and")
            run = []
        run.append(partial)
    elements.append(_element(run, context))
    listed = elements[0].edtf if len(elements) == 1 else _listed(elements, joins)
    if listed == "[..]":
        context.refuse(partials[0].start, "Together these dates leave nothing out.")
    for partial in partials:
        if partial.marked not in listed:
            context.refuse(partial.start, "Which parts are uncertain can be kept of dates and spans only.")
    return listed


def _bounds_another(before: Partial, partial: Partial) -> bool:
    """Whether two dates bound one: "after 1914 and before 1918"."""
    if before.relation is None or partial.relation is None or before.every or partial.every:
        return False
    return (before.relation in _LOWER and partial.relation in UPPER) or (
        before.relation in UPPER and partial.relation in _LOWER and partial.link not in ("or", "to")
    )


def _element(run: list[Partial], context: Context) -> Element:
    mark, head = _mark(run), run[0]
    if head.opener and head.relation in UPPER and (len(run) == 1 or head.spreads):
        context.refuse(
            head.start, "What began before a date and went on has no reading: since when, at least?"
        )
    if len(run) == 1:
        return _alone(run[0], resolve(run[0], context), mark)
    if run[-1].kind in ("present", "unknown") and len(run) == 2 and run[0].relation in _LASTING:
        return _unended(run[0], run[1], context, mark)
    if run[0].kind == "unknown" and len(run) == 2:
        run[1].relation = "until"
        return _unended(run[1], run[0], context, mark)
    readings = [resolve(partial, context) for partial in run]
    first, last = _envelope(run, readings, context)
    if len(run) == 2 and readings[0] == readings[1] and run[0].relation == run[1].relation:
        return _alone(run[0], readings[0], mark)
    if len(run) == 2 and _lasted(run, readings):
        start, end = readings[0].edtf + _mark(run[:1]), readings[1].edtf + _mark(run[1:])
        if run[0].every and readings[0].unit == readings[1].unit:
            return Element(first, last, f"{{{start}..{end}}}", "every", mark)
        if run[0].every and "X" in start + end:
            # "Every year from 2020 to the 21st century" is nothing that lasted.
            return _choice(first, last, mark)
        return Element(first, last, f"{start}/{end}", "lasting", mark)
    if len(run) == 2 and "reading" in (run[0].kind, run[1].kind) and first is not None and last is not None:
        # "From 500 years ago to today" is from one year to another, for the ends of a set are alike.
        coarser = min(len(first), len(last))
        first, last = first[:coarser], last[:coarser]
    return _choice(first, last, mark)


def _lasted(run: list[Partial], readings: list[Reading]) -> bool:
    """Whether the two are the ends of something that lasted, and EDTF can say so."""
    relations = run[0].relation, run[1].relation
    return (
        relations in _LASTING_ENDS
        and ((run[1].link == "to" and not run[0].borrowed) or relations == ("since", "until"))
        and _can_end_interval(readings[0].edtf)
        and _can_end_interval(readings[1].edtf)
    )


def _can_end_interval(edtf: str) -> bool:
    """Whether EDTF allows the date beside a stroke: no time of day and no year with Y."""
    return bool(edtf) and "T" not in edtf and "Y" not in edtf


def _envelope(
    run: list[Partial], readings: list[Reading], context: Context
) -> tuple[Point | None, Point | None]:
    if len(run) == 2 and _bounds_another(*run):
        if run[0].relation in UPPER:
            readings = readings[::-1]
        _check_order(run[1], readings[0], readings[1], context)
        return readings[0].first, readings[1].last
    for partial, (before, behind) in zip(run[1:], pairwise(readings), strict=True):
        _check_order(partial, before, behind, context)
    # An open bound inside, as in "1436 - before 1517", is closed by the other date.
    first = last = None
    spread = {partial.relation for partial in run if partial.spreads}
    if readings[0].first is not None and spread.isdisjoint(UPPER):
        first = min((reading.first for reading in readings if reading.first is not None), key=first_day)
    if readings[-1].last is not None and spread.isdisjoint(_LOWER):
        last = max((reading.last for reading in readings if reading.last is not None), key=last_day)
    return first, last


def _check_order(partial: Partial, before: Reading, behind: Reading, context: Context) -> None:
    first, last = before.first, behind.last
    if first is not None and last is not None and first_day(first) > last_day(last):
        context.refuse(partial.start, "The end lies before the beginning.")


def _unended(partial: Partial, end: Partial, context: Context, mark: str) -> Element:
    """Something that lasts until now, or until nobody knows when."""
    backwards, partial.relation = partial.relation == "until", None
    reading = resolve(partial, context)
    start = reading.edtf if _can_end_interval(reading.edtf) else ""
    if backwards and end.kind == "unknown":
        last = start or written(reading.last or ())
        if not _can_end_interval(last):
            return _choice(None, reading.last, mark)
        return Element(None, reading.last, f"/{last}{mark}", "open", mark)
    if not start:
        return _choice(reading.first, None, mark)
    return Element(
        reading.first, None, f"{start}{mark}/{'..' if end.kind == 'present' else ''}", "open", mark
    )


def _alone(partial: Partial, reading: Reading, mark: str) -> Element:
    if partial.relation is None:
        if reading.edtf:
            edtf = reading.edtf
            if mark and "T" in edtf:
                edtf = edtf.partition("T")[0]
            return Element(reading.first, reading.last, edtf + mark, "date", mark)
        if reading.unit == "either" and reading.first and reading.last:
            edtf = f"[{written(reading.first)}{mark},{written(reading.last)}{mark}]"
            return Element(reading.first, reading.last, edtf, "choice", mark)
        return _choice(reading.first, reading.last, mark)
    if partial.every and _can_end_interval(reading.edtf):
        start, end = (reading.edtf + mark, "") if partial.relation == "since" else ("", reading.edtf + mark)
        return Element(reading.first, reading.last, f"{{{start}..{end}}}", "open", mark)
    if partial.relation == "since" and _can_end_interval(reading.edtf):
        return Element(reading.first, None, f"{reading.edtf}{mark}/..", "open", mark)
    if partial.relation == "until" and _can_end_interval(reading.edtf):
        return Element(None, reading.last, f"../{reading.edtf}{mark}", "open", mark)
    return _choice(reading.first, reading.last, mark, reading.edtf)


def _choice(first: Point | None, last: Point | None, mark: str, edtf: str = "") -> Element:
    """Some time from first to last; one end may be open, and is then given by `edtf` where there is one."""
    start = "" if first is None else (edtf or written(first)) + mark
    end = "" if last is None else (edtf or written(last)) + mark
    if start == end and start:
        return Element(first, last, start, "date", mark)
    form = "open" if first is None or last is None else "choice"
    return Element(first, last, f"[{start}..{end}]", form, mark)


def _mark(run: list[Partial]) -> str:
    approximate = uncertain = False
    for partial in run:
        approximate |= partial.approximate
        uncertain |= partial.uncertain
    return ("%" if uncertain else "~") if approximate else "?" if uncertain else ""


def _joined_mark(marks: set[str]) -> str:
    """What is said of one of the dates is said of the whole."""
    return "%" if {"?", "~"} <= marks else max(marks, key=" ?~%".find)


def _listed(elements: list[Element], joins: set[str]) -> str:
    """All of the members, or one of them; where EDTF has no such list, some time in their envelope."""
    forms = {element.form for element in elements}
    if joins == {"or"} and "open" not in forms:
        return f"[{','.join(map(_member, elements))}]"
    if joins <= {"and"} and forms <= {"date", "lasting", "every"}:
        return "{" + ",".join(map(_member, elements)) + "}"
    firsts = [element.first for element in elements]
    lasts = [element.last for element in elements]
    mark = _joined_mark({element.mark for element in elements})
    first = None if None in firsts else min((p for p in firsts if p is not None), key=first_day)
    last = None if None in lasts else max((p for p in lasts if p is not None), key=last_day)
    return _choice(first, last, mark).edtf


def _member(element: Element) -> str:
    if element.form == "date":
        return element.edtf
    if element.form == "lasting":
        return element.edtf.replace("/", "..")
    return element.edtf[1:-1]
