"""Imprecise time in pure Python: what a date says, no more and no less. No Django, no database, no clock."""

from timeline.dates.calendar import OPEN_FUTURE, OPEN_PAST
from timeline.dates.conventions import Conventions
from timeline.dates.distance import Days, days_between
from timeline.dates.edtf import parse_edtf
from timeline.dates.english import read
from timeline.dates.errors import DateError
from timeline.dates.timespan import TimeSpan

__all__ = [
    "OPEN_FUTURE",
    "OPEN_PAST",
    "Conventions",
    "DateError",
    "Days",
    "TimeSpan",
    "days_between",
    "parse_edtf",
    "read",
]
