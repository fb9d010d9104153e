"""The pages of events, with who took part, what supports them and how they relate; and how a date is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F
from django.db.models.lookups import GreaterThanOrEqual
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.html import format_html

from timeline.admin import choosing, events_list, imports
from timeline.admin.alike import AlikeAdmin
from timeline.admin.base import RECORD, RecordList, TabularInline
from timeline.admin.filters import DateAndActorFilter, UndatedFilter
from timeline.admin.review import DeskFilter, ReviewFilter
from timeline.admin.source import CitationInline, CitedAdmin, CitedForm
from timeline.alike import Alike, events_like
from timeline.dates import OPEN_FUTURE, DateError
from timeline.fields import MAX_TEXT, When
from timeline.forms import Reading, read_inputs
from timeline.models import Event, EventRelation, Participation

SHOWN_ACTORS = 4
DATE_PARTS = ("text", "edtf", "reference")


def words_and_reading(when: When) -> str:
    """The source's words, and below them the reading where it says more."""
    reading = when.display()
    if when.text in ("", reading):
        return reading
    return format_html('{}<span class="reading-line">{}</span>', when.text, reading)


def names(actors: list[Any]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(actors) - SHOWN_ACTORS} more" if len(actors) > SHOWN_ACTORS else ""
    return ", ".join(str(actor) for actor in actors[:SHOWN_ACTORS]) + more


class ParticipationInline(TabularInline):
    model = Participation
    fields = ("actor", "role", "capacity", "note", "position")
    autocomplete_fields = ("actor", "role")
    verbose_name = "participant"
    verbose_name_plural = "participants"


class RelationInline(TabularInline):
    model = EventRelation
    fk_name = "event"
    fields = ("kind", "related", "attributed_to", "note", "position")
    autocomplete_fields = ("related", "attributed_to")
    verbose_name = "relation to another event"
    verbose_name_plural = "relations to other events"
    classes = ("collapse",)


class EventForm(CitedForm):
    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if self.instance.pk and "contracts" in data:
            self.instance.check_contracts(data["contracts"])
        return data


class EventList(events_list.EventsList):
    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        """The undated last, also where the newest come first; as EventQuerySet.newest_first(), in one."""
        ordering: list[Any] = super().get_ordering(request, queryset)
        if "-date_sort_at" in ordering:
            undated_last = GreaterThanOrEqual(F("date_sort_at"), OPEN_FUTURE)
            ordering.insert(ordering.index("-date_sort_at"), undated_last)
        return ordering


@admin.register(Event)
class EventAdmin(AlikeAdmin, CitedAdmin):
    api_name = "events"
    alike_fields: ClassVar[dict[str, tuple[str, ...]]] = {
        "title": ("date_text", "date_edtf", "date_reference")
    }
    form = EventForm
    list_display = ("when", "title", "kind", "who", "review")
    list_display_links = ("title",)
    list_filter = (
        DateAndActorFilter,
        UndatedFilter,
        DeskFilter,
        ReviewFilter,
        "kind",
        "status",
        "verification",
    )
    list_select_related = ("kind",)
    search_fields = ("title", "summary", "slug", "date_text")  # where an event is chosen
    search_help_text = "Words, “phrases” and -exclusions in titles, summaries, quotes and names; whole words."
    ordering = ("date_sort_at", "id")
    paginator = events_list.CountedPaginator
    prepopulated_fields = {"slug": ("title",)}  # noqa: RUF012
    autocomplete_fields = ("place", "tags", "contracts")
    inlines = (ParticipationInline, CitationInline, RelationInline)
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "title",
                    "date",
                    "summary",
                    ("kind", "importance"),
                    ("status", "verification"),
                    "place",
                    "tags",
                    "contracts",
                )
            },
        ),
        RECORD,
    )

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return EventList

    def for_list(self, rows: Any) -> Any:
        return rows.prefetch_related("participations__actor")

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """In the list what the site's search finds; where an event is chosen, what has the letters so far."""
        match = request.resolver_match
        is_choice = match is not None and match.url_name in (choosing.ADDRESS, "autocomplete")
        if is_choice or "\0" in search_term or not search_term.strip():
            return super().get_search_results(request, queryset, search_term)
        return events_list.searched(request, queryset, search_term), False

    def find_alike(self, given: dict[str, str]) -> list[Alike]:
        return perhaps_the_same(given["title"], *(given[f"date_{part}"] for part in DATE_PARTS))

    def told_apart(self, thing: Event, term: str) -> Iterable[str]:
        return (thing.date.display(),)

    @admin.display(description="date", ordering="date_sort_at")
    def when(self, event: Event) -> str:
        return words_and_reading(event.date)

    @admin.display(description="actors")
    def who(self, event: Event) -> str:
        participations = event.participations.all()
        # Somebody may have two roles in one event.
        return names(list(dict.fromkeys(participation.actor for participation in participations)))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = {"may_import": imports.may_import(request.user), **(extra_context or {})}
        return super().changelist_view(request, context)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(read_date)
        mine = [path("read-date/", view, name="timeline_read_date")]
        return [*mine, *events_list.addresses(self), *imports.addresses(self.admin_site), *super().get_urls()]


def perhaps_the_same(title: str, *inputs: str) -> list[Alike]:
    """Events like one with this title and date; none while the date says nothing."""
    try:
        span = read_inputs(*inputs).span
    except (DateError, ValueError):
        return []
    return events_like(title, span) if span else []


def read_date(request: HttpRequest) -> HttpResponse:
    """How `text` is read, as the lines that stand under the inputs of a time span.

    `edtf` overrides it, and `reference` is the day that relative words count from.

    An error of the reading is an answer like another, not a status: browsers log those as failures
    while somebody is still typing.
    """
    text, edtf, reference = (
        request.GET.get(name, "")[: MAX_TEXT + 1] for name in ("text", "edtf", "reference")
    )
    reading = Reading.of(text, edtf, reference, kept="kept" in request.GET)
    return render(request, "timeline/reading.html", {"reading": reading})
