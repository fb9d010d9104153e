"""The reader of English, against tables of expressions with their EDTF, and what it refuses."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from benchmarks import museum
from timeline.dates import Conventions, DateError, TimeSpan, read
from timeline.dates.english.tokens import normalized

DATA = Path(__file__).parent.parent / "data"
REFERENCE = date(2020, 8, 30)

# Odd spellings and combinations, each of which once went wrong or has a rule of its own.
ODD = [
    ("14h on 5 March 2020", "2020-03-05T14"),
    ("until 1918, start unknown", "/1918"),
    ("until the early 1980s, start unknown", "/1983"),
    ("unknown - 1914", "/1914"),
    ("early 1980s - present", "[1980..]"),
    ("3 pm on 5 March 2020 - present", "[2020-03-05..]"),
    ("BC 44-30", "-0043/-0029"),
    ("the 18th century and 19th", "{17XX,18XX}"),
    ("12,000 AD", "Y12000"),
    ("“March 2020”,", "2020-03"),
    ('"1917."', "1917"),
    ("c. 1980s-90s", "198X~/199X~"),
    ("the 1910s and 20s", "{191X,192X}"),
    ("69 - c. 140", "0069/0140~"),
    ("1930-40's", "1930/194X"),
    ("c. 1829-33, or later", "[1829~..]"),
    ("last third 18th century", "[1767..1799]"),
    ("first third 1920", "1920-37"),
    ("13.8 billion BC", "Y-13799999999~"),
    ("2 million AD", "Y2000000~"),
    ("100 mya", "Y-99999999~"),
    ("the 500s BC", "[-0598..-0499]"),
    ("1914...1918", "1914/1918"),
    ("March AD 79", "0079-03"),
    ("the '90's", "199X"),
    ("1914-1914", "1914"),
    ("between 1914 and 1914", "1914"),
    ("c. 3 pm on 5 March 2020 or 6 March 2020", "[2020-03-05~,2020-03-06]"),
    ("3 pm on 5 March 2020 or 4 pm on 6 March 2020", "[2020-03-05T15,2020-03-06T16]"),
    ("1914 and undated", "1914"),
    ("1914 - 1918 - 1920", "[1914..1920]"),
    ("150th century", "[Y14900..Y14999]"),
    ("1914 to present or 1918", "[1914..]"),
    ("since 1914 or 1915", "[1914..]"),
    ("before 1914 or 1915", "[..1915]"),
    ("the end of the beginning of 1914", "[1914-03..1914-04]"),
    ("from before 1914 to 1918", "[..1918]"),
    ("first quarter of the 1920s", "[1920..1922]"),
    ("2nd-5th century", "01XX/04XX"),
    ("10 or 12-1786 BC", None),
    ("9 March - 1920", None),
]

# Text, position and reason.
REFUSED = [
    ("", 0, "The text ends where a date should follow."),
    ("Monday, 3 March 2020", 0, "3 March 2020 was a Tuesday, not a Monday."),
    ("turn of the century", 0, "Which century turned the words do not say."),
    ("towards", 7, "The text ends where a date should follow."),
    ("hundreds", 0, "“hundreds” makes no sense at this place in a date."),
    ("the week before last", 4, "“week” makes no sense at this place in a date."),
    ("Friday", 0, "Which of these days is meant the words do not say: last, this or next?"),
    ("the end of the year", 15, "“year” makes no sense at this place in a date."),
    ("s", 0, "“s” makes no sense at this place in a date."),
    ("12", 0, "This number alone is no date."),
    ("12 1990", 0, "There is no month to this day."),
    ("the", 3, "The text ends where a date should follow."),
    ("mid", 0, "This says which part, but not of what."),
    ("the 3rd", 4, "This alone is no date: the first, second or third of what?"),
    (
        "2020-13-45",
        5,
        "A month is 01 to 12, and the codes 21 to 41 are seasons, quarters and other parts of a year.",
    ),
    ("since 2020-13-05", 6, "There is no month 13."),
    ("30 February 2020", 0, "February 2020 has 29 days."),
    ("the 31st of April 2020", 4, "April has 30 days."),
    ("March 0, 2020", 0, "March has 31 days."),
    ("1918-1914", 5, "The end lies before the beginning."),
    ("after 1918 and before 1914", 22, "The end lies before the beginning."),
    ("1990 seconds ago", 5, "No rule knows “seconds” in a date."),
    ("between 1914", 12, "The text ends where a date should follow."),
    ("0 BC", 0, "There is no year 0 before or after Christ."),
    ("1848s", 0, "A decade begins in a year that ends in 0."),
    ("0th century", 0, "There is no century of this number."),
    ("25:00 on 5 March 2020", 0, "There is no such time of day."),
    ("13:00 a.m. on 5 March 2020", 0, "There is no such time of day."),
    ("14:30 UTC+30 on 5 March 2020", 10, "There is no such time zone."),
    ("14:3 on 5 March 2020", 5, "“on” makes no sense at this place in a date."),
    ("123:00 on 5 March 2020", 7, "“on” makes no sense at this place in a date."),
    ("14:30 UTC- on 5 March 2020", 0, "This time of day has no day."),
    ("44 BC-40", 6, "This number alone is no date."),
    ("the one first of May 2020", 8, "“first” makes no sense at this place in a date."),
    ("not before 1914 or after 1918", 25, "“1918” makes no sense at this place in a date."),
    ("before 1914 or since 1918", 7, "Together these dates leave nothing out."),
    ("before 1655 - after 1704", 7, "Together these dates leave nothing out."),
    ("after before 1914", 6, "“before” makes no sense at this place in a date."),
    ("from present to 1914", 5, "The present is only known against a reference date."),
    ("first month of 5 March 2020", 15, "A day has no such part."),
    ("14:30", 0, "This time of day has no day."),
    ("1914 1918", 5, "“1918” makes no sense at this place in a date."),
    ("00/05/2020", 0, "There is no month or day 0."),
    ("20201345", 0, "These eight digits are not a year, month and day."),
    ("12345", 0, "A year of more than four digits needs BC, AD, BCE or CE, or “year” before it."),
    ("999999999999999 BC", 0, "This year is too far away."),
    ("123456789012345678901234", 0, "This number is too long for a year."),
    ("5 March 12345 BC", 0, "Months and days are read in years of up to four digits only."),
    ("Q5 2019", 0, "A year has four quarters and two halves."),
    ("H3 2019", 0, "A year has four quarters and two halves."),
    ("Q", 0, "“Q” makes no sense at this place in a date."),
    ("week 54 of 2020", 0, "A week by its number needs a year that has such a week."),
    ("week of March 2020", 0, "A week is named by one of its days."),
    ("AD", 2, "The text ends where a date should follow."),
    ("'1", 1, "“1” makes no sense at this place in a date."),
    ("fifth quarter of 1914", 17, "A year has no such part."),
    ("second half of last week", 15, "A week has no such part."),
    ("seventh week of March 2020", 16, "A month has no such part."),
    ("twentieth decade of the 19th century", 24, "A century has no such part."),
    ("first month of March 2020", 15, "A month has no such part."),
    ("present", 0, "The present is only known against a reference date."),
    ("5 million years", 15, "The text ends where a date should follow."),
    ("900 billion years ago", 0, "This is too far away."),
    ("300 centuries ago", 4, "This is too far away."),
    ("a few days ago", 0, "The words do not say how many."),
    ("the last few years", 4, "The words do not say how many."),
    ("5 million", 9, "The text ends where a date should follow."),
    ("sixth Monday of March 2020", 16, "A month has no such part."),
    ("1914.30", 4, "“.” makes no sense at this place in a date."),
    ("9999999999 days ago", 11, "This is too far away."),
    ("1.5 years ago", 1, "“.” makes no sense at this place in a date."),
    ("last weeks", 5, "The words do not say how many."),
    ("last trimester half", 15, "“half” makes no sense at this place in a date."),
    ("undated -", 9, "An unknown end stands after a beginning."),
    ("last foo", 5, "No rule knows “foo” in a date."),
    ("Ming Dynasty (1368-1644)", 0, "No rule knows “Ming” in a date."),
]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]


def edtf(text: str, **options: Any) -> str | None:
    span = read(text, **options)
    return span.edtf if span is not None else None


def refused(text: str, **options: Any) -> DateError:
    with pytest.raises(DateError) as caught:
        read(text, **options)
    return caught.value


@pytest.mark.parametrize("row", rows("human-expressions.jsonl"), ids=lambda row: row["text"])
def test_expressions_with_known_readings(row: dict[str, Any]) -> None:
    span = read(row["text"], reference=date.fromisoformat(row["ref"]))
    assert (span.edtf if span else None) == row["edtf"]
    if span is not None:
        assert museum.bounds(span) == museum.curated(row)


@pytest.mark.parametrize("row", rows("english-expressions.jsonl"), ids=lambda row: row["text"])
def test_each_rule(row: dict[str, Any]) -> None:
    reference = REFERENCE if row["kind"] == "relative" else None
    assert edtf(row["text"], reference=reference) == row["edtf"]


@pytest.mark.parametrize(("text", "expected"), ODD)
def test_odd_spellings(text: str, expected: str | None) -> None:
    reference = REFERENCE if "'" in text else None
    if expected is None:
        refused(text, reference=reference)
    else:
        assert edtf(text, reference=reference) == expected


@pytest.mark.parametrize(
    "text", [row["text"] for row in rows("english-expressions.jsonl") if row["kind"] == "relative"]
)
def test_relative_words_need_a_reference(text: str) -> None:
    error = refused(text)
    assert "no reference date was given" in error.reason


@pytest.mark.parametrize(("text", "position", "reason"), REFUSED)
def test_refusals_say_where_and_why(text: str, position: int, reason: str) -> None:
    error = refused(text, reference=REFERENCE if "ago" in text or "last" in text else None)
    assert (error.position, error.reason) == (position, reason)
    assert error.text == text


def test_museum_sample() -> None:
    wrong = [row for row in museum.run(rows("museum-sample.jsonl")) if not row["right"]]
    assert not wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2019-23", "2019-23"),
        (" 2001-02 ", "2001-02"),
        ("1921-22", "1921-22"),
        ("1921–22", "1921/1922"),
        ("[1917]", "[1917]"),
        ("1914/1918", "1914/1918"),
    ],
)
def test_edtf_comes_first(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize(
    ("text", "conventions", "expected"),
    [
        ("03/04/2020", Conventions(), "[2020-03-04,2020-04-03]"),
        ("c. 03/04/2020", Conventions(), "[2020-03-04~,2020-04-03~]"),
        ("03/04/2020", Conventions(numeric_dates_begin_with="day"), "2020-04-03"),
        ("03/04/2020", Conventions(numeric_dates_begin_with="month"), "2020-03-04"),
        ("3/4/98", Conventions(numeric_dates_begin_with="month", short_year_start=1950), "1998-03-04"),
        ("1921-22", Conventions(short_spans_with_hyphen=True), "1921/1922"),
        ("2001-02", Conventions(short_spans_with_hyphen=True), "2001/2002"),
        ("1921-07", Conventions(short_spans_with_hyphen=True), "1921-07"),
        ("May '98", Conventions(short_year_start=1900), "1998-05"),
        ("the '20s", Conventions(short_year_start=1900), "192X"),
        ("early 17th century", Conventions(stage_years="halves"), "[1600..1649]"),
        ("mid 17th century", Conventions(stage_years="halves"), "[1625..1674]"),
        (
            "early 1930s",
            Conventions(stage_years="halves", neighbouring_parts_meet=True),
            "[1930..1935]",
        ),
        ("second quarter of the 14th century", Conventions(neighbouring_parts_meet=True), "[1325..1350]"),
        ("second half of the 14th century", Conventions(neighbouring_parts_meet=True), "[1350..1399]"),
        ("Ming Dynasty (1368-1644)", Conventions(labels=True), "1368/1644"),
        ("Late Pre-classic, 300 BC- 300 AD", Conventions(labels=True), "-0299/0300"),
        ("New Kingdom, 18th Dynasty, 1570-1320 BCE", Conventions(labels=True), "-1569/-1319"),
        ("Late Period (664 BC - 525 BC), Dynasty 26", Conventions(labels=True), "-0663/-0524"),
        ("born Germany 1861 - 1943", Conventions(labels=True), "1861/1943"),
        ("1971, printed 1980", Conventions(), "{1971,1980}"),
        ("1971, printed 1980", Conventions(phases_left_out=frozenset({"printing"})), "1971"),
        ("printed 1980", Conventions(phases_left_out=frozenset({"printing"})), "1980"),
        ("1903; reprinted 1978", Conventions(phases_that_replace=frozenset({"copying"})), "1978"),
    ],
)
def test_conventions_settle_what_houses_do_differently(
    text: str, conventions: Conventions, expected: str
) -> None:
    assert edtf(text, conventions=conventions) == expected


@pytest.mark.parametrize("text", ["Ming Dynasty", "1990 foo", "1990 foo, 1995", "foo of 10th century"])
def test_labels_hide_no_date_and_are_none(text: str) -> None:
    assert refused(text, conventions=Conventions(labels=True)).position == max(text.find("foo"), 0)


def test_the_present_decade_is_not_told_from_the_one_a_century_before() -> None:
    assert edtf("the '20s", reference=date(2031, 1, 1)) == "202X"
    assert "hundred years before" in refused("the '20s", reference=REFERENCE).reason


def test_missing_years_come_from_the_reference_only() -> None:
    assert edtf("August 23", reference=date(1939, 9, 1)) == "1939-08-23"
    assert refused("August 23").reason == "August has no year here, and no reference date was given."


@pytest.mark.parametrize(
    ("today", "text", "expected"),
    [
        (date(2020, 1, 15), "last December", "2019-12"),
        (date(2020, 12, 15), "last December", "2019-12"),
        (date(2020, 12, 15), "next December", "2021-12"),
        (date(2020, 1, 15), "last winter", "2018-24"),
        (date(2020, 1, 15), "this winter", "2019-24"),
        (date(2020, 3, 15), "last winter", "2019-24"),
        (date(2020, 3, 15), "this autumn", "2020-23"),
        (date(2020, 3, 15), "next spring", "2021-21"),
        (date(2020, 2, 29), "the last year", "2019"),
        (date(2020, 2, 29), "last 12 months", "[2019-02-28..2020-02-29]"),
        (date(2020, 1, 1), "last quarter", "2019-36"),
        (date(2020, 1, 1), "last weekend", "[2019-12-28..2019-12-29]"),
        (date(2020, 1, 1), "this day", "2020-01-01"),
        (date(2020, 1, 1), "this millennium", "2XXX"),
        (date(2020, 1, 1), "a fortnight ago", "[2019-12-16..2019-12-22]"),
        (date(2020, 1, 1), "a century ago", "1920~"),
    ],
)
def test_relative_words_at_the_turn_of_the_year(today: date, text: str, expected: str) -> None:
    assert edtf(text, reference=today) == expected


@pytest.mark.parametrize(
    "text", ["5\u00a0March\u20032020", "5 MARCH 2020", "5th\u2013March\u20112020", "\t5 March 2020\n"]
)
def test_spaces_dashes_and_case_do_not_matter(text: str) -> None:
    assert edtf(text) == "2020-03-05"


def test_positions_are_those_of_the_text_as_given() -> None:
    assert normalized("İ – ’") == "İ - '"
    assert refused("  5 ’ foo").position == 4


@pytest.mark.parametrize("text", [row["text"] for row in rows("english-expressions.jsonl")])
def test_what_is_shown_reads_back(text: str) -> None:
    span = read(text, reference=REFERENCE)
    if span is not None:
        again = read(span.display())
        assert isinstance(again, TimeSpan)
        assert (again.earliest, again.latest) == (span.earliest, span.latest)


def test_the_page_says_what_is_read() -> None:
    page = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")
    table = page.partition("| words | EDTF | note |")[2].partition("\n\n")[0]
    lines = [line.split(" | ") for line in table.splitlines()[2:]]
    assert len(lines) > 30
    for texts, expected, *_ in lines:
        given = texts.lstrip("| ").split("; ")
        readings = [reading.strip("` ") for reading in expected.split("; ")]
        if len(readings) == 1:
            readings *= len(given)
        assert [edtf(text) for text in given] == readings


def test_the_page_says_what_is_refused() -> None:
    page = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")
    table = page.partition("| not read | why |")[2].partition("\n\n")[0]
    texts = [
        text for line in table.splitlines()[2:] for text in line.split(" | ")[0].lstrip("| ").split("; ")
    ]
    assert len(texts) > 15
    for text in texts:
        refused(text, reference=REFERENCE)
