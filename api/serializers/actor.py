"""Writing actors, with their other names, their entries in registers, and the offices they held."""

from api.fields import Reference, TimeSpan
from api.serializers.base import LineSerializer, RecordSerializer, lines
from timeline.models import Actor, Affiliation, Alias, Identifier


class AliasSerializer(LineSerializer):
    class Meta:
        model = Alias
        fields = ("name", "language")


class IdentifierSerializer(LineSerializer):
    class Meta:
        model = Identifier
        fields = ("scheme", "value")


class AffiliationSerializer(LineSerializer):
    organization = Reference(Actor, "name", "kind")
    held = TimeSpan()

    class Meta:
        model = Affiliation
        fields = ("organization", "title", "held")


class MemberSerializer(LineSerializer):
    member = Reference(Actor, "name", "kind")
    held = TimeSpan()

    class Meta:
        model = Affiliation
        fields = ("member", "title", "held")


class ActorSerializer(RecordSerializer):
    aliases = lines(AliasSerializer)
    identifiers = lines(IdentifierSerializer)
    affiliations = lines(AffiliationSerializer)
    members = MemberSerializer(many=True, read_only=True, help_text="With include=members only.")

    class Meta:
        model = Actor
        fields = (
            "slug",
            "url",
            "name",
            "kind",
            "description",
            "is_public",
            "aliases",
            "identifiers",
            "affiliations",
            "created_at",
            "updated_at",
            "version",
            "members",
        )
        read_only_fields = ("version",)
