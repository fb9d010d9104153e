"""The plain way to serve the same events: nested ModelSerializers, prefetch_related, PageNumberPagination.

The queries are the obvious ones and use the indexes that the models have.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, F
from django.urls import path
from rest_framework import generics, serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from api.documents.base import time_span
from timeline.dates import OPEN_PAST
from timeline.models import (
    Actor,
    Citation,
    Contract,
    Event,
    EventKind,
    Participation,
    Place,
    Role,
    Source,
    Tag,
)

EPOCH = date(1970, 1, 1)


class ActorSerializer(serializers.ModelSerializer[Actor]):
    class Meta:
        model = Actor
        fields = ("slug", "name", "kind")


class SourceSerializer(serializers.ModelSerializer[Source]):
    class Meta:
        model = Source
        fields = ("slug", "title", "url")


class PlaceSerializer(serializers.ModelSerializer[Place]):
    class Meta:
        model = Place
        fields = ("slug", "name")


class TagSerializer(serializers.ModelSerializer[Tag]):
    class Meta:
        model = Tag
        fields = ("slug", "name")


class ContractSerializer(serializers.ModelSerializer[Contract]):
    class Meta:
        model = Contract
        fields = ("slug", "title")


class ParticipationSerializer(serializers.ModelSerializer[Participation]):
    actor = ActorSerializer()
    role: Any = serializers.SlugRelatedField("slug", read_only=True)

    class Meta:
        model = Participation
        fields = ("actor", "role", "capacity", "note")


class CitationSerializer(serializers.ModelSerializer[Citation]):
    source: Any = SourceSerializer()
    attributed_to = ActorSerializer()

    class Meta:
        model = Citation
        fields = (
            "source", "quote", "locator", "attributed_to", "stance", "field", "asserted_value", "note",
            "quote_status",
        )  # fmt: skip


class EventSerializer(serializers.ModelSerializer[Event]):
    url: Any = serializers.HyperlinkedIdentityField("event", lookup_field="slug")
    kind: Any = serializers.SlugRelatedField("slug", read_only=True)
    date = serializers.SerializerMethodField()
    participants = ParticipationSerializer(source="participations", many=True)
    contracts = ContractSerializer(many=True)
    place = PlaceSerializer()
    tags = TagSerializer(many=True)
    citations = CitationSerializer(many=True)

    class Meta:
        model = Event
        fields = (
            "slug", "url", "title", "summary", "kind", "status", "verification", "review", "importance",
            "date", "participants", "contracts", "place", "tags", "citations",
            "created_at", "updated_at", "version",
        )  # fmt: skip

    def get_date(self, event: Event) -> Any:
        return time_span(event.date)


class EventList(generics.ListAPIView[Event]):
    serializer_class = EventSerializer

    def get_queryset(self) -> Any:
        asked = self.request.query_params
        events = Event.objects.filter(review="published").select_related("kind", "place").prefetch_related(
            "participations__actor", "participations__role", "citations__source", "citations__attributed_to",
            "contracts", "tags",
        )  # fmt: skip
        if "actor" in asked:
            events = events.filter(participations__actor__slug=asked["actor"]).distinct()
        if "start" in asked:
            events = events.filter(date_earliest__lte=asked["end"], date_latest__gte=asked["start"])
        return events.order_by("date_sort_at", "id")


class EventDetail(generics.RetrieveAPIView[Event]):
    serializer_class = EventSerializer
    lookup_field = "slug"

    def get_queryset(self) -> Any:
        return Event.objects.filter(review="published")


class Histogram(views.APIView):
    """Counts by month of what the database is made to compute for each row."""

    def get(self, request: Request) -> Response:
        events = Event.objects.filter(review="published", date_earliest__gt=OPEN_PAST)
        if "actor" in request.query_params:
            events = events.filter(participations__actor__slug=request.query_params["actor"]).distinct()
        days = events.order_by().annotate(day=F("date_sort_at") / 86_400).values_list("day")
        months: Counter[str] = Counter()
        for day, number in days.annotate(number=Count("pk", distinct=True)):
            months[(EPOCH + timedelta(days=day)).isoformat()[:7]] += number
        return Response(months)


class NewEvent(generics.CreateAPIView[Event]):
    """What is named by slugs is looked up one by one, as SlugRelatedField does."""

    class Written(serializers.ModelSerializer[Event]):
        kind: Any = serializers.SlugRelatedField("slug", queryset=EventKind.objects.all())
        participants: Any = serializers.ListField(child=serializers.DictField(), write_only=True)
        citations: Any = serializers.ListField(child=serializers.DictField(), write_only=True)

        class Meta:
            model = Event
            fields = ("title", "summary", "kind", "date", "review", "participants", "citations")

        def create(self, validated: dict[str, Any]) -> Event:
            participants, citations = validated.pop("participants"), validated.pop("citations")
            event = Event.objects.create(**validated)
            for part in participants:
                actor, role = Actor.objects.get(slug=part["actor"]), Role.objects.get(slug=part["role"])
                Participation.objects.create(event=event, actor=actor, role=role)
            for one in citations:
                source = Source.objects.get(slug=one["source"])
                Citation.objects.create(event=event, source=source, quote=one["quote"])
            return event

        def to_representation(self, event: Event) -> Any:
            return EventSerializer(event, context=self.context).data

    serializer_class = Written


urlpatterns = [
    path("events/", EventList.as_view()),
    path("histogram/", Histogram.as_view()),
    path("new/", NewEvent.as_view()),
    path("events/<str:slug>/", EventDetail.as_view(), name="event"),
]
