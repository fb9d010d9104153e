"""Years known by their bounds: "25 December of some year from 1560 to 1569", "estimated 1950, some …"."""

from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.partial import Partial
from timeline.dates.english.points import Reading, span, written
from timeline.dates.english.resolve import astronomical, within_year
from timeline.dates.english.years import read_era, read_era_mark


def read_some_year(cursor: Cursor, partial: Partial) -> None:
    """Put a day, month or season without a year into each of the years that follow."""
    if cursor.kind() != "of" or cursor.kind(1) != "between":
        return
    cursor.at += 2
    years = _read_years(cursor)
    ends = []
    for year in years:
        partial.year, partial.era = year.number, year.era
        ends.append(within_year(partial, cursor.context))
    start, end = ends
    first, last = (_on_axis(cursor, year) for year in years)
    pattern = _pattern(first, last)
    edtf = pattern + start.edtf.removeprefix(written((first,))) if pattern else ""
    partial.kind, partial.reading = "reading", Reading(start.first, end.last, edtf, "span")
    partial.within = True


def read_estimate(cursor: Cursor, partial: Partial) -> None:
    """Read "estimated 1950, some time from 1900 to 1999" as what is said of the year for certain."""
    cursor.at += 1
    estimate = _read_one(cursor)
    if cursor.kind() != "comma" or cursor.kind(1) != "between":
        cursor.unexpected()
    cursor.at += 2
    first, last = (_on_axis(cursor, year) for year in _read_years(cursor))
    if not first <= _on_axis(cursor, estimate) <= last:
        cursor.context.refuse(estimate.start, "This year is not one of those that follow.")
    partial.kind, partial.reading, partial.within = "reading", span((first,), (last,)), True


def _read_years(cursor: Cursor) -> tuple[Partial, Partial]:
    """The 1600 and 1501 of "1600 to 1501 BC", both with their era."""
    first = _read_one(cursor)
    if not cursor.skip("to", "dash", "and"):
        cursor.unexpected()
    last = _read_one(cursor)
    first.era = first.era or last.era
    return first, last


def _read_one(cursor: Cursor) -> Partial:
    year = Partial(cursor.token.start)
    if cursor.kind() == "era":
        read_era(cursor, year)
    elif cursor.kind() == "number" and (cursor.has_years_digits() or cursor.kind(1) == "era"):
        year.number = integer(cursor.token)
        cursor.at += 1
        read_era_mark(cursor, year)
    else:
        cursor.unexpected()
    return year


def _on_axis(cursor: Cursor, year: Partial) -> int:
    return astronomical(year.number, year.era, year.start, cursor.context)


def _pattern(first: int, last: int) -> str:
    """199X for 1990 to 1999; empty where no digits say exactly these years."""
    sign, low, high = ("-", -last, -first) if last < 0 else ("", first, last)
    for places in (1, 2, 3):
        step = 10**places
        if low % step == 0 and high == low + step - 1 <= 9999:
            return f"{sign}{low // step:0{4 - places}d}" + "X" * places
    return ""
