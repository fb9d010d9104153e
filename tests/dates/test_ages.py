"""So many years ago: as near as the number is round, and no nearer."""

from datetime import date

import pytest

from timeline.dates import TimeSpan, parse_edtf, read

from .test_english import REFERENCE, edtf, refused


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10,000 years ago", "[-8480~..-7480~]"),
        ("12,000 years ago", "[Y-10480~..-9480~]"),
        ("20,000 years ago", "[Y-18980~..Y-16980~]"),
        ("9,000 years ago", "[-7430~..-6530~]"),
        ("5 thousand years ago", "[-3230~..-2730~]"),
        ("12 kya", "[Y-10480~..-9480~]"),
        ("12.5 thousand years ago", "[Y-10530~..Y-10430~]"),
        ("9,999 years ago", "-7979~"),
        ("500 years ago", "[1495~..1545~]"),
        ("five centuries ago", "[1495~..1545~]"),
        ("100 years ago", "1920~"),
        ("99 years ago", "1921"),
        ("in 200 years", "[2210~..2230~]"),
        ("500 years hence", "[2495~..2545~]"),
        ("from 500 years ago to today", "[1495~..2020~]"),
        ("two centuries ago until today", "[1810~..2020~]"),
        ("10,000 years ago to May 2020", "[-8480~..2020~]"),
        ("10,000 weeks ago", "[1828-12-29~..1829-01-04~]"),
        ("100 weeks ago", "[2018-09-24~..2018-09-30~]"),
        ("99 weeks ago", "[2018-10-01..2018-10-07]"),
        ("1000 months ago", "1937-04~"),
        ("100 months ago", "2012-04~"),
        ("12,345 years before present", "[Y-10395~..Y-10325~]"),
        ("after 10,000 years ago", "[-8480~..]"),
        ("0 thousand years ago", None),
    ],
)
def test_an_age_is_as_exact_as_its_number(text: str, expected: str | None) -> None:
    if expected is None:
        refused(text, reference=REFERENCE)
    else:
        assert edtf(text, reference=REFERENCE) == expected


@pytest.mark.parametrize("text", ["10,000 years ago", "49,999 years ago", "12 kya", "9,000 years ago"])
def test_the_present_counts_below_fifty_thousand_years(text: str) -> None:
    assert "no reference date was given" in refused(text).reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("50,000 years ago", "Y-49999~"),
        ("60 kya", "Y-59999~"),
        ("10 thousand BC", "[Y-10499~..-9499~]"),
        ("10 thousand AD", "[9500~..Y10500~]"),
    ],
)
def test_what_is_older_or_has_an_era_counts_from_year_one(text: str, expected: str) -> None:
    assert edtf(text) == edtf(text, reference=REFERENCE) == expected


@pytest.mark.parametrize(
    "years", [100, 900, 1_000, 9_000, 9_900, 10_000, 11_000, 49_000, 50_000, 51_000, 10**6]
)
@pytest.mark.parametrize("today", [date(1950, 1, 1), REFERENCE, date(2100, 12, 31)])
def test_the_year_itself_is_possible_however_old(years: int, today: date) -> None:
    span = read(f"{years:,} years ago", reference=today)
    assert isinstance(span, TimeSpan)
    there = today.year - years
    year = parse_edtf(f"{'-' if there < 0 else ''}{abs(there):04d}" if there > -10_000 else f"Y{there}")
    widened = span.widened()
    assert widened.earliest <= year.earliest and year.latest <= widened.latest
