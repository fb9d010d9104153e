"""The pages of actors, with their other names, their entries in registers and the offices they held."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import URLPattern

from timeline.admin import choosing
from timeline.admin.alike import AlikeAdmin, alike_attributes
from timeline.admin.base import RECORD, LineFormSet, RecordAdmin, TabularInline
from timeline.admin.merging import MergeAdmin
from timeline.alike import Alike, actors_called
from timeline.models import Actor, Affiliation, Alias, Identifier


class AliasInline(TabularInline):
    model = Alias
    fields = ("name", "language")

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        if "name" in formset.form.base_fields:
            attributes = alike_attributes("timeline_actor_alike", obj)
            formset.form.base_fields["name"].widget.attrs |= attributes
        return formset


class IdentifierInline(TabularInline):
    model = Identifier
    fields = ("scheme", "value")


class AffiliationFormSet(LineFormSet):
    def clean(self) -> None:
        """The same office in the same words once. Django leaves this to the database."""
        super().clean()
        seen = set()
        for row in self.rows():
            if "organization" not in row or "held" not in row:
                continue
            office = (row["organization"], row.get("title"), row["held"].text)
            if office in seen:
                message = "An affiliation with the same organization, title and time is given twice."
                raise ValidationError(message, code="affiliation_is_given_once")
            seen.add(office)


class AffiliationInline(TabularInline):
    model = Affiliation
    fk_name = "member"
    formset = AffiliationFormSet
    fields = ("organization", "title", "held")
    autocomplete_fields = ("organization",)


@admin.register(Actor)
class ActorAdmin(MergeAdmin, AlikeAdmin, RecordAdmin):
    api_name = "actors"
    alike_fields: ClassVar[dict[str, tuple[str, ...]]] = {"name": ()}
    list_display = ("name", "kind", "other_names", "slug", "is_public")
    list_filter = ("kind", "is_public")
    search_fields = ("name", "aliases__name", "slug", "identifiers__value")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    inlines = (AliasInline, AffiliationInline, IdentifierInline)
    fieldsets = (
        (None, {"fields": ("name", "kind", "description", "is_public")}),
        RECORD,
    )

    def for_list(self, rows: Any) -> Any:
        return rows.prefetch_related("aliases")

    def get_urls(self) -> list[URLPattern]:
        return [*choosing.addresses(self.admin_site), *super().get_urls()]

    def find_alike(self, given: dict[str, str]) -> list[Alike]:
        return actors_called(given["name"])

    def for_choosing(self, rows: Any) -> Any:
        return rows.prefetch_related("aliases")

    def told_apart(self, thing: Actor, term: str) -> Iterable[str]:
        other = choosing.other_name(thing.name, [alias.name for alias in thing.aliases.all()], term)
        return (f"also called {other}" if other else "", thing.get_kind_display().lower())

    @admin.display(description="also called")
    def other_names(self, actor: Actor) -> str:
        return ", ".join(alias.name for alias in actor.aliases.all())
