"""The pages of contracts, with parties, items, payment terms, milestones and citations."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from timeline.admin.base import RECORD, LineFormSet, StackedInline, TabularInline
from timeline.admin.event import names
from timeline.admin.filters import PartyFilter
from timeline.admin.page_forms import RecordForm
from timeline.admin.review import DeskFilter, ReviewFilter
from timeline.admin.source import CitationInline, CitedAdmin, CitedForm
from timeline.models import Contract, ContractItem, ContractParty, Milestone, PaymentTerm


class PartyInline(TabularInline):
    model = ContractParty
    fields = ("actor", "role", "position")
    autocomplete_fields = ("actor",)
    verbose_name = "party"
    verbose_name_plural = "parties"


class ItemInline(StackedInline):
    model = ContractItem
    verbose_name = "item"
    verbose_name_plural = "items"
    fields = (
        "designation",
        ("quantity", "unit", "quantity_low", "quantity_high", "quantity_is_estimate"),
        ("description", "position"),
    )


class CurrencyForm(RecordForm):
    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class PaymentTermFormSet(LineFormSet):
    def clean(self) -> None:
        super().clean()
        self.instance.check_shares([row.get("share") for row in self.rows()])


class PaymentTermInline(StackedInline):
    model = PaymentTerm
    form = CurrencyForm
    formset = PaymentTermFormSet
    fields = (("kind", "share", "amount", "currency", "provider"), ("note", "position"))
    autocomplete_fields = ("provider",)


class MilestoneForm(RecordForm):
    def clean(self) -> dict[str, Any]:
        """Where an event is given and the date is left as it was, the event's date is taken."""
        data = super().clean() or self.cleaned_data
        event = data.get("event")
        if event is not None and "met" not in self.changed_data:
            data["met"] = event.date
        return data


class MilestoneInline(StackedInline):
    model = Milestone
    form = MilestoneForm
    fields = (("kind", "title", "event", "position"), ("due", "met"), "slip")
    autocomplete_fields = ("event",)
    readonly_fields = ("slip",)

    @admin.display(description="Met after it was due")
    def slip(self, milestone: Milestone) -> str:
        return milestone.slip.words() if milestone.slip else "Not both are dated."


class ContractForm(CurrencyForm, CitedForm):
    pass


@admin.register(Contract)
class ContractAdmin(CitedAdmin):
    api_name = "contracts"
    form = ContractForm
    list_display = ("title", "kind", "parties", "price", "status", "review")
    list_filter = (PartyFilter, DeskFilter, ReviewFilter, "kind", "status")
    search_fields = ("title", "description", "slug")
    prepopulated_fields = {"slug": ("title",)}  # noqa: RUF012
    autocomplete_fields = ("follows",)
    inlines = (PartyInline, ItemInline, PaymentTermInline, MilestoneInline, CitationInline)
    fieldsets = (
        (None, {"fields": ("title", ("kind", "status"), "description", "follows")}),
        ("Price", {"fields": (("value", "currency", "value_is_estimate"), ("value_low", "value_high"))}),
        RECORD,
    )

    def for_list(self, rows: Any) -> Any:
        return rows.prefetch_related("parties__actor")

    @admin.display(description="parties")
    def parties(self, contract: Contract) -> str:
        return names([party.actor for party in contract.parties.all()])

    @admin.display(description="value", ordering="value")
    def price(self, contract: Contract) -> str:
        low, high = contract.value_low, contract.value_high
        if contract.value is not None:
            amount = f"{contract.value.normalize():,f}"
        elif low is None and high is None:
            return ""
        else:
            amount = " to ".join("?" if end is None else f"{end.normalize():,f}" for end in (low, high))
        return f"{'c. ' if contract.value_is_estimate else ''}{amount} {contract.currency}"
