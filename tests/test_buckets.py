"""Buckets and the spreading of spans: whole numbers that add up, however long ago and however long."""

from __future__ import annotations

import sqlite3
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.buckets import CALENDAR, SHOWN, Division, Parts, Spread, TooManyBuckets
from timeline.dates.calendar import DAY, iso_bound, seconds

LONGEST = 4 * 10**18  # seconds, about 127 billion years
moments = st.one_of(
    st.integers(-LONGEST, LONGEST),
    st.integers(seconds(-60), seconds(2100)),
    st.integers(seconds(2019), seconds(2021)),
)
windows = st.tuples(moments, moments).map(sorted)


@st.composite
def divisions(draw: st.DrawFn) -> Division:
    return draw(st.sampled_from(list(CALENDAR.values())))


@pytest.mark.parametrize(
    ("unit", "moment", "first", "last"),
    [
        ("day", (2020, 2, 29), "2020-02-29", "2020-02-29"),
        ("week", (2021, 1, 3), "2020-12-28", "2021-01-03"),
        ("week", (1970, 1, 1), "1969-12-29", "1970-01-04"),
        ("month", (1900, 2, 28), "1900-02-01", "1900-02-28"),
        ("month", (0, 2, 1), "0000-02-01", "0000-02-29"),
        ("quarter", (2020, 5, 17), "2020-04-01", "2020-06-30"),
        ("year", (-43, 3, 15), "-000043-01-01", "-000043-12-31"),
        ("decade", (2019, 12, 31), "2010-01-01", "2019-12-31"),
        ("decade", (-1, 12, 31), "-000010-01-01", "-000001-12-31"),
        ("century", (1999, 12, 31), "1900-01-01", "1999-12-31"),
        ("century", (0, 1, 1), "0000-01-01", "0099-12-31"),
        ("century", (-13_800_000_000, 1, 1), "-13800000000-01-01", "-13799999901-12-31"),
    ],
)
def test_buckets_of_the_calendar(unit: str, moment: tuple[int, ...], first: str, last: str) -> None:
    division = CALENDAR[unit]
    number = division.place(seconds(*moment))
    assert iso_bound(division.first(number)) == first
    assert iso_bound(division.first(number + 1) - 1) == last


@given(divisions(), moments)
def test_a_moment_is_in_its_bucket(division: Division, moment: int) -> None:
    number = division.place(moment)
    assert division.first(number) <= moment < division.first(number + 1)


@given(windows, st.integers(1, 1000), st.data())
def test_parts_fill_the_window_and_differ_by_a_second(
    window: list[int], number: int, data: st.DataObject
) -> None:
    start, end = window
    parts = Parts(start, end, min(number, end - start + 1))
    moment = data.draw(st.integers(start, end))
    place = parts.place(moment)
    assert 0 <= place < parts.number
    assert parts.first(place) <= moment < parts.first(place + 1)
    lengths = {parts.first(place + 1) - parts.first(place) for place in range(parts.number)}
    assert max(lengths) - min(lengths) <= 1
    assert (parts.first(0), parts.first(parts.number)) == (start, end + 1)


@pytest.mark.parametrize("unit", CALENDAR)
def test_the_database_finds_the_same_bucket_of_a_day(unit: str) -> None:
    """Of each day of a whole cycle of the calendar around 1970, and far away."""
    division = CALENDAR[unit]
    far = [sign * 10**exponent + 7 for exponent in range(6, 14) for sign in (-4, -1, 1, 4)]
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE days (day INTEGER)")
        days = [*range(-90_000, 60_000), *far]
        database.executemany("INSERT INTO days VALUES (?)", [(day,) for day in days])
        found = database.execute(f"SELECT day, {division.sql('day')} FROM days").fetchall()
    assert [day for day, number in found if number < 0] == []
    assert [day for day, number in found if number - division.offset != division.place(day * DAY)] == []


spans = st.lists(st.tuples(windows, st.integers(1, 5)), max_size=30)


@given(spans, windows, st.integers(1, 200))
def test_spread_spans_add_up_exactly(
    found: list[tuple[list[int], int]], window: list[int], number: int
) -> None:
    start, end = window
    parts = Parts(start, end, min(number, end - start + 1))
    spread = Spread(parts)
    exact = dict.fromkeys(range(parts.number), Fraction(0))
    events = 0
    for (first, last), times in found:
        if first > end or last < start:
            continue
        first, last = max(first, start), min(last, end)
        spread.add(first, last, times)
        events += times
        for place in range(parts.place(first), parts.place(last) + 1):
            covered = min(last + 1, parts.first(place + 1)) - max(first, parts.first(place))
            exact[place] += Fraction(times * covered, last - first + 1)
    counts = spread.counts(1000)
    assert sum(counts.values()) == events * SHOWN
    # In binary, so floating-point numbers add up exactly, too, in any order.
    assert sum(count / SHOWN for count in counts.values()) == events
    for place, share in exact.items():
        assert abs(Fraction(counts.get(place, 0), SHOWN) - share) < Fraction(1, SHOWN)


@given(spans, divisions())
def test_the_order_of_adding_makes_no_difference(
    found: list[tuple[list[int], int]], division: Division
) -> None:
    one, other = Spread(division), Spread(division)
    for (first, last), times in found:
        one.add(first, min(last, first + 900 * DAY), times)
    for (first, last), times in reversed(found):
        for _ in range(times):
            other.add(first, min(last, first + 900 * DAY))
    assert one.counts(100_000) == other.counts(100_000)


def test_buckets_that_nobody_could_list_are_not_made() -> None:
    spread = Spread(CALENDAR["day"])
    spread.add(seconds(-13_800_000_000), seconds(2020))
    with pytest.raises(TooManyBuckets):
        spread.counts(5_000)
    many = Spread(CALENDAR["day"])
    for day in range(11):
        many.add(day * DAY, day * DAY)
    with pytest.raises(TooManyBuckets):
        many.counts(10)
