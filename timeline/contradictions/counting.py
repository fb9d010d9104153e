"""How many findings are open, counted no further than anybody wants to know."""

from __future__ import annotations

from typing import Any, NamedTuple

from timeline.contradictions.notes import noted
from timeline.contradictions.registry import CHECKS

# Of each check so many rows are looked at; when so many are open, the others are not.
MOST = 100


class Open(NamedTuple):
    """So many are open; with `more`, at least so many."""

    number: int
    more: bool


def open_findings(user: Any) -> Open:
    """What the user may see and nobody has looked at. Runs a query a check, and some for what it finds.

    The rows are taken as they come.
    """
    number, more = 0, False
    for check in CHECKS:
        if number >= MOST:
            return Open(MOST, True)
        rows = list(check.rows(user).order_by()[: MOST + 1])
        found = [one for one in check.tell(rows[:MOST]) if one is not None]
        number += sum(one.note is None for one in noted(user, found).values())
        more |= len(rows) > MOST
    return Open(min(number, MOST), more or number > MOST)
