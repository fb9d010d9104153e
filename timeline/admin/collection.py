"""The pages of what sorts and selects events: kinds, roles, tags and timelines."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from timeline.admin.base import RECORD, RecordAdmin, TabularInline
from timeline.admin.event import words_and_reading
from timeline.models import EventKind, Role, Tag, Timeline, TimelineEntry


class VocabularyAdmin(RecordAdmin):
    list_display = ("name", "slug", "description")
    search_fields = ("name", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    fieldsets = ((None, {"fields": ("name", "description")}), RECORD)


@admin.register(EventKind)
class EventKindAdmin(VocabularyAdmin):
    api_name = "kinds"


@admin.register(Role)
class RoleAdmin(VocabularyAdmin):
    api_name = "roles"


@admin.register(Tag)
class TagAdmin(RecordAdmin):
    api_name = "tags"
    list_display = ("name", "slug", "is_public")
    list_filter = ("is_public",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    fieldsets = ((None, {"fields": ("name", "is_public")}), RECORD)


class EntryInline(TabularInline):
    model = TimelineEntry
    fields = ("event", "when", "headline")
    autocomplete_fields = ("event",)
    readonly_fields = ("when",)
    verbose_name = "entry"
    verbose_name_plural = "entries, in the order of their dates"

    @admin.display(description="date")
    def when(self, entry: TimelineEntry) -> str:
        return words_and_reading(entry.event.date) if entry.event_id else ""


@admin.register(Timeline)
class TimelineAdmin(RecordAdmin):
    api_name = "timelines"
    list_display = ("title", "entry_count", "is_public", "updated_at")
    list_filter = ("is_public",)
    search_fields = ("title", "introduction", "slug")
    prepopulated_fields = {"slug": ("title",)}  # noqa: RUF012
    inlines = (EntryInline,)
    fieldsets = ((None, {"fields": ("title", "introduction", "is_public")}), RECORD)

    def for_list(self, rows: Any) -> Any:
        entries = TimelineEntry.objects.filter(timeline=OuterRef("pk")).order_by().values("timeline")
        number = Subquery(entries.annotate(number=Count("pk")).values("number"))
        return rows.annotate(number_of_entries=Coalesce(number, 0, output_field=IntegerField()))

    @admin.display(description="events")
    def entry_count(self, timeline: Timeline) -> int:
        return int(timeline.number_of_entries)  # type: ignore[attr-defined]
