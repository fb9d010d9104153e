"""Writing sources, and the citations that events and contracts have of them."""

from rest_framework import serializers

from api.fields import Reference, TimeSpan, Words
from api.serializers.base import LineSerializer, RecordSerializer
from timeline.models import Actor, Citation, Source


class CitationSerializer(LineSerializer):
    source = Reference(Source, "title", "url")  # type: ignore[assignment]
    attributed_to = Reference(Actor, "name", "kind", required=False, allow_null=True)

    class Meta:
        model = Citation
        fields = (
            "source",
            "quote",
            "locator",
            "attributed_to",
            "stance",
            "field",
            "asserted_value",
            "note",
            "quote_status",
        )
        read_only_fields = ("quote_status",)


class SourceSerializer(RecordSerializer):
    kept = ("text",)

    publisher = Reference(Actor, "name", "kind", required=False, allow_null=True)
    published = TimeSpan()
    quoted_in = Reference(Source, "title", "url", required=False, allow_null=True)
    text = Words(required=False, allow_blank=True, help_text="Its own words, where they may be kept.")
    has_text = serializers.BooleanField(read_only=True)

    # `url` is where the source itself stands, not its address here.
    url = None  # type: ignore[assignment]

    class Meta:
        model = Source
        fields = (
            "slug",
            "title",
            "kind",
            "publisher",
            "byline",
            "url",
            "archived_url",
            "language",
            "published",
            "retrieved_on",
            "reliability",
            "licence",
            "quoted_in",
            "has_text",
            "text_sha256",
            "text",
            "is_public",
            "created_at",
            "updated_at",
            "version",
        )
        read_only_fields = ("text_sha256", "version")
