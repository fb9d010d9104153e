"""Hypothesis strategies: EDTF of all three levels, and windows to search with."""

from hypothesis import strategies as st

from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.dates.calendar import first_of_month, month_length

marks = st.sampled_from(["", "", "", "?", "~", "%"])
signs = st.sampled_from(["", "", "", "-"])


@st.composite
def masked(draw: st.DrawFn, digits: str) -> str:
    """The digits with some of them unspecified."""
    return "".join("X" if draw(st.integers(0, 4)) == 0 else digit for digit in digits)


@st.composite
def years(draw: st.DrawFn) -> tuple[str, int]:
    sign = draw(signs)
    number = draw(st.integers(1 if sign else 0, 9999))
    return sign, number


@st.composite
def dates(draw: st.DrawFn) -> str:
    """A year, month, season or day, with qualifiers and unspecified digits, that is always real."""
    sign, number = draw(years())
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, month_length(-number if sign else number, month)))
    parts = [f"{number:04d}"]
    depth = draw(st.integers(0, 3))
    if depth == 3:
        parts.append(str(draw(st.integers(21, 41))))
    elif depth:
        parts += [f"{month:02d}", f"{day:02d}"][:depth]
    if draw(st.booleans()):
        parts = [part if depth == 3 and index else draw(masked(part)) for index, part in enumerate(parts)]
    if draw(st.booleans()):
        parts = [draw(marks) + part + draw(marks) for part in parts]
    text = "-".join(parts)
    # The sign belongs behind the qualifier of the year.
    return f"{text[0]}{sign}{text[1:]}" if text[0] in "?~%" else sign + text


@st.composite
def clocks(draw: st.DrawFn) -> str:
    sign, number = draw(years())
    month = draw(st.integers(1, 12))
    day = draw(st.integers(1, month_length(-number if sign else number, month)))
    time = ":".join(
        [
            f"{draw(st.integers(0, 23)):02d}",
            f"{draw(st.integers(0, 59)):02d}",
            f"{draw(st.integers(0, 59)):02d}",
        ][: draw(st.integers(1, 3))]
    )
    zone = draw(st.sampled_from(["", "", "Z", "+02", "-04:30", "+14:00", "-12:00", "+00:59"]))
    return f"{sign}{number:04d}-{month:02d}-{day:02d}T{time}{zone}"


@st.composite
def estimated_years(draw: st.DrawFn) -> str:
    mark = draw(marks)
    if draw(st.booleans()):
        sign, number = draw(years())
        return f"{sign}{number:04d}S{draw(st.integers(1, 6))}{mark}"
    text = f"Y{draw(signs)}{draw(st.integers(10_000, 99_999_999))}"
    if draw(st.booleans()):
        text += f"E{draw(st.integers(1, 3))}"
    if draw(st.booleans()):
        text += f"S{draw(st.integers(1, 12))}"
    return text + mark


@st.composite
def intervals(draw: st.DrawFn) -> str:
    """Not always in order: who uses it drops what is refused."""
    ends = st.one_of(dates(), st.just(".."), st.just(""))
    return f"{draw(ends)}/{draw(ends)}"


@st.composite
def sets(draw: st.DrawFn) -> str:
    """Not always in order: who uses it drops what is refused."""
    elements = draw(st.lists(st.one_of(dates(), clocks()), min_size=1, max_size=4))
    first, last = draw(st.booleans()), draw(st.booleans())
    if draw(st.booleans()):
        elements.append(
            "..".join(sorted(f"{year:04d}" for year in draw(st.tuples(*[st.integers(0, 9999)] * 2))))
        )
    if first:
        elements[0] = f"..{draw(dates())}"
    if last:
        elements.append(f"{draw(dates())}..")
    inside = ",".join(elements)
    return draw(st.sampled_from([f"[{inside}]", f"{{{inside}}}"]))


expressions = st.one_of(dates(), clocks(), estimated_years(), intervals(), sets())

# Windows near the years that the dates have, and some that are open.
moments = st.one_of(
    st.integers(first_of_month(-10_000, 1), first_of_month(10_000, 1)),
    st.sampled_from([OPEN_PAST, OPEN_FUTURE, 0]),
)
windows = st.tuples(moments, moments).map(lambda ends: (min(ends), max(ends)))
