"""Writing events, with their date, participants, contracts, tags, relations and citations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from api.documents.event import fetched_as_new
from api.exceptions import error
from api.fields import Importance, Reference, TimeSpan
from api.serializers.base import LineSerializer, StrictSerializer, lines, references
from api.serializers.reviewed import WORDS, ReviewedSerializer
from api.serializers.source import CitationSerializer
from timeline.models import (
    Actor,
    Contract,
    Event,
    EventKind,
    EventRelation,
    Participation,
    Place,
    Role,
    Tag,
    Timeline,
)

OUTGOING, INCOMING = "outgoing", "incoming"


class BriefEventSerializer(StrictSerializer):
    """An event as other things list it."""

    date = TimeSpan()
    url = serializers.URLField(read_only=True)

    class Meta:
        model = Event
        fields = ("slug", "url", "title", "date")


class ParticipantSerializer(LineSerializer):
    actor = Reference(Actor, "name", "kind")
    role = Reference(Role)

    class Meta:
        model = Participation
        fields = ("actor", "role", "capacity", "note")


class RelationSerializer(LineSerializer):
    direction = serializers.ChoiceField(
        (OUTGOING, INCOMING),
        required=False,
        help_text="outgoing: this event, the kind, the other. incoming: the other way; it is written there.",
    )
    event = Reference(Event, "title", "url", source="related")
    attributed_to = Reference(Actor, "name", "kind", required=False, allow_null=True)

    class Meta:
        model = EventRelation
        fields = ("kind", "direction", "event", "attributed_to", "note")


class EventSerializer(ReviewedSerializer):
    kind = Reference(EventKind)
    importance = Importance(required=False, help_text="From 0, a detail, to 4, a turning point.")
    date = TimeSpan()
    participants = lines(ParticipantSerializer, source="participations")
    contracts = references(
        Contract, "title", "milestone", help_text="`milestone` is told by the contract and ignored in a body."
    )
    place = Reference(Place, "name", required=False, allow_null=True)
    tags = references(Tag, "name")
    related = lines(RelationSerializer, source="relations")
    citations = lines(CitationSerializer)
    match = serializers.ChoiceField(
        ("possible", "certain"),
        read_only=True,
        allow_null=True,
        help_text="With a date filter only; null of an undated event.",
    )
    timelines = serializers.ListField(
        read_only=True, child=Reference(Timeline, "title", "url"), help_text="With include=timelines only."
    )

    class Meta:
        model = Event
        fields = (
            "slug",
            "url",
            "title",
            "summary",
            "kind",
            "status",
            "verification",
            "review",
            *WORDS,
            "importance",
            "date",
            "participants",
            "contracts",
            "place",
            "tags",
            "related",
            "citations",
            "created_at",
            "updated_at",
            "version",
            "match",
            "timelines",
        )
        read_only_fields = ("version",)

    def replace(self, record: Any, field: Any, rows: list[dict[str, Any]], **how: Any) -> list[Any]:
        if field.source == "relations":
            rows = self._outgoing(record, rows)
        return super().replace(record, field, rows, **how)

    def _outgoing(self, record: Event, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The relations that are this event's own. Those of others to it have to stand, as GET gave them."""
        incoming = [row for row in rows if row.get("direction") == INCOMING]
        standing = set(record.relations_to_it.values_list("kind", "event")) if incoming else set()
        for row in incoming:
            if (row["kind"], row["related"].pk) not in standing:
                message = f"An incoming relation is written with the other event, “{row['related'].slug}”."
                raise ValidationError({"related": [error(message, "incoming_is_read_only")]})
        outgoing = [row for row in rows if row.get("direction") != INCOMING]
        return [{key: value for key, value in row.items() if key != "direction"} for row in outgoing]

    def check_whole(self, record: Event, lists: dict[str, list[Any]], *, is_new: bool) -> None:
        if "contracts" in lists and not is_new:
            record.check_contracts()
        super().check_whole(record, lists, is_new=is_new)
        if is_new:
            fetched_as_new(record, lists)
