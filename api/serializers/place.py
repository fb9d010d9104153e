"""Writing places."""

from rest_framework import serializers

from api.fields import Reference
from api.serializers.base import RecordSerializer
from timeline.models import Place


class PlaceSerializer(RecordSerializer):
    part_of = Reference(Place, "name", required=False, allow_null=True)

    parts = serializers.ListField(
        read_only=True, child=Reference(Place, "name"), help_text="With include=parts only."
    )

    class Meta:
        model = Place
        fields = (
            "slug",
            "url",
            "name",
            "latitude",
            "longitude",
            "part_of",
            "is_public",
            "created_at",
            "updated_at",
            "version",
            "parts",
        )
        read_only_fields = ("version",)
