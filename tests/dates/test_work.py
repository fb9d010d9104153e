"""No text is slow to read: the work is counted, for clocks belong in benchmarks/."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType

import pytest

from timeline.dates import Conventions, DateError, parse_edtf, read
from timeline.dates.english import MAX_LENGTH as ENGLISH_LENGTH
from timeline.dates.expression import MAX_LENGTH as EDTF_LENGTH


def calls(reader: Callable[[str], object], text: str) -> int:
    """The number of Python and C functions called while the text is read or refused."""
    count = 0

    def observe(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(observe)
    try:
        with suppress(DateError):
            reader(text)
    finally:
        sys.setprofile(before)
    return count


def growth(reader: Callable[[str], object], half: str, whole: str) -> float:
    """How many times the work grows from a text to one of twice its length."""
    calls(reader, half)  # What is done only once, such as imports, is done now.
    return calls(reader, whole) / calls(reader, half)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 100_000,
        "Y1E" + "9" * 100_000,
        "[" + "2020," * 20_000,
        "?" * 100_000,
        "X" * 100_000,
    ],
    ids=lambda text: text[:8],
)
def test_what_is_too_long_is_refused_unread_as_edtf(text: str) -> None:
    with pytest.raises(DateError, match="at most 1,000 characters"):
        parse_edtf(text)
    assert calls(parse_edtf, text) < 20


@pytest.mark.parametrize(
    ("start", "repeated", "end"),
    [
        ("", "9", ""),
        ("", "X", ""),
        ("", "?", ""),
        ("", "-", ""),
        ("", "/", ""),
        ("", "2020-", ""),
        ("Y", "9", ""),
        ("Y1E", "9", ""),
        ("Y-17E9S", "9", ""),
        ("1950S", "9", ""),
        ("[", "2020,", "2021]"),
        ("[", "XXXX-02-29,", "XXX1-02-29]"),
        ("{", "-1X3X-X2-3X,", "2020}"),
        ("[", "XXXX-XX-XX,", "2020}"),
        ("[", "2020..2021,", "2022..]"),
    ],
)
def test_work_grows_no_faster_than_edtf(start: str, repeated: str, end: str) -> None:
    half = (EDTF_LENGTH - len(start + end)) // len(repeated) // 2
    texts = [start + repeated * count + end for count in (half, 2 * half)]
    # The reading itself: what has been read once is remembered.
    assert growth(parse_edtf.__wrapped__, *texts) <= 2.2


def test_what_is_too_long_is_refused_unread_in_english() -> None:
    text = "1" * 100_000
    with pytest.raises(DateError, match="at most 500 characters"):
        read(text)
    assert calls(read, text) < 20


@pytest.mark.parametrize(
    "unit",
    [
        "c. ",
        "first ",
        "early ",
        "mid-",
        "(",
        "1,",
        "1-",
        "1/",
        "no later ",
        "a.",
        "of ",
        "1914 or ",
        "a couple of ",
        "2019-05 / ",
        "202-May or ",
        "2020-May or ",
        "1[",
        "? ",
        "'",
    ],
)
def test_work_grows_no_faster_than_english(unit: str) -> None:
    half = ENGLISH_LENGTH // len(unit) // 2
    english = partial(read, conventions=Conventions(other_languages=()))
    assert growth(english, unit * half, unit * 2 * half) <= 2.2
