"""The calendar's arithmetic, against the standard library where that reaches."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.dates.calendar import (
    DAY,
    MAX_YEAR,
    add_months,
    civil,
    civil_from_days,
    days_from_civil,
    first_of_month,
    is_leap,
    iso_bound,
    month_length,
    seconds,
)

FAR = MAX_YEAR * 366


@given(st.dates())
def test_days_agree_with_the_standard_library(date: datetime.date) -> None:
    days = (date - datetime.date(1970, 1, 1)).days
    assert days_from_civil(date.year, date.month, date.day) == days
    assert civil_from_days(days) == (date.year, date.month, date.day)


@given(st.integers(-FAR, FAR))
def test_days_come_back(days: int) -> None:
    year, month, day = civil_from_days(days)
    assert 1 <= month <= 12
    assert 1 <= day <= month_length(year, month)
    assert days_from_civil(year, month, day) == days


@given(st.integers(OPEN_PAST, OPEN_FUTURE))
def test_seconds_come_back(moment: int) -> None:
    assert seconds(*civil(moment)) == moment


@pytest.mark.parametrize(
    ("year", "leap"),
    [
        (1900, False),
        (2000, True),
        (2004, True),
        (2003, False),
        (0, True),
        (-1, False),
        (-4, True),
        (-100, False),
    ],
)
def test_leap_years(year: int, leap: bool) -> None:
    assert is_leap(year) is leap
    assert month_length(year, 2) == (29 if leap else 28)
    assert first_of_month(year + 1, 1) - first_of_month(year, 1) == (366 if leap else 365) * DAY


@pytest.mark.parametrize(
    ("moment", "date", "date_time"),
    [
        (seconds(2020, 8, 23), "2020-08-23", "2020-08-23T00:00:00"),
        (seconds(2020, 8, 23, 14, 30, 5), "2020-08-23", "2020-08-23T14:30:05"),
        (seconds(-43, 3, 15), "-000043-03-15", "-000043-03-15T00:00:00"),
        (seconds(0), "0000-01-01", "0000-01-01T00:00:00"),
        (seconds(9999, 12, 31), "9999-12-31", "9999-12-31T00:00:00"),
        (seconds(10_000), "+010000-01-01", "+010000-01-01T00:00:00"),
        (seconds(-13_800_000_000), "-13800000000-01-01", "-13800000000-01-01T00:00:00"),
        (OPEN_PAST, None, None),
        (OPEN_FUTURE, None, None),
    ],
)
def test_iso_bounds(moment: int, date: str | None, date_time: str | None) -> None:
    assert iso_bound(moment) == date
    assert iso_bound(moment, with_time=True) == date_time


def test_months_are_added_within_the_calendar() -> None:
    assert add_months(seconds(2020, 1, 31, 5), 1) == seconds(2020, 2, 29, 5)
    assert add_months(seconds(2020, 1, 15), -13) == seconds(2018, 12, 15)
    assert add_months(seconds(0, 1, 1), -1) == seconds(-1, 12, 1)
    assert first_of_month(2019, 15) == seconds(2020, 3, 1)


def test_the_last_year_fits_the_axis() -> None:
    assert first_of_month(MAX_YEAR + 1, 1) < OPEN_FUTURE
    assert first_of_month(-MAX_YEAR, 1) > OPEN_PAST
