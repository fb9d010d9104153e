"""Who acts: persons, states, companies, forces and groups, their other names and the offices they held."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from timeline.fields import TimeSpanField, is_a_time_span
from timeline.models.base import Record, Row
from timeline.ordering import ByCodePoint
from timeline.querysets import ActorQuerySet, RowQuerySet


class Actor(Record):
    """Somebody or something that takes part in events."""

    class Kind(models.TextChoices):
        PERSON = "person"
        STATE = "state"
        INTERGOVERNMENTAL = "intergovernmental"
        ORGANIZATION = "organization"
        COMPANY = "company"
        ARMED_FORCE = "armed_force", "Armed force"
        MEDIA = "media"
        GROUP = "group"

    name_field = "name"

    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=Kind)
    description = models.TextField(blank=True)
    is_public = models.BooleanField(default=False, help_text="Show it even while nothing published uses it.")

    objects = ActorQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        indexes = (models.Index(ByCodePoint("slug"), name="actor_by_slug"),)


class Alias(Row):
    """Another name of an actor. `language` is a BCP 47 tag, blank where the name belongs to none."""

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=35, blank=True)

    natural_lookups = ("actor__slug", "name", "language")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        verbose_name_plural = "aliases"
        constraints = (
            models.UniqueConstraint(
                fields=("actor", "name", "language"),
                name="alias_is_given_once",
                violation_error_code="alias_is_given_once",
                violation_error_message="An actor has an alias once.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.language})" if self.language else self.name


class Identifier(Row):
    """What another register calls an actor: `scheme` names the register ("wikidata"), `value` the entry."""

    actor = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=50)
    value = models.CharField(max_length=200)

    natural_lookups = ("scheme", "value")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("scheme", "value")
        constraints = (
            models.UniqueConstraint(
                fields=("scheme", "value"),
                name="identifier_names_one_actor",
                violation_error_code="identifier_names_one_actor",
                violation_error_message="An identifier names one actor.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"


class Affiliation(Row):
    """That `member` belonged to `organization`, in which office (`title`), and when (`held`)."""

    member = models.ForeignKey(Actor, on_delete=models.CASCADE, related_name="affiliations")
    organization = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="members")
    title = models.CharField(max_length=200, blank=True)
    held = TimeSpanField(blank=True)

    natural_lookups = ("member__slug", "organization__slug", "title", "held_text")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("held_sort_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(member=F("organization")),
                name="affiliation_is_not_with_oneself",
                violation_error_code="affiliation_is_not_with_oneself",
                violation_error_message="Nobody is affiliated with themselves.",
            ),
            models.UniqueConstraint(
                fields=("member", "organization", "title", "held_text"),
                name="affiliation_is_given_once",
                violation_error_code="affiliation_is_given_once",
                violation_error_message="An affiliation is given once.",
            ),
            is_a_time_span("held", "affiliation_held_is_a_time_span"),
        )
        indexes = (
            models.Index(
                fields=("organization", "held_earliest", "held_latest", "member"),
                name="affiliation_of_organization",
            ),
        )

    def __str__(self) -> str:
        return f"{self.member}, {self.title or 'member'} of {self.organization}"
