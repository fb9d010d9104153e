"""What happened: events, who took part, and how one event relates to another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from timeline.fields import TimeSpanField, is_a_time_span
from timeline.models.actor import Actor
from timeline.models.base import Line, Record
from timeline.models.collection import EventKind, Role, Tag
from timeline.models.place import Place
from timeline.querysets import EventQuerySet, ParticipationQuerySet, RowQuerySet
from timeline.scales import ScaleField

if TYPE_CHECKING:
    from timeline.models.contract import Contract


UNCITED = "A published %(thing)s has at least one citation."


class Review(models.TextChoices):
    """How far a thing is on its way to the public, who sees `published` only."""

    DRAFT = "draft"
    IN_REVIEW = "in_review", "In review"
    PUBLISHED = "published"
    RETRACTED = "retracted"


class Reviewed(Record):
    """A thing that goes through review, and that its citations have to support before the public sees it.

    timeline/review.py has the steps from one state to another. What the public has seen keeps
    `retracted_at` and its reason until it is published again.
    """

    review = models.CharField(max_length=10, choices=Review, default=Review.DRAFT)
    review_note = models.TextField(
        blank=True, default="", db_default="", help_text="Why it was returned to who sent it to review."
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", help_text="Who sent it to review.",
    )  # fmt: skip
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False,
        related_name="+", help_text="Who wrote last, apart from the steps of review.",
    )  # fmt: skip
    retracted_at = models.DateTimeField(null=True, blank=True, editable=False)
    retraction_reason = models.TextField(
        blank=True, default="", db_default="", help_text="Why it was retracted, for everybody to read."
    )

    class Meta:
        abstract = True

    @property
    def is_published(self) -> bool:
        return self.review == Review.PUBLISHED

    def check_publishable(self, citations: int | None = None) -> None:
        """Refuse to be published without a citation.

        `citations` is how many there will be, from who knows it; otherwise those saved are counted, with
        one query.
        """
        if citations is None and self.is_published:
            manager: Any = type(self)._default_manager
            citations = manager.filter(pk=self.pk, citations__isnull=False).count()
        if self.is_published and not citations:
            params = {"thing": self._meta.verbose_name}
            raise ValidationError(
                {"review": ValidationError(UNCITED, code="not_ready_to_publish", params=params)}
            )


class Event(Reviewed):
    """Something that happened, or is said to have happened, at a time. A statement is an event too."""

    class Status(models.TextChoices):
        OCCURRED = "occurred"
        PLANNED = "planned"
        CANCELLED = "cancelled"

    class Verification(models.TextChoices):
        REPORTED = "reported"
        CONFIRMED = "confirmed"
        DISPUTED = "disputed"

    title = models.CharField(max_length=300)
    summary = models.TextField(blank=True)
    kind = models.ForeignKey(EventKind, on_delete=models.PROTECT, related_name="events", db_index=False)
    date = TimeSpanField(blank=True)
    date_scale = ScaleField("date")
    status = models.CharField(max_length=10, choices=Status, default=Status.OCCURRED)
    verification = models.CharField(max_length=10, choices=Verification, default=Verification.REPORTED)
    importance = models.PositiveSmallIntegerField(
        default=2, help_text="From 0, a detail, to 4, a turning point."
    )
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="events")
    tags = models.ManyToManyField(Tag, blank=True, related_name="events")
    contracts: models.ManyToManyField[Contract, models.Model] = models.ManyToManyField(
        "timeline.Contract", blank=True, related_name="events"
    )
    actors = models.ManyToManyField(Actor, through="timeline.Participation", related_name="events")

    reserved_slugs = ("histogram",)
    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ("date_sort_at", "id")
        permissions = (("publish_event", "Can publish event"),)
        constraints = (
            is_a_time_span("date", "event_date_is_a_time_span"),
            models.CheckConstraint(
                condition=Q(importance__lte=4),
                name="event_importance_is_0_to_4",
                violation_error_code="event_importance_is_0_to_4",
                violation_error_message="Importance is from 0 to 4.",
            ),
        )
        indexes = (
            models.Index(fields=("date_sort_at", "id"), name="event_in_order"),
            models.Index(fields=("kind", "date_sort_at", "id"), name="event_of_kind"),
            models.Index(fields=("status", "date_sort_at", "id"), name="event_of_status"),
            models.Index(fields=("verification", "date_sort_at", "id"), name="event_of_verification"),
            models.Index(
                fields=(
                    "date_scale",
                    "date_sort_at",
                    "id",
                    "date_earliest",
                    "date_start_latest",
                    "date_end_earliest",
                    "date_latest",
                ),
                name="event_by_scale",
                condition=Q(review=Review.PUBLISHED),
            ),
            models.Index(fields=("review",), name="event_in_review", condition=Q(review=Review.IN_REVIEW)),
            models.Index(
                fields=("sent_by",),
                name="event_returned",
                condition=Q(review=Review.DRAFT, review_note__gt=""),
            ),
            # What the kept counts leave out.
            models.Index(
                fields=("date_sort_at", "date_earliest"),
                name="event_unpublished",
                condition=~Q(review=Review.PUBLISHED),
            ),
        )

    def check_contracts(self, contracts: Iterable[Contract] | None = None) -> None:
        """Refuse to leave a contract of which this event meets a milestone.

        `contracts` are those to come, from who knows them, otherwise those saved. Runs one query.
        """
        kept = self.contracts.all() if contracts is None else contracts
        left = self.milestones.exclude(contract__in=kept).order_by("contract__title").first()
        if left is not None:
            message = "The event meets a milestone of “%(contract)s” and stays with it."
            params = {"contract": left.contract}
            raise ValidationError(
                {"contracts": ValidationError(message, code="event_is_a_milestone", params=params)}
            )


class Participation(Line):
    """An actor's part in an event: the role from the vocabulary, the capacity in the source's words.

    `is_public` says that the event is published; `scale`, `sort_at` and the bounds are its date's. Triggers
    keep them (timeline/triggers.py), so whatever is written here is overwritten, and one actor's ordered
    timeline is one range of one index.
    """

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="participations")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="participations")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="participations")
    capacity = models.CharField(max_length=200, blank=True, help_text="As what: “head of the FSMTC”.")
    note = models.TextField(blank=True)
    is_public = models.BooleanField(default=False, editable=False, serialize=False)
    scale = models.SmallIntegerField(default=0, editable=False, serialize=False)
    sort_at = models.BigIntegerField(default=0, editable=False, serialize=False)
    earliest = models.BigIntegerField(default=0, editable=False, serialize=False)
    start_latest = models.BigIntegerField(default=0, editable=False, serialize=False)
    end_earliest = models.BigIntegerField(default=0, editable=False, serialize=False)
    latest = models.BigIntegerField(default=0, editable=False, serialize=False)

    whole = ("event",)
    natural_lookups = ("event__slug", "actor__slug", "role__slug")
    objects = ParticipationQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("event", "actor", "role"),
                name="participation_is_given_once",
                violation_error_code="participation_is_given_once",
                violation_error_message="An actor has a role in an event once.",
            ),
        )
        indexes = (
            models.Index(
                fields=("actor", "sort_at", "event"),
                name="participation_of_actor",
                condition=Q(is_public=True),
            ),
            models.Index(
                fields=(
                    "actor",
                    "scale",
                    "sort_at",
                    "event",
                    "earliest",
                    "start_latest",
                    "end_earliest",
                    "latest",
                ),
                name="participation_by_scale",
                condition=Q(is_public=True),
            ),
            models.Index(
                fields=("actor", "capacity"),
                name="participation_by_capacity",
                condition=Q(capacity__gt=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.actor} ({self.role})"


class EventRelation(Line):
    """That `event` stands in a relation to `related`: “the statement” `asserts` “the signing”."""

    class Kind(models.TextChoices):
        PART_OF = "part_of", "is part of"
        PRECEDES = "precedes"
        CAUSES = "causes"
        RESPONDS_TO = "responds_to", "responds to"
        ASSERTS = "asserts"
        DENIES = "denies"
        IMPLEMENTS = "implements"
        SAME_AS = "same_as", "is the same as"

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(max_length=15, choices=Kind)
    related = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="relations_to_it")
    attributed_to = models.ForeignKey(
        Actor, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.TextField(blank=True)

    whole = ("event",)
    natural_lookups = ("event__slug", "kind", "related__slug")
    objects = RowQuerySet.as_manager()

    class Meta:
        # Those that lead to an event in the order in which the others were put in, which an import keeps.
        ordering = ("event_id", "position", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(event=F("related")),
                name="event_is_not_related_to_itself",
                violation_error_code="event_is_not_related_to_itself",
                violation_error_message="An event is not related to itself.",
            ),
            models.UniqueConstraint(
                fields=("event", "kind", "related"),
                name="event_relation_is_given_once",
                violation_error_code="event_relation_is_given_once",
                violation_error_message="Two events are related in one way once.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.get_kind_display()} {self.related}"
