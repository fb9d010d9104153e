"""The dates of the benchmark's events: 84 % days (some with a time), 15 % imprecise, 1 % long or open.

All lie in the years from 1990 to 2025, evenly; the long ones reach back to 1960 and on to 2045.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import lru_cache
from random import Random
from typing import NamedTuple

import orjson

from api.documents.base import time_span
from benchmarks.vocabulary import words_of
from timeline.counts import BEFORE
from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.dates.calendar import DAY
from timeline.fields import When
from timeline.scales import ANY, OPEN_END, OPEN_REACH, OPEN_START, REACHES

FIRST, LAST = date(1990, 1, 1), date(2025, 12, 31)
_DAYS = (LAST - FIRST).days + 1
MONTHS = words_of("January February March April May June July August September October November December")
SEASONS = {"21": "spring", "22": "summer", "23": "autumn", "24": "winter"}
PARTS = {"early": (1, 10), "mid": (11, 20)}


class Dated(NamedTuple):
    """A date as the column holds it, as a participation copies it, and as the document shows it."""

    stored: str
    scale: int
    bounds: tuple[int, ...]
    shown: str
    starts_on: int


@lru_cache(maxsize=400_000)
def dated(text: str, edtf: str) -> Dated:
    when = When(text, edtf)
    bounds = when.bounds
    stored = json.dumps([text, edtf, *bounds])
    shown = orjson.dumps(time_span(when)).decode()
    starts_on = BEFORE if bounds[1] <= OPEN_PAST else bounds[0] // DAY
    return Dated(stored, scale_of(*bounds), bounds, shown, starts_on)


def scale_of(sort_at: int, earliest: int, start_latest: int, end_earliest: int, latest: int) -> int:
    """The class of a dated span: what timeline.scales.Scale computes in the database."""
    if earliest > OPEN_PAST and latest < OPEN_FUTURE:
        return next((scale for scale, reach in enumerate(REACHES) if latest - earliest <= reach), ANY)
    if earliest > OPEN_PAST and sort_at - earliest <= OPEN_REACH:
        return OPEN_END
    if latest < OPEN_FUTURE and latest - sort_at <= OPEN_REACH:
        return OPEN_START
    return ANY


def some_date(random: Random) -> Dated:
    """The next date that is drawn."""
    share = random.random()
    day = FIRST + timedelta(days=int(random.random() * _DAYS))
    if share >= 0.16:
        return _day(day, random) if share < 0.244 else _day(day)
    return _imprecise(day, share / 0.15) if share < 0.15 else _long(day.year, random)


def _day(day: date, random: Random | None = None) -> Dated:
    text, edtf = f"{day.day} {MONTHS[day.month - 1]} {day.year}", day.isoformat()
    if random is None:
        return dated(text, edtf)
    clock = f"{int(random.random() * 24):02d}:{int(random.random() * 4) * 15:02d}"
    return dated(f"{text}, {clock}", f"{edtf}T{clock}")


def _imprecise(day: date, share: float) -> Dated:
    year, month = day.year, f"{day.year}-{day.month:02d}"
    if share < 0.45:
        return dated(f"{MONTHS[day.month - 1]} {year}", month)
    if share < 0.65:
        return dated(f"{year}", f"{year}")
    if share < 0.75:
        season = str(21 + day.month % 4)
        return dated(f"{SEASONS[season]} {year}", f"{year}-{season}")
    if share < 0.85:
        return dated(f"c. {year}", f"{year}~")
    if share < 0.95:
        part = "early" if day.day % 2 else "mid"
        first, last = PARTS[part]
        edtf = f"[{month}-{first:02d}..{month}-{last:02d}]"
        return dated(f"{part}-{MONTHS[day.month - 1]} {year}", edtf)
    return dated(f"the {year // 10}0s", f"{year // 10}X")


def _long(year: int, random: Random) -> Dated:
    shape = int(random.random() * 4)
    if shape == 0:
        return dated(f"since {year}", f"{year}/..")
    if shape == 1:
        return dated(f"before {year + 1}", f"[..{year}]")
    length = 10 + int(random.random() * 20)
    start = year - length if shape == 2 else year
    return dated(f"from {start} to {start + length}", f"{start}/{start + length}")
