"""Writing places."""

from api.fields import Reference
from api.serializers.base import RecordSerializer
from timeline.models import Place


class PlaceSerializer(RecordSerializer):
    part_of = Reference(Place, "name", required=False, allow_null=True)

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
        )
        read_only_fields = ("version",)
