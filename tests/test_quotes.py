"""Whether a quote stands in a text, and where."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.quotes import Quotable, QuoteStatus

TEXT = "He said: “If you don’t want me to buy them —\n\n somewhere else”, then…"


@pytest.mark.parametrize(
    ("quote", "status", "passage"),
    [
        ("want me to buy", "exact", "want me to buy"),
        ("“If you don’t", "exact", "“If you don’t"),
        ("\"If you don't", "normalized", "“If you don’t"),
        ("buy them - somewhere else", "normalized", "buy them —\n\n somewhere else"),
        ("  want   me ", "normalized", "want me"),
        ("then...", "normalized", "then…"),
        ("wants me", "missing", None),
        ("WANT ME", "missing", None),
        ("   ", "missing", None),
        ("", "unchecked", None),
    ],
)
def test_a_quote_is_found_to_the_letter_or_apart_from_typography(
    quote: str, status: str, passage: str | None
) -> None:
    found, start, end = Quotable(TEXT).find(quote)
    assert found == status
    assert (TEXT[start:end] if start is not None else None) == passage


@pytest.mark.parametrize(
    ("quote", "chosen", "found"),
    [
        ("to", (9, 11), ("exact", 9, 11)),
        ("to", (3, 5), ("exact", 0, 2)),
        ("to", (9, None), ("exact", 0, 2)),
        ("to", (900, 902), ("exact", 0, 2)),
        ('"to', (14, 17), ("normalized", 14, 17)),
        ('"to', (13, 17), ("normalized", 5, 8)),
        ("be", (9, 11), ("missing", None, None)),
    ],
)
def test_the_chosen_occurrence_is_preferred(quote: str, chosen: Any, found: Any) -> None:
    assert Quotable("to a “to to a “to").find(quote, chosen=chosen) == found


def test_all_places_are_listed_up_to_some() -> None:
    text = Quotable("to a “to to a “to")
    assert text.places("to", most=9) == [(0, 2), (6, 8), (9, 11), (15, 17)]
    assert text.places("to", most=2) == [(0, 2), (6, 8)]
    assert text.places('"to', most=9) == [(5, 8), (14, 17)]
    assert text.places("be", most=9) == text.places(" ", most=9) == []


def test_without_a_text_there_is_nothing_to_check() -> None:
    assert Quotable("").find("words") == (QuoteStatus.UNCHECKED, None, None)


@given(st.text(), st.text(min_size=1), st.text())
def test_what_stands_in_a_text_is_found_to_the_letter(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    status, start, end = Quotable(text).find(quote)
    assert status == QuoteStatus.EXACT
    assert text[start:end] == quote


@given(st.text(), st.text())
def test_offsets_lie_in_the_text_and_in_order(quote: str, text: str) -> None:
    status, start, end = Quotable(text).find(quote)
    if status in (QuoteStatus.EXACT, QuoteStatus.NORMALIZED):
        assert start is not None
        assert end is not None
        assert 0 <= start < end <= len(text)
    else:
        assert start is None is end
