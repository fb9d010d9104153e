"""What the reader does not guess (mistyped EDTF, missing digits, early ends), and that it generalises."""

import re

import pytest

from benchmarks import museum
from timeline.dates import Conventions, read

from .test_english import REFERENCE, edtf, refused, rows

# Texts that are no EDTF and are read all the same, and why.
READ_THOUGH_NO_EDTF = {
    "1985-04-12t23:20:30": "a small t says the same",
    "2005-07-25T10:10:10Z/2006-01-01T10:10:10Z": "EDTF's intervals have no time of day; the days hold them",
    "2019-20": "a span of years, whose end is in the same century",
    "2019-99": "a span of years, whose end is in the same century",
    " 1863-03-29": "white space around a date says nothing",
    "1863-03-29 ": "white space around a date says nothing",
    "2016-05-02T16:54:59.042": "parts of a second are dropped",
    "2016-05-02T16:54:59.04200000": "parts of a second are dropped",
    "2016-05-02T16:54:59.4": "parts of a second are dropped",
    "2016-05-02T16:54:59.42": "parts of a second are dropped",
    "2016-05-02T16:54:59.042123": "parts of a second are dropped",
    "2016-05-02T16:54:59.042Z": "parts of a second are dropped",
    "2016-05-02T16:54:59+0230": "a zone without a colon",
    "2016-05-02T16:54:59+0000": "a zone without a colon",
    "2016-05-02T16:54:59+1400": "a zone without a colon",
    "2016-05-02T16:54:59+1330": "a zone without a colon",
    "2016-05-02T16:54:59+1200": "a zone without a colon",
    "2016-05-02T16:54:59+0410": "a zone without a colon",
    "2016-05-02T16:54:59-0015": "a zone without a colon",
    "2016-05-02T16:54:59-1159": "a zone without a colon",
    "2016-05-02T16:54:59-1200": "a zone without a colon",
}


@pytest.mark.parametrize(
    "text",
    [
        row["input"]
        for name in ("edtf-facts.jsonl", "edtf-contested.jsonl")
        for row in rows(name)
        if not row["valid"]
    ],
)
def test_what_edtf_refuses_is_refused_or_read_for_a_reason(text: str) -> None:
    if text in READ_THOUGH_NO_EDTF:
        assert read(text) is not None
    else:
        assert refused(text).text == text


@pytest.mark.parametrize(
    ("text", "position", "reason"),
    [
        ("2020-02-30", 8, "This month has the days 01 to 29."),
        ("c. 2020-02-30", 3, "February 2020 has 29 days."),
        ("2020-02-30 - 2020-03-02", 8, "This month has the days 01 to 29."),
        ("2020-03-02 - 2020-02-30", 21, "This month has the days 01 to 29."),
        ("  1863-03 -29", 9, "EDTF has no white space."),
        ("2002/2001", 5, "This interval ends before it begins."),
        ("2002 / 2001", 7, "The end lies before the beginning."),
        ("[1999", 5, "The closing ] is missing."),
        ("[1667, 1668]", 6, "EDTF has no white space."),
        ("201", 0, "A number of fewer than four digits is a year only with AD, BC, CE or BCE."),
        ("(193?)", 0, "A number of fewer than four digits is a year only with AD, BC, CE or BCE."),
        ("2016-05-02T12:00:00-13", 20, "There is no such time zone."),
    ],
)
def test_mistakes_in_edtf_are_told_where_they_are(text: str, position: int, reason: str) -> None:
    error = refused(text)
    assert (error.position, error.reason) == (position, reason)


@pytest.mark.parametrize("text", ["1999–02", "1999-13", "from 1914 to 08", "c. 1999-42", "100-50"])
def test_a_short_end_is_never_in_the_next_century(text: str) -> None:
    refused(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("1917 or 118", "A digit may be missing here"),
        ("190 and 14 May 2020", "A digit may be missing here"),
        ("summer 209 to spring 2020", "A digit may be missing here"),
        ("1970s and 180s", "A digit may be missing here"),
        ("171 - 1843", "A digit may be missing here"),
        ("1482 - after 154", "A digit may be missing here"),
        ("December and January 2020", "The words do not say whether this is in the same year"),
        ("winter or spring 2020", "The words do not say whether this is in the same year"),
        ("1th century", "No rule knows “1th”"),
        ("2nd century B", ""),
        ("196-", "This may be a decade, or a year before 1000 and no end."),
        ("c. 196-?", "This may be a decade, or a year before 1000 and no end."),
        ("winter 45-43 BC", "“45” makes no sense"),
        ("19[17]", "A bracket within a number leaves open which year is meant."),
        ("c. 191(7)", "A bracket within a number leaves open which year is meant."),
        ("March 1-917", "This has no year of its own"),
        ("March 5, 020", "This number alone is no date."),
        ("at least 1917", "No rule knows “least”"),
        ("5 million", "The text ends where a date should follow."),
        ("second–third of May", "This may be a third, or from one day to another."),
        ("2nd-3rd of the 19th century", "“of” makes no sense"),
        ("2020-065", "These three digits may be the end of a span or the number of a day."),
        ("c. 2020-065", "These three digits may be the end of a span or the number of a day."),
        ("1914-15-May", "The words do not say whether this is in the same year"),
        ("2020-5 May", "The words do not say whether this is in the same year"),
        ("from 2019 to August 23", "The words do not say whether this is in the same year"),
        ("August 23 to 2021", "This has no year of its own"),
        ("May or the 1990s", "This has no year of its own"),
        ("May, June; 1920", "This has no year of its own"),
        ("May 5, 05", "These two digits may be a day, or a year"),
        ("May 5, 12", "These two digits may be a day, or a year"),
        ("May 3-5, 12", "These two digits may be a day, or a year"),
        ("May 5, 12, 05", "These two digits may be a day, or a year"),
        ("12 Aug-14", "These two digits may be a day, or a year"),
        ("12 Dec 12", "“12” makes no sense"),
        ("5.May.05", "“05” makes no sense"),
        ("2020 – Q2", "The words do not say whether this is in the same year"),
        ("1914 – May", "The words do not say whether this is in the same year"),
        ("1914 to May", "The words do not say whether this is in the same year"),
        ("early 2019 – May", "The words do not say whether this is in the same year"),
        ("before early 2019 – May", "The words do not say whether this is in the same year"),
        ("mid-2020-June", "The words do not say whether this is in the same year"),
        ("late 2021–autumn", "The words do not say whether this is in the same year"),
        ("from 2019 - August", "The words do not say whether this is in the same year"),
        ("c. 1917–May", "The words do not say whether this is in the same year"),
        ("2020-early", "This says which part, but not of what."),
    ],
)
def test_what_may_be_a_slip_is_refused(text: str, reason: str) -> None:
    error = refused(text, reference=REFERENCE)
    assert error.reason.startswith(reason)


@pytest.mark.parametrize(
    "text", ["960-1127", "330-1453", "c. 935 - 1002", "69 - c. 140", "AD 79 and 1917", "44 BC or 1917"]
)
def test_old_years_beside_new_ones_are_read_where_they_can_be_meant(text: str) -> None:
    assert edtf(text)


def test_a_hyphened_year_and_month_among_words_is_a_span_where_the_house_writes_spans_so() -> None:
    house = Conventions(short_spans_with_hyphen=True)
    assert edtf("c. 1901-05", conventions=house) == "1901~/1905~"
    assert edtf("since 2019-07", conventions=house) == "2019-07/.."


def test_which_hundreds_are_decades_is_a_convention() -> None:
    assert edtf("1900s", conventions=Conventions(hundreds_that_are_decades=frozenset({1900, 2000}))) == "190X"
    assert edtf("2000s", conventions=Conventions(hundreds_that_are_decades=frozenset())) == "20XX"


def with_centuries_moved(text: str, centuries: int) -> str:
    return re.sub(r"(?<!\d)\d\d(?=\d[\dX](?!\d))", lambda found: f"{int(found[0]) + centuries:02d}", text)


MOVABLE = [
    row
    for row in rows("museum-sample.jsonl")
    if (found := re.findall(r"\d+", row["text"]))
    and all(len(number) != 3 and (len(number) < 4 or 1500 < int(number) < 2000) for number in found)
    and any(len(number) == 4 for number in found)
    and not re.search(r"BC|century|00'?s|,\d|\d(st|nd|rd|th) c", row["text"])
]


@pytest.mark.parametrize("row", MOVABLE, ids=lambda row: row["text"])
def test_readings_move_with_the_years_of_the_text(row: dict[str, str]) -> None:
    """What is read is the shape of a text: four hundred years earlier the calendar's weeks are the same."""
    house = museum.HOUSES[row["institution"]]
    here = read(row["text"], conventions=house)
    there = read(with_centuries_moved(row["text"], -4), conventions=house)
    assert here is not None and there is not None
    assert there.edtf == with_centuries_moved(here.edtf, -4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2nd–3rd of May 2020", "2020-05-02/2020-05-03"),
        ("1st-3rd of May 2020", "2020-05-01/2020-05-03"),
        ("first-3rd of May 2020", "2020-05-01/2020-05-03"),
        ("second third of May 2020", "[2020-05-11..2020-05-20]"),
        ("last-third of 1920", "1920-39"),
    ],
)
def test_the_third_day_is_not_a_third(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-Q2", "2020-34"),
        ("from 2019-Oct", "2019-10/.."),
        ("2020-Q2 (published 2021)", "{2020-34,2021}"),
        ("2019-Oct, c. 2020", "{2019-10,2020~}"),
        ("2019-Q4/2020-Q1", "[2019-10..2020-03]"),
        ("2019-Q4, 2020-Q1", "{2019-36,2020-33}"),
        ("2019-Oct – 2020-Mar", "2019-10/2020-03"),
        ("2019-Oct-2020-Mar", "2019-10/2020-03"),
        ("1990-May or 1991-June", "[1990-05,1991-06]"),
        ("2019 - Jan - 05", "2019-01-05"),
        ("c. 2019-Jan-05", "2019-01-05~"),
        ("1914-May-1915", "1914/1915-05"),
        ("1914-May - 1915", "1914-05/1915"),
        ("2020-Mar", "2020-03"),
        ("1920-May", "1920-05"),
        ("2020-Mar-05", "2020-03-05"),
        ("2020/Mar/5th", "2020-03-05"),
        ("2020-spring", "2020-21"),
        ("2020-H1", "2020-40"),
        ("2020 H2", "2020-41"),
        ("since 2020-Q2", "2020-34/.."),
        ("2020-Mar to 2020-Apr", "2020-03/2020-04"),
        ("2020-Q2–Q4", "2020-34/2020-36"),
        ("1914-May 1915", "1914/1915-05"),
        ("1914 - spring 1915", "1914/1915-21"),
        ("1914 - May or June 1915", None),
        ("1914-May or June 1915", None),
        ("2020-Q2-Q4 2021", None),
    ],
)
def test_a_year_may_stand_before_its_month_or_quarter(text: str, expected: str | None) -> None:
    if expected is None:
        refused(text)
    else:
        assert edtf(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-Aug-14", "2014-08-12"),
        ("1-Jan-01", "2001-01-01"),
        ("3-Apr-19", "2019-04-03"),
        ("05-May-05", "2005-05-05"),
        ("5-Mar-98", "1998-03-05"),
        ("12/Aug/14", "2014-08-12"),
        ("12-Aug-14 to 3-Sep-14", "2014-08-12/2014-09-03"),
        ("12-Aug-14 - 3-Sep-15", "2014-08-12/2015-09-03"),
        ("12-Aug-14 – 3-Sep-15", "2014-08-12/2015-09-03"),
        ("12/Aug/14 - 3/Sep/15", "2014-08-12/2015-09-03"),
        ("12-Aug-14/3-Sep-15", "[2014-08-12..2015-09-03]"),
        ("1-Jan-05 - 3-Feb-06", "2005-01-01/2006-02-03"),
        ("30-Dec-14 - 2-Jan-15", "2014-12-30/2015-01-02"),
        ("12-Aug-14 - present", "2014-08-12/.."),
        ("May to June '98", "1998-05/1998-06"),
        ("5 May or June '98", "[1998-05-05,1998-06]"),
        ("December to January '00", "1999-12/2000-01"),
        ("early to mid-May '98", "[1998-05-01..1998-05-20]"),
    ],
)
def test_a_year_of_two_digits_is_not_a_day_and_counts_for_its_neighbours(text: str, expected: str) -> None:
    assert edtf(text, reference=REFERENCE) == expected
    assert "century of this year is left out" in refused(text).reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12-Aug-14-Sep-2020", "2020-08-12/2020-09-14"),
        ("May 5, 12 and 19, 2020", "{2020-05-05,2020-05-12,2020-05-19}"),
        ("25 October (7 November) 1917", "{1917-10-25,1917-11-07}"),
        ("24 Oct. [6 Nov.], 1917", "{1917-10-24,1917-11-06}"),
        ("(25 October) 7 November 1917", "{1917-10-25,1917-11-07}"),
        ("[May] 1920", "1920-05"),
        ("(May?), 1920", "1920-05?"),
        ("[late May] 1920", "[1920-05-21..1920-05-31]"),
        ("[3 May] 1920", "1920-05-03"),
        ("(spring) 1920", "1920-21"),
        ("March (or April) 1920", "[1920-03,1920-04]"),
        ("March (to April) 1920", "1920-03/1920-04"),
        ("May 5 (or 6), 1920", "[1920-05-05,1920-05-06]"),
        ("May (designed), 1920", "1920-05"),
    ],
)
def test_a_year_that_is_named_counts_and_not_the_reference(text: str, expected: str) -> None:
    assert edtf(text) == edtf(text, reference=REFERENCE) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("May 5th, 12th", "{2020-05-05,2020-05-12}"),
        ("12 May–14th", "2020-05-12/2020-05-14"),
        ("May 3-5, 12-14", "{2020-05-03..2020-05-05,2020-05-12..2020-05-14}"),
        ("May 5, 12, 19, 26", "{2020-05-05,2020-05-12,2020-05-19,2020-05-26}"),
        ("May 12-14, 16-18", "{2020-05-12..2020-05-14,2020-05-16..2020-05-18}"),
        (
            "May 5-7, 12-14 and 19-21",
            "{2020-05-05..2020-05-07,2020-05-12..2020-05-14,2020-05-19..2020-05-21}",
        ),
    ],
)
def test_days_that_are_counted_on_are_no_years(text: str, expected: str) -> None:
    assert edtf(text, reference=REFERENCE) == expected
