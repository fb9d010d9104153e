"""English words for one date of an EDTF expression."""

from collections.abc import Sequence

from timeline.dates import unspecified
from timeline.dates.calendar import DAY, civil_from_days
from timeline.dates.date import APPROXIMATE, DIVISIONS, UNCERTAIN, Date

MONTHS = (
    "",
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
# Stands for an era that may be needed; no EDTF text contains it.
ERA = "\x01"
# The same behind a century.
ERA_BEHIND = "\x02"
ORDINALS = ("first", "second", "third", "fourth")
HEMISPHERES = ("", " (northern hemisphere)", " (southern hemisphere)")
SEASONS = ("spring", "summer", "autumn", "winter")


def year_words(year: int) -> str:
    """2020, AD 79, 44 BC, 13.8 billion BC: an era wherever the number alone could be misread.

    Before 2020 stands ERA, for beside a year BC it needs its era as well: see `with_eras`.
    """
    if year <= 0:
        return f"{_number(1 - year)} BC"
    if year < 1_000 or year > 9_999:
        return f"AD {_number(year)}"
    return f"{ERA}{year}"


def with_eras(words: str) -> str:
    """The finished words: once a year BC is among them, no year stays without its era."""
    before, behind = ("AD ", " AD") if " BC" in words else ("", "")
    return words.replace(ERA, before).replace(ERA_BEHIND, behind)


def is_plain(date: Date) -> bool:
    """Whether the date is a bare year, month, season or day: all digits given, nothing qualified."""
    whole = "X" not in date.text and not date.clock and not date.significant
    return whole and not any(date.marks)


def date_words(date: Date) -> str:
    """The date with its qualifiers; what only some of its parts carry stands in brackets behind it."""
    phrase = _phrase(date)
    if not any(date.marks):
        return phrase
    parts = ["year"]
    if date.month:
        parts.append("month" if date.form in ("month", "day") else date.form)
    if date.day:
        parts.append("day")
    marks = date.marks[: len(parts)]
    whole = marks[0]
    if all(mark == whole for mark in marks):
        if _is_description(date, phrase):
            return f"{phrase} ({_qualities(whole)})"
        return f"{_adverbs(whole)} {_article(date)}{phrase}"
    remarks = []
    for mark in (UNCERTAIN, APPROXIMATE, UNCERTAIN | APPROXIMATE):
        named = [part for part, given in zip(parts, marks, strict=True) if given == mark]
        if named:
            remarks.append(f"{join_words(named, 'and')} {_qualities(mark)}")
    return f"{phrase} ({', '.join(remarks)})"


def embedded_words(date: Date) -> str:
    """The date within a sentence: periods get their article."""
    return date_words(date) if any(date.marks) else _article(date) + date_words(date)


def year_range_words(first: int, last: int) -> str:
    """44 to 40 BC, 1914 to 1918, 1 BC to AD 9999: the era once, and wherever it changes."""
    start, end = year_words(first), year_words(last)
    if first < last <= 0:
        start = start.removesuffix(" BC")
    return f"{start} to {end}"


def join_words(words: Sequence[str], conjunction: str) -> str:
    """One, two and three."""
    if len(words) == 1:
        return words[0]
    return f"{', '.join(words[:-1])} {conjunction} {words[-1]}"


def day_and_month(date: Date) -> str:
    """A plain day or month without its year."""
    month = MONTHS[int(date.month)]
    return f"{int(date.day)} {month}" if date.day else month


def end_of_hour(date: Date) -> str:
    """A time of day as the end of a range; an hour ends where the next begins."""
    if date.form != "hour":
        return date_words(date)
    return _day_and_clock(date, f"{int(date.clock[1:3]) + 1:02d}:00")


def start_of_hour(date: Date) -> str:
    """A time of day as the start of a range."""
    return _day_and_clock(date, f"{date.clock[1:3]}:00") if date.form == "hour" else date_words(date)


def _number(number: int) -> str:
    for size, step, name in ((10**9, 10**6, "billion"), (10**6, 10**3, "million")):
        if number >= size and number % step == 0:
            whole, rest = divmod(number, size)
            decimals = f"{rest // step:03d}".rstrip("0")
            return f"{whole}.{decimals} {name}" if decimals else f"{whole} {name}"
    return f"{number:,}" if number > 9_999 else str(number)


def _adverbs(mark: int) -> str:
    return {UNCERTAIN: "possibly", APPROXIMATE: "about"}.get(mark, "possibly about")


def _qualities(mark: int) -> str:
    return {UNCERTAIN: "uncertain", APPROXIMATE: "approximate"}.get(mark, "approximate and uncertain")


def _is_description(date: Date, phrase: str) -> bool:
    return bool(date.significant) or " some " in f" {phrase}" or "(" in phrase or " or " in phrase


def _resolved(date: Date) -> Date:
    """The date with the digits filled in that can only be one: the only month X4 is 04."""
    if "X" not in date.month + date.day:
        return date
    last = civil_from_days(date.latest // DAY)[2] if "X" not in date.year + date.month else 31
    months = unspecified.matching(date.month, 1, 12)
    days = unspecified.matching(date.day, 1, last) if date.day else ()
    month = f"{months[0]:02d}" if len(months) == 1 else date.month
    return date._replace(month=month, day=f"{days[0]:02d}" if len(days) == 1 else date.day)


def _phrase(date: Date) -> str:
    date = _resolved(date)
    if date.significant:
        return _estimate_words(date)
    if date.clock:
        return _clock_words(date)
    if "X" in date.year:
        return _unspecified_year_words(date)
    year = year_words(int(date.year))
    if date.form == "year":
        return year
    if date.form not in ("month", "day"):
        return _division_words(date, year)
    if "X" in date.month:
        return _unspecified_month_words(date, year)
    month = f"{MONTHS[int(date.month)]} {year}"
    if date.form == "month":
        return month
    if date.day == "XX":
        return f"some day in {month}"
    if "X" in date.day:
        return f"{_unspecified_day_words(date)} {month}"
    return f"{int(date.day)} {month}"


def _article(date: Date) -> str:
    phrase = _phrase(date).rstrip(ERA_BEHIND)
    return "the " if date.form == "year" and phrase.endswith(("0s", "century", "century BC")) else ""


def _estimate_words(date: Date) -> str:
    first, last = (civil_from_days(bound // DAY)[0] for bound in (date.earliest, date.latest))
    return f"estimated {year_words(int(date.year))}, some time from {year_range_words(first, last)}"


def _clock_words(date: Date) -> str:
    if date.form == "hour":
        hour = int(date.clock[1:3])
        return _day_and_clock(date, f"between {hour:02d}:00 and {hour + 1:02d}:00")
    return _day_and_clock(date, date.clock[1:9] if date.form == "second" else date.clock[1:6])


def _day_and_clock(date: Date, clock: str) -> str:
    zone = date.clock[{"hour": 3, "minute": 6}.get(date.form, 9) :]
    if zone == "Z":
        clock += " UTC"
    elif zone:
        clock += f" (UTC{zone})"
    return f"{day_and_month(date)} {year_words(int(date.year))}, {clock}"


def _division_words(date: Date, year: str) -> str:
    code = int(date.month)
    first_month, length, name = DIVISIONS[code]
    if name == "quarter":
        return f"{ORDINALS[code - 33]} quarter of {year}"
    if name == "quadrimester":
        return ("early ", "mid-", "late ")[code - 37] + year
    if name == "semester":
        return f"{ORDINALS[code - 40]} half of {year}"
    season = SEASONS[(code - 21) % 4]
    if first_month + length > 13:
        year = _turn_of_year(int(date.year))
    return f"{season} {year}{HEMISPHERES[(code - 21) // 4]}"


def _turn_of_year(year: int) -> str:
    """The two years of a winter, joined by an en dash: 2019-20, 1999-2000, AD 79-80, 44-43 BC, 1 BC-AD 1."""
    first, last = year_words(year), year_words(year + 1)
    if year < 0:
        first = first.removesuffix(" BC")
    elif year > 0:
        last = _number(year + 1)
        last = last[2:] if year >= 1_000 and (year + 1) % 100 else last
    return f"{first}\N{EN DASH}{last}"


def _unspecified_month_words(date: Date, year: str) -> str:
    months = unspecified.matching(date.month, 1, 12)
    if date.form == "day":
        if date.month == date.day == "XX":
            return f"some day in {year}"
        return _envelope_words(date, "day")
    if date.month == "XX":
        return f"some month in {year}"
    if months[-1] - months[0] == len(months) - 1 and len(months) > 1:
        return f"some month from {MONTHS[months[0]]} to {MONTHS[months[-1]]} {year}"
    return f"{join_words([MONTHS[month] for month in months], 'or')} {year}"


def _unspecified_day_words(date: Date) -> str:
    last = civil_from_days(date.latest // DAY)[2]
    days = unspecified.matching(date.day, 1, last)
    if days[-1] - days[0] == len(days) - 1 and len(days) > 1:
        return f"some day from {days[0]} to {days[-1]}"
    return join_words([str(day) for day in days], "or")


def _unspecified_year_words(date: Date) -> str:
    period = _period(date.year)
    if date.form == "year":
        return period or _envelope_words(date, "year")
    if date.month == "XX" and date.day in ("", "XX") and period:
        article = "" if period.startswith("some") else "the "
        return f"some {date.form} in {article}{period}"
    years = _years_words(date.year)
    if "X" in date.year.rstrip("X") or "X" in date.month:
        return _envelope_words(date, date.form)
    if date.form not in ("month", "day"):
        code = int(date.month)
        hemisphere = HEMISPHERES[(code - 21) // 4] if code <= 32 else ""
        return f"{_division_of(code)} {years}{hemisphere}"
    if "X" not in date.day:
        return f"{day_and_month(date)} of {years}"
    if date.day == "XX":
        return f"some day in {MONTHS[int(date.month)]} of {years}"
    return _envelope_words(date, date.form)


def _division_of(code: int) -> str:
    if code >= 40:
        return f"{ORDINALS[code - 40]} half of"
    if code >= 37:
        return ("early in", "in the middle of", "late in")[code - 37]
    return f"{ORDINALS[code - 33]} quarter of" if code >= 33 else f"{SEASONS[(code - 21) % 4]} of"


def _years_words(year: str) -> str:
    found = unspecified.year_range(year.lstrip("-"), negative=year.startswith("-"))
    return f"some year from {year_range_words(*found)}" if found else year


def _period(year: str) -> str:
    """1990s, 19th century, 2nd century BC; empty where no name is exact."""
    known = year.rstrip("X")
    loose = len(year) - len(known)
    if "X" in known:
        return ""
    if loose == 1 and not year.startswith("-") and int(known) >= 10 and int(known) % 10:
        # The 1900s could be a century, and before AD 100 there is no such habit.
        era = ERA if int(known) >= 100 else "AD "
        return f"{era}{known.lstrip('0')}0s"
    if loose == 2 and int(known):
        # The hundred years from 1 BC to AD 99 are not the first century.
        century = abs(int(known)) + 1
        return f"{_ordinal(century)} century{' BC' if known.startswith('-') else ERA_BEHIND}"
    return _years_words(year)


def _ordinal(number: int) -> str:
    if number // 10 % 10 == 1:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _envelope_words(date: Date, noun: str) -> str:
    """First and last day that fit, and the digits themselves: what has no shorter name in English."""
    first, last = civil_from_days(date.earliest // DAY), civil_from_days(date.latest // DAY)
    pattern = "-".join(part for part in (date.year, date.month, date.day) if part)
    start, end = (f"{day} {MONTHS[month]} {year_words(year)}" for year, month, day in (first, last))
    if noun == "year":
        return f"some {noun} from {year_range_words(first[0], last[0])} ({pattern})"
    return f"some {noun} from {start} to {end} ({pattern})"
