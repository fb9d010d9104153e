"""EDTF text to a time span."""

from functools import lru_cache

from timeline.dates.bounds import nominal_bounds
from timeline.dates.calendar import OPEN_FUTURE, OPEN_PAST
from timeline.dates.date import APPROXIMATE, UNCERTAIN, Date
from timeline.dates.expression import canonical_text, dates_of, parse_expression
from timeline.dates.timespan import TimeSpan


# Who takes an event in, stores it and shows it reads its date each time.
@lru_cache(maxsize=20_000)
def parse_edtf(text: str) -> TimeSpan:
    """Read EDTF (Library of Congress, 2019, levels 0, 1 and 2). Raise DateError.

    The bounds are the nominal ones: `~` and `?` do not move them before `widened`.
    """
    expression = parse_expression(text)
    bounds = nominal_bounds(expression)
    if isinstance(expression, Date):
        precision, qualifiers = expression.precision, expression.qualifiers
    else:
        precision = "open" if bounds[0] == OPEN_PAST or bounds[3] == OPEN_FUTURE else "range"
        qualifiers = 0
        for date in dates_of(expression):
            qualifiers |= date.qualifiers
    approximate, uncertain = bool(qualifiers & APPROXIMATE), bool(qualifiers & UNCERTAIN)
    return TimeSpan(canonical_text(expression), *bounds, precision, approximate, uncertain)
