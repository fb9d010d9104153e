"""Properties of the reader of English, over generated dates and over any text at all."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from timeline.dates import Conventions, DateError, TimeSpan, read
from timeline.dates.english.tables import DAY_NAMES, MONTH_NAMES, WORDS

# Without dateparser, whose own speed and errors are not the subject.
ENGLISH = Conventions(other_languages=())
REFERENCE = date(2020, 8, 30)

days = st.dates(date(1000, 1, 1), date(9998, 12, 31))
years = st.integers(1000, 9998)
words = st.lists(
    st.one_of(
        st.sampled_from(sorted(WORDS)),
        st.integers(0, 3000).map(str),
        st.sampled_from(
            [",", "-", "–", "/", "(", ")", "?", "'", ";", ":", "the", "no later than", "1990s", "5th"]
        ),
    ),
    max_size=12,
).map(" ".join)


def ordinal(number: int) -> str:
    suffix = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{suffix}"


def edtf(text: str) -> str:
    span = read(text, conventions=ENGLISH)
    assert span is not None
    return span.edtf


@given(st.one_of(st.text(max_size=60), words), st.booleans())
@example("1" * 400, False)
@example("twenty-", False)
@example("²", False)
@example("٣ March 2020", False)
@example("-\n", True)
def test_any_text_is_read_or_refused(text: str, referred: bool) -> None:
    try:
        span = read(text, reference=REFERENCE if referred else None, conventions=ENGLISH)
    except DateError as error:
        assert 0 <= error.position <= len(text)
        assert error.reason.endswith((".", "?"))
        assert error.text == text
    else:
        assert span is None or isinstance(span, TimeSpan)


@given(words)
def test_what_is_read_without_a_reference_does_not_depend_on_it(text: str) -> None:
    try:
        span = read(text, conventions=ENGLISH)
    except DateError:
        return
    assert read(text, reference=REFERENCE, conventions=ENGLISH) == span


@given(days, st.booleans(), st.booleans())
def test_days_in_every_order(day: date, short: bool, upper: bool) -> None:
    month = MONTH_NAMES[day.month - 1]
    month = month[:3] if short else month
    weekday = DAY_NAMES[day.weekday()]
    forms = [
        f"{month} {day.day}, {day.year}",
        f"{month} {day.day} {day.year}",
        f"{month}. {ordinal(day.day)}, {day.year}",
        f"{day.day} {month} {day.year}",
        f"the {ordinal(day.day)} of {month}, {day.year}",
        f"{weekday}, {day.day} {month} {day.year}",
        f"on {weekday[:3]} {month} {day.day}, {day.year}",
        f"{day.day:02d}-{month}-{day.year}",
        f"{day.year} {month} {day.day}",
        f"{day.day}.{day.month}.{day.year}",
        f"{day.year}/{day.month:02d}/{day.day:02d}",
        f"{day:%Y%m%d}",
    ]
    for form in forms:
        assert edtf(form.upper() if upper else form) == day.isoformat()


@given(days, st.integers(1, 500))
def test_spans_of_days(start: date, length: int) -> None:
    end = min(start + timedelta(days=length), date(9999, 12, 31))
    first, last = f"{start.day} {MONTH_NAMES[start.month - 1]}", f"{end.day} {MONTH_NAMES[end.month - 1]}"
    lasted, once = f"{start}/{end}", f"[{start}..{end}]"
    assert edtf(f"from {first} {start.year} to {last} {end.year}") == lasted
    assert edtf(f"{first} {start.year} – {last} {end.year}") == lasted
    assert edtf(f"between {first} {start.year} and {last} {end.year}") == once
    if start.year == end.year:
        assert edtf(f"{first} - {last} {end.year}") == lasted
        if start.month == end.month:
            month = MONTH_NAMES[start.month - 1]
            assert edtf(f"{start.day}-{end.day} {month} {end.year}") == lasted
            assert edtf(f"{month} {start.day}–{end.day}, {end.year}") == lasted
            assert edtf(f"between {start.day} and {end.day} {month} {end.year}") == once


@given(years, years)
def test_spans_of_years(one: int, other: int) -> None:
    first, last = sorted((one, other))
    if first == last:
        last += 1
    assert edtf(f"{first}–{last}") == f"{first:04d}/{last:04d}"
    assert edtf(f"between {first} and {last}") == f"[{first:04d}..{last:04d}]"
    assert edtf(f"{last}-{first} BC") == edtf(f"{last} BC to {first} BCE")
    if first // 100 == last // 100:
        assert edtf(f"{first}–{last % 100:02d}") == f"{first}/{last}"


@given(years)
def test_relations_to_a_year(year: int) -> None:
    assert edtf(f"before {year}") == f"[..{year - 1:04d}]"
    assert edtf(f"after {year}") == f"[{year + 1}..]"
    assert edtf(f"by {year}") == edtf(f"no later than {year}") == f"[..{year}]"
    assert edtf(f"no earlier than {year}") == f"[{year}..]"
    assert edtf(f"since {year}") == f"{year}/.."
    assert edtf(f"until {year}") == f"../{year}"
    assert edtf(f"c. {year}") == f"{year}~"
    assert edtf(f"{year} BC") == f"-{year - 1:04d}"


@given(days)
def test_parts_of_a_month_cover_it_without_gaps(day: date) -> None:
    month = f"{MONTH_NAMES[day.month - 1]} {day.year}"
    whole = read(month)
    for parts in (("early", "mid", "late"), ("first half of", "second half of")):
        spans = [read(f"{part} {month}") for part in parts]
        assert whole is not None and None not in spans
        found = [span for span in spans if span is not None]
        assert (found[0].earliest, found[-1].latest) == (whole.earliest, whole.latest)
        assert all(one.latest + 1 == other.earliest for one, other in pairwise(found))
