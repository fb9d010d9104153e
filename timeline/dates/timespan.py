"""The time span: when something was, as far as it is known."""

from dataclasses import dataclass

from timeline.dates.bounds import widened_bounds
from timeline.dates.calendar import OPEN_FUTURE, OPEN_PAST, iso_bound
from timeline.dates.conventions import Conventions
from timeline.dates.display import display
from timeline.dates.expression import parse_expression

_STANDARD = Conventions()


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """An EDTF reading and the four bounds that follow from it.

    Bounds are seconds from 1970-01-01T00:00:00 of the stated local clock, inclusive; open ends are
    OPEN_PAST and OPEN_FUTURE. `edtf` is canonical: equal spans have equal texts. Precision is one of second,
    minute, hour, day, month, season, quarter, year, decade, century, range and open.
    """

    edtf: str
    earliest: int
    start_latest: int
    end_earliest: int
    latest: int
    precision: str
    approximate: bool
    uncertain: bool

    @property
    def sort_at(self) -> int:
        """Where the span stands in an ordered list; meant for nominal bounds, not widened ones."""
        if self.earliest != OPEN_PAST:
            return self.earliest
        return self.latest

    @property
    def finer_than_day(self) -> bool:
        """Whether the reading names a time of day, so that its bounds are shown as date-times."""
        return "T" in self.edtf

    def iso(self, bound: int) -> str | None:
        """One of the bounds as an ISO date, or date-time where the span names one; None for an open end."""
        return iso_bound(bound, with_time=self.finer_than_day)

    def widened(self, conventions: Conventions = _STANDARD) -> "TimeSpan":
        """The same reading with the bounds that are stored and searched.

        `~` moves the bounds apart by the convention for its unit; `?` makes sure that nothing is certain. A
        span that is neither is returned as it is. The result is always computed from `edtf`.
        """
        if not (self.approximate or self.uncertain):
            return self
        bounds = widened_bounds(parse_expression(self.edtf), conventions)
        if self.uncertain:
            bounds = bounds[0], OPEN_FUTURE, OPEN_PAST, bounds[3]
        return TimeSpan(self.edtf, *bounds, self.precision, self.approximate, self.uncertain)

    def display(self) -> str:
        """English words that say neither more nor less than the reading; see docs/dates.md."""
        return display(self.edtf)
