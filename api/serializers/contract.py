"""Writing contracts, with parties, items, payment terms, milestones and citations."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied

from api.fields import Amount, Flag, Reference, Text, TimeSpan
from api.serializers.base import Columns, KnownKeys, LineSerializer, lines
from api.serializers.event import BriefEventSerializer
from api.serializers.reviewed import WORDS, ReviewedSerializer
from api.serializers.source import CitationSerializer
from timeline.models import (
    Actor,
    Contract,
    ContractItem,
    ContractParty,
    Event,
    Milestone,
    PaymentTerm,
)

MONEY: dict[str, Any] = {"max_digits": 20, "decimal_places": 2, "required": False, "allow_null": True}
COUNT: dict[str, Any] = {"max_digits": 14, "decimal_places": 3, "required": False, "allow_null": True}


class ValueSerializer(Columns):
    """The price, and the ends of the range that a source gives for it."""

    amount = Amount(source="value", **MONEY)
    currency = Text(max_length=3, required=False, allow_blank=True, help_text="ISO 4217: USD, EUR, TRY.")
    low = Amount(source="value_low", **MONEY)
    high = Amount(source="value_high", **MONEY)
    is_estimate = Flag(source="value_is_estimate", required=False)


class QuantitySerializer(Columns):
    """How many, and the ends of the range that a source gives."""

    amount = Amount(source="quantity", **COUNT)
    low = Amount(source="quantity_low", **COUNT)
    high = Amount(source="quantity_high", **COUNT)
    is_estimate = Flag(source="quantity_is_estimate", required=False)


class PartySerializer(LineSerializer):
    actor = Reference(Actor, "name", "kind")

    class Meta:
        model = ContractParty
        fields = ("actor", "role")


class ItemSerializer(LineSerializer):
    quantity = QuantitySerializer()

    class Meta:
        model = ContractItem
        fields = ("designation", "description", "quantity", "unit")


class PaymentTermSerializer(LineSerializer):
    provider = Reference(Actor, "name", "kind", required=False, allow_null=True)

    class Meta:
        model = PaymentTerm
        fields = ("kind", "share", "amount", "currency", "provider", "note")


class SlipSerializer(KnownKeys):
    """How many days after it was due it was met, at least and at most; null where nothing bounds it."""

    least = serializers.IntegerField(allow_null=True)
    most = serializers.IntegerField(allow_null=True)


class MilestoneSerializer(LineSerializer):
    due = TimeSpan()
    met = TimeSpan(help_text="Where an event is given, its date; then it may be left out.")
    slip = SlipSerializer(read_only=True, allow_null=True, help_text="Null where it is not due or not met.")
    event = Reference(Event, "title", "url", required=False, allow_null=True)

    class Meta:
        model = Milestone
        fields = ("kind", "title", "due", "met", "slip", "event")


class ContractSerializer(ReviewedSerializer):
    value = ValueSerializer()
    follows = Reference(Contract, "title", "url", required=False, allow_null=True)
    parties = lines(PartySerializer)
    items = lines(ItemSerializer)
    payment_terms = lines(PaymentTermSerializer)
    milestones = lines(MilestoneSerializer)
    citations = lines(CitationSerializer)
    events = BriefEventSerializer(many=True, read_only=True, help_text="With include=events only.")
    followed_by = serializers.ListField(read_only=True, child=Reference(Contract, "title", "url"))

    class Meta:
        model = Contract
        fields = (
            "slug",
            "url",
            "title",
            "kind",
            "status",
            "review",
            *WORDS,
            "description",
            "value",
            "follows",
            "parties",
            "items",
            "payment_terms",
            "milestones",
            "citations",
            "created_at",
            "updated_at",
            "version",
            "events",
            "followed_by",
        )
        read_only_fields = ("version",)

    def replace(self, record: Any, field: Any, rows: list[dict[str, Any]], **how: Any) -> list[Any]:
        if field.source == "milestones":
            self._join(record, [row["event"].pk for row in rows if row.get("event") is not None])
        return super().replace(record, field, rows, **how)

    def _join(self, record: Contract, keys: list[int]) -> None:
        """The events of milestones belong to the contract; those that did not are changed by this request."""
        events = Event.objects.filter(pk__in=keys)
        # In the order of ids, so that two contracts that name the same events do not wait for each other.
        list(events.order_by("pk").select_for_update(no_key=True).values_list("pk"))
        if not events.exclude(contracts=record).exists():
            return
        if not self.context["request"].user.has_perm("timeline.change_event"):
            raise PermissionDenied(
                "A milestone adds the contract to its event: you need the permission timeline.change_event."
            )
        events.join(record)

    def check_whole(self, record: Contract, lists: dict[str, list[Any]], *, is_new: bool) -> None:
        if "payment_terms" in lists:
            record.check_shares(term.share for term in lists["payment_terms"])
        super().check_whole(record, lists, is_new=is_new)
