"""What the site shows can be pasted into a form: the words of a reading are read as the same reading."""

import json
from pathlib import Path

import pytest
from hypothesis import given

from timeline.dates import DateError, TimeSpan, parse_edtf, read

from .edtf_strategies import expressions

FACTS = Path(__file__).parent.parent / "data" / "edtf-facts.jsonl"
# All but intervals whose ends lie in each other, dates named by their digits in intervals, and long years.
LEAST_EXACT = 366

WRITTEN_BACK = [
    "2004?-06-~11",
    "2004-?06",
    "2004~-06-11",
    "?-2004-06-04~",
    "2019~-08-08?",
    "2001-?09~-09",
    "-2005-06-%01/2006-06-~20",
    "2019-07%",
    "2010-25",
    "2010-29",
    "2010-30",
    "2010-32",
    "2001-28",
    "1XX3",
    "15XX-0X-25",
    "156X-12-25",
    "-15XX-12-25",
    "1XXX-12",
    "201X-21",
    "{1980..1985}",
    "{1980~..1985~}",
    "{1760-12..}",
    "{..1984}",
    "{1960,1980..1985}",
    "[199X,-0043]",
    "{18XX,-0043}",
    "[019X,-0043]",
    "-0043/20XX",
    "0079-24",
    "0000-24",
    "0000-30",
    "9999-24",
    "00XX-12",
]


def bounds(span: TimeSpan) -> tuple[int, int, int, int]:
    return span.earliest, span.start_latest, span.end_earliest, span.latest


def words_read(span: TimeSpan) -> TimeSpan | None:
    """The reading of the span's words; None where they are refused."""
    try:
        return read(span.display())
    except DateError:
        return None


def check_words(span: TimeSpan) -> bool:
    """Whether the words of the span have its bounds; they are refused, or never narrower."""
    again = words_read(span)
    if again is None:
        return False
    assert again.earliest <= span.earliest and again.latest >= span.latest, span.edtf
    assert again.start_latest >= span.start_latest and again.end_earliest <= span.end_earliest, span.edtf
    assert again.approximate >= span.approximate and again.uncertain >= span.uncertain, span.edtf
    return bounds(again) == bounds(span)


@pytest.mark.parametrize("text", WRITTEN_BACK)
def test_words_are_read_as_the_edtf_they_come_from(text: str) -> None:
    span = parse_edtf(text)
    assert words_read(span) == span


def test_words_are_never_read_more_narrowly() -> None:
    facts = [json.loads(line) for line in FACTS.read_text(encoding="utf-8").splitlines()]
    exact = 0
    for fact in facts:
        exact += fact["valid"] and check_words(parse_edtf(fact["input"]))
    assert exact >= LEAST_EXACT


@pytest.mark.parametrize("text", ["00XX", "0XXX", "{2020..20XX}", "{18XX..2020}", "{2020-01..202X-01}"])
def test_words_that_have_no_exact_reading_are_read_no_more_narrowly(text: str) -> None:
    check_words(parse_edtf(text))


@given(expressions)
def test_no_words_are_read_more_narrowly(text: str) -> None:
    try:
        span = parse_edtf(text)
    except DateError:
        return
    check_words(span)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("estimated 1950, some time from 1900 to 1999", "[1900..1999]"),
        ("estimated 1235 BC, some time from 1300 to 1201 BC", "[-1299..-1200]"),
        ("estimated AD 950, some time from 1 BC to AD 999", "[0000..0999]"),
        ("23 March of some year from 1914 to 1918", "[1914-03-23..1918-03-23]"),
        ("every year from 1980 to May 1985", "1980/1985-05"),
        ("every year from 1980", "{1980..}"),
        ("summer 2019–20 (southern hemisphere)", "2019-30"),
        ("May 2020 (approximate)", "2020-05~"),
        ("c. 1980 (year uncertain)", "1980%"),
    ],
)
def test_variants_of_the_words_shown(text: str, edtf: str) -> None:
    span = read(text)
    assert span is not None and span.edtf == edtf


@pytest.mark.parametrize(
    "text",
    [
        "winter 2019-20 (southern hemisphere)",
        "May (southern hemisphere)",
        "1980 (month uncertain)",
        "3 pm on 5 March 2020 (day uncertain)",
        "before 11 June 2004 (year uncertain)",
        "between 11 June 2004 (year uncertain) and 2006",
        "2004 (year)",
        "2004 (month approximate or not)",
        "estimated 1950",
        "estimated 1750, some time from 1900 to 1999",
        "12 March of some year from 1914",
        "12 March of some year from March to May",
        "some year from 1003 to 1993 (1XX4)",
        "some year from 1003 to 1993 (XXX)",
    ],
)
def test_what_the_words_do_not_settle_is_refused(text: str) -> None:
    with pytest.raises(DateError):
        read(text)
