"""Writing what sorts and selects events: kinds, roles, tags and timelines."""

from api.fields import Reference
from api.serializers.base import LineSerializer, RecordSerializer, lines
from timeline.models import Event, EventKind, Role, Tag, Timeline, TimelineEntry

STAMPS = ("created_at", "updated_at", "version")


class KindSerializer(RecordSerializer):
    class Meta:
        model = EventKind
        fields = ("slug", "url", "name", "description", *STAMPS)
        read_only_fields = ("version",)


class RoleSerializer(RecordSerializer):
    class Meta:
        model = Role
        fields = ("slug", "url", "name", "description", *STAMPS)
        read_only_fields = ("version",)


class TagSerializer(RecordSerializer):
    class Meta:
        model = Tag
        fields = ("slug", "url", "name", "is_public", *STAMPS)
        read_only_fields = ("version",)


class TimelineEntrySerializer(LineSerializer):
    event = Reference(Event, "title", "url")

    class Meta:
        model = TimelineEntry
        fields = ("event", "headline")


class TimelineSerializer(RecordSerializer):
    entries = lines(TimelineEntrySerializer, help_text="Ordered by the dates of the events, however given.")

    class Meta:
        model = Timeline
        fields = ("slug", "url", "title", "introduction", "is_public", "entries", *STAMPS)
        read_only_fields = ("version",)
