"""The time span: what is stored and searched, how it sorts, and what follows from the bounds."""

import dataclasses

import pytest
from hypothesis import assume, given

from tests.dates.edtf_strategies import expressions, windows
from timeline.dates import OPEN_FUTURE, OPEN_PAST, Conventions, DateError, TimeSpan, parse_edtf
from timeline.dates.calendar import seconds

Window = tuple[int, int]


def possible(span: TimeSpan, window: Window) -> bool:
    return span.earliest <= window[1] and span.latest >= window[0]


def certain(span: TimeSpan, window: Window) -> bool:
    return span.start_latest <= window[1] and span.end_earliest >= window[0]


def within(span: TimeSpan, window: Window) -> bool:
    inside = window[0] <= span.earliest <= window[1] and window[0] <= span.latest <= window[1]
    return certain(span, window) and inside


def starts(span: TimeSpan, window: Window) -> bool:
    inside = window[0] <= span.earliest <= window[1] and window[0] <= span.start_latest <= window[1]
    return certain(span, window) and inside


def window_of(text: str) -> Window:
    span = parse_edtf(text)
    return span.earliest, span.latest


@pytest.mark.parametrize(
    ("text", "window", "matches"),
    [
        ("1914/1918", "1916", {possible, certain}),
        ("[1914..1918]", "1916", {possible}),
        ("{1914..1918}", "1916", {possible}),
        ("1914/1918", "1914", {possible, certain, starts}),
        ("1914/1918", "1910/1920", {possible, certain, within, starts}),
        ("[1914..1918]", "1910/1920", {possible, certain, within, starts}),
        ("2015/..", "2015", {possible, certain, starts}),
        ("2015/..", "2020", {possible}),
        ("2015/", "2015-06/2020", {possible}),
        ("[2018..]", "2020", {possible}),
        ("[2018..]", "2017", set()),
        ("[..2016]", "2016", {possible}),
        ("../..", "2016", {possible}),
        ("2020-08-23T14:30", "2020-08-23", {possible, certain, within, starts}),
        ("2020-08", "2020-08-23", {possible}),
        # About 1917 may be 1914 and is not certainly in 1917; possibly 1917 is nowhere certain.
        ("1917~", "1914", {possible}),
        ("1917~", "1917", {possible}),
        ("1917~", "1910/1925", {possible, certain, within, starts}),
        ("1917?", "1910/1925", {possible}),
        ("1917?", "1914", set()),
        ("1917%", "1914", {possible}),
    ],
)
def test_what_a_window_finds(text: str, window: str, matches: set[object]) -> None:
    span = parse_edtf(text).widened()
    asked = window_of(window)
    assert {match for match in (possible, certain, within, starts) if match(span, asked)} == matches


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1917~", "1912-01-01", "1922-12-31"),
        ("2020-02-15~", "2020-02-12", "2020-02-18"),
        ("2020-02~", "2020-01-01", "2020-03-31"),
        ("2020-01~", "2019-12-01", "2020-02-29"),
        ("2020-21~", "2020-01-01", "2020-07-31"),
        ("2020-40~", "2019-11-01", "2020-08-31"),
        ("199X~", "1985-01-01", "2004-12-31"),
        ("19XX~", "1875-01-01", "2024-12-31"),
        ("1XXX~", "0900-01-01", "2099-12-31"),
        ("1950S2~", "1875-01-01", "2024-12-31"),
        ("Y-61000~", "-064050-01-01", "-057950-12-31"),
        ("Y-145E9~", None, "-137750000000-12-31"),
        # The finest part of the coarsest group that carries the mark.
        ("2004~-06-11", "1999-06-11", "2009-06-11"),
        ("2004-06~-11", "2004-05-11", "2004-07-11"),
        ("2004-~06-~11", "2004-06-08", "2004-06-14"),
        ("2004~-06-~11", "1999-06-11", "2009-06-11"),
        ("2004-06-XX~", "2004-05-01", "2004-07-31"),
        ("2004-XX-XX~", "1999-01-01", "2009-12-31"),
        # Each end of an interval and each date of a set by itself.
        ("1984~/2004-06", "1979-01-01", "2004-06-30"),
        ("1984/2004-06~", "1984-01-01", "2004-07-31"),
        ("[1667,1760~]", "1667-01-01", "1765-12-31"),
        ("{1667~..1760}", "1662-01-01", "1760-12-31"),
        ("1984~/..", "1979-01-01", None),
    ],
)
def test_circa_widens_by_its_unit(text: str, earliest: str | None, latest: str | None) -> None:
    nominal = parse_edtf(text)
    widened = nominal.widened()
    assert (widened.iso(widened.earliest), widened.iso(widened.latest)) == (earliest, latest)
    assert (widened.edtf, widened.precision) == (nominal.edtf, nominal.precision)
    assert widened.widened() == widened


def test_an_approximate_beginning_makes_nothing_more_certain() -> None:
    span = parse_edtf("1984~/..").widened()
    assert span.iso(span.start_latest) == "1989-12-31"
    assert span.iso(span.end_earliest) == "1984-12-31"


def test_an_uncertain_span_keeps_its_outer_bounds() -> None:
    span = parse_edtf("1917?").widened()
    assert (span.iso(span.earliest), span.iso(span.latest)) == ("1917-01-01", "1917-12-31")
    assert (span.start_latest, span.end_earliest) == (OPEN_FUTURE, OPEN_PAST)


def test_conventions_can_be_changed() -> None:
    span = parse_edtf("1917~").widened(Conventions(circa_years=10))
    assert (span.iso(span.earliest), span.iso(span.latest)) == ("1907-01-01", "1927-12-31")


@pytest.mark.parametrize(
    ("text", "sort_at"),
    [
        ("1917~", seconds(1917)),
        ("2015/..", seconds(2015)),
        ("[..2020-08-23]", seconds(2020, 8, 24) - 1),
        ("/1985", seconds(1986) - 1),
        ("../..", OPEN_FUTURE),
    ],
)
def test_sort_at(text: str, sort_at: int) -> None:
    assert parse_edtf(text).sort_at == sort_at


def test_bounds_finer_than_a_day_are_shown_with_their_time() -> None:
    span = parse_edtf("2020-08-23T14:30Z")
    assert span.finer_than_day
    assert span.iso(span.latest) == "2020-08-23T14:30:59"
    assert not parse_edtf("2020-08-23").finer_than_day


def test_a_span_is_frozen() -> None:
    span = parse_edtf("1917")
    with pytest.raises(dataclasses.FrozenInstanceError):
        span.edtf = "1918"  # type: ignore[misc]
    assert {span, parse_edtf("1917")} == {span}


@given(expressions, windows)
def test_within_implies_certain_implies_possible(text: str, window: Window) -> None:
    try:
        nominal = parse_edtf(text)
    except DateError:
        assume(False)
        raise
    for span in (nominal, nominal.widened()):
        assert not within(span, window) or certain(span, window)
        assert not starts(span, window) or certain(span, window)
        assert not certain(span, window) or possible(span, window)
        assert not within(span, window) or starts(span, window) or span.start_latest > window[1]


@given(expressions, windows)
def test_widening_adds_possible_and_takes_certain(text: str, window: Window) -> None:
    try:
        nominal = parse_edtf(text)
    except DateError:
        assume(False)
        raise
    widened = nominal.widened()
    assert widened.earliest <= nominal.earliest
    assert widened.latest >= nominal.latest
    assert not possible(nominal, window) or possible(widened, window)
    assert not certain(widened, window) or certain(nominal, window)
    if nominal.uncertain and window != (OPEN_PAST, OPEN_FUTURE):
        assert not certain(widened, window)
