"""The list of citations, the broken quotes first, each with the passage that it was probably taken from."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.db.models import Case, When
from django.db.models.functions import Length
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode

from timeline.admin.base import RecordAdmin, RecordList
from timeline.models import Source
from timeline.nearest import Passages
from timeline.quotes import QuoteStatus

# To look through a book for each of fifty quotes takes too long for a list.
LONGEST_TEXT = 200_000
ONLY_BROKEN = {"quote_status__exact": QuoteStatus.MISSING.value}
BROKEN_FIRST = Case(When(quote_status=QuoteStatus.MISSING, then=0), default=1)


class QuotesList(RecordList):
    """A page of citations that knows the texts which its broken quotes are not in. They take one query."""

    @cached_property
    def texts(self) -> dict[int, Passages]:
        broken = {row.source_id for row in self.result_list if row.quote_status == QuoteStatus.MISSING}
        if not broken:
            return {}
        sources = Source.objects.annotate(length=Length("text")).filter(
            pk__in=broken, length__lte=LONGEST_TEXT
        )
        return {pk: Passages(text) for pk, text in sources.order_by().values_list("pk", "text")}

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        for row in self.result_list:
            row.shown_in = self


class QuotesAdmin(RecordAdmin):
    """Of citations. Where only the broken ones are shown, those of a source stand together."""

    class Media:
        css = {"all": ("timeline/events-list.css",)}  # noqa: RUF012

    broken_display = ("__str__", "target", "quote")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[RecordList]:
        return QuotesList

    def get_list_display(self, request: HttpRequest) -> Any:
        if not _shows_broken(request):
            return super().get_list_display(request)
        # What stands in a source is for who may view sources.
        sees = request.user.has_perm("timeline.view_source")
        return (*self.broken_display, "nearest_passage") if sees else self.broken_display

    def get_ordering(self, request: HttpRequest) -> Any:
        return ("source_id", "position", "id") if _shows_broken(request) else (BROKEN_FIRST, "position", "id")

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(broken)
        return [path("broken/", view, name="timeline_broken_quotes"), *super().get_urls()]

    @admin.display(description="nearest passage in the source")
    def nearest_passage(self, citation: Any) -> str:
        text: Passages | None = citation.shown_in.texts.get(citation.source_id)
        if text is None or citation.quote_status != QuoteStatus.MISSING:
            return ""
        return text.nearest(citation.quote)


def _shows_broken(request: HttpRequest) -> bool:
    return all(request.GET.get(name) == value for name, value in ONLY_BROKEN.items())


def broken(request: HttpRequest) -> HttpResponse:
    """The list of broken quotes, under an address that stays."""
    return redirect(f"{reverse('admin:timeline_citation_changelist')}?{urlencode(ONLY_BROKEN)}")
