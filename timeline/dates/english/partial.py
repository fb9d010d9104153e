"""What one date of a text says by itself, and what it takes from its neighbours: "12-15 March 2020"."""

from itertools import pairwise
from typing import Final

from timeline.dates.date import DIVISIONS
from timeline.dates.english.parts import Part
from timeline.dates.english.points import Reading


class Partial:
    """One date as far as its own words go. None is what they leave out.

    `kind` is day, month, season (`number` is EDTF's code, of quarters and halves too), year, decade (`number`
    is its first year), century, millennium, number or ordinal (bare ones, whose meaning a neighbour settles),
    short end, three digits, small year, which year, no year and day or year (the 13 of "1999-13", the 065 of
    "2020-065", the 118 of "1917 or 118", the December of "December and January 2020", the August of
    "August to 2021", the 05 of "May 5, 05"; all are refused),
    part ("mid-" in "mid- to late March"), reading (`reading` has it), present or unknown (as an end).
    """

    __slots__ = (
        "approximate",
        "bare",
        "beside_decade",
        "borrowed",
        "clock",
        "clock_first",
        "day",
        "digits",
        "edge",
        "era",
        "era_first",
        "every",
        "joint",
        "kind",
        "link",
        "marked",
        "marks",
        "month",
        "month_first",
        "number",
        "opener",
        "parts",
        "phase",
        "reading",
        "relation",
        "short",
        "so_far",
        "spreads",
        "start",
        "uncertain",
        "week",
        "weekday",
        "within",
        "year",
    )

    def __init__(self, start: int) -> None:
        self.start = start
        self.kind = ""
        self.link = ""
        # The word or mark of the link: dash, to or until.
        self.joint = ""
        self.parts: tuple[Part, ...] = ()
        self.year: int | None = None
        self.month: int | None = None
        self.day: int | None = None
        self.number = 0
        self.digits = 0
        # Whether two digits were taken for a day that may be a year: "May 5, 05", "12 Aug-14".
        self.bare = False
        self.beside_decade = self.borrowed = self.month_first = False
        self.era: str | None = None
        self.era_first = False
        self.every = False
        self.short = False
        # EDTF's time of day; T24 lasts into the next day, and T48 may have begun on the day before, too.
        self.clock = ""
        self.clock_first = False
        self.weekday: int | None = None
        self.so_far = 0
        # The words mean a time within the reading ("before dawn"), so that neither side of it leaves it out.
        self.within = False
        # They mean where its whole begins or ends, as "after the end of 5 March" does and "late on" does not.
        self.edge = False
        self.week: str | None = None
        self.approximate = False
        self.uncertain = False
        self.relation: str | None = None
        # The outer word of a relation, from or since, and whether it holds for the whole range.
        self.opener = ""
        self.spreads = False
        self.phase: str | None = None
        self.reading: Reading | None = None
        # EDTF's qualifiers of single parts, and the date with them once it is resolved.
        self.marks: dict[str, str] = {}
        self.marked = ""

    def is_day_number(self) -> bool:
        """Whether a bare number may be the day of a month."""
        return 1 <= self.number <= 31 and self.digits <= 2

    def is_hundred(self, decades: frozenset[int]) -> bool:
        """Whether "1900s" is the century: not where a decade beside it shows that decades are counted."""
        if self.number % 100 or self.digits < 3 or self.beside_decade:
            return False
        return self.era == "BC" or self.number not in decades


# Kinds whose words may leave the year to a neighbour or to the reference date.
WITHIN_YEAR: Final = frozenset(("day", "month", "season"))
_ERAS: Final = frozenset(("year", "decade", "century", "millennium"))
_NUMBERED: Final = frozenset(("half", "third", "quarter"))
_BARE: Final = frozenset(("number", "ordinal", "part"))
# The Byzantine Empire lasted 1,123 years, and is written "330-1453".
_LONGEST_SPAN: Final = 1_200
# Relations that leave the beginning open.
UPPER: Final = frozenset(("before", "by", "until"))
# Between two dates: they are the first and the last.
RANGES: Final = frozenset(("to", "between", "slash"))


def is_overnight(hour: int, end: str) -> bool:
    """Whether midnight lies between an hour of either half of the day and a time: "10 to 2 a.m."."""
    return end != "" and hour % 12 * 60 >= minutes_of(end)


def minutes_of(clock: str) -> int:
    """The minutes since midnight."""
    return int(clock[1:3]) * 60 + (int(clock[4:6]) if clock[3:4] == ":" else 0)


def fill(partials: list[Partial]) -> None:
    """Let every date take what it leaves out from its neighbours: from before it, then from behind it."""
    _spread_relations(partials)
    _fill_from_before(partials)
    for behind, partial in pairwise(reversed(partials)):
        _complete_from_behind(partial, behind)
    _fill_years(partials)


def _fill_from_before(partials: list[Partial]) -> None:
    for before, partial, behind in zip(partials, partials[1:], [*partials[2:], None], strict=False):
        if partial.kind in _BARE:
            if not _begins_next_range(partial, behind):
                partial.bare = _may_be_a_year(partial, before, behind)
                _complete_from_before(partial, before)
                partial.bare &= partial.kind == "day"
        elif partial.kind == "day" and partial.month is None:
            partial.month = before.month
        elif (
            partial.short
            and partial.kind not in WITHIN_YEAR
            and before.kind in ("year", "decade")
            and not before.short
        ):
            # "1840s-50s", "1930-40's" and "1996-'98" are in one century.
            partial.number, partial.short = partial.number + before.number // 100 * 100, False
            partial.year = partial.number if partial.kind == "year" else None
        if partial.kind == before.kind == "decade":
            _compare_decades(before, partial)
        if before.era_first and before.era == "BC" and partial.era is None:
            # "BC 44-30": the era in front holds for both.
            partial.era = "BC"
            if partial.kind == "number":
                partial.kind, partial.year = "year", partial.number


def _may_be_a_year(partial: Partial, before: Partial, behind: Partial | None) -> bool:
    """Whether two digits behind a day may be a year: "May 5, 05", "12 Aug-14"; not "May 5th, 12th"."""
    if partial.kind != "number" or partial.digits != 2:
        return False
    follows_number = before.kind == "day" and before.digits in (1, 2)
    if partial.link == "to":
        return partial.joint == "dash" and not (before.month_first or follows_number)
    # In "May 5, 12, 19" the days are counted on; "May 3-5, 12" may be of a year.
    counted = follows_number and before.link == "next" and partial.number > (before.day or 0)
    return partial.link == "next" and behind is None and not counted


def _fill_years(partials: list[Partial]) -> None:
    """Give the year of the date before, and mark those whose year or digits nothing in the text settles."""
    for before, partial in pairwise(partials):
        if partial.year is not None or partial.kind not in WITHIN_YEAR or before.year is None:
            pass
        elif before.kind == "year" and partial.link in RANGES:
            # "From 1914 to May".
            partial.kind = "which year"
        else:
            later = partial.link in RANGES and _place(partial) < _place(before)
            _take_year(partial, before, int(later))
        _check_ages(before, partial)
    if any(partial.year is not None or partial.kind in _ERAS for partial in partials):
        # A year stands in the text, so that the reference date's is not meant.
        without, kind = [partial for partial in partials if partial.year is None], "no year"
    else:
        without, kind = [partial for partial in partials if partial.bare], "day or year"
    for partial in without:
        partial.kind = kind if partial.kind in WITHIN_YEAR else partial.kind


def _spread_relations(partials: list[Partial]) -> None:
    """Tell "after 3-5 May", "since 2018-19" and "since 2018/19", which have no end, from what has one."""
    head = partials[0]
    for before, partial in pairwise(partials):
        if partial.link not in RANGES:
            head = partial
        elif partial.spreads:
            # "1445 - 1513 or before" has an end, "1914-18 or before" is a time that is not known.
            said = partial.link == "between" or partial.joint in ("to", "until")
            partial.spreads = (not said or before.kind == "part") and (
                _leaves_out(before) or _leaves_out(partial)
            )
        elif head.relation is not None and partial.relation is None:
            head.spreads = not (partial.link == "to" and _is_end(head, before, partial))
            if head.relation == "since" and not head.spreads:
                head.relation = None


def _is_end(head: Partial, before: Partial, partial: Partial) -> bool:
    """Whether the range ends with this date, and the relation before it is about its beginning only."""
    if head.opener == "from" or partial.joint == "until" or partial.kind in ("present", "unknown"):
        return True
    if _leaves_out(before) or _leaves_out(partial):
        return False
    if head.opener == "since":
        return partial.joint == "to"
    # Catalogues write "after 1480 - 1547".
    years = before.kind == partial.kind == "year" and not (before.parts or partial.parts)
    return partial.joint == "dash" and years


def _leaves_out(partial: Partial) -> bool:
    """Whether a neighbour has to complete the date."""
    missing = partial.year is None or (partial.kind == "day" and partial.month is None)
    return partial.kind in _BARE or partial.short or (partial.kind in WITHIN_YEAR and missing)


def _begins_next_range(partial: Partial, behind: Partial | None) -> bool:
    """Whether the 1 of "21-30 June or 1-10 July" is in July; the 5 of "May 3 or 5-June 2" is in May."""
    return (
        behind is not None
        and partial.link not in RANGES
        and behind.link in RANGES
        and behind.kind == "day"
        and behind.month is not None
        and not behind.month_first
    )


def _check_ages(before: Partial, partial: Partial) -> None:
    """Mark the 118 of "1917 or 118", where a digit may be missing; only spans of years may be so long."""
    first, second = _stated_year(before), _stated_year(partial)
    if first is None or second is None or before.era or partial.era:
        return
    spans = partial.link in RANGES and partial.kind == before.kind == "year" and partial.relation is None
    if spans and second - first <= _LONGEST_SPAN:
        return
    if (first < 1000) != (second < 1000):
        (before if first < 1000 else partial).kind = "small year"


def _stated_year(partial: Partial) -> int | None:
    if partial.short:
        return None
    return partial.number if partial.kind == "decade" else partial.year


def _compare_decades(before: Partial, partial: Partial) -> None:
    """In "1900s to 1930s" and "1890s and 1900s" the 1900s are a decade; "1700s-1820s" does not say."""
    follows = partial.number == before.number + 10
    begins = (
        before.number % 100 == 0 and partial.number // 100 == before.number // 100 and partial.number % 100
    )
    partial.beside_decade = follows
    before.beside_decade |= follows or bool(begins)


def _complete_from_before(partial: Partial, before: Partial) -> None:
    """Settle a bare number by what stands before it: "March 12-15", "1914-18", "1840s-50s"."""
    if before.kind == "day" and before.month is not None and partial.is_day_number():
        partial.kind, partial.day, partial.month = "day", partial.number, before.month
    elif partial.kind == "ordinal" and before.kind in ("century", "millennium"):
        partial.kind, partial.era = before.kind, partial.era or before.era
    elif partial.kind == "number" and before.kind == "year" and partial.digits < before.digits:
        _complete_year(partial, before)


def _complete_year(partial: Partial, before: Partial) -> None:
    """Read the 18 of "1914-18" as 1918; it is never in the next century, for "1999-13" is a mistake."""
    if before.era == "BC" or partial.era is not None or before.digits < 4:
        return
    scale = 10**partial.digits
    number = before.number - before.number % scale + partial.number
    if partial.digits == 3:
        partial.kind = "three digits"
    elif number > before.number:
        partial.kind, partial.number, partial.year, partial.digits = "year", number, number, before.digits
    elif partial.link in RANGES:
        partial.kind = "short end"


def _complete_from_behind(partial: Partial, behind: Partial) -> None:
    """Settle what is left to the date that follows: "10 and 14 May", "500-450 BC", "mid- to late May"."""
    if partial.kind in _BARE:
        _take_kind(partial, behind)
    if partial.kind in WITHIN_YEAR:
        if partial.year is None and behind.year is not None and behind.kind in WITHIN_YEAR:
            # "December to January 2020" began in December 2019.
            earlier = behind.link in RANGES and _place(partial) > _place(behind)
            _take_year(partial, behind, -int(earlier))
            if not earlier and _place(partial) >= (10, 0) and _place(behind) < (4, 0):
                partial.kind = "which year"
    elif partial.kind in _ERAS and partial.era is None and not partial.short:
        partial.era = behind.era


def _take_year(partial: Partial, other: Partial, later: int) -> None:
    """Give the partial the other one's year, or that so many years later."""
    partial.year = None if other.year is None else other.year + later
    partial.short, partial.era = other.short, other.era


def _take_kind(partial: Partial, behind: Partial) -> None:
    if partial.kind == "part":
        # "Mid- to late 2018" is some time in these parts, and not both ends of something that lasted.
        partial.borrowed = True
        for name in ("kind", "year", "short", "month", "day", "number", "digits", "era", "reading", "week"):
            setattr(partial, name, getattr(behind, name))
    elif partial.kind == "ordinal" and behind.parts and behind.parts[-1].division in _NUMBERED:
        # "The first or second half of 1914".
        part = Part(behind.parts[-1].division, partial.number - 1, partial.number - 1)
        _take_kind(_as_part(partial, part), behind)
    elif behind.kind == "day" and behind.clock_first:
        # "Between 3 and 5 p.m. on 5 March" is on that day; "between 10 and 2 a.m." goes beyond it.
        partial.kind, partial.day, partial.month = "day", behind.day, behind.month
        partial.within, partial.clock = True, "T48" if is_overnight(partial.number, behind.clock) else ""
        behind.clock = partial.clock
    elif behind.kind == "day" and partial.is_day_number():
        partial.kind, partial.day, partial.month = "day", partial.number, behind.month
    elif behind.kind in ("century", "millennium") and (partial.kind == "ordinal" or partial.number <= 30):
        partial.kind = behind.kind
    elif partial.kind == "number" and behind.kind == "year" and (behind.era or _is_small(behind)):
        # "40-100 AD" and "69 - 140"; before a year of four digits the number may be anything.
        partial.kind, partial.year, partial.era = "year", partial.number, behind.era


def _is_small(behind: Partial) -> bool:
    return behind.digits == 3 and behind.link in RANGES


def _as_part(partial: Partial, part: Part) -> Partial:
    partial.kind, partial.parts = "part", (*partial.parts, part)
    return partial


def _place(partial: Partial) -> tuple[int, int]:
    """The place in the year, to tell whether a range runs over its end."""
    if partial.kind == "season":
        return (DIVISIONS[partial.number][0], 0)
    return (partial.month or 0, partial.day or 0)
