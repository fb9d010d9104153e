"""What is kept beside the events so that reading is fast: their documents, and what has changed since.

No foreign key leads here and none away: rows of these tables say something about events, may be missing or
overtaken, and can be made again from the events at any time (`manage.py refill`).
"""

from __future__ import annotations

from django.db import models


class EventDocument(models.Model):
    """What everybody may read of an event, as it was when it was last rendered.

    It stands only while no EventChange names the event. `body` is the JSON with the mark of
    timeline/kept.py for the address of the API, empty for what the public does not see; `digest` names it.
    `starts_on` is the day (since 1970-01-01) under which the event is counted, null where it is not.
    """

    event_id = models.BigIntegerField(primary_key=True)
    body = models.TextField(default="")
    digest = models.CharField(max_length=16, default="")
    starts_on = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return f"document of event {self.event_id}"


class EventChange(models.Model):
    """That something has changed that the document of an event is made of. Only triggers write here.

    A row stays until a document has been rendered from data read after it.
    """

    event_id = models.BigIntegerField(db_index=True)

    def __str__(self) -> str:
        return f"change of event {self.event_id}"


class EventSince(models.Model):
    """Since when what the document of an event shows has not changed. Only triggers write here.

    It says so of the document that is kept, as long as that stands (timeline/history/since.py).
    """

    event_id = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"event {self.event_id} as it is since {self.at}"


class EventCount(models.Model):
    """How many documents are counted under a day or a month; several rows of one add up (timeline/counts.py).

    A month is the first day of it.
    """

    class By(models.TextChoices):
        DAY = "day"
        MONTH = "month"

    by = models.CharField(max_length=5, choices=By)
    day = models.BigIntegerField()
    events = models.IntegerField()

    class Meta:
        indexes = (models.Index(fields=("by", "day", "events"), name="event_count_by_day"),)

    def __str__(self) -> str:
        return f"{self.events} in the {self.by} of day {self.day}"
