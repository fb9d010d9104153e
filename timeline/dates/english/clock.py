"""Times of day and their zones, before a day or behind it."""

from timeline.dates.english.cursor import Cursor
from timeline.dates.english.partial import Partial, is_overnight, minutes_of

_CLOCK_STARTS = frozenset(("colon", "half_day", "h", "o'clock"))


def read_clock(cursor: Cursor, partial: Partial) -> bool:
    """14:30, 2:30:15 p.m., 3 pm, 14h30, 9 o'clock, with a zone; False, with nothing read, for other numbers.

    From one time to another is no time: the day, or the days, are what can be said.
    """
    at, hour = cursor.at, cursor.number()
    clock = _one_clock(cursor)
    if clock is None:
        cursor.at = at
        return False
    if cursor.kind() in ("dash", "to", "and") and cursor.kind(1) == "number" and _is_clock(cursor, 2):
        cursor.at += 1
        end_hour = cursor.number()
        end = _one_clock(cursor)
        if clock and end:
            overnight = minutes_of(end) <= minutes_of(clock)
        else:
            overnight = is_overnight(hour or 0, end) if end else (end_hour or 0) <= (hour or 0)
        clock = "T48" if overnight else _span_of_clocks(clock, end)
        # The words that opened the range of times are not about days.
        partial.relation = None if partial.opener == "from" else partial.relation
    partial.clock, partial.within = clock, True
    return True


def is_dotted_clock(cursor: Cursor, steps: int = 0) -> bool:
    """Whether a full stop parts hours and minutes: "14.30 on 5 March", "2.30 p.m.", "at 14.30"."""
    minute = cursor.number(steps + 2, digits=(2, 2))
    if cursor.kind(steps + 1) != "dot" or minute is None or minute > 59:
        return False
    behind = cursor.ahead(steps + 3)
    word = cursor.context.text[behind.start : behind.end].lower()
    return behind.kind == "half_day" or word == "on" or cursor.follows("at")


def _span_of_clocks(start: str, end: str | None) -> str:
    """The hour from 15:00 to 16:00; of any other span only the day is kept."""
    if end is None or len(start) != 6 or len(end) != 6 or not (start + end).endswith(":00" + end[:3] + ":00"):
        return ""
    return start[:3] if int(end[1:3]) == int(start[1:3]) + 1 else ""


def _is_clock(cursor: Cursor, steps: int) -> bool:
    return cursor.kind(steps) in _CLOCK_STARTS


def _one_clock(cursor: Cursor) -> str | None:
    start = cursor.token.start
    dotted = is_dotted_clock(cursor)
    iso = cursor.at > 0 and cursor.tokens[cursor.at - 1].kind == "t"
    hour = cursor.number(digits=(1, 2))
    if hour is None:
        return None
    cursor.at += 1
    parts: list[int] = []
    marks = ("colon", "h", "dot") if dotted else ("colon", "h")
    while len(parts) < 2 and cursor.kind() in marks:
        part = cursor.number(1, digits=(2, 2))
        if part is None:
            if cursor.kind() == "colon":
                return None
            break
        parts.append(part)
        cursor.at += 2
    bare = not parts and not cursor.skip("h")
    if cursor.kind() == "dot":
        # Parts of a second are below what a bound can say.
        cursor.at += 2
    if cursor.skip("o'clock"):
        # Nine o'clock is in the morning or in the evening.
        return ""
    hour = _full_hour(cursor, hour, bare=bare)
    if hour > 23 or any(part > 59 for part in parts):
        cursor.context.refuse(start, "There is no such time of day.")
    return f"T{hour:02d}" + "".join(f":{part:02d}" for part in parts) + _zone(cursor, iso=iso)


def _full_hour(cursor: Cursor, hour: int, *, bare: bool) -> int:
    if cursor.kind() != "half_day":
        return hour
    token = cursor.token
    if not 1 <= hour <= 12:
        # "14:30 p.m." says it twice.
        cursor.at += 1
        return hour if not bare and token.value == "pm" and hour > 12 else 99
    cursor.at += 1
    return hour % 12 + (12 if token.value == "pm" else 0)


def _zone(cursor: Cursor, *, iso: bool) -> str:
    """The zone in EDTF's form; behind T12:00 a hyphen is its sign, elsewhere it leads to another time."""
    wrapped = cursor.kind() == "open" and cursor.kind(1) == "zone"
    if wrapped:
        cursor.at += 1
    zone = ""
    if cursor.kind() == "zone":
        zone = str(cursor.token.value)
        cursor.at += 1
    if wrapped:
        cursor.skip("close")
    sign = cursor.kind()
    if sign == "plus" or (sign == "dash" and (zone == "Z" or (iso and cursor.adjacent(0)))):
        zone = _offset(cursor, "+" if sign == "plus" else "-") or zone
    return zone


def _offset(cursor: Cursor, sign: str) -> str:
    """+2, +02, +0200 or +02:00."""
    number = cursor.number(1, digits=(1, 4))
    if number is None:
        return ""
    token = cursor.ahead(1)
    hours, minutes = divmod(number, 100) if token.end - token.start > 2 else (number, 0)
    cursor.at += 2
    if cursor.kind() == "colon" and (more := cursor.number(1, digits=(2, 2))) is not None:
        minutes = more
        cursor.at += 2
    if minutes > 59 or hours * 60 + minutes > (840 if sign == "+" else 720):
        cursor.context.refuse(token.start, "There is no such time zone.")
    return f"{sign}{hours:02d}:{minutes:02d}"


def read_clock_word(cursor: Cursor, partial: Partial) -> None:
    """Noon is an hour; a morning, afternoon or night is only somewhere in the day."""
    value = cursor.token.value
    partial.clock, partial.within = "" if value is None else f"T{value}", True
    cursor.at += 1


def read_time_after(cursor: Cursor, partial: Partial) -> None:
    """The time behind a day: "at 3 p.m.", ", 14:30", "about noon"."""
    at, approximate = cursor.at, False
    while cursor.kind() in ("comma", "in", "approximate", "dash", "t"):
        approximate |= cursor.kind() == "approximate"
        cursor.at += 1
    cursor.skip("between", "from")
    if cursor.kind() == "clock":
        read_clock_word(cursor, partial)
    elif not ((_is_clock(cursor, 1) or is_dotted_clock(cursor)) and read_clock(cursor, partial)):
        cursor.at = at
        return
    if partial.clock == "T48":
        # The times begin on the day before them.
        partial.clock = "T24"
    partial.approximate |= approximate
