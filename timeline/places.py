"""Places and what they are part of, as conditions that the database walks from place to place."""

from __future__ import annotations

from django.db.models import BooleanField, Func

# The ids that a SELECT gives and those of all their parts, at any depth; UNION ends circles.
PARTS_OF = """
    WITH RECURSIVE part (id) AS (
        {}
        UNION
        SELECT place.id FROM timeline_place AS place JOIN part ON place.part_of_id = part.id
    )"""


class HasPublishedEvents(Func):
    """That something published happened in a place or in one of its parts.

    Asked of each place, which stops at the first event: a list of all places where something did costs a
    look at all events. EXISTS, because SQLite makes an index of all events for a join.
    """

    output_field = BooleanField()
    template = f"""EXISTS ({PARTS_OF.format("SELECT %(expressions)s")}
        SELECT 1 FROM part WHERE EXISTS (
            SELECT 1 FROM timeline_event AS event
            WHERE event.place_id = part.id AND event.review = 'published'
        ))"""
