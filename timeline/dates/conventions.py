"""What circa means here, in numbers: conventions that no calendar settles and an installation may change."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Conventions:
    """How far `~` reaches to either side, by the unit it stands at, and what words mean that differ by house.

    The reasons are in docs/dates.md.
    An installation that changes one of these restamps its stored bounds afterwards.
    """

    circa_days: int = 3
    circa_months: int = 1
    circa_season_months: int = 2  # seasons, quarters, quadrimesters and semesters
    circa_years: int = 5
    circa_decade_years: int = 5
    circa_century_years: int = 25
    circa_millennium_years: int = 100
    circa_long_year_percent: int = 5  # years of more than four digits: nobody means five years there

    # 03/04/2020: the day or the month first, or one of the two days.
    numeric_dates_begin_with: Literal["either", "day", "month"] = "either"
    # The first of the hundred years that '98 may mean; None: the last such year up to the reference date.
    short_year_start: int | None = None
    # 1921-22 with a plain hyphen: EDTF's summer of 1921, or the span that catalogues mean.
    short_spans_with_hyphen: bool = False
    # Early, mid and late in decades, centuries and millennia: thirds, or halves with a middle half.
    stage_years: Literal["thirds", "halves"] = "thirds"
    # Of the hundreds, those whose "s" is the decade, as in "the 2000s"; "the 1900s" is the century.
    hundreds_that_are_decades: frozenset[int] = frozenset({2000})
    # Whether a half, quarter or such stage ends with the year in which the next begins: 1700-1750.
    neighbouring_parts_meet: bool = False
    # Words that are no date may stand before one, up to a mark: "Ming Dynasty (1368-1644)".
    labels: bool = False
    # Phases of a thing whose dates do not count beside others ("1970, printed 1985"), and phases whose dates
    # count instead. They are: plan, making, life, printing, remaking, copying, showing.
    phases_left_out: frozenset[str] = frozenset()
    phases_that_replace: frozenset[str] = frozenset()
    # The languages that dateparser is asked for where no English rule knows the words.
    other_languages: tuple[str, ...] = ("fr", "de", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr")
