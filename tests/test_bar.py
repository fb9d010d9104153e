"""The picture of a time span: which stretch of the calendar it shows, and where the parts lie in it."""

from __future__ import annotations

import pytest
from hypothesis import given

from tests.dates.edtf_strategies import expressions
from timeline.bar import LEAST, WIDTH, Bar
from timeline.dates import DateError, parse_edtf

BARS = [
    # EDTF, the ends of the frame, the possible part, the certain one
    ("[2020-03-11..2020-03-20]", "2020-03-01", "2020-03-31", (322, 323), None),
    ("2020-03-11", "2020-03-01", "2020-03-31", (322, 32), None),
    ("2020-03-11T14:30", "2020-03-11T00:00:00", "2020-03-11T23:59:59", (604, 6), None),
    ("2020-03", "2020-01-01", "2020-12-31", (163, 85), None),
    ("2020", "2020", "2029", (0, 100), None),
    ("1914/1918", "1910", "1919", (400, 500), (499, 301)),
    ("2019-12/2020-01", "2019-01-01", "2020-12-31", (456, 85), (499, 6)),
    ("[..2016]", "…", "2019", (0, 850), None),
    ("2015/..", "2010", "…", (250, 750), (299, 6)),
    ("-0043-03-15", "-000043-03-01", "-000043-03-31", (451, 32), None),
    ("Y-13800000000", "-13800000000", "-13799999991", (0, 100), None),
    ("[Y-13800000000..2020]", "-20000000000", "+9999999999", (206, 460), None),
    ("[Y-146000000000..Y146000000000]", "-1000000000000", "+999999999999", (427, 146), None),
]


@pytest.mark.parametrize(("edtf", "first", "last", "possible", "certain"), BARS)
def test_a_span_lies_in_a_stretch_of_the_calendar(
    edtf: str, first: str, last: str, possible: tuple[int, int], certain: tuple[int, int] | None
) -> None:
    assert Bar.of(parse_edtf(edtf)) == Bar(first, last, possible, certain)


def test_what_is_open_at_both_ends_has_no_picture() -> None:
    assert Bar.of(parse_edtf("../..")) is None


@given(expressions)
def test_the_certain_part_lies_in_the_possible_one_and_both_in_the_frame(edtf: str) -> None:
    try:
        bar = Bar.of(parse_edtf(edtf).widened())
    except DateError:
        return
    for start, width in (part for part in (bar and bar.possible, bar and bar.certain) if part):
        assert start >= 0
        assert width >= LEAST
        assert start + width <= WIDTH
    if bar and bar.certain:
        # What is too short to be seen is drawn wider than it is.
        assert bar.possible[0] - LEAST <= bar.certain[0]
        assert sum(bar.certain) <= sum(bar.possible) + LEAST
