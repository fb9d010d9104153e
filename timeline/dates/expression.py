"""The EDTF grammar around dates: a single date, an interval `A/B`, one of a set `[…]`, all of a set `{…}`."""

from typing import NamedTuple

from timeline.dates.date import Date, match_date
from timeline.dates.errors import DateError

MAX_LENGTH = 1_000


class Interval(NamedTuple):
    """Something that lasted. An end is a date, `..` (open: none) or the empty string (unknown)."""

    start: Date | str
    end: Date | str


class Element(NamedTuple):
    """One date of a set (both the same), or all from first to last; None is open."""

    first: Date | None
    last: Date | None


class DateSet(NamedTuple):
    """Dates of which `every` says whether all are meant, or one."""

    every: bool
    elements: tuple[Element, ...]


Expression = Date | Interval | DateSet


def parse_expression(text: str) -> Expression:
    """Read EDTF of the levels 0, 1 and 2 in a single pass. Raise DateError."""
    if not text:
        raise DateError(text, 0, "There is no date here.")
    if len(text) > MAX_LENGTH:
        raise DateError(text, MAX_LENGTH, f"An EDTF date has at most {MAX_LENGTH:,} characters.")
    if text[0] in "[{":
        return _parse_set(text)
    start, position = _parse_end(text, 0)
    if text.startswith("/", position):
        end, after = _parse_end(text, position + 1)
        if after < len(text):
            raise DateError(text, after, _leftover(text, after, end))
        return _checked_interval(text, start, position + 1, end)
    if position < len(text):
        raise DateError(text, position, _leftover(text, position, start))
    if not isinstance(start, Date):
        raise DateError(
            text, position, "An open end stands before or after the / of an interval, or in a set."
        )
    return start


def canonical_text(expression: Expression) -> str:
    """The expression in its normal spelling, which reads back as the same."""
    if isinstance(expression, Date):
        return expression.text
    if isinstance(expression, Interval):
        return f"{_end_text(expression.start)}/{_end_text(expression.end)}"
    inside = ",".join(map(_element_text, expression.elements))
    return f"{{{inside}}}" if expression.every else f"[{inside}]"


def dates_of(expression: Interval | DateSet) -> list[Date]:
    """All dates that the expression names, in its order."""
    if isinstance(expression, Interval):
        return [end for end in expression if isinstance(end, Date)]
    named: list[Date] = []
    for first, last in expression.elements:
        named.extend(date for date in ((first,) if first is last else (first, last)) if date is not None)
    return named


def _end_text(end: Date | str) -> str:
    return end.text if isinstance(end, Date) else end


def _element_text(element: Element) -> str:
    first, last = element
    if first is not None and first is last:
        return first.text
    return f"{first.text if first else ''}..{last.text if last else ''}"


def _parse_end(text: str, position: int) -> tuple[Date | str, int]:
    if text.startswith("..", position):
        return "..", position + 2
    if position == len(text) or text[position] == "/":
        return "", position
    return match_date(text, position)


def _checked_interval(text: str, start: Date | str, end_position: int, end: Date | str) -> Interval:
    _check_end(text, 0, start)
    _check_end(text, end_position, end)
    if start == end == "":
        raise DateError(text, 0, "An interval needs a date at one of its ends at least, or an open end (..).")
    if isinstance(start, Date) and isinstance(end, Date) and start.earliest > end.last_start:
        raise DateError(text, end_position, "This interval ends before it begins.")
    return Interval(start, end)


def _check_end(text: str, position: int, end: Date | str) -> None:
    if not isinstance(end, Date):
        return
    if end.clock:
        raise DateError(text, position, "The ends of an interval are dates without a time of day.")
    if end.significant or end.has_letter:
        reason = "A year with Y or S stands alone or, with Y, in a set; it cannot be the end of an interval."
        raise DateError(text, position, reason)


def _parse_set(text: str) -> DateSet:
    every = text[0] == "{"
    close = "}" if every else "]"
    elements: list[Element] = []
    position = 1
    while True:
        element, after = _parse_element(text, position)
        if element.first is None and elements:
            raise DateError(text, position, "Only the first date of a set can be open towards the past.")
        elements.append(element)
        if text.startswith(close, after):
            break
        if not text.startswith(",", after):
            missing = f"The closing {close} is missing."
            reason = _leftover(text, after, element.last) if after < len(text) else missing
            raise DateError(text, after, reason)
        if element.last is None:
            raise DateError(text, after, "Only the last date of a set can be open towards the future.")
        position = after + 1
    if after + 1 < len(text):
        raise DateError(text, after + 1, f"Nothing can follow the closing {close}.")
    return DateSet(every, tuple(elements))


def _parse_element(text: str, position: int) -> tuple[Element, int]:
    if text.startswith("..", position):
        last, after = _set_date(text, position + 2)
        return Element(None, last), after
    first, after = _set_date(text, position)
    if not text.startswith("..", after):
        return Element(first, first), after
    if text[after + 2 : after + 3] in ("", ",", "]", "}"):
        return Element(first, None), after + 2
    last, end = _set_date(text, after + 2)
    if first.form != last.form:
        forms = f"these are a {first.form} and a {last.form}"
        reason = f"Both ends of a range in a set have the same precision; {forms}."
        raise DateError(text, after + 2, reason)
    if first.earliest > last.last_start:
        raise DateError(text, after + 2, "This range ends before it begins.")
    return Element(first, last), end


def _set_date(text: str, position: int) -> tuple[Date, int]:
    date, after = match_date(text, position)
    if date.significant:
        raise DateError(text, position, "A year with significant digits (S) stands alone.")
    return date, after


def _leftover(text: str, position: int, read: Date | str | None) -> str:
    """Why the text cannot go on as it does after what was read."""
    sign = text[position]
    if sign.isspace():
        return "EDTF has no white space."
    if isinstance(read, Date) and read.clock:
        return "After a time of day come a zone (Z, +hh:mm or -hh:mm) or the end; seconds have no fraction."
    if sign.isdigit():
        return "There is a digit too many here; years of more than four digits are written with Y."
    if sign in "?~%":
        return "A date part carries at most one of ?, ~ and % (both) on each side."
    if sign == "-":
        return "After a hyphen come two digits: a month or, after a month, a day."
    if text.startswith("..", position):
        return "Two dots join dates within [ ] or { } only; an interval is written with a slash."
    if sign == "/":
        return "An interval has one slash and lies in no set."
    if sign in ".,":
        return "Several dates stand within [ ] or { }."
    return "The date should have ended here."
