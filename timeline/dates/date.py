"""One date of an EDTF expression: a year, a part of one, a day or a time of day, with its bounds."""

import re
from typing import NamedTuple, NoReturn

from timeline.dates import unspecified
from timeline.dates.calendar import (
    DAY,
    MAX_YEAR,
    days_from_civil,
    first_of_month,
    first_of_year,
    month_length,
)
from timeline.dates.errors import DateError

UNCERTAIN = 1
APPROXIMATE = 2

_MARKS = {"": 0, "?": UNCERTAIN, "~": APPROXIMATE, "%": UNCERTAIN | APPROXIMATE}
_MARK_SIGNS = ("", "?", "~", "%")
_QUALIFIERS = frozenset("?~%")
_UNQUALIFIED = (0, 0, 0)

# Code: first month, number of months, name. 21-24 leave the hemisphere to the reader, who is taken to be in
# the northern one; 25-28 say northern, 29-32 southern.
DIVISIONS = {
    21: (3, 3, "season"),
    22: (6, 3, "season"),
    23: (9, 3, "season"),
    24: (12, 3, "season"),
    25: (3, 3, "season"),
    26: (6, 3, "season"),
    27: (9, 3, "season"),
    28: (12, 3, "season"),
    29: (9, 3, "season"),
    30: (12, 3, "season"),
    31: (3, 3, "season"),
    32: (6, 3, "season"),
    33: (1, 3, "quarter"),
    34: (4, 3, "quarter"),
    35: (7, 3, "quarter"),
    36: (10, 3, "quarter"),
    37: (1, 4, "quadrimester"),
    38: (5, 4, "quadrimester"),
    39: (9, 4, "quadrimester"),
    40: (1, 6, "semester"),
    41: (7, 6, "semester"),
}

_MONTH_REASON = "A month is 01 to 12, and the codes 21 to 41 are seasons, quarters and other parts of a year."

_DATE = re.compile(
    r"([?~%]?)(-?)([0-9X]{4})(?:S([1-9][0-9]*))?([?~%]?)"
    r"(?:-([?~%]?)([0-9X]{2})([?~%]?)(?:-([?~%]?)([0-9X]{2})([?~%]?))?)?"
)
_LONG_YEAR = re.compile(r"([?~%]?)Y(-?)([1-9][0-9]*)(?:E([1-9][0-9]*))?(?:S([1-9][0-9]*))?([?~%]?)")
_CLOCK = re.compile(r"T([0-9]{2})(?::([0-9]{2})(?::([0-9]{2}))?)?(?:Z|([+-])([0-9]{2})(?::([0-9]{2}))?)?")


class Date(NamedTuple):
    """One date as written.

    `text` is canonical. `last_start` is where the latest day, month or year that it can mean begins. `year`
    keeps its sign and its unspecified digits and is in plain digits for years written with Y; `month` is a
    month or a division code; `clock` is the time of day and zone as written, from the T; `significant` is the
    number of significant digits (0: all); `marks` are the qualifiers of year, month and day.
    """

    text: str
    form: str  # year, month, season, quarter, quadrimester, semester, day, hour, minute, second
    precision: str
    earliest: int
    latest: int
    last_start: int
    year: str
    month: str = ""
    day: str = ""
    clock: str = ""
    significant: int = 0
    marks: tuple[int, int, int] = _UNQUALIFIED

    @property
    def qualifiers(self) -> int:
        year, month, day = self.marks
        return year | month | day

    @property
    def has_letter(self) -> bool:
        """Whether the year is written with Y."""
        return "Y" in self.text


def match_date(text: str, position: int) -> tuple[Date, int]:
    """Read the one date that begins at the position; return it and the position after it. Raise DateError."""
    match = _DATE.match(text, position)
    if match is None:
        return _match_long_year(text, position)
    minus, digits, significant, month, day = match.group(2, 3, 4, 7, 10)
    end = match.end()
    if text.startswith("T", end):
        return _match_clock(text, match)
    if significant is not None:
        return _significant_year(text, match), end
    canonical, marks = match.group(), _UNQUALIFIED
    if not _QUALIFIERS.isdisjoint(canonical):
        marks = _read_marks(match)
        canonical = _canonical(match, marks)
    year = minus + digits
    if day is not None:
        return _day(text, match, canonical, year, marks), end
    if month is not None:
        if "X" not in month and int(month) > 12:
            return _division(text, match, canonical, year, marks), end
        return _month(text, match, canonical, year, marks), end
    bounds = _bounds_of_years(*_years(text, match))
    return Date(canonical, "year", _precision(year), *bounds, year, marks=marks), end


def _bounds_of_years(first: int, last: int) -> tuple[int, int, int]:
    """The earliest and latest second of the years, and the second with which the last of them begins."""
    last_start = first_of_year(last)
    return last_start if first == last else first_of_year(first), first_of_year(last + 1) - 1, last_start


def _years(text: str, match: re.Match[str]) -> tuple[int, int]:
    minus, digits = match.group(2, 3)
    years = unspecified.year_range(digits, negative=minus != "")
    if years is None:
        raise DateError(text, match.start(2), "There is no year minus zero; 0000 is 1 BC and -0001 is 2 BC.")
    return years


def _months(text: str, match: re.Match[str]) -> list[int]:
    months = list(unspecified.matching(match.group(7), 1, 12))
    if not months:
        raise DateError(text, match.start(7), _MONTH_REASON)
    return months


def _month(text: str, match: re.Match[str], canonical: str, year: str, marks: tuple[int, int, int]) -> Date:
    months = _months(text, match)
    years = _years(text, match)
    month = f"{months[0]:02d}" if len(months) == 1 else match.group(7)
    earliest = first_of_month(years[0], months[0])
    last_start = first_of_month(years[1], months[-1])
    latest = first_of_month(years[1], months[-1] + 1) - 1
    precision = _precision(year, month)
    return Date(
        canonical, "month", precision, earliest, latest, last_start, year, match.group(7), marks=marks
    )


def _division(
    text: str, match: re.Match[str], canonical: str, year: str, marks: tuple[int, int, int]
) -> Date:
    code = int(match.group(7))
    if code not in DIVISIONS:
        raise DateError(text, match.start(7), _MONTH_REASON)
    month, length, name = DIVISIONS[code]
    years = _years(text, match)
    earliest, last_start = first_of_month(years[0], month), first_of_month(years[1], month)
    latest = first_of_month(years[1], month + length) - 1
    precise = name in ("season", "quarter") and "X" not in year
    precision = name if precise else "range"
    return Date(canonical, name, precision, earliest, latest, last_start, year, match.group(7), marks=marks)


def _day(text: str, match: re.Match[str], canonical: str, year: str, marks: tuple[int, int, int]) -> Date:
    month, day = match.group(7), match.group(10)
    if "X" not in match.group():
        first = last = _plain_day(text, match, int(year), int(month), int(day))
        days = days_from_civil(*first)
        earliest = last_start = days * DAY
        precision = "day"
    else:
        months = _months(text, match)
        days_of_month = unspecified.matching(day, 1, 31)
        found = unspecified.day_range(match.group(3), months, days_of_month, negative=bool(match.group(2)))
        if found is None:
            _years(text, match)
            raise DateError(text, match.start(10), "No day of the calendar fits these digits.")
        first, last = found
        earliest, last_start = days_from_civil(*first) * DAY, days_from_civil(*last) * DAY
        month = f"{months[0]:02d}" if len(months) == 1 else month
        precision = "day" if first == last else _precision(year, month, day)
    latest = last_start + DAY - 1
    written = match.group(7), match.group(10)
    return Date(canonical, "day", precision, earliest, latest, last_start, year, *written, marks=marks)


def _plain_day(text: str, match: re.Match[str], year: int, month: int, day: int) -> tuple[int, int, int]:
    if not 1 <= month <= 12:
        if month in DIVISIONS:
            raise DateError(
                text, match.start(10) - 1, "A season, quarter or other part of a year has no days."
            )
        _months(text, match)
    if year == 0 and match.group(2):
        _years(text, match)
    if not 1 <= day <= month_length(year, month):
        length = month_length(year, month)
        raise DateError(text, match.start(10), f"This month has the days 01 to {length}.")
    return year, month, day


def _precision(year: str, month: str = "XX", day: str = "XX") -> str:
    """The unit that the digits cover without gaps, or range."""
    if "X" not in year:
        if month == "XX":
            return "year" if day == "XX" else "range"
        return "month" if "X" not in month and day == "XX" else "range"
    if month != "XX" or day != "XX":
        return "range"
    known = year.rstrip("X")
    if "X" in known or (known.startswith("-") and not known.strip("-0")):
        # -00XX would need a year minus zero to be a whole century.
        return "range"
    return {1: "decade", 2: "century"}.get(len(year) - len(known), "range")


def _read_marks(match: re.Match[str]) -> tuple[int, int, int]:
    """The qualifiers of each part: its own before it, and after it those of it and of all to its left."""
    before_year, after_year, before_month, after_month, before_day, after_day = match.group(1, 5, 6, 8, 9, 11)
    day_on = _MARKS[after_day or ""]
    month_on = _MARKS[after_month or ""] | day_on
    year_on = _MARKS[after_year] | month_on
    return (
        year_on | _MARKS[before_year],
        month_on | _MARKS[before_month or ""],
        day_on | _MARKS[before_day or ""],
    )


def _canonical(match: re.Match[str], marks: tuple[int, int, int]) -> str:
    """One of the equal spellings: a mark after the leading parts that share it, others before their part."""
    parts = [part for part in match.group(3, 7, 10) if part is not None]
    before, after = [0, 0, 0], [0, 0, 0]
    for mark in (UNCERTAIN, APPROXIMATE):
        leading = 0
        while leading < len(parts) and marks[leading] & mark:
            leading += 1
        if leading:
            after[leading - 1] |= mark
        for index in range(leading, len(parts)):
            before[index] |= marks[index] & mark
    written = [
        _MARK_SIGNS[before[index]] + part + _MARK_SIGNS[after[index]] for index, part in enumerate(parts)
    ]
    return match.group(2) + "-".join(written)


def _match_clock(text: str, match: re.Match[str]) -> tuple[Date, int]:
    year, month, day = match.group(2) + match.group(3), match.group(7), match.group(10)
    if day is None or "X" in match.group() or any(_read_marks(match)):
        reason = (
            "A time of day needs a whole date without X or qualifiers before it, such as 2020-08-23T14:30."
        )
        raise DateError(text, match.end(), reason)
    _plain_day(text, match, int(year), int(month), int(day))
    clock = _CLOCK.match(text, match.end())
    if clock is None:
        raise DateError(text, match.end() + 1, "A time of day is written hh:mm:ss, hh:mm or hh after the T.")
    hour, minute, second = clock.group(1, 2, 3)
    if minute is None:
        form, length = "hour", 3_600
    elif second is None:
        form, length = "minute", 60
    else:
        form, length = "second", 1
    _check_clock(text, clock)
    start = days_from_civil(int(year), int(month), int(day)) * DAY
    start += int(hour) * 3_600 + int(minute or 0) * 60 + int(second or 0)
    canonical = text[match.start() : clock.end()]
    bounds = start, start + length - 1, start
    return Date(canonical, form, form, *bounds, year, month, day, clock.group()), clock.end()


def _check_clock(text: str, clock: re.Match[str]) -> None:
    hour, minute, second, sign, zone_hour, zone_minute = clock.groups()
    if int(hour) > 23 and (hour, minute, second or "00") != ("24", "00", "00"):
        raise DateError(text, clock.start(1), "An hour is 00 to 23; 24:00 and 24:00:00 end the day.")
    if minute is not None and int(minute) > 59:
        raise DateError(text, clock.start(2), "A minute is 00 to 59.")
    if second is not None and int(second) > 59:
        raise DateError(text, clock.start(3), "A second is 00 to 59; leap seconds are not counted.")
    if sign is None:
        return
    if zone_minute is not None and int(zone_minute) > 59:
        raise DateError(text, clock.start(6), "The minutes of a zone are 00 to 59.")
    offset = int(zone_hour) * 60 + int(zone_minute or 0)
    if offset == 0 and sign == "-":
        raise DateError(text, clock.start(4), "A zone without offset is written Z or +00:00.")
    if offset > (14 * 60 if sign == "+" else 12 * 60):
        raise DateError(text, clock.start(4), "A zone lies between -12:00 and +14:00.")


def _significant_year(text: str, match: re.Match[str]) -> Date:
    digits, significant = match.group(3), match.group(4)
    if match.group(7) is not None or "X" in digits:
        reason = "Significant digits (S) belong to a year alone, all of whose digits are given."
        raise DateError(text, match.start(4) - 1, reason)
    _years(text, match)
    mark = _MARKS[match.group(1)] | _MARKS[match.group(5)]
    written = f"{match.group(2)}{digits}S{significant}{_MARK_SIGNS[mark]}"
    return _estimate(written, match.group(2) + digits, significant, mark)


def _match_long_year(text: str, position: int) -> tuple[Date, int]:
    match = _LONG_YEAR.match(text, position)
    if match is None:
        _explain(text, position)
    before, minus, digits, exponent, significant, after = match.groups()
    # The number of digits is compared first: a huge exponent must not be computed.
    if len(exponent or "") > 2 or len(digits) + int(exponent or 0) > len(str(MAX_YEAR)):
        raise DateError(text, match.start(3), "Years are counted up to 146 billion before and after year 0.")
    magnitude = int(digits) * 10 ** int(exponent or 0)
    if magnitude > MAX_YEAR:
        raise DateError(text, match.start(3), "Years are counted up to 146 billion before and after year 0.")
    if magnitude <= 9_999 and exponent is None:
        reason = "Y is for years of more than four digits; this one is written without it."
        raise DateError(text, match.start(3), reason)
    mark = _MARKS[before] | _MARKS[after]
    written = match.group()[len(before) : match.end() - match.start() - len(after)] + _MARK_SIGNS[mark]
    return _estimate(written, f"{minus}{magnitude}", significant or "", mark), match.end()


def _estimate(written: str, year: str, significant: str, mark: int) -> Date:
    """A year of which only the leading digits count: all years that share them."""
    magnitude = abs(int(year))
    loose = 0
    if significant and len(significant) <= 2:
        loose = max(0, len(str(magnitude)) - int(significant))
    step = 10**loose
    low = magnitude - magnitude % step
    high = low + step - 1
    if year.startswith("-"):
        low, high = -high, -low
    precision = ("year", "decade", "century")[loose] if loose < 3 else "range"
    counted = len(str(magnitude)) - loose if loose else 0
    bounds = _bounds_of_years(low, high)
    return Date(written, "year", precision, *bounds, year, significant=counted, marks=(mark, 0, 0))


def _explain(text: str, position: int) -> NoReturn:
    """Say why no date begins at the position."""
    if text.startswith("Y", position) or text.startswith(("?Y", "~Y", "%Y"), position):
        at = text.index("Y", position) + 1
        reason = "After Y comes a year of more than four digits that does not begin with 0, such as Y-13800."
        raise DateError(text, at, reason)
    if text[position : position + 1] in (" ", "\t", "\n"):
        raise DateError(text, position, "EDTF has no white space.")
    start = position
    while start < len(text) and text[start] in "?~%-" and start - position < 2:
        start += 1
    end = start
    while end < len(text) and text[end] in "0123456789X":
        end += 1
    if end - start in (2, 3) and (end == len(text) or text[end] in "/,.]}?~%"):
        pattern = text[start:end] + "X" * (4 - (end - start))
        reason = f"A year has four digits; all years that begin with these are written {pattern}."
        raise DateError(text, end, reason)
    raise DateError(text, end, "A date begins with a year of four digits, such as 2020, 0044 or 19XX.")
