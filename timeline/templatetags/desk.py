"""The desk on the first page of the admin."""

from __future__ import annotations

from itertools import groupby
from typing import Any, NamedTuple

from django import template
from django.urls import reverse

from timeline import desk
from timeline.desk import Counted

register = template.Library()


class Line(NamedTuple):
    """One pile as a link: `3 events`."""

    text: str
    address: str
    is_empty: bool


@register.simple_tag
def desk_of(user: Any) -> list[tuple[str, list[Line]]]:
    """What waits for the user, by title. Runs one query."""
    piles = groupby(desk.desk(user), key=lambda counted: counted.pile.title)
    return [(title, [_line(counted) for counted in group]) for title, group in piles]


def _line(counted: Counted) -> Line:
    meta = counted.pile.rows.model._meta
    noun = meta.verbose_name if counted.number == 1 else meta.verbose_name_plural
    number = f"more than {counted.number:,}" if counted.more else counted.number or "no"
    listed = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return Line(f"{number} {noun}", f"{listed}?{counted.pile.asked}", not counted.number)
