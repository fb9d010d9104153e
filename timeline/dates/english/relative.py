"""Words that count from a reference date: yesterday, last week, two days ago, next Friday, this spring."""

from datetime import date, timedelta
from typing import Final

from timeline.dates.calendar import MAX_YEAR, month_length
from timeline.dates.english.cursor import Cursor, integer
from timeline.dates.english.partial import Partial
from timeline.dates.english.parts import century_of, decade, millennium_of
from timeline.dates.english.points import Point, Reading, moved, point_of, single, span, weekday

_DAYS: Final = {"day": 1, "week": 7, "fortnight": 14, "weekend": 7}
# From here on an age in years needs no reference date, and from there on it may be a round number.
_LEAST_AGE: Final = 50_000
_LEAST_ROUND: Final = 100
# The present that radiocarbon ages count from.
_PRESENT: Final = 1950
_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12, "decade": 120, "century": 1200}


def read_near(cursor: Cursor, partial: Partial) -> None:
    """Yesterday, today, tomorrow, the day before yesterday."""
    token = cursor.token
    _set_day(partial, moved(_today(cursor), integer(token)))
    cursor.at += 1
    partial.within |= cursor.follows("tonight")


def _set_day(partial: Partial, point: Point) -> None:
    partial.kind = "day"
    partial.year, partial.month, partial.day = point


def _today(cursor: Cursor) -> Point:
    token = cursor.token
    shown = cursor.context.text[token.start : token.end]
    return point_of(cursor.context.referred(token.start, f"“{shown}”"))


def read_deictic(cursor: Cursor, partial: Partial) -> None:
    """Last, this or next week, month, year, weekday, March or summer; the last two weeks."""
    today, steps = _today(cursor), integer(cursor.token)
    cursor.at += 1
    token = cursor.token
    if token.kind in ("number", "count"):
        _read_stretch(cursor, partial, today, steps)
        return
    if token.kind == "vague":
        read_vague(cursor, partial)
    partial.within |= token.kind == "clock"
    if token.kind == "clock" and steps == 0:
        _set_day(partial, today)
    elif token.kind == "clock" and steps < 0:
        # Last night began yesterday and ended today.
        partial.kind, partial.reading = "reading", span(moved(today, -1), today)
    elif token.kind == "unit" and cursor.context.text[token.end - 1] in "sS":
        cursor.context.refuse(token.start, "The words do not say how many.")
    elif token.kind in ("unit", "fraction"):
        partial.kind, partial.reading = "reading", _unit_at(today, str(token.value), steps)
        if partial.reading is None:
            cursor.unexpected()
    elif token.kind == "weekday":
        _set_day(partial, _weekday_at(today, integer(token), steps))
    elif token.kind == "month":
        partial.kind, partial.month = "month", integer(token)
        partial.year = today[0] + _year_step((today[1],), (partial.month,), steps)
    elif token.kind == "season":
        partial.kind, partial.number = "season", integer(token)
        partial.year = _season_year(today, partial.number, steps)
    else:
        cursor.unexpected()
    cursor.at += 1


def read_past(cursor: Cursor, partial: Partial) -> None:
    """The past year, the past five years: up to today."""
    today = _today(cursor)
    cursor.at += 1
    if cursor.kind() in ("number", "count"):
        _read_stretch(cursor, partial, today, -1)
        return
    if cursor.kind() != "unit":
        cursor.unexpected()
    other = _shifted(cursor, today, str(cursor.token.value), -1)
    cursor.at += 1
    partial.kind, partial.reading = "reading", span(other, today)


def _year_step(now: Point, then: Point, steps: int) -> int:
    if steps < 0:
        return 0 if then < now else -1
    return int(steps > 0 and then <= now)


def _season_year(today: Point, season: int, steps: int) -> int:
    """The year in which the last season of this name ended before today, or the next will begin after it."""
    year = today[0]
    for candidate in (year + 1, year, year - 1, year - 2) if steps < 0 else (year - 1, year, year + 1):
        first = (candidate, 3 * (season - 20))
        last = moved(first, 2)
        if steps < 0 and last < today[:2]:
            return candidate
        if steps > 0 and first > today[:2]:
            return candidate
        if steps == 0 and (first <= today[:2] <= last):
            return candidate
    return year


def _weekday_at(today: Point, day: int, steps: int) -> Point:
    difference = day - weekday(today)
    if steps < 0 and difference >= 0:
        difference -= 7
    elif steps > 0 and difference <= 0:
        difference += 7
    return moved(today, difference)


def _unit_at(today: Point, unit: str, steps: int) -> Reading | None:
    year, month, _ = today
    if unit == "day":
        return single(moved(today, steps))
    if unit in ("week", "weekend"):
        monday = moved(today, 7 * steps - weekday(today))
        return span(moved(monday, 5) if unit == "weekend" else monday, moved(monday, 6), "week")
    if unit == "month":
        return single(moved((year, month), steps))
    if unit == "quarter":
        years, quarter = divmod((month - 1) // 3 + steps, 4)
        first = (year + years, 3 * quarter + 1)
        return Reading(first, moved(first, 2), f"{first[0]:04d}-{33 + quarter}", "quarter")
    if unit == "year":
        return single((year + steps,))
    if unit == "decade":
        return decade((year // 10 + steps) * 10)
    if unit == "century":
        return century_of(year // 100 + 1 + steps, before_christ=False)
    return millennium_of(year // 1000 + 1 + steps, before_christ=False) if unit == "millennium" else None


def _read_stretch(cursor: Cursor, partial: Partial, today: Point, steps: int) -> None:
    """The last two weeks: some time from two weeks ago until today."""
    count = integer(cursor.token)
    cursor.at += 1
    if cursor.token.kind != "unit" or steps == 0:
        cursor.unexpected()
    other = _shifted(cursor, today, str(cursor.token.value), count * steps)
    cursor.at += 1
    partial.kind, partial.reading = "reading", span(min(today, other), max(today, other))


def _shifted(cursor: Cursor, today: Point, unit: str, count: int) -> Point:
    """The day so many units from today."""
    if unit in _DAYS:
        days = count * _DAYS[unit]
        try:
            return point_of(date(*today[:3]) + timedelta(days=days))
        except OverflowError:
            cursor.context.refuse(cursor.token.start, "This is too far away.")
    if unit not in _MONTHS:
        cursor.unexpected()
    year, month = moved(today[:2], count * _MONTHS[unit])
    if not -9999 <= year <= 9999:
        cursor.context.refuse(cursor.token.start, "This is too far away.")
    return (year, month, min(today[2], month_length(year, month)))


def read_ago(cursor: Cursor, partial: Partial) -> None:
    """Two days ago, a week ago, in two weeks, 66 million years ago; no more precise than the unit is."""
    ahead = cursor.follows("in")
    count = integer(cursor.token)
    # Who says a couple has not counted.
    partial.approximate |= "couple" in cursor.context.text[cursor.token.start : cursor.token.end].lower()
    fraction, cursor.at = _decimals(cursor), cursor.at + 1
    if fraction:
        cursor.at += 2
    scaled = cursor.kind() == "scale"
    if scaled:
        scale = integer(cursor.token)
        count = count * scale + int(fraction or 0) * scale // 10 ** len(fraction)
        cursor.at += 1
    elif cursor.kind() == "vague":
        read_vague(cursor, partial)
    elif fraction or cursor.kind() != "unit" or not (ahead or cursor.kind(1) == "ago"):
        cursor.unexpected()
    if scaled or (count >= _LEAST_ROUND and cursor.token.value == "year" and cursor.kind(1) == "ago"):
        _read_age(cursor, partial, count)
    else:
        _read_distance(cursor, partial, count)


def read_vague(cursor: Cursor, partial: Partial) -> None:
    """A few days ago, several weeks ago: refused."""
    cursor.context.refuse(partial.start, "The words do not say how many.")


def _decimals(cursor: Cursor) -> str:
    """The 8 of "13.8 billion"."""
    if cursor.kind(1) != "dot" or cursor.kind(2) != "number":
        return ""
    token = cursor.ahead(2)
    return cursor.context.text[token.start : token.end][:9]


def _read_distance(cursor: Cursor, partial: Partial, count: int) -> None:
    """So many days, weeks or years, the cursor standing on the unit; "ago" has the sign as its value."""
    unit = str(cursor.token.value)
    steps = integer(cursor.ahead(1)) if cursor.kind(1) == "ago" else 1
    day = _shifted(cursor, _today(cursor), unit, count * steps)
    cursor.at += 2 if cursor.kind(1) == "ago" else 1
    if unit == "day":
        _set_day(partial, day)
        return
    years = count * _MONTHS.get(unit, 0) // 12
    if unit in ("decade", "century") or years >= _LEAST_ROUND:
        _set_round(cursor, partial, years, day[0])
        return
    partial.approximate |= count >= _LEAST_ROUND
    # No word says on which day of the week or month it was.
    partial.kind, partial.within = "reading", True
    partial.reading = _unit_at(day, "week" if unit == "fortnight" else unit, 0)


def _read_age(cursor: Cursor, partial: Partial, years: int) -> None:
    """66 million years ago, 13.8 billion BC, 100 mya, 9,000 years ago."""
    era, sign = "", -1
    if not cursor.follows("mya", "bya", "kya"):
        if cursor.kind() == "unit" and cursor.token.value == "year":
            cursor.at += 1
        if cursor.kind() not in ("ago", "era"):
            cursor.unexpected()
        era = str(cursor.token.value) if cursor.kind() == "era" else ""
        sign = -1 if cursor.token.value in ("BC", -1) else 1
        cursor.at += 1
    if not 1 <= years <= MAX_YEAR:
        cursor.context.refuse(partial.start, "This is too far away.")
    if years >= _LEAST_AGE or era:
        # As near to this year as to year 1.
        _set_round(cursor, partial, years, 1 - years if sign < 0 else years)
        return
    today = cursor.context.referred(partial.start, f"An age of less than {_LEAST_AGE:,} years").year
    # Before the present may be before 1950.
    other = min(_PRESENT, today) if cursor.follows("before present") else today
    _set_round(cursor, partial, years, other + sign * years, today + sign * years)


def _set_round(cursor: Cursor, partial: Partial, years: int, first: int, last: int | None = None) -> None:
    """The year so many years away: as far off as the last place of the number that is not 0 leaves open."""
    conventions = cursor.context.conventions
    last = first if last is None else last
    zeros = len(str(years)) - len(str(years).rstrip("0"))
    off = min(10**zeros // 2, years * conventions.circa_long_year_percent // 100)
    if years >= _LEAST_AGE or off <= conventions.circa_years:
        # No further than an approximate year goes by itself.
        off = 0
    partial.kind, partial.approximate, partial.within = "reading", True, True
    partial.reading = span((first - off,), (last + off,), "year")
