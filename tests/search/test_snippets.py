"""The passages of a text, and the places in them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.search.query import Query
from timeline.search.snippets import CUT, LONGEST, MOST, snippets


def shown(text: str, query: str) -> str | None:
    """The passage with brackets where the marks are."""
    found = snippets([(0, text)], Query.read(query))
    if not found:
        return None
    passage = found[0].text
    for start, end in reversed(found[0].marks):
        passage = f"{passage[:start]}[{passage[start:end]}]{passage[end:]}"
    return passage


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("The S-400 and the S 400", "s400", "The [S-400] and the [S 400]"),
        ("Mevlüt Çavuşoğlu said", "cavusoglu", "Mevlüt [Çavuşoğlu] said"),
        ("C\u0327avus\u0327og\u0306lu!", "cavusoglu", "[C\u0327avus\u0327og\u0306lu]!"),
        ("A co-operation, a cooperation", "co-operation", "A [co-operation], a [cooperation]"),
        ("A co-operation", "cooperation", "A [co-operation]"),
        ("土耳其购买", "耳其", "土[耳其]购买"),
        ("one two three", '"one two" "two three"', "[one two three]"),
        ("one two", "one -two", "[one] two"),
        ("<b>deal</b> & more", "deal", "<b>[deal]</b> & more"),
        ("🚀🚀 deal", "deal", "🚀🚀 [deal]"),
        ("two one", '"one two"', None),
        ("", "x", None),
    ],
)
def test_marks(text: str, query: str, expected: str | None) -> None:
    assert shown(text, query) == expected


def test_a_long_text_is_cut_between_words() -> None:
    text = "word " * 100 + "needle " + "more " * 100
    passage = shown(text, "needle")
    assert passage is not None
    assert passage.startswith(f"{CUT}word ")
    assert passage.endswith(f"more{CUT}")
    assert " [needle] more" in passage
    assert shown("needle " + "more " * 100, "needle") == "[needle] " + "more " * 37 + f"more{CUT}"


def test_equal_texts_come_once_and_there_are_not_too_many() -> None:
    query = Query.read("needle")
    assert len(snippets([(3, "needle"), (3, "needle"), (1, "needle")], query)) == 2
    assert len(snippets([(3, f"needle {number}") for number in range(20)], query)) == MOST


@given(
    st.text(st.sampled_from("ab é-土½\u0301"), max_size=600),
    st.sampled_from(["a", "ab", "é", '"a b"', "1", "土"]),
)
def test_a_passage_is_short_and_its_marks_lie_in_it(text: str, query: str) -> None:
    for snippet in snippets([(0, text)], Query.read(query)):
        assert len(snippet.text) <= LONGEST
        assert snippet.text.strip(CUT) in text
        assert snippet.marks
        last = 0
        for start, end in snippet.marks:
            assert last <= start < end <= len(snippet.text)
            last = end
