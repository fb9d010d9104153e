"""The rules of the checks as truth tables, without a database."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from timeline.contradictions import course
from timeline.contradictions.amounts import read_amount
from timeline.contradictions.asserted import amounts_differ, dates_are_apart, words_differ
from timeline.contradictions.spans import began_before, cannot_meet
from timeline.dates import Days, days_between
from timeline.fields import When
from timeline.models import Milestone

NO_DATE = {"text": "in a short time", "edtf": None}


@pytest.mark.parametrize(
    ("first", "then", "before"),
    [
        ("2019", "2020", True),
        ("2019", "2019-06", False),  # some reading is not
        ("2020", "2019", False),
        ("2019-12-31", "2020-01-01", True),
        ("2020-01-01", "2020-01-01", False),
        ("1914/1918", "1916", True),  # it lasted, and had begun
        ("[1914..1918]", "1916", False),
        ("1916", "1914/1918", False),
        ("2015/..", "2016", True),
        ("[..2016]", "2017", True),
        ("[2016..]", "2017", False),
        ("2017", "[..2016]", False),
        ("c. 1917", "1920", False),  # circa reaches five years
        ("c. 1917", "1923", True),
        ("1917?", "1990", False),  # nothing is certain of it
        ("1917", "1990?", True),  # but by then the other has not begun in any reading
        ("2019", NO_DATE, False),
        (NO_DATE, "2019", False),
        ("", "2019", False),
    ],
)
def test_what_has_begun_before_something_can_have_begun(first: Any, then: Any, before: bool) -> None:
    assert began_before(When.of(first), When.of(then)) is before


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("May 2018", "June 2018", True),
        ("May 2018", "2018", False),
        ("May 2018", "31 May 2018", False),
        ("2018/2020", "2019", False),
        ("before 2017", "2017", True),
        ("since 2017", "2016", True),
        ("since 2017", "2040", False),
        ("c. 2017", "2019", False),
        ("2017?", "2019", True),
        (NO_DATE, "2019", False),
    ],
)
def test_what_cannot_meet(one: Any, other: Any, apart: bool) -> None:
    assert cannot_meet(When.of(one), When.of(other)) is apart
    assert cannot_meet(When.of(other), When.of(one)) is apart


@pytest.mark.parametrize(
    ("due", "met", "least", "most", "words"),
    [
        ("early 2019", "fall of 2019", 124, 333, "124 to 333 days later"),
        ("fall of 2019", "early 2019", -333, -124, "124 to 333 days earlier"),
        ("2019-03-01", "2019-03-01", 0, 0, "on the same day"),
        ("2019-03-01T23:00:00", "2019-03-02T01:00:00", 1, 1, "1 day later"),
        ("2019-03", "2019-03", -30, 30, "from 30 days earlier to 30 days later"),
        ("2019-03-01", "[2019-03-01..2019-03-03]", 0, 2, "0 to 2 days later"),
        ("2019-03-03", "[2019-03-01..2019-03-03]", -2, 0, "0 to 2 days earlier"),
        ("2019-03-01", "since 2 March 2019", 1, None, "at least 1 day later"),
        ("by 1 March 2019", "2019-03-04", 3, None, "at least 3 days later"),
        ("2019-03-04", "by 1 March 2019", None, -3, "at least 3 days earlier"),
        ("2019-03-01", "by 1 March 2019", None, 0, "on the same day or earlier"),
        ("by 1 March 2019", "2019-03-01", 0, None, "on the same day or later"),
        ("by 4 March 2019", "2019-03-01", -3, None, "at most 3 days earlier, or later"),
        ("2019-03-01", "by 4 March 2019", None, 3, "at most 3 days later, or earlier"),
        ("by 2018", "by 2019", None, None, "earlier or later by any number of days"),
        ("c. 2019-03", "2019-06", 32, 149, "32 to 149 days later"),  # circa reaches a month
    ],
)
def test_a_slip_is_an_interval_of_days(
    due: str, met: str, least: int | None, most: int | None, words: str
) -> None:
    assert days_between(When.of(due), When.of(met)) == (least, most)
    assert Days(least, most).words() == words


def test_a_milestone_slips_only_if_it_was_due_and_met() -> None:
    assert Milestone(due="early 2019", met="fall of 2019").slip == (124, 333)
    assert Milestone(due="early 2019").slip is None
    assert Milestone(met="2019").slip is None
    assert Milestone(due=NO_DATE, met="2019").slip is None


def test_the_course_of_a_deal() -> None:
    pairs = {(str(first), str(later)) for first, later in course.ALL_PAIRS}
    assert ("signed", "delivered") in pairs
    assert ("signed", "paid") in pairs
    assert ("delivery_started", "completed") in pairs
    assert not any(first == later or (later, first) in pairs for first, later in pairs)
    free = {"announced", "refused", "cancelled", "suspended"}
    assert not free & {kind for pair in pairs for kind in pair}
    assert not {("paid", kind) for kind in Milestone.Kind.values} & pairs
    assert {*course.OF_SIGNING, *course.OTHERS} == {*course.ALL_PAIRS}


BILLION = Decimal(10) ** 9


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("$ 2.5 billion", "2.5", "2.5", "USD"),
        ("US$2.5bn", "2.5", "2.5", "USD"),
        ("USD 2,500,000,000", "2.5", "2.5", "USD"),
        ("2.500.000.000 EUR", "2.5", "2.5", "EUR"),
        ("2.500.000,50 thousand EUR", "2.5000005", "2.5000005", "EUR"),
        ("2.500,5 million EUR", "2.5005", "2.5005", "EUR"),
        ("2,5 billion euros", "2.5", "2.5", "EUR"),
        ("2,500 million euros", "2.5", "2.5", "EUR"),
        ("0.125 billion", "0.125", "0.125", ""),
        ("1.2345 billion", "1.2345", "1.2345", ""),
        ("2500 million US dollars", "2.5", "2.5", "USD"),
        ("a total of £2.5 billion", "2.5", "2.5", "£"),
        ("2 to 2.5 billion dollars", "2", "2.5", "USD"),
        ("between $2 and $2.5 billion", "2", "2.5", "USD"),
        ("$2–2.5bn", "2", "2.5", "USD"),
        ("900 million to 1 billion USD", "0.9", "1", "USD"),
        ("more than $2 billion", "2", None, "USD"),
        ("up to $2 billion", "0", "2", "USD"),
        ("2.5 billion", "2.5", "2.5", ""),
    ],
)
def test_amounts_that_are_understood(text: str, low: str, high: str | None, unit: str) -> None:
    amount = read_amount(text, "USD")
    assert amount is not None
    assert (amount.low, amount.unit) == (Decimal(low) * BILLION, unit)
    assert amount.high == (high and Decimal(high) * BILLION)


@pytest.mark.parametrize(
    "text",
    ["", "$", "several billion", "$2.5 billion per year", "2 or 3 or 4 USD", "3 to 2 billion",
     "2.5 USD in EUR", "1,23,4 USD", "over up to 3 USD", "1" * 26, "2 3 USD",
     "1.500 euros", "1.500 million euros", "0,500 million euros", "from 1 to 1.500 euros"],
)  # fmt: skip
def test_amounts_that_are_not(text: str) -> None:
    assert read_amount(text, "USD") is None


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [
        ("$ 2.5 billion", "2,500,000,000 USD", False),
        ("$ 2.5 billion", "$2.53 billion", False),  # rounded to a tenth
        ("$ 2.5 billion", "$2.56 billion", True),
        ("$ 2.6 billion", "$3 billion", False),  # rounded to a whole
        ("$ 2.5 billion", "$3 billion", True),  # half way
        ("$ 2.5 billion", "$2 billion", True),
        ("about $2.5 billion", "$2.59 billion", False),
        ("$ 2.5 billion", "2.5 billion euros", False),  # another currency is nothing to compare
        ("$ 2.5 billion", "5 billion euros", False),
        ("$ 2.5 billion", "5 billion", False),
        ("more than $2 billion", "$2.5 billion", False),
        ("more than $3 billion", "$2.5 billion", True),
        ("up to $2 billion", "$2.5 billion", True),
        ("$2 to 3 billion", "$2.5 billion", False),
        ("a fortune", "$2.5 billion", False),
        ("0 USD", "$2.5 billion", True),
        ("$100 million", "$104 million", False),  # rounded to tens
        ("$100 million", "$130 million", True),
        ("$1,000,000,000", "$1.04 billion", False),
    ],
)
def test_amounts_that_differ_beyond_their_rounding(one: str, other: str, different: bool) -> None:
    assert amounts_differ(one, other, "USD") is different
    assert amounts_differ(other, one, "USD") is different


def test_a_dollar_is_that_of_the_contract() -> None:
    assert amounts_differ("$ 1", "CAD 2", "CAD")
    assert not amounts_differ("$ 1", "CAD 2", "USD")
    assert not amounts_differ("$ 1", "EUR 2", "EUR")
    assert amounts_differ("$ 1", "$ 2")


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        ("May 2018", "June 2018", True),
        ("May 2018", "2018-05-03", False),
        ("May 2018", "last spring", False),  # relative to nobody knows what
        ("May 2018", "when the river rose", False),
        ("undated", "May 2018", False),
        ("2018-05", "2018-06", True),
    ],
)
def test_asserted_dates_that_are_apart(one: str, other: str, apart: bool) -> None:
    assert dates_are_apart(one, other) is apart


@pytest.mark.parametrize(
    ("one", "other", "different"),
    [("Çanakkale", "canakkale", False), ("in  Ankara", "in Ankara", False), ("Ankara", "Istanbul", True)],
)
def test_words_that_differ(one: str, other: str, different: bool) -> None:
    assert words_differ(one, other) is different
