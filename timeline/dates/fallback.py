"""The only importer of dateparser: dates in other languages, as the last resort."""

import re
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, Final

from timeline.dates.conventions import Conventions
from timeline.dates.edtf import parse_edtf
from timeline.dates.english.tables import DAY_NAMES, MONTH_NAMES
from timeline.dates.timespan import TimeSpan

MAX_LENGTH = 100

# Two days that have no part in common: what dateparser fills in comes from them and differs.
_BASES: Final = (datetime(1804, 2, 3, 4, 5), datetime(1987, 11, 29, 16, 37))
_PARTS: Final = {"day": 3, "time": 3, "month": 2, "year": 1}
_NAME_KEYS: Final = [name.lower() for name in (*MONTH_NAMES, *DAY_NAMES)]
_PARTICLES: Final = (
    "de del le la el il der den dem am du er année an anno anni año jahr jahre jaar ano rok roku yıl yılı"
    " \u0433 год года році року \u0440"
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_NUMBER: Final = re.compile(r"\d+")
_YEAR: Final = re.compile(r"(?<!\d)\d{4}(?!\d)")
# Marks of ranges and lists: dateparser reads one of several dates and is silent about the others.
_SEVERAL: Final = re.compile(r"[/;&?~()]|[-–—](?!\w)|(?<!\w)[-–—]|\d\s*[-–—]|[-–—]\s*\d")


def read_other_languages(text: str, *, reference: date | None, conventions: Conventions) -> TimeSpan | None:
    """The one day, month or year that the text states in one of the convention's languages, or None.

    A part is kept only where it is read the same against two reference dates, and only if every number of the
    text went into it. The first call loads dateparser, which takes about half a second.
    """
    if not _is_candidate(text) or not conventions.other_languages:
        return None
    if reference is not None and text.strip().lower() in _relative_words(conventions.other_languages):
        return _relative(text, reference, conventions.other_languages)
    # dateparser passes over words it does not need, "after" and "about" among them: all must be known here.
    known = _names(conventions.other_languages, short=_YEAR.search(text) is not None)
    if not known.issuperset(_WORD.findall(text.lower())):
        return None
    found = _parse(text, conventions.other_languages, _BASES[0], "DMY")
    again = _parse(text, conventions.other_languages, _BASES[1], "MDY")
    if found is None or again is None:
        return None
    (first, period), (second, other_period) = found, again
    count = _PARTS.get(period)
    if count is None or period != other_period:
        return None
    parts, others = _parts(first)[:count], _parts(second)[:count]
    if parts[0] != others[0] and count > 1 and reference is not None:
        # The words leave out the year and nothing else.
        parts, others = (reference.year, *parts[1:]), (reference.year, *others[1:])
    if (
        parts != others
        or not (reference or _NUMBER.search(text))
        or not _uses_every_number(text, first, parts)
    ):
        return None
    return parse_edtf("-".join(f"{part:0{4 if place == 0 else 2}d}" for place, part in enumerate(parts)))


def _is_candidate(text: str) -> bool:
    """Whether the text has a word and is short and plain enough to be one date."""
    return len(text) <= MAX_LENGTH and not _SEVERAL.search(text) and sum(char.isalpha() for char in text) >= 2


@cache
def _names(languages: tuple[str, ...], *, short: bool) -> frozenset[str]:
    """The names of months and weekdays, and the particles that change no date.

    Short names are words of other languages, too: "do" is Thursday, "to" and "until", and "ka" November and a
    thousand years; "ago" and "out" are months beside a year only.
    """
    from dateparser.languages.loader import default_loader

    names = set(_PARTICLES.split())
    for language in languages:
        info = default_loader.get_locale(language).info
        for key in _NAME_KEYS:
            # "Mai" and "mei" are no short names.
            least = 3 if short or max(map(len, info[key])) == 3 else 4
            for name in info[key]:
                if len(name.rstrip(".")) >= least:
                    names.update(_WORD.findall(name.lower()))
    return frozenset(names)


@cache
def _relative_words(languages: tuple[str, ...]) -> frozenset[str]:
    """Whole expressions such as "gestern" and "la semaine dernière"."""
    from dateparser.languages.loader import default_loader

    words: set[str] = set()
    for language in languages:
        for expressions in default_loader.get_locale(language).info["relative-type"].values():
            words.update(expression.lower() for expression in expressions)
    return frozenset(words)


@cache
def _parser(languages: tuple[str, ...], base: datetime, order: str, relative: bool) -> Any:
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=list(languages),
        settings={
            "PARSERS": ["relative-time" if relative else "absolute-time"],
            "RELATIVE_BASE": base,
            "DATE_ORDER": order,
            "PREFER_LOCALE_DATE_ORDER": False,
            "RETURN_AS_TIMEZONE_AWARE": False,
        },
    )


def _parse(
    text: str, languages: tuple[str, ...], base: datetime, order: str, *, relative: bool = False
) -> tuple[datetime, str] | None:
    try:
        data = _parser(languages, base, order, relative).get_date_data(text)
    except Exception:  # What dateparser fails on, in whatever way, is no date.
        return None
    return (data.date_obj, data.period) if data.date_obj is not None else None


def _parts(moment: datetime) -> tuple[int, ...]:
    return moment.year, moment.month, moment.day


def _uses_every_number(text: str, moment: datetime, parts: tuple[int, ...]) -> bool:
    """Whether no number was passed over or taken for something else, such as a time zone or a page."""
    times = {moment.hour, moment.minute, moment.second, moment.hour % 12}
    known = set(parts) | (times if ":" in text else set())
    numbers = [int(number) for number in _NUMBER.findall(text)]
    # In "12 Dec 12" the century was filled in.
    whole = len(numbers) < 2 or parts[0] in numbers or ":" in text
    return whole and all(number in known for number in numbers)


def _relative(text: str, reference: date, languages: tuple[str, ...]) -> TimeSpan | None:
    """Yesterday, last month and the like, in the other languages."""
    base = datetime(reference.year, reference.month, reference.day)
    found = _parse(text, languages, base, "DMY", relative=True)
    if found is None:
        return None
    moment, period = found
    if period == "week":
        monday = moment - timedelta(days=moment.weekday())
        return parse_edtf(f"[{monday.date()}..{(monday + timedelta(days=6)).date()}]")
    count = _PARTS.get(period)
    return parse_edtf(moment.date().isoformat()[: (0, 4, 7, 10)[count]]) if count is not None else None
