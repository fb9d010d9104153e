"""Passages of a text: by the words pasted, or by words that stand in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.passages import AROUND, MOST, find

TEXT = """A first paragraph. It is short.

Russia and Turkey have “signed” a contract —
so said Dmitry Shugaev! He spoke in Çankaya. They signed it again.

Turkey signed nothing, said another."""


def found(wanted: str) -> list[str]:
    return [passage.words for passage in find(TEXT, wanted).passages]


@pytest.mark.parametrize(
    ("wanted", "passages"),
    [
        ("signed", ["signed", "signed", "signed"]),
        ('"signed" a contract - so said', ["“signed” a contract —\nso said"]),
        ("short. Russia", ["short.\n\nRussia"]),
        ("shugaev turkey", ["Russia and Turkey have “signed” a contract —\nso said Dmitry Shugaev!"]),
        ("CANKAYA", ["He spoke in Çankaya."]),
        ("again cankaya", ["He spoke in Çankaya. They signed it again."]),
        ("nothing turkey", ["Turkey signed nothing, said another."]),
        ("Turk", ["Turk", "Turk"]),
        ("turk", []),
        ("urkey ignedx", []),
        ("rkey paragraph", []),
        ("", []),
        (" \n", []),
        ("—?!", []),
    ],
)
def test_words_are_found_as_given_or_else_in_sentences(wanted: str, passages: list[str]) -> None:
    assert found(wanted) == passages


def test_a_passage_stands_in_its_paragraph() -> None:
    passage = find(TEXT, "Dmitry").passages[0]
    assert passage.paragraph == 2
    assert passage.before == "Russia and Turkey have “signed” a contract —\nso said "
    assert passage.after == " Shugaev! He spoke in Çankaya. They signed it again."
    assert TEXT[passage.start : passage.end] == "Dmitry"


def test_long_paragraphs_are_cut_and_many_passages_are_counted() -> None:
    answer = find("word " * 1000, "word")
    assert answer.are_more
    assert len(answer.passages) == MOST
    assert [len(passage.after) for passage in answer.passages] == [AROUND + 1] * MOST


def test_it_says_whether_the_words_stand_as_given() -> None:
    assert find(TEXT, "signed").as_given
    assert not find(TEXT, "turkey shugaev").as_given


@given(st.text(alphabet="ab .\n“—ç", max_size=60), st.text(alphabet='ab .\n"-ç', max_size=5))
def test_every_passage_is_a_piece_of_the_text_between_what_stands_around_it(text: str, wanted: str) -> None:
    for passage in find(text, wanted).passages:
        assert passage.start < passage.end
        assert text[passage.start : passage.end] == passage.words
        assert passage.before + passage.words + passage.after in text
        assert passage.paragraph >= 1
