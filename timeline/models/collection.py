"""How events are sorted and selected: kinds, roles, tags, and curated timelines."""

from __future__ import annotations

from django.db import models

from timeline.models.base import Record, Row
from timeline.querysets import RowQuerySet, TagQuerySet, TimelineQuerySet, VocabularyQuerySet


class Word(Record):
    """A word of an editable vocabulary."""

    name_field = "name"

    name = models.CharField(max_length=100)
    description = models.TextField(blank=True)

    objects = VocabularyQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("name", "id")


class EventKind(Word):
    """What sort of event something is."""


class Role(Word):
    """The part that an actor has in an event."""


class Tag(Record):
    """A subject under which events are found."""

    name_field = "name"

    name = models.CharField(max_length=100)
    is_public = models.BooleanField(default=False, help_text="Show it even while no published event uses it.")

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")


class Timeline(Record):
    """A curated, titled selection of events, told in the order of their dates."""

    title = models.CharField(max_length=300)
    introduction = models.TextField(blank=True)
    is_public = models.BooleanField(default=False)
    events: models.ManyToManyField[models.Model, models.Model] = models.ManyToManyField(
        "timeline.Event", through="timeline.TimelineEntry", related_name="timelines"
    )

    objects = TimelineQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")


class TimelineEntry(Row):
    """An event in a timeline, perhaps under a headline of its own there."""

    timeline = models.ForeignKey(Timeline, on_delete=models.CASCADE, related_name="entries")
    event = models.ForeignKey("timeline.Event", on_delete=models.CASCADE, related_name="timeline_entries")
    headline = models.CharField(max_length=300, blank=True)

    natural_lookups = ("timeline__slug", "event__slug")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("event__date_sort_at", "event_id")
        verbose_name_plural = "timeline entries"
        constraints = (
            models.UniqueConstraint(
                fields=("timeline", "event"),
                name="timeline_has_an_event_once",
                violation_error_code="timeline_has_an_event_once",
                violation_error_message="A timeline has an event once.",
            ),
        )

    def __str__(self) -> str:
        return self.headline or str(self.event)
