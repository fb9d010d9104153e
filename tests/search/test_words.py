"""What the words of a text are, and where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.search.words import spans, without_joiners, words, words_and_compounds


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S-400", "s 400"),
        ("S 400", "s 400"),
        ("s400", "s 400"),
        ("S\u2011400", "s 400"),
        ("Çavuşoğlu", "cavusoglu"),
        ("C\u0327avus\u0327og\u0306lu", "cavusoglu"),
        ("ÇAVUŞOĞLU", "cavusoglu"),
        ("Diyarbakır DİYARBAKIR", "diyarbakir diyarbakir"),
        ("Łódź, Øresund, straße, Ærø, Đà Nẵng", "lodz oresund strasse aero da nang"),
        ("Œuvre þorn", "oeuvre thorn"),
        ("ΟΔΥΣΣΕΥΣ Οδυσσεύς", "οδυσσευσ οδυσσευσ"),
        ("Ёлка йод", "елка иод"),
        ("ﬁne Ⅳ x²", "fine iv x 2"),
        ("٤٠٠ and ४००", "400 and 400"),
        ("مُحَمَّد مـحمد", "محمد محمد"),
        ("co\u00adoperation", "cooperation"),
        ("हिन्दी", "हिन्दी"),
        ("土耳其的S-400导弹", "土 耳 其 的 s 400 导 弹"),
        ("がっこう", "か\u3099 っ こ う"),
        ("ﾐｻｲﾙ", "ミ サ イ ル"),
        ("ไทย", "ไ ท ย"),
        ("Turkey’s", "turkey s"),
        ("U.S. a_b 2020-03-15", "u s a b 2020 03 15"),
        ("🚀 ¶ « » … '' --", ""),
        ("", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("S-400", []),
        ("co-operation and co-ordination", ["cooperation", "coordination"]),
        ("Sana'a, Sana’a, Sana\u02bba", ["sanaa", "sanaa", "sanaa"]),
        ("Su-57E-variant", ["su 57 evariant"]),
        ("Mehmet-Çavuşoğlu", ["mehmetcavusoglu"]),
        ("1914-18", ["191418"]),
        ("- 'a' b- -c 1914–18", []),
    ],
)
def test_compounds_are_joined_where_that_makes_another_word(text: str, expected: list[str]) -> None:
    single, compounds = words_and_compounds(text)
    assert [" ".join(compound) for compound in compounds] == expected
    assert single == words(text)


def test_without_joiners_each_compound_is_one_word() -> None:
    assert without_joiners("anti-tank state-of-the-art") == ["antitank", "stateoftheart"]


@pytest.mark.parametrize("text", ["a" * 250, "é" * 250])
def test_a_long_run_of_letters_is_several_words(text: str) -> None:
    assert [len(word) for word in words(text)] == [100, 100, 50]


@pytest.mark.parametrize("sign", ["a-", "é-", "a'", "हि", "a\u0903", "é", "é_", "-é"])
def test_no_word_is_longer_than_postgresql_takes(sign: str) -> None:
    for text in (sign * 5_000, "\U0001d4d0\u0903\u0903\u0903" * 500):
        single, compounds = words_and_compounds(text)
        for word in (*single, *(word for compound in compounds for word in compound)):
            assert 0 < len(word.encode()) < 2_046


TEXTS = st.text(
    st.sampled_from("aZ9é-'’ ıİßŁ\u0301\u00ad土がไทยहि٤…ﬁ½🚀_.") | st.characters(exclude_categories=["Cs"])
)


@given(TEXTS)
def test_spans_are_the_words_with_their_places(text: str) -> None:
    single, compounds = spans(text)
    assert [span.words[0] for span in single] == words(text)
    assert [list(span.words) for span in compounds] == words_and_compounds(text)[1]
    for span in (*single, *compounds):
        assert 0 <= span.start < span.end <= len(text)
    assert sorted(single, key=lambda span: span.start) == single


@given(TEXTS)
def test_words_stay_as_they_are_when_read_again(text: str) -> None:
    found = words(text)
    assert words(" ".join(found)) == found
    assert all(word and " " not in word and word == word.lower() for word in found)


def test_a_span_covers_the_accents_that_were_taken_off() -> None:
    single, compounds = spans("le co-ope\u0301ration e\u0301")
    assert [(span.start, span.end) for span in single] == [(0, 2), (3, 5), (6, 16), (17, 19)]
    assert [(span.start, span.end) for span in compounds] == [(3, 16)]
