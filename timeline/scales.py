"""Classes of time spans by their length, so that a search in time looks back no further than it has to.

A span of class k that touches the window [a, b] has its `sort_at` in [a - reach, b + reach]. So the spans of
each class that a window can touch are one range of an index over (class, sort_at, id).
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.expressions import Func

from timeline.dates import OPEN_FUTURE, OPEN_PAST
from timeline.fields import PARTS

_DAY = 86_400
# By class, the greatest distance between two bounds, in seconds: a day, a month, a year and some days, the
# length of a term of office, a decade, two, three, a working life, a century and what is around it, a
# millennium. A window walks past those of a class that are shorter than the class reaches. Most long spans
# have one to four decades, so there a class reaches only half as far again as the one before.
REACHES = tuple(days * _DAY for days in (1, 32, 400, 1_500, 4_400, 7_700, 11_200, 16_500, 66_000, 550_000))
# Open at the end, or at the start, where the other end is no further from `sort_at` than this.
OPEN_REACH = 400 * _DAY
OPEN_END, OPEN_START, ANY = len(REACHES), len(REACHES) + 1, len(REACHES) + 2
UNDATED = ANY + 1
SCALES = range(UNDATED)


def ranges(start: int, end: int) -> list[tuple[int, int, int]]:
    """By class: (class, the least, the greatest `sort_at`) of the spans that may touch the window."""
    # Beyond both sentinels there is nothing, and 64 bits hold the sums.
    return [
        *((scale, start - reach, end + reach) for scale, reach in enumerate(REACHES)),
        (OPEN_END, OPEN_PAST, end + OPEN_REACH),
        (OPEN_START, start - OPEN_REACH, OPEN_FUTURE),
        (ANY, OPEN_PAST, OPEN_FUTURE),
    ]


class Scale(Func):
    """The class of a stored time span, as the database computes it from the bounds in the value."""

    output_field = models.SmallIntegerField()

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._as_case(compiler, connection, "JSON_EXTRACT({column}, '$[{index}]')")

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        return self._as_case(compiler, connection, "(({column})::jsonb ->> {index})::bigint")

    def _as_case(self, compiler: Any, connection: BaseDatabaseWrapper, part: str) -> Any:
        column, params = compiler.compile(self.source_expressions[0])
        sort_at, earliest, latest = (
            part.format(column=column, index=PARTS.index(name)) for name in ("sort_at", "earliest", "latest")
        )
        sql = f"""CASE
            WHEN {earliest} > {latest} THEN {UNDATED}
            WHEN {sort_at} < {earliest} OR {sort_at} > {latest} THEN {ANY}
            WHEN {earliest} <= {OPEN_PAST} AND {latest} >= {OPEN_FUTURE} THEN {ANY}
            WHEN {latest} >= {OPEN_FUTURE} AND {sort_at} - {earliest} <= {OPEN_REACH} THEN {OPEN_END}
            WHEN {earliest} <= {OPEN_PAST} AND {latest} - {sort_at} <= {OPEN_REACH} THEN {OPEN_START}
            WHEN {earliest} <= {OPEN_PAST} OR {latest} >= {OPEN_FUTURE} THEN {ANY}
            {" ".join(f"WHEN {latest} - {earliest} <= {reach} THEN {k}" for k, reach in enumerate(REACHES))}
            ELSE {ANY} END"""
        return " ".join(sql.split()), params


class ScaleField(models.GeneratedField):
    """The class of the time span in the field `whole`; to migrations a plain GeneratedField."""

    def __init__(self, whole: str) -> None:
        self.whole = whole
        super().__init__(
            expression=Scale(whole),
            output_field=models.SmallIntegerField(),
            db_persist=True,
            serialize=False,
        )

    def deconstruct(self) -> Any:
        name, _, _, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", [], kwargs

    def clone(self) -> ScaleField:
        return ScaleField(self.whole)
