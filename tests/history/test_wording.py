"""Two wordings side by side: the fewest words marked, and a bound for what it takes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timeline.history.wording import ADDED, LEFT_OUT, REMOVED, SAME, Effort, pieces, runs

SIGNS = {SAME: "{}", REMOVED: "[-{}-]", ADDED: "[+{}+]", LEFT_OUT: "<{}>"}


def marked(before: str, after: str, effort: Effort | None = None) -> str:
    return "".join(SIGNS[kind].format(text) for kind, text in pieces(before, after, effort or Effort()))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("arrived in July.", "arrived in August.", "arrived in [-July-][+August+]."),
        ("It was signed.", "It was not signed.", "It was [+not +]signed."),
        ("", "New", "[+New+]"),
        ("Old", "", "[-Old-]"),
        ("One\nTwo\nThree\n", "One\nThree\n", "One\n[-Two\n-]Three\n"),
        # What only a space stands between is one change.
        ("by two men here", "by four women here", "by [-two men-][+four women+] here"),
        # Nothing alike is not told word by word.
        ("An old cat sat here", "Two young dogs, off", "[-An old cat sat here-][+Two young dogs, off+]"),
        ("Türkiye'de", "Türkiye'nin", "Türkiye'[-de-][+nin+]"),
    ],
)
def test_what_is_marked(before: str, after: str, expected: str) -> None:
    assert marked(before, after) == expected


def test_what_stays_in_a_long_text_is_left_out_but_for_what_stands_around() -> None:
    same = "word " * 1000
    told = marked(f"{same}one {same}", f"{same}two {same}")
    assert told.startswith("<…>word word")
    assert "[-one-][+two+]" in told
    assert len(told) < 400
    assert "10,000 characters more" in marked("", "b" * 14_000)


texts = st.lists(st.sampled_from("abc"), max_size=12)


@given(texts, texts)
def test_the_runs_make_both_and_as_much_as_can_be_is_the_same(one: list[str], other: list[str]) -> None:
    found = runs(one, other, Effort())
    assert [word for run in found for word in one[slice(*run.one)]] == one
    assert [word for run in found for word in other[slice(*run.other)]] == other
    same = [run for run in found if run.is_same]
    assert all(one[slice(*run.one)] == other[slice(*run.other)] for run in same)
    assert sum(run.one[1] - run.one[0] for run in same) == longest_common(one, other)


def longest_common(one: list[str], other: list[str]) -> int:
    """By the textbook, which is quadratic."""
    row = [0] * (len(other) + 1)
    for left in one:
        before = row
        row = [0]
        for at, right in enumerate(other):
            row.append(before[at] + 1 if left == right else max(before[at + 1], row[at]))
    return row[-1]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ab " * 50_000, "ba " * 50_000),
        (". ," * 50_000, ", ." * 50_000),
        ("\n".join(map(str, range(50_000))), "\n".join(map(str, range(50_000, 0, -1)))),
    ],
)
def test_texts_made_to_be_compared_for_ever_end_the_effort(before: str, after: str) -> None:
    effort = Effort()
    told = marked(before, after, effort)
    assert effort.left > -20_000 - len(before)
    assert "[-" in told
    assert "[+" in told
    assert len(told) < 20_000
    # What comes after is still shown.
    assert marked("one two", "one three", effort)
