"""The EDTF reader, against facts that public test suites agree on, decisions on the rest, and properties."""

import itertools
import json
import pickle
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tests.dates.edtf_strategies import dates, expressions
from timeline.dates import OPEN_FUTURE, OPEN_PAST, DateError, TimeSpan, parse_edtf
from timeline.dates.calendar import DAY, month_length, seconds
from timeline.dates.expression import MAX_LENGTH

DATA = Path(__file__).parent.parent / "data"
PAGE = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def parsed(text: str) -> TimeSpan:
    """The span, or no test at all where the random text is refused."""
    try:
        return parse_edtf(text)
    except DateError:
        assume(False)
        raise


def fact_moment(date: str | None, *, end: bool) -> int:
    if date is None:
        return OPEN_FUTURE if end else OPEN_PAST
    year, month, day = date.rsplit("-", 2)
    clock = (23, 59, 59) if end else (0, 0, 0)
    return seconds(int(year), int(month), int(day), *clock)


def contains(fact: dict[str, Any], span: TimeSpan) -> bool:
    """Whether the bounds of the fact, which are days, are those of the span."""
    for name in ("earliest", "latest"):
        if fact[name] is None and not fact["bounds"]:
            continue
        bound = span.iso(getattr(span, name))
        day = (
            None if bound is None else fact_moment(bound.partition("T")[0].lstrip("+"), end=name == "latest")
        )
        stated = None if fact[name] is None else fact_moment(fact[name], end=name == "latest")
        if day != stated:
            return False
    return True


@pytest.mark.parametrize("fact", rows("edtf-facts.jsonl"), ids=lambda fact: fact["input"] or "empty")
def test_facts(fact: dict[str, Any]) -> None:
    if not fact["valid"]:
        with pytest.raises(DateError):
            parse_edtf(fact["input"])
        return
    span = parse_edtf(fact["input"])
    assert contains(fact, span)
    assert parse_edtf(span.edtf) == span


@pytest.mark.parametrize("row", rows("edtf-contested.jsonl"), ids=lambda row: row["input"])
def test_decisions_where_suites_disagree(row: dict[str, Any]) -> None:
    if not row["valid"]:
        with pytest.raises(DateError):
            parse_edtf(row["input"])
        return
    span = parse_edtf(row["input"])
    assert (span.iso(span.earliest), span.iso(span.latest)) == (row["earliest"], row["latest"])


@pytest.mark.parametrize(
    ("text", "earliest", "start_latest", "end_earliest", "latest"),
    [
        ("2020-08-23", "2020-08-23", "2020-08-23", "2020-08-23", "2020-08-23"),
        ("1914/1918", "1914-01-01", "1914-12-31", "1918-01-01", "1918-12-31"),
        ("[1914..1918]", "1914-01-01", "1918-12-31", "1914-01-01", "1918-12-31"),
        ("[1667,1760]", "1667-01-01", "1760-12-31", "1667-01-01", "1760-12-31"),
        ("{1667,1760}", "1667-01-01", "1760-12-31", "1667-01-01", "1760-12-31"),
        # What is open goes on from its latest beginning; what ends unknown may have ended at once.
        ("2015/..", "2015-01-01", "2015-12-31", "2015-12-31", None),
        ("2015/", "2015-01-01", "2015-12-31", "2015-01-01", None),
        ("../2015", None, "2015-01-01", "2015-01-01", "2015-12-31"),
        ("/2015", None, "2015-12-31", "2015-01-01", "2015-12-31"),
        ("[2018..]", "2018-01-01", None, "2018-01-01", None),
        ("[..2016]", None, "2016-12-31", None, "2016-12-31"),
        ("../..", None, None, None, None),
        ("../", None, None, None, None),
        # The ends of an interval bound each other.
        ("2004/2004-06", "2004-01-01", "2004-06-30", "2004-06-01", "2004-06-30"),
        ("2021-12-28/2021-XX-XX", "2021-12-28", "2021-12-28", "2021-12-28", "2021-12-31"),
        ("15XX-02-29", "1504-02-29", "1596-02-29", "1504-02-29", "1596-02-29"),
        ("XXX0-02-29", "0000-02-29", "9980-02-29", "0000-02-29", "9980-02-29"),
        ("-XXXX", "-009999-01-01", "-000001-12-31", "-009999-01-01", "-000001-12-31"),
        ("-XXXX-02-29", "-009996-02-29", "-000004-02-29", "-009996-02-29", "-000004-02-29"),
        ("-0X00", "-000900-01-01", "-000100-12-31", "-000900-01-01", "-000100-12-31"),
        ("1985-X1-X2", "1985-01-02", "1985-11-22", "1985-01-02", "1985-11-22"),
        ("1985-X2-3X", "1985-12-30", "1985-12-31", "1985-12-30", "1985-12-31"),
        ("0000S1", "0000-01-01", "0000-12-31", "0000-01-01", "0000-12-31"),
        ("Y20E2", "2000-01-01", "2000-12-31", "2000-01-01", "2000-12-31"),
        ("Y-10000", "-010000-01-01", "-010000-12-31", "-010000-01-01", "-010000-12-31"),
        ("2020-08-23T14", *["2020-08-23T14:00:00", "2020-08-23T14:59:59"] * 2),
        ("2020-08-23T14:30+02:00", *["2020-08-23T14:30:00", "2020-08-23T14:30:59"] * 2),
        ("2016-12-31T24:00:00", *["2017-01-01T00:00:00"] * 4),
        ("2016-12-31T24:00", *["2017-01-01T00:00:00", "2017-01-01T00:00:59"] * 2),
        ("[2020-08-23T14..2020-08-23T16]", *["2020-08-23T14:00:00", "2020-08-23T16:59:59"] * 2),
    ],
)
def test_bounds(
    text: str, earliest: str | None, start_latest: str | None, end_earliest: str | None, latest: str | None
) -> None:
    span = parse_edtf(text)
    shown = [span.iso(bound) for bound in (span.earliest, span.start_latest, span.end_earliest, span.latest)]
    assert shown == [earliest, start_latest, end_earliest, latest]


@pytest.mark.parametrize(
    ("precision", "texts"),
    [
        ("second", ["2020-08-23T14:30:05Z", "2020-08-23T24:00:00"]),
        ("minute", ["2020-08-23T14:30"]),
        ("hour", ["2020-08-23T14-05"]),
        ("day", ["2020-08-23", "2020-08-23~", "1919-X4-02"]),
        ("month", ["2020-08", "2020-08-XX", "1919-X4"]),
        ("season", ["2020-21", "2020-32"]),
        ("quarter", ["2020-33"]),
        ("year", ["2020", "2020-XX", "2020-XX-XX", "Y12345", "-1859S5"]),
        ("decade", ["201X", "201X-XX", "1953S3"]),
        ("century", ["18XX", "18XX-XX-XX", "1950S2", "-01XX"]),
        ("range", ["1914/1918", "[1914]", "{1914,1918}", "2020-37", "2020-40", "201X-21", "Y171010000S3"]),
        ("range", ["1XXX", "XXXX", "1XX3", "-00XX", "-000X", "2020-0X", "2020-08-1X", "1985-XX-X1"]),
        ("open", ["2015/..", "/2015", "../..", "[..2016]", "{2016..}"]),
    ],
)
def test_precision(precision: str, texts: list[str]) -> None:
    assert {text: parse_edtf(text).precision for text in texts} == dict.fromkeys(texts, precision)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("?2004", "2004?"),
        ("?-2004-06", "-2004?-06"),
        ("2004?-06?-11?", "2004-06-11?"),
        ("2004?-06~", "2004?-06~"),
        ("?2004-?06-11", "2004-06?-11"),
        ("2004-?06-?11", "2004-?06-?11"),
        ("2001-?09~-09", "2001-?09~-09"),
        ("2004-?06~", "2004-?06~"),
        ("%Y17000S2", "Y17000S2%"),
        ("[?1667,~1668..1670]", "[1667?,1668~..1670]"),
        ("~-0100/~-0010", "-0100~/-0010~"),
    ],
)
def test_canonical_text(text: str, canonical: str) -> None:
    assert parse_edtf(text).edtf == canonical
    assert parse_edtf(canonical) == parse_edtf(text)


@pytest.mark.parametrize(
    ("text", "approximate", "uncertain"),
    [
        ("1917", False, False),
        ("1917~", True, False),
        ("1917?", False, True),
        ("1917%", True, True),
        ("2004-~06-11", True, False),
        ("1914?/1918", False, True),
        ("[1667,1668%]", True, True),
        ("{1667~..1668?}", True, True),
    ],
)
def test_qualifiers_anywhere_qualify_the_whole(text: str, approximate: bool, uncertain: bool) -> None:
    span = parse_edtf(text)
    assert (span.approximate, span.uncertain) == (approximate, uncertain)


@pytest.mark.parametrize(
    ("text", "position", "part_of_reason"),
    [
        ("", 0, "no date"),
        ("2020-08-32", 8, "01 to 31"),
        ("1900-02-29", 8, "01 to 28"),
        ("2020-13", 5, "01 to 12"),
        ("2020-42-01", 5, "01 to 12"),
        ("2020-21-05", 7, "no days"),
        ("2020-8-23", 4, "two digits"),
        ("2020-08-23T14:60", 14, "00 to 59"),
        ("2020-08-23T25", 11, "00 to 23"),
        ("2020-08-23T24", 11, "24:00"),
        ("2020-08-23T14:30:60", 17, "leap seconds"),
        ("2020-08-23T14:30:10.5", 19, "fraction"),
        ("2020-08-23T14:30+15:00", 16, "+14:00"),
        ("2020-08-23T", 11, "hh:mm"),
        ("2020-08T14:30", 7, "whole date"),
        ("2020-08-23?T14:30", 11, "whole date"),
        ("2020-08-23Q", 10, "ended"),
        ("2002/2001", 5, "before it begins"),
        ("2020-08-23T14:30/2021", 0, "time of day"),
        ("Y-61000/-2000", 0, "stands alone"),
        ("1950S2/1960", 0, "stands alone"),
        ("/", 0, "at one of its ends"),
        ("..", 2, "before or after"),
        ("2002/2003/2004", 9, "one slash"),
        ("1670..1673", 4, "Two dots"),
        ("1667,1668", 4, "Several dates"),
        ("[1667, 1668]", 6, "white space"),
        ("[1667", 5, "] is missing"),
        ("{1667]", 5, "ended"),
        ("[1667]?", 6, "Nothing can follow"),
        ("[]", 1, "four digits"),
        ("[..]", 3, "four digits"),
        ("[1667,..1668]", 6, "Only the first"),
        ("[1667..,1668]", 7, "Only the last"),
        ("{1987-10..1988}", 10, "month and a year"),
        ("[2002..2001]", 7, "before it begins"),
        ("[1950S2]", 1, "stands alone"),
        ("-0000", 0, "minus zero"),
        ("-0000-02-30", 0, "minus zero"),
        ("-0000-XX", 0, "minus zero"),
        ("-0000-XX-XX", 0, "minus zero"),
        ("1999-02-3X", 8, "No day"),
        ("19X1-02-29", 8, "No day"),
        ("1999-2X", 5, "01 to 12"),
        ("19XXS2", 4, "a year alone"),
        ("1950S2-05", 4, "a year alone"),
        ("1950S0", 4, "ended"),
        ("12345", 4, "written with Y"),
        ("193", 3, "193X"),
        ("-19/2000", 3, "19XX"),
        ("Y2020", 1, "more than four digits"),
        ("Y012345", 1, "does not begin with 0"),
        ("Y17E200", 1, "146 billion"),
        ("Y147E9", 1, "146 billion"),
        ("Y17000E0", 6, "ended"),
        ("2004??", 5, "at most one"),
        ("٢٠٢٠", 0, "four digits"),
        ("2020\n", 4, "white space"),
    ],
)
def test_errors_say_where_and_why(text: str, position: int, part_of_reason: str) -> None:
    with pytest.raises(DateError) as raised:
        parse_edtf(text)
    error = raised.value
    if part_of_reason:
        assert error.position == position
    assert part_of_reason in error.reason
    assert error.reason.endswith(".")
    assert error.text == text
    assert error.reason in str(error)


def test_a_message_stays_short() -> None:
    with pytest.raises(DateError) as raised:
        parse_edtf("2020-08-23" * 50)
    assert len(str(raised.value)) < 250
    assert str(pickle.loads(pickle.dumps(raised.value))) == str(raised.value)


def test_the_longest_text_is_read() -> None:
    text = "[" + ",".join(["2020"] * 198) + "..2021]"
    assert len(text) <= MAX_LENGTH
    assert parse_edtf(text).edtf == text


@given(expressions)
def test_canonical_text_reads_back_as_the_same(text: str) -> None:
    span = parsed(text)
    assert parse_edtf(span.edtf) == span
    assert parse_edtf(span.edtf).edtf == span.edtf
    assert hash(parse_edtf(text)) == hash(span)


def numbers(digits: str) -> list[int]:
    choices = ("0123456789" if digit == "X" else digit for digit in digits)
    return [int("".join(choice)) for choice in itertools.product(*choices)]


@given(
    st.sampled_from(["", "-"]),
    st.text("0123456789X", min_size=4, max_size=4).filter(lambda digits: digits.count("X") <= 2),
    st.text("01234589X", min_size=2, max_size=2),
    st.text("0123789X", min_size=2, max_size=2),
)
@example("", "19X1", "02", "29")
@example("", "19X1", "X2", "29")
@example("-", "00XX", "02", "29")
@example("", "XX00", "02", "X9")
def test_bounds_are_the_first_and_last_day_that_fit(sign: str, year: str, month: str, day: str) -> None:
    found = [
        seconds(-number if sign else number, in_year, in_month)
        for number in numbers(year)
        if number or not sign
        for in_year in numbers(month)
        if 1 <= in_year <= 12
        for in_month in numbers(day)
        if 1 <= in_month <= month_length(-number if sign else number, in_year)
    ]
    if found:
        span = parse_edtf(f"{sign}{year}-{month}-{day}")
        assert (span.earliest, span.latest) == (min(found), max(found) + DAY - 1)
    else:
        with pytest.raises(DateError):
            parse_edtf(f"{sign}{year}-{month}-{day}")


@given(dates())
def test_every_real_date_is_read(text: str) -> None:
    parse_edtf(text)


@given(expressions)
def test_bounds_are_ordered(text: str) -> None:
    span = parsed(text)
    assert OPEN_PAST <= span.earliest <= span.start_latest <= span.latest <= OPEN_FUTURE
    assert span.earliest <= span.end_earliest <= span.latest
    assert (span.precision == "open") is (span.earliest == OPEN_PAST or span.latest == OPEN_FUTURE)


@given(st.one_of(st.text(), st.text(alphabet="0123456789X?~%-/.,[]{}YESTZ:+ ", max_size=30)))
@example("\ud800")
@example("Y1E+5")
def test_any_text_is_a_span_or_a_date_error(text: str) -> None:
    try:
        span = parse_edtf(text)
    except DateError as error:
        assert 0 <= error.position <= len(text)
        assert str(error)
    else:
        assert parse_edtf(span.edtf) == span
        assert span.display()


def test_documented_bounds() -> None:
    table = PAGE.partition("| text | means |")[2].partition("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    assert len(cells) > 10
    for text, _, *bounds, precision in cells:
        span = parse_edtf(text.strip("`"))
        shown = (span.earliest, span.start_latest, span.end_earliest, span.latest)
        assert [span.iso(bound) or "open" for bound in shown] == bounds
        assert span.precision == precision


def test_every_decision_is_explained() -> None:
    table = [line.split(" | ") for line in PAGE.splitlines() if line.startswith(("| read |", "| refused |"))]
    explained = {
        (text.strip('"') if '"' in text else text, decision == "| read")
        for decision, texts, _ in table
        for text in re.findall("`([^`]*)`", texts)
    }
    contested = rows("edtf-contested.jsonl")
    assert {(row["input"], row["valid"]) for row in contested} == explained
    for row in contested:
        assert f"| {row['reason']} |" in PAGE
