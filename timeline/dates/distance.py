"""How far one time span is from another, in days, as far as their bounds tell."""

from typing import NamedTuple, Protocol

from timeline.dates.calendar import DAY, OPEN_FUTURE, OPEN_PAST


class Bounded(Protocol):
    """What has the outer bounds of a time span."""

    @property
    def earliest(self) -> int: ...

    @property
    def latest(self) -> int: ...


class Days(NamedTuple):
    """From `least` to `most` days later; negative is earlier, None has no bound."""

    least: int | None
    most: int | None

    def words(self) -> str:
        """“124 to 333 days later”, “at least 3 days earlier”, “on the same day”."""
        least, most = self.least, self.most
        if least is None and most is None:
            return "earlier or later by any number of days"
        if least is None or most is None:
            return _one_end(least, most)
        if least == most == 0:
            return "on the same day"
        if least >= 0 or most <= 0:
            low, high = sorted((abs(least), abs(most)))
            return f"{_days(low, high)} {'later' if most > 0 else 'earlier'}"
        return f"from {_days(-least)} earlier to {_days(most)} later"


def days_between(first: Bounded, then: Bounded) -> Days:
    """How many days `then` is after `first`, whatever the two mean: from `least` to `most`.

    Counted from day to day, so that times of day do not matter. Both are dated.
    """
    return Days(_between(first.latest, then.earliest), _between(first.earliest, then.latest))


def _between(first: int, then: int) -> int | None:
    if not (OPEN_PAST < first < OPEN_FUTURE and OPEN_PAST < then < OPEN_FUTURE):
        return None
    return then // DAY - first // DAY


def _one_end(least: int | None, most: int | None) -> str:
    if least is not None:
        if least < 0:
            return f"at most {_days(-least)} earlier, or later"
        return f"at least {_days(least)} later" if least else "on the same day or later"
    most = most or 0
    if most > 0:
        return f"at most {_days(most)} later, or earlier"
    return f"at least {_days(-most)} earlier" if most else "on the same day or earlier"


def _days(low: int, high: int | None = None) -> str:
    if high is not None and high != low:
        return f"{low:,} to {high:,} days"
    return f"{low:,} day{'' if low == 1 else 's'}"
