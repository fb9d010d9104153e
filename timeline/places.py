"""Places and what they are part of, as conditions that the database walks from place to place."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func

# The ids that a SELECT gives and those of all their parts, at any depth; UNION ends circles.
PARTS_OF = """
    WITH RECURSIVE part (id) AS (
        {}
        UNION
        SELECT place.id FROM timeline_place AS place JOIN part ON place.part_of_id = part.id
    )"""
# The same by the index alone: PostgreSQL takes a place to have some parts, and would read all places for it.
PARTS_OF_ONE = """
    WITH RECURSIVE part (id) AS (
        SELECT %(expressions)s
        UNION
        SELECT place.id FROM part CROSS JOIN LATERAL (
            SELECT id FROM timeline_place WHERE part_of_id = part.id OFFSET 0
        ) AS place
    )"""
_PUBLISHED = """
    EXISTS ({}
        SELECT 1 FROM part WHERE EXISTS (
            SELECT 1 FROM timeline_event AS event
            WHERE event.place_id = part.id AND event.review = 'published'
        ))"""


class HasPublishedEvents(Func):
    """That something published happened in a place or in one of its parts.

    Asked of each place, which stops at the first event: a list of all places where something did costs a
    look at all events. EXISTS, because SQLite makes an index of all events for a join.
    """

    output_field = BooleanField()
    template = _PUBLISHED.format(PARTS_OF.format("SELECT %(expressions)s"))

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template=_PUBLISHED.format(PARTS_OF_ONE), **context)
