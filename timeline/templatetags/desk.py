"""The desk on the first page of the admin."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from django import template
from django.urls import reverse

from timeline import desk
from timeline.contradictions import notes
from timeline.contradictions.counting import open_findings
from timeline.desk import Counted

register = template.Library()


class Line(NamedTuple):
    """One pile as a link: `3 events`."""

    text: str
    address: str
    is_empty: bool


@register.simple_tag
def desk_of(user: Any) -> list[tuple[str, list[Line]]]:
    """What waits for the user, by title. Runs one query, and those of `open_findings` for who sees them."""
    piles = groupby(desk.desk(user), key=lambda counted: counted.pile.title)
    found = [(title, [_line(counted) for counted in group]) for title, group in piles]
    if user.has_perm(notes.VIEW):
        found.append(("Contradictions", [_contradictions(user)]))
    return found


def _line(counted: Counted) -> Line:
    meta = counted.pile.rows.model._meta
    noun = meta.verbose_name if counted.number == 1 else meta.verbose_name_plural
    number = f"more than {counted.number:,}" if counted.more else counted.number or "no"
    listed = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return Line(f"{number} {noun}", f"{listed}?{counted.pile.asked}", not counted.number)


def _contradictions(user: Any) -> Line:
    counted = open_findings(user)
    number: Any = counted.number or "no"
    if counted.more:  # nothing, where the first of many have been looked at
        number = f"at least {counted.number}" if counted.number else "perhaps some"
    findings = "finding" if counted.number == 1 else "findings"
    is_empty = not (counted.number or counted.more)
    return Line(f"{number} {findings}", reverse("admin:timeline_checknote_changelist"), is_empty)
