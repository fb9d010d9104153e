"""English words for what an EDTF expression says: neither more nor less, and never ambiguous."""

from timeline.dates.date import Date
from timeline.dates.expression import DateSet, Element, Interval, parse_expression
from timeline.dates.words import (
    date_words,
    day_and_month,
    embedded_words,
    end_of_hour,
    is_plain,
    join_words,
    start_of_hour,
    with_eras,
    year_range_words,
)


def display(edtf: str) -> str:
    """The words for an EDTF text. Raise DateError."""
    expression = parse_expression(edtf)
    if isinstance(expression, Date):
        words = date_words(expression)
    elif isinstance(expression, Interval):
        words = _interval_words(expression)
    else:
        words = _set_words(expression)
    return with_eras(words)


def _interval_words(interval: Interval) -> str:
    start, end = interval
    if isinstance(start, Date) and isinstance(end, Date):
        if start.text == end.text:
            return date_words(start)
        if is_plain(start) and is_plain(end):
            return _joined(start, end)
        return f"from {embedded_words(start)} to {embedded_words(end)}"
    if isinstance(start, Date):
        words = embedded_words(start)
        return f"since {words}" if end == ".." else f"from {words}, end unknown"
    if isinstance(end, Date):
        words = embedded_words(end)
        return f"until {words}" if start == ".." else f"until {words}, start unknown"
    if start == end:
        return "at all times"
    return "start unknown, without end" if end == ".." else "without start, end unknown"


def _joined(first: Date, last: Date) -> str:
    """Both ends with "to" between; what they have in common is said once."""
    if first.form == last.form == "year":
        return year_range_words(int(first.year), int(last.year))
    start, end = date_words(first), date_words(last)
    if first.form == last.form and first.form in ("month", "day") and first.year == last.year:
        same_month = first.form == "day" and first.month == last.month
        start = str(int(first.day)) if same_month else day_and_month(first)
    return f"{start} to {end}"


def _set_words(dates: DateSet) -> str:
    words = _all_words if dates.every else _one_words
    return join_words([words(element) for element in dates.elements], "and" if dates.every else "or")


def _one_words(element: Element) -> str:
    first, last = element
    if first is None:
        return f"{_preposition(last)} or before {_end_words(last)}" if last else ""
    if last is None:
        return f"{_preposition(first)} or after {_start_words(first)}"
    if first is last or first.text == last.text:
        return date_words(first)
    noun = "day" if first.form == last.form == "day" else "time"
    return f"some {noun} from {_range_words(first, last)}"


def _all_words(element: Element) -> str:
    first, last = element
    if first is None:
        return f"every {last.form} up to {_end_words(last)}" if last else ""
    if last is None:
        return f"every {first.form} from {_start_words(first)} on"
    if first is last:
        return date_words(first)
    return f"every {first.form} from {_range_words(first, last)}"


def _range_words(first: Date, last: Date) -> str:
    if is_plain(first) and is_plain(last):
        return _joined(first, last)
    return f"{_start_words(first)} to {_end_words(last)}"


def _start_words(date: Date) -> str:
    return start_of_hour(date) if date.clock else embedded_words(date)


def _end_words(date: Date) -> str:
    return end_of_hour(date) if date.clock else embedded_words(date)


def _preposition(date: Date) -> str:
    if date.clock:
        return "at"
    return "on" if date.form == "day" else "in"
