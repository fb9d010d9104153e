"""The only importer of dateparser: other languages, as the last resort."""

from datetime import date

from timeline.dates.conventions import Conventions
from timeline.dates.timespan import TimeSpan


def read_other_languages(text: str, *, reference: date | None, conventions: Conventions) -> TimeSpan | None:
    return None
