"""From what a date's words say to the years, months or days in which it lies."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, NoReturn

from timeline.dates.calendar import MAX_YEAR, month_length
from timeline.dates.conventions import Conventions
from timeline.dates.date import DIVISIONS
from timeline.dates.english.partial import WITHIN_YEAR, Partial
from timeline.dates.english.parts import century_of, decade, is_loose, millennium_of, part_of
from timeline.dates.english.points import (
    Reading,
    first_day,
    last_day,
    moved,
    point_of,
    single,
    span,
    weekday,
    written,
)
from timeline.dates.english.tables import DAY_NAMES, MONTH_NAMES
from timeline.dates.errors import DateError

# The parts of a written date.
_DATE: Final = re.compile(r"(-?\d{4})(?:-(\d\d))?(?:-(\d\d))?")


class UnknownWordsError(DateError):
    """No English rule knows these words; another language might."""


@dataclass(slots=True)
class Context:
    """What a text is read with."""

    text: str
    reference: date | None
    conventions: Conventions

    def refuse(self, position: int, reason: str) -> NoReturn:
        """Say why the words make no date."""
        raise DateError(self.text, position, reason)

    def referred(self, position: int, words: str) -> date:
        """The reference date, without which the words have no date."""
        if self.reference is None:
            self.refuse(position, f"{words} counts from another date, and no reference date was given.")
        return self.reference


def resolve(partial: Partial, context: Context) -> Reading:
    """Where the date lies, its parts and its relation ("before", "since") included."""
    if partial.kind in WITHIN_YEAR:
        _give_year(partial, context)
        reading = within_year(partial, context)
    else:
        reading = _of_kind(partial, context)
    # The last part is the one next to the date: "early in the second half of 1914".
    for part in reversed(partial.parts):
        found = part_of(reading, part, context.conventions)
        if found is None:
            context.refuse(partial.start, f"A {reading.unit} has no such part.")
        if found == reading:
            partial.within |= not partial.edge
        elif is_loose(reading, part):
            # Where the part shares an edge with its whole, that edge is exact.
            if partial.relation == "before":
                partial.within |= first_day(found.first or ()) != first_day(reading.first or ())
            else:
                partial.within |= last_day(found.last or ()) != last_day(reading.last or ())
        reading = found
    if partial.so_far and reading.first is not None and reading.last is not None:
        # "Earlier this year" ends, and "later this year" begins, with the reference date.
        today = point_of(context.referred(partial.start, "“Earlier” or “later”"))
        ends = (first_day(reading.first), today) if partial.so_far < 0 else (today, last_day(reading.last))
        reading = span(*ends)
    if partial.marks:
        partial.marked = _marked(partial, reading, context)
        reading = reading._replace(edtf=partial.marked)
    return _related(partial, reading, context) if partial.relation is not None else reading


def _marked(partial: Partial, reading: Reading, context: Context) -> str:
    """The date with a qualifier before each part that has one of its own."""
    found = _DATE.fullmatch(reading.edtf)
    written_parts = {} if found is None else dict(zip(("year", "month", "day"), found.groups(), strict=True))
    if any(written_parts.get(part) is None for part in partial.marks):
        context.refuse(partial.start, "This date has no such part, or none that can be marked.")
    parts = [partial.marks.get(part, "") + digits for part, digits in written_parts.items() if digits]
    return "-".join(parts)


def _give_year(partial: Partial, context: Context) -> None:
    if partial.year is None:
        name = MONTH_NAMES[partial.month - 1] if partial.month is not None else "The time of year"
        if context.reference is None:
            context.refuse(partial.start, f"{name} has no year here, and no reference date was given.")
        partial.year = context.reference.year
    elif partial.short:
        partial.year, partial.short = short_year(partial.year, partial.start, context), False


def short_year(number: int, position: int, context: Context) -> int:
    """The full year of '98, by the convention or else the last such year up to the reference's."""
    start = context.conventions.short_year_start
    if start is None:
        if context.reference is None:
            context.refuse(position, "The century of this year is left out, and no reference date was given.")
        start = context.reference.year - 99
    return start + (number - start) % 100


def astronomical(year: int, era: str | None, position: int, context: Context) -> int:
    """The year on the axis that has a year 0: 44 BC is -43."""
    if year == 0 and era is not None:
        context.refuse(position, "There is no year 0 before or after Christ.")
    if year > MAX_YEAR:
        context.refuse(position, "This year is too far away.")
    return 1 - year if era == "BC" else year


def within_year(partial: Partial, context: Context) -> Reading:
    """The day, month, season or other part of a year that the partial is, its year given."""
    year = astronomical(partial.year or 0, partial.era, partial.start, context)
    if not -9999 <= year <= 9999:
        context.refuse(partial.start, "Months and days are read in years of up to four digits only.")
    if partial.kind == "season":
        first, months, unit = DIVISIONS[partial.number]
        edtf = f"{written((year,))}-{partial.number}"
        return Reading((year, first), moved((year, first), months - 1), edtf, unit)
    if partial.month is None:
        context.refuse(partial.start, "There is no month to this day.")
    month = partial.month
    if partial.kind == "month" or partial.day is None:
        return single((year, month))
    length = month_length(year, month)
    if not 1 <= partial.day <= length:
        name = MONTH_NAMES[month - 1]
        shown = f"{name} {partial.year}" if month == 2 else name
        context.refuse(partial.start, f"{shown} has {length} days.")
    point = (year, month, partial.day)
    if partial.weekday is not None and weekday(point) != partial.weekday:
        context.refuse(
            partial.start,
            f"{partial.day} {MONTH_NAMES[month - 1]} {partial.year} was a {DAY_NAMES[weekday(point)]}, "
            f"not a {DAY_NAMES[partial.weekday]}.",
        )
    return _week(partial, point) if partial.week else _timed(partial, single(point))


def _timed(partial: Partial, day: Reading) -> Reading:
    if partial.clock in ("T24", "T48"):
        # Midnight and night are where two days meet, and the words do not say which of the two it is.
        first = day.first or ()
        return span(first if partial.clock == "T24" else moved(first, -1), moved(first, 1))
    return Reading(day.first, day.last, day.edtf + partial.clock, "day") if partial.clock else day


def _week(partial: Partial, point: tuple[int, ...]) -> Reading:
    """The seven days that "week of", "week from" and "week to" a day may mean."""
    if partial.week == "to":
        return span(moved(point, -6), point, "week")
    day = weekday(point)
    if partial.week == "weekend":
        start = moved(point, 5 - day)
        return span(start, moved(start, 1), "week")
    # A week named by a Sunday begins there; one named by any other day is the calendar's.
    start = point if partial.week == "from" or day == 6 else moved(point, -day)
    return span(start, moved(start, 6), "week")


def _of_kind(partial: Partial, context: Context) -> Reading:
    bc = partial.era == "BC"
    if partial.kind == "year":
        number = short_year(partial.number, partial.start, context) if partial.short else partial.number
        return single((astronomical(number, partial.era, partial.start, context),))
    if partial.kind == "decade":
        _check_decade(partial, context)
        number = short_year(partial.number, partial.start, context) if partial.short else partial.number
        inner = "before" if bc else "after"
        if partial.is_hundred(context.conventions.hundreds_that_are_decades) and partial.relation != inner:
            # "1900s" may be the decade or the century; the century holds both, and what comes after the
            # decade holds what comes after either.
            return _hundred(number, before_christ=bc)
        return span((1 - number - 9,), (1 - number,), "decade") if bc else decade(number)
    if partial.kind in ("century", "millennium"):
        if not 1 <= partial.number <= (1000 if partial.kind == "century" else 100):
            context.refuse(partial.start, f"There is no {partial.kind} of this number.")
        made = century_of if partial.kind == "century" else millennium_of
        return made(partial.number, before_christ=bc)
    if partial.kind == "reading" and partial.reading is not None:
        return partial.reading
    raise DateError(context.text, partial.start, _REASONS.get(partial.kind, "This is only part of a date."))


def _check_decade(partial: Partial, context: Context) -> None:
    """Refuse "the twenties" in the twenties: they may be these or those of a hundred years before."""
    if not partial.short or context.reference is None or context.conventions.short_year_start is not None:
        return
    if context.reference.year % 100 // 10 == partial.number // 10:
        context.refuse(partial.start, "This may be the present decade or the one a hundred years before.")


def _hundred(number: int, *, before_christ: bool) -> Reading:
    if before_christ:
        return span((-number - 98,), (1 - number,), "century")
    return century_of(number // 100 + 1, before_christ=False)


_REASONS: Final = {
    "number": "This number alone is no date.",
    "short end": "The end lies before the beginning; if it is in another century, all its digits are needed.",
    "small year": "A digit may be missing here; a year before 1000 needs AD or CE beside a later one.",
    "three digits": "These three digits may be the end of a span or the number of a day.",
    "day or year": "These two digits may be a day, or a year whose century is left out.",
    "no year": "This has no year of its own, and the words do not say whether it is in the one they name.",
    "which year": "The words do not say whether this is in the same year or in another one.",
    "ordinal": "This alone is no date: the first, second or third of what?",
    "part": "This says which part, but not of what.",
    "unknown": "An unknown end stands after a beginning.",
    "present": "The present is only known against a reference date.",
}


def _related(partial: Partial, reading: Reading, context: Context) -> Reading:
    """The open reading that "before", "by", "after", "since" and the like make of a date."""
    first, last = reading.first, reading.last
    relation = partial.relation
    if "T" in reading.edtf:
        # Neither the ends of intervals nor bounds here are finer than days.
        reading = reading._replace(edtf="")
    if partial.within:
        relation = {"before": "by", "after": "not before"}.get(str(relation), relation)
    if relation == "before":
        return Reading(None, moved(first, -1) if first is not None else None, "", "span")
    if relation == "after":
        return Reading(moved(last, 1) if last is not None else None, None, "", "span")
    if relation in ("by", "until"):
        return Reading(None, last, reading.edtf, "span")
    return Reading(first, None, reading.edtf, "span")
