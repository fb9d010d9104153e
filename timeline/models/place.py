"""Where events happen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from timeline.models.base import Record
from timeline.querysets import PlaceQuerySet


class Place(Record):
    """A place, perhaps part of a larger one. Coordinates are degrees of WGS 84, north and east positive."""

    name_field = "name"

    name = models.CharField(max_length=200)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    is_public = models.BooleanField(default=False, help_text="Show it even while no published event uses it.")

    objects = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(latitude__gte=-90, latitude__lte=90) | Q(latitude=None),
                name="place_latitude_is_on_the_globe",
                violation_error_code="place_latitude_is_on_the_globe",
                violation_error_message="A latitude is from -90 to 90 degrees.",
            ),
            models.CheckConstraint(
                condition=Q(longitude__gte=-180, longitude__lte=180) | Q(longitude=None),
                name="place_longitude_is_on_the_globe",
                violation_error_code="place_longitude_is_on_the_globe",
                violation_error_message="A longitude is from -180 to 180 degrees.",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="place_has_both_coordinates_or_none",
                violation_error_code="place_has_both_coordinates_or_none",
                violation_error_message="Give both latitude and longitude, or neither.",
            ),
            models.CheckConstraint(
                condition=Q(part_of=None) | ~Q(part_of=F("id")),
                name="place_is_not_part_of_itself",
                violation_error_code="place_is_not_part_of_itself",
                violation_error_message="A place is not part of itself.",
            ),
        )

    def clean(self) -> None:
        super().clean()
        self.refuse_circle("part_of", "place_is_circular", "That place is a part of this one.")
