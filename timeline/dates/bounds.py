"""The four bounds of an EDTF expression: as it stands, and widened for search."""

from timeline.dates.calendar import DAY, OPEN_FUTURE, OPEN_PAST, add_months
from timeline.dates.conventions import Conventions
from timeline.dates.date import APPROXIMATE, DIVISIONS, Date
from timeline.dates.expression import DateSet, Element, Expression, Interval

Bounds = tuple[int, int, int, int]


def nominal_bounds(expression: Expression) -> Bounds:
    """Earliest, start_latest, end_earliest and latest, ordered as the calendar of the text has them."""
    if isinstance(expression, Date):
        return expression.earliest, expression.latest, expression.earliest, expression.latest
    if isinstance(expression, Interval):
        return _interval_bounds(expression)
    firsts = [element.first.earliest if element.first else OPEN_PAST for element in expression.elements]
    lasts = [element.last.latest if element.last else OPEN_FUTURE for element in expression.elements]
    earliest, latest = min(firsts), max(lasts)
    return earliest, latest, earliest, latest


def widened_bounds(expression: Expression, conventions: Conventions) -> Bounds:
    """The nominal bounds moved apart by what every approximate date in the expression may be off."""
    nominal = nominal_bounds(expression)
    widened = nominal_bounds(_widened(expression, conventions))
    # What goes on for ever is certain from its latest beginning, which approximation puts later; taking the
    # wider of both keeps it true that approximation never makes anything more certain.
    return (
        max(min(nominal[0], widened[0]), OPEN_PAST),
        min(max(nominal[1], widened[1]), OPEN_FUTURE),
        max(min(nominal[2], widened[2]), OPEN_PAST),
        min(max(nominal[3], widened[3]), OPEN_FUTURE),
    )


def _interval_bounds(interval: Interval) -> Bounds:
    start, end = interval
    if isinstance(start, Date) and isinstance(end, Date):
        # What began later than its latest end, or ended before it began, cannot be meant.
        start_latest = min(start.latest, end.latest)
        end_earliest = max(start.earliest, end.earliest)
        return start.earliest, start_latest, end_earliest, end.latest
    if isinstance(start, Date):
        # Open: it goes on, so it is there at the latest moment at which it can have begun. Unknown: it may
        # have ended as soon as it had begun.
        return start.earliest, start.latest, start.latest if end == ".." else start.earliest, OPEN_FUTURE
    if isinstance(end, Date):
        return OPEN_PAST, end.earliest if start == ".." else end.latest, end.earliest, end.latest
    return OPEN_PAST, OPEN_FUTURE, OPEN_PAST, OPEN_FUTURE


def _widened(expression: Expression, conventions: Conventions) -> Expression:
    if isinstance(expression, Date):
        return _widened_date(expression, conventions)
    if isinstance(expression, Interval):
        start, end = (_widened_date(end, conventions) if isinstance(end, Date) else end for end in expression)
        return Interval(start, end)
    elements = (
        Element(*(date and _widened_date(date, conventions) for date in element))
        for element in expression.elements
    )
    return DateSet(expression.every, tuple(elements))


def _widened_date(date: Date, conventions: Conventions) -> Date:
    if not date.qualifiers & APPROXIMATE:
        return date
    days, months = _tolerance(date, conventions)
    # The end is moved as the first second after it, so that the end of a month stays the end of a month.
    earliest = add_months(date.earliest, -months) - days * DAY
    latest = add_months(date.latest + 1, months) + days * DAY - 1
    return date._replace(earliest=earliest, latest=latest)


def _tolerance(date: Date, conventions: Conventions) -> tuple[int, int]:
    """How many days and months the date may be off: by the finest part of the coarsest group with `~`."""
    marked = [bool(mark & APPROXIMATE) for mark in date.marks]
    part = marked.index(True)
    while part < 2 and marked[part + 1]:
        part += 1
    if part == 2 and date.day != "XX":
        return conventions.circa_days, 0
    if part >= 1 and date.month != "XX":
        is_division = date.month.isdigit() and int(date.month) in DIVISIONS
        return 0, conventions.circa_season_months if is_division else conventions.circa_months
    return 0, 12 * _years_off(date, conventions)


def _years_off(date: Date, conventions: Conventions) -> int:
    if date.has_letter:
        return abs(int(date.year)) * conventions.circa_long_year_percent // 100
    loose = date.year.count("X")
    if date.significant:
        loose = len(str(abs(int(date.year)))) - date.significant
    by_loose = (conventions.circa_years, conventions.circa_decade_years, conventions.circa_century_years)
    return by_loose[loose] if loose < 3 else conventions.circa_millennium_years
