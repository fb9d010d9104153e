"""Deals and their course: contracts, parties, items, payment terms and milestones."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F, Q

from timeline.currencies import CODES
from timeline.dates import Days, days_between
from timeline.fields import TimeSpanField, is_a_time_span
from timeline.models.actor import Actor
from timeline.models.base import Line
from timeline.models.event import Event, Reviewed
from timeline.querysets import ReviewedQuerySet, RowQuerySet


def currency_is_a_code(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(currency="") | Q(currency__in=CODES),
        name=name,
        violation_error_code=name,
        violation_error_message="A currency is a code of ISO 4217, such as USD.",
    )


def is_ordered(name: str) -> Q:
    """That none is negative, and that the low end, the amount and the high end follow in this order."""
    low, high = f"{name}_low", f"{name}_high"
    condition = Q()
    for one in (low, name, high):
        condition &= Q((one, None)) | Q((f"{one}__gte", 0))
    for lesser, greater in ((low, name), (name, high), (low, high)):
        condition &= Q((lesser, None)) | Q((greater, None)) | Q((f"{lesser}__lte", F(greater)))
    return condition


class Contract(Reviewed):
    """A deal between parties. `value` is the price; `value_low` and `value_high` are for a range."""

    class Kind(models.TextChoices):
        PURCHASE = "purchase"
        LICENCE = "licence"
        LOAN = "loan"
        SERVICE = "service"
        FRAMEWORK = "framework"
        OFFER = "offer"

    class Status(models.TextChoices):
        PROPOSED = "proposed"
        NEGOTIATING = "negotiating"
        SIGNED = "signed"
        IN_DELIVERY = "in_delivery", "In delivery"
        COMPLETED = "completed"
        SUSPENDED = "suspended"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    status = models.CharField(max_length=15, choices=Status)
    description = models.TextField(blank=True)
    value = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    value_low = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    value_high = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    value_is_estimate = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, blank=True, help_text="ISO 4217: USD, EUR, TRY.")
    follows = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="followed_by",
        help_text="The contract that this one continues.",
    )

    objects = ReviewedQuerySet.as_manager()

    class Meta:
        ordering = ("title", "id")
        permissions = (("publish_contract", "Can publish contract"),)
        constraints = (
            currency_is_a_code("contract_currency_is_a_code"),
            models.CheckConstraint(
                condition=Q(value=None, value_low=None, value_high=None) | ~Q(currency=""),
                name="contract_value_has_a_currency",
                violation_error_code="contract_value_has_a_currency",
                violation_error_message="A value needs a currency.",
            ),
            models.CheckConstraint(
                condition=is_ordered("value"),
                name="contract_value_is_ordered",
                violation_error_code="contract_value_is_ordered",
                violation_error_message="Low end, value and high end are in order, and none is negative.",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | ~Q(follows=F("id")),
                name="contract_does_not_follow_itself",
                violation_error_code="contract_does_not_follow_itself",
                violation_error_message="A contract does not follow itself.",
            ),
        )

    def clean(self) -> None:
        super().clean()
        self.refuse_circle("follows", "contract_is_circular", "That contract follows this one.")

    def check_shares(self, shares: Iterable[Decimal | None] | None = None) -> None:
        """Refuse payment terms that share out more than the whole.

        `shares` are those to come, from who knows them; otherwise those saved are fetched, with one query.
        """
        if shares is None:
            shares = self.payment_terms.values_list("share", flat=True)
        total = sum((share for share in shares if share is not None), Decimal(0))
        if total > 100:
            message = "The shares add up to %(total)s %%, more than 100 %%."
            raise ValidationError(
                message, code="shares_exceed_100", params={"total": f"{total.normalize():f}"}
            )


class ContractParty(Line):
    """Who is bound, and as what."""

    class Role(models.TextChoices):
        BUYER = "buyer"
        SELLER = "seller"
        LENDER = "lender"
        MANUFACTURER = "manufacturer"
        LICENSEE = "licensee"
        END_USER = "end_user", "End user"
        BROKER = "broker"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="parties")
    actor = models.ForeignKey(Actor, on_delete=models.PROTECT, related_name="contract_parties")
    role = models.CharField(max_length=15, choices=Role)

    whole = ("contract",)
    natural_lookups = ("contract__slug", "actor__slug", "role")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        verbose_name_plural = "contract parties"
        constraints = (
            models.UniqueConstraint(
                fields=("contract", "actor", "role"),
                name="contract_party_is_given_once",
                violation_error_code="contract_party_is_given_once",
                violation_error_message="An actor has a role in a contract once.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.actor} ({self.get_role_display()})"


class ContractItem(Line):
    """What is delivered. `quantity` counts in `unit`, which is in words: “divisions”, “regimental set”."""

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="items")
    designation = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    quantity_low = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    quantity_high = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    quantity_is_estimate = models.BooleanField(default=False)
    unit = models.CharField(max_length=100, blank=True)

    whole = ("contract",)
    natural_lookups = ("contract__slug", "position")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(
                condition=is_ordered("quantity"),
                name="contract_item_quantity_is_ordered",
                violation_error_code="contract_item_quantity_is_ordered",
                violation_error_message="Low end, quantity and high end are in order, and none is negative.",
            ),
        )

    def __str__(self) -> str:
        amount = (
            ""
            if self.quantity is None
            else f"{self.quantity.normalize():f} {self.unit} of ".replace("  ", " ")
        )
        return f"{amount}{self.designation}"


class PaymentTerm(Line):
    """How a part of the price is paid: a share in per cent of it, or an amount."""

    class Kind(models.TextChoices):
        ADVANCE = "advance"
        LOAN = "loan"
        INSTALMENT = "instalment"
        ON_DELIVERY = "on_delivery", "On delivery"
        OFFSET = "offset"
        BARTER = "barter"
        GRANT = "grant"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="payment_terms")
    kind = models.CharField(max_length=15, choices=Kind)
    share = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        null=True,
        blank=True,
        help_text="Per cent of the price.",
        validators=(MinValueValidator(0), MaxValueValidator(100)),
    )
    amount = models.DecimalField(max_digits=20, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    provider = models.ForeignKey(
        Actor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="provided_payment_terms",
        help_text="Who pays or lends.",
    )
    note = models.TextField(blank=True)

    whole = ("contract",)
    natural_lookups = ("contract__slug", "position")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            currency_is_a_code("payment_term_currency_is_a_code"),
            models.CheckConstraint(
                condition=Q(share=None) | Q(share__gte=0, share__lte=100),
                name="payment_term_share_is_a_percentage",
                violation_error_code="payment_term_share_is_a_percentage",
                violation_error_message="A share is from 0 to 100 per cent.",
            ),
            models.CheckConstraint(
                condition=Q(share=None) | Q(amount=None),
                name="payment_term_has_share_or_amount",
                violation_error_code="payment_term_has_share_or_amount",
                violation_error_message="Give a share or an amount, not both.",
            ),
            models.CheckConstraint(
                condition=Q(amount=None) | (Q(amount__gte=0) & ~Q(currency="")),
                name="payment_term_amount_has_a_currency",
                violation_error_code="payment_term_amount_has_a_currency",
                violation_error_message="An amount is not negative and needs a currency.",
            ),
        )

    def __str__(self) -> str:
        if self.share is not None:
            return f"{self.share.normalize():f} % {self.get_kind_display().lower()}"
        return (
            self.get_kind_display()
            if self.amount is None
            else f"{self.get_kind_display()} {self.amount} {self.currency}"
        )


class Milestone(Line):
    """A step of a contract: when it is due, and when it was met, by an event or on a date of its own.

    Where an event is given `met` is its date; triggers keep it (timeline/triggers.py).
    """

    class Kind(models.TextChoices):
        PROPOSED = "proposed"
        ANNOUNCED = "announced"
        NEGOTIATED = "negotiated"
        SIGNED = "signed"
        PAID = "paid"
        DELIVERY_STARTED = "delivery_started", "Delivery started"
        DELIVERED = "delivered"
        ACCEPTED = "accepted"
        COMPLETED = "completed"
        SUSPENDED = "suspended"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    contract = models.ForeignKey(Contract, on_delete=models.CASCADE, related_name="milestones")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=200, blank=True)
    due = TimeSpanField(blank=True)
    met = TimeSpanField(blank=True, help_text="Where an event is given, its date.")
    event = models.ForeignKey(
        Event, on_delete=models.PROTECT, null=True, blank=True, related_name="milestones"
    )

    whole = ("contract",)
    natural_lookups = ("contract__slug", "position")
    objects = RowQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            is_a_time_span("due", "milestone_due_is_a_time_span"),
            is_a_time_span("met", "milestone_met_is_a_time_span"),
        )

    def __str__(self) -> str:
        return f"{self.title or self.get_kind_display()}: {self.met or self.due or 'no date'}"

    @property
    def slip(self) -> Days | None:
        """How many days after it was due it was met; None where either has no date."""
        if self.due.edtf is None or self.met.edtf is None:
            return None
        return days_between(self.due, self.met)

    def clean(self) -> None:
        super().clean()
        if self.event is not None and self.met and self.met != self.event.date:
            message = "The milestone is met on the date of its event; leave the date blank or the event out."
            raise ValidationError({"met": ValidationError(message, code="milestone_is_met_by_its_event")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.event is None:
            super().save(*args, **kwargs)
            return
        self.met = self.event.date
        with transaction.atomic():
            super().save(*args, **kwargs)
            Event.objects.filter(pk=self.event.pk).join(self.contract)
