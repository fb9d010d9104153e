"""The English words for a span."""

from pathlib import Path

import pytest
from hypothesis import assume, given

from tests.dates.edtf_strategies import expressions
from timeline.dates import DateError, parse_edtf

EN_DASH = "\N{EN DASH}"

WORDS = [
    ("2020-08-23", "23 August 2020"),
    ("2020-03", "March 2020"),
    ("2020", "2020"),
    ("0079-08", "August AD 79"),
    ("-0043-03-15", "15 March 44 BC"),
    ("0000", "1 BC"),
    ("-9999", "10,000 BC"),
    ("Y12345", "AD 12,345"),
    ("Y-13799999999", "13.8 billion BC"),
    ("Y-65999999", "66 million BC"),
    ("Y-13800000000", "13,800,000,001 BC"),
    ("Y17E7", "AD 170 million"),
    ("2020-08-23T14", "23 August 2020, between 14:00 and 15:00"),
    ("2020-08-23T14:30", "23 August 2020, 14:30"),
    ("2020-08-23T14:30:05Z", "23 August 2020, 14:30:05 UTC"),
    ("2020-08-23T14:30+02:00", "23 August 2020, 14:30 (UTC+02:00)"),
    ("2020-08-23T14-04", "23 August 2020, between 14:00 and 15:00 (UTC-04)"),
    # Parts of a year
    ("2019-23", "autumn 2019"),
    ("2019-24", f"winter 2019{EN_DASH}20"),
    ("1999-24", f"winter 1999{EN_DASH}2000"),
    ("-0043-24", f"winter 44{EN_DASH}43 BC"),
    ("0000-24", f"winter 1 BC{EN_DASH}AD 1"),
    ("2019-25", "spring 2019 (northern hemisphere)"),
    ("2019-30", f"summer 2019{EN_DASH}20 (southern hemisphere)"),
    ("2019-34", "second quarter of 2019"),
    ("2020-37", "early 2020"),
    ("2020-38", "mid-2020"),
    ("2020-39", "late 2020"),
    ("2019-40", "first half of 2019"),
    # Unspecified digits
    ("199X", "1990s"),
    ("065X", "AD 650s"),
    ("190X", "some year from 1900 to 1909"),
    ("-004X", "some year from 50 to 41 BC"),
    ("18XX", "19th century"),
    ("20XX", "21st century"),
    ("10XX", "11th century"),
    ("-01XX", "2nd century BC"),
    ("-00XX", "some year from 100 to 2 BC"),
    ("XXXX", "some year from 1 BC to AD 9999"),
    ("1XX3", "some year from 1003 to 1993 (1XX3)"),
    ("2004-XX", "some month in 2004"),
    ("2004-XX-XX", "some day in 2004"),
    ("2004-06-XX", "some day in June 2004"),
    ("201X-XX", "some month in the 2010s"),
    ("1XXX-XX-XX", "some day in some year from 1000 to 1999"),
    ("2020-1X", "some month from October to December 2020"),
    ("2020-X1", "January or November 2020"),
    ("1919-X4-02", "2 April 1919"),
    ("2020-12-0X", "some day from 1 to 9 December 2020"),
    ("2018-05-X0", "10, 20 or 30 May 2018"),
    ("156X-12-25", "25 December of some year from 1560 to 1569"),
    ("1XXX-12", "December of some year from 1000 to 1999"),
    ("15XX-12-XX", "some day in December of some year from 1500 to 1599"),
    ("1560-XX-25", "some day from 25 January 1560 to 25 December 1560 (1560-XX-25)"),
    ("20XX-07-0X", "some day from 1 July 2000 to 9 July 2099 (20XX-07-0X)"),
    ("201X-21", "spring of some year from 2010 to 2019"),
    ("201X-30", "summer of some year from 2010 to 2019 (southern hemisphere)"),
    ("201X-34", "second quarter of some year from 2010 to 2019"),
    ("201X-38", "in the middle of some year from 2010 to 2019"),
    ("201X-41", "second half of some year from 2010 to 2019"),
    ("1950S2", "estimated 1950, some time from 1900 to 1999"),
    # Qualifiers
    ("1917~", "about 1917"),
    ("1917?", "possibly 1917"),
    ("1917%", "possibly about 1917"),
    ("199X~", "about the 1990s"),
    ("18XX?", "possibly the 19th century"),
    ("2011-23~", "about autumn 2011"),
    ("2004-06-XX%", "some day in June 2004 (approximate and uncertain)"),
    ("2004?-06-11", "11 June 2004 (year uncertain)"),
    ("2004?-06-~11", "11 June 2004 (year uncertain, day approximate)"),
    ("2004-%06-11", "11 June 2004 (month approximate and uncertain)"),
    ("2011-~23", "autumn 2011 (season approximate)"),
    # Intervals
    ("1914/1918", "1914 to 1918"),
    ("-0100/-0044", "101 to 45 BC"),
    ("-0043/0014", "44 BC to AD 14"),
    ("-0043/2014", "44 BC to AD 2014"),
    ("-2018-05~/2018-05-11", "from about May 2019 BC to 11 May AD 2018"),
    ("{1960,-1961-12}", "AD 1960 and December 1962 BC"),
    ("[-1667,1668,1670..1672]", "1668 BC, AD 1668 or some time from AD 1670 to AD 1672"),
    ("XXXX-XX-23", "some day from 23 January 1 BC to 23 December AD 9999 (XXXX-XX-23)"),
    ("2020-05/2020-07", "May to July 2020"),
    ("2020-12/2021-02", "December 2020 to February 2021"),
    ("2020-03-12/2020-03-15", "12 to 15 March 2020"),
    ("2004-06-01/2004-06-01", "1 June 2004"),
    ("[1914..1914]", "1914"),
    ("2020-03-03/2020-04-05", "3 March to 5 April 2020"),
    ("2005/2006-02", "2005 to February 2006"),
    ("1984~/2004-06", "from about 1984 to June 2004"),
    ("1987/199X", "from 1987 to the 1990s"),
    ("2019-07/..", "since July 2019"),
    ("2019-07/", "from July 2019, end unknown"),
    ("../1985~", "until about 1985"),
    ("/1985", "until 1985, start unknown"),
    ("../..", "at all times"),
    ("/..", "start unknown, without end"),
    ("../", "without start, end unknown"),
    # Sets
    ("[2020-03-11..2020-03-20]", "some day from 11 to 20 March 2020"),
    ("[1914..1918]", "some time from 1914 to 1918"),
    ("[198X..1999]", "some time from the 1980s to 1999"),
    ("[2018..]", "in or after 2018"),
    ("[..2020-08-23]", "on or before 23 August 2020"),
    ("[2020-08-23T14:30..]", "at or after 23 August 2020, 14:30"),
    ("[..2020-08-23T14:30]", "at or before 23 August 2020, 14:30"),
    ("[..2020-08-23T14]", "at or before 23 August 2020, 15:00"),
    ("[2020-08-23T14..2020-08-23T16]", "some time from 23 August 2020, 14:00 to 23 August 2020, 17:00"),
    ("[2016]", "2016"),
    ("[2019-12,2020-01]", "December 2019 or January 2020"),
    ("[1667,1668,1670..1672]", "1667, 1668 or some time from 1670 to 1672"),
    ("{1960,1961-12}", "1960 and December 1961"),
    ("{1980..1985}", "every year from 1980 to 1985"),
    ("{..1984}", "every year up to 1984"),
    ("{1760-12..}", "every month from December 1760 on"),
]


def documented_words() -> list[tuple[str, str]]:
    """The table of docs/dates.md."""
    page = (Path(__file__).parents[2] / "docs" / "dates.md").read_text(encoding="utf-8")
    table = page.partition("| EDTF | words |")[2].partition("\n\n")[0]
    cells = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| `")]
    return [(edtf.strip("`"), words) for edtf, words in cells]


@pytest.mark.parametrize(("edtf", "words"), WORDS + documented_words())
def test_words(edtf: str, words: str) -> None:
    assert parse_edtf(edtf).display() == words


def test_different_spans_have_different_words() -> None:
    assert len({words for _, words in WORDS}) == len(WORDS)


@given(expressions)
def test_every_span_has_words_of_its_own(text: str) -> None:
    try:
        span = parse_edtf(text)
    except DateError:
        assume(False)
        raise
    words = span.display()
    assert words == words.strip()
    assert "  " not in words
    assert "()" not in words
    assert words.isprintable()
