"""Before, after, since and until beside times of day, parts and ranges: never narrower than the words."""

from itertools import product

import pytest

from timeline.dates import OPEN_FUTURE, OPEN_PAST, DateError, parse_edtf, read

from .test_english import REFERENCE, edtf, refused, rows

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
        ("before noon yesterday", "[..2020-08-29]"),
        ("after last night", "[2020-08-29..]"),
        ("before two weeks ago", "[..2020-08-16]"),
        ("before the middle of the week of March 11, 2020", "[..2020-03-15]"),
        ("before the second half of summer 2019", "[..2019-08]"),
        ("after the second half of summer 2019", "[2019-09..]"),
        ("before the first half of winter 2019", "[..2019-11]"),
        ("after the last quarter of May 2020", "[2020-06-01..]"),
        ("before the first quarter of May 2020", "[..2020-04-30]"),
        ("after the end of 5 March 2020", "[2020-03-06..]"),
        ("before the beginning of 5 March 2020", "[..2020-03-04]"),
        ("after the beginning of 5 March 2020", "[2020-03-05..]"),
        ("before the end of 5 March 2020", "[..2020-03-05]"),
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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after 3-5 May 2020", "[2020-05-04..]"),
        ("after 3 to 5 May 2020", "[2020-05-04..]"),
        ("after 3/4 May 2020", "[2020-05-04..]"),
        ("after May-June 2020", "[2020-06..]"),
        ("after 1914-18", "[1915..]"),
        ("after 44-40 BC", "[-0042..]"),
        ("after 1914 to 1918", "[1915..]"),
        ("after between 1914 and 1918", "[1915..]"),
        ("after early to mid 2018", "[2018-05..]"),
        ("after late 1914 - early 1915", "[1915-01..]"),
        ("after the 18th-19th century", "[1800..]"),
        ("not before 3-5 May 2020", "[2020-05-03..]"),
        ("no earlier than 1914-18", "[1914..]"),
        ("since 2018/19", "[2018..]"),
        ("since 2018-19", "[2018..]"),
        ("since 2018-2019", "[2018..]"),
        ("as of 3-5 May 2020", "[2020-05-03..]"),
        ("since May/June 2020", "[2020-05..]"),
        ("since 12-15 March 2020", "[2020-03-12..]"),
        ("since mid- to late 2018", "[2018-05..]"),
        ("since 2 to 4 p.m. on 5 March 2020", "[2020-03-05..]"),
        ("from 2018/19", "[2018..]"),
        ("3-5 May 2020 or earlier", "[..2020-05-05]"),
        ("1914-18 or before", "[..1918]"),
        ("3 May - 5 June 2020 or earlier", "[..2020-06-05]"),
        ("c. 1829-1833 or later", "[1829~..]"),
        ("mid- to late 2015 or earlier", "[..2015-12]"),
        ("until 2018/19", "[..2019]"),
        ("by 3-5 May 2020", "[..2020-05-05]"),
        ("before 1914 - 1918", "[..1918]"),
    ],
)
def test_a_relation_holds_for_the_whole_range(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("after 1480 - 1547", "[1481..1547]"),
        ("after 1914 until 1918", "[1915..1918]"),
        ("1445 - 1513 or before", "[1445..1513]"),
        ("2014 to 2018 at the latest", "[2014..2018]"),
        ("between 1914 and 1918 or before", "[1914..1918]"),
        ("5 May 2019 - 6 June 2020 or earlier", "[2019-05-05..2020-06-06]"),
        ("3 to 5 May 2020 or earlier", "[2020-05-03..2020-05-05]"),
        ("from after 1914 to 1918", "[1915..1918]"),
        ("from 12-15 March 2020", "2020-03-12/2020-03-15"),
        ("from 2018-19", "2018/2019"),
        ("from mid- to late 2018", "[2018-05..2018-12]"),
        ("from between 1914 and 1918 to 1920", "[1914..1920]"),
        ("since 1914 to 1918", "1914/1918"),
        ("since 1914 - present", "1914/.."),
        ("every year from 1980-85", "{1980..1985}"),
    ],
)
def test_an_end_that_is_said_is_kept(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize("text", ["since before 2014", "from no later than 2014", "since before 2014-18"])
def test_what_began_at_no_known_date_and_went_on_is_refused(text: str) -> None:
    assert refused(text).reason.startswith("What began before a date")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("all through 2019", "2019"),
        ("right through the 1990s", "199X"),
        ("all through March 2020", "2020-03"),
        ("right through to 2019", "../2019"),
        ("right up to 2019", "../2019"),
        ("from 1914 right through to 1918", "1914/1918"),
    ],
)
def test_all_through_a_time_is_not_until_then(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("night of 5 to 6 March 2020 at 23:00", "[2020-03-05..2020-03-06]"),
        ("the night of 3-4 May 2020, 23:30", "[2020-05-03..2020-05-04]"),
        ("3-5 May 2020, 23:30", "[2020-05-03..2020-05-05]"),
        ("3 or 4 May 2020 at 23:30", "[2020-05-03,2020-05-04T23:30]"),
        ("3 May 2020, 22:00-02:00", "[2020-05-03..2020-05-04]"),
        ("3 May 2020 at 10 p.m. to 2 a.m.", "[2020-05-03..2020-05-04]"),
        ("the evening of 3 May 2020, 23:30-00:30", "[2020-05-03..2020-05-04]"),
        ("from 10 p.m. to 2 a.m. on 3 May 2020", "[2020-05-02..2020-05-04]"),
        ("between 10 and 2 a.m. on 3 May 2020", "[2020-05-02..2020-05-04]"),
        ("from 10 o'clock to 2 o'clock on 3 May 2020", "[2020-05-02..2020-05-04]"),
        ("10 o'clock to 2 a.m. on 3 May 2020", "[2020-05-02..2020-05-04]"),
        ("from 9 o'clock to 4 p.m. on 5 March 2020", "2020-03-05"),
        ("10 o'clock to 2 p.m. on 5 March 2020", "2020-03-05"),
        ("8 o'clock to 5 p.m. on 5 March 2020", "2020-03-05"),
        ("11 o'clock to 11:30 on 5 March 2020", "2020-03-05"),
        ("before 10 p.m. to 2 a.m. on 3 May 2020", "[..2020-05-04]"),
        ("between 11 and 1 p.m. on 3 May 2020", "2020-05-03"),
        ("15:00-16:00 on 3 May 2020", "2020-05-03T15"),
        ("10 a.m. to 2 p.m. on 3 May 2020", "2020-05-03"),
    ],
)
def test_times_that_cross_midnight_lose_no_day(text: str, expected: str) -> None:
    assert edtf(text) == expected


@pytest.mark.parametrize("relation", ["before", "by", "until", "after", "since", "not before"])
def test_relations_to_all_known_dates_are_no_narrower_than_the_words(relation: str) -> None:
    compared = 0
    for row in rows("english-expressions.jsonl"):
        try:
            span = read(row["text"], reference=REFERENCE)
            related = read(f"{relation} {row['text']}", reference=REFERENCE)
        except DateError:
            continue
        if span is None or related is None or span.precision in ("range", "open"):
            continue
        compared += 1
        if relation in ("before", "by", "until"):
            reached = span.earliest - 1 if relation == "before" else span.latest
            assert related.earliest == OPEN_PAST and related.latest >= reached, row["text"]
        else:
            reached = span.latest + 1 if relation == "after" else span.earliest
            assert related.latest == OPEN_FUTURE and related.earliest <= reached, row["text"]
    assert compared > 200


@pytest.mark.parametrize("text", ["before 1917 or later", "until 1917 onwards", "after 1917 or earlier"])
def test_relations_that_exclude_each_other_are_refused(text: str) -> None:
    refused(text)
