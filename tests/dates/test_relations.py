"""Before, after, since and until beside times of day, parts and ranges: never narrower than the words."""

from itertools import product

import pytest

from timeline.dates import parse_edtf, read

from .test_english import REFERENCE, edtf

DAY = parse_edtf("1944-06-06")
TIMES = [
    "dawn on",
    "midnight on",
    "the night of",
    "noon on",
    "the small hours of",
    "9 o'clock on",
    "3 p.m. on",
    "14:30 UTC on",
    "2 p.m. to 4 p.m. on",
    "the morning of",
    "late on",
    "early on",
]


@pytest.mark.parametrize(
    ("relation", "time"),
    list(product(["before", "shortly before", "prior to", "after", "just after", "later than"], TIMES)),
)
def test_the_day_of_a_time_is_on_both_sides_of_it(relation: str, time: str) -> None:
    span = read(f"{relation} {time} 6 June 1944")
    assert span is not None
    assert span.earliest <= DAY.earliest and span.latest >= DAY.latest


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("shortly before midnight on 31 December 1999", "[..2000-01-01]"),
        ("before dawn on 6 June 1944", "[..1944-06-06]"),
        ("just after midnight on 3 May 2020", "[2020-05-03..]"),
        ("after the morning of 6 June 1944", "[1944-06-06..]"),
        ("after 3 or 4 p.m. on 5 March 2020", "[2020-03-05..]"),
        ("before tonight", "[..2020-08-30]"),
        ("after last night", "[2020-08-29..]"),
        ("before two weeks ago", "[..2020-08-16]"),
        ("before the middle of the week of March 11, 2020", "[..2020-03-15]"),
        ("before the second half of summer 2019", "[..2019-08]"),
        ("after the second quarter of March 2020", "[2020-03-08..]"),
        ("before 03/04/2020", "[..2020-04-03]"),
        ("after 03/04/2020", "[2020-03-04..]"),
        ("before c. 2001-05", "[..2005~]"),
        ("after the 1900s", "[1910..]"),
        ("before the 1900s", "[..1899]"),
        ("before the 500s BC", "[..-0509]"),
        ("before 25 December of some year from 1560 to 1569", "[..156X-12-25]"),
    ],
)
def test_what_lies_within_its_reading_is_left_out_on_neither_side(text: str, expected: str) -> None:
    assert edtf(text, reference=REFERENCE) == expected
