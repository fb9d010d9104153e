"""What stands above a list of events in the admin: the strip of when they start, and the ways out."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.messages.storage import default_storage
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse

from timeline.admin.base import RecordList
from timeline.admin.density import Density, density_of
from timeline.admin.filters import DateFilter, FormFilter, UndatedFilter
from timeline.exchange import downloads
from timeline.permissions import unsearched
from timeline.querysets import EventQuerySet, Window
from timeline.search import Query, QueryError, Unsettled

# Of a search. No index tells how many have a word, nor when these start.
MOST_COUNTED = 100_000


class CountedPaginator(Paginator):
    """The strip counts all that is listed; once is enough."""

    @cached_property
    def count(self) -> int:
        listed = getattr(self.object_list, "listed", None)
        return super().count if listed is None else listed.density.total


class EventsList(RecordList):
    """A list of events. What is here is worked out when the page asks for it."""

    @cached_property
    def window(self) -> Window:
        """What the filter by date asks for."""
        filters = (spec for spec in self.filter_specs if isinstance(spec, DateFilter))
        return next((spec.window for spec in filters), Window())

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        rows = super().get_queryset(request, exclude_parameters)
        rows.listed = self
        return rows

    @cached_property
    def density(self) -> Density:
        if self.query and self._finds_many():
            return Density(total=MOST_COUNTED, more=True)
        return density_of(self.queryset, self.window, self.address_of_span)

    def _finds_many(self) -> bool:
        """Whether a search finds so many that counting when each starts takes longer than a page may."""
        found = self.queryset.order_by().values("pk")[: MOST_COUNTED + 1]
        return int(found.count()) > MOST_COUNTED

    def address_of_span(self, first: str, last: str) -> str:
        """This list, narrowed to a span in place of the one that it has."""
        return self.get_query_string({"date_from": first, "date_to": last})

    @property
    def undated_address(self) -> str:
        dates = dict.fromkeys(DateFilter.parameters)
        return self.get_query_string({**dates, UndatedFilter.parameter_name: "only"})

    @property
    def whole_range_address(self) -> str:
        """This list without its span; "" where it has none."""
        return "" if self.window == Window() else self.get_query_string(dict.fromkeys(DateFilter.parameters))

    @property
    def exports(self) -> list[tuple[str, str]]:
        """The formats, and where these events are answered in each."""
        asked = self.get_query_string()
        return [
            (form.upper(), reverse("admin:timeline_event_export", args=[form]) + asked)
            for form in downloads.FORMATS
        ]

    @property
    def is_readable(self) -> bool:
        """Whether all its filters could be read; otherwise it shows nothing and says why."""
        return all(spec.form.is_valid() for spec in self.filter_specs if isinstance(spec, FormFilter))


def searched(request: HttpRequest, rows: EventQuerySet, text: str) -> EventQuerySet:
    """Those of the rows that the site's own search finds, drafts too; none where it says why not."""
    try:
        query = replace(Query.read(text), hidden=unsearched(request.user))
        return rows.matching(query)
    except QueryError as refused:
        messages.error(request, f"This cannot be searched for. {refused}")
    except Unsettled:
        messages.warning(request, "Much has changed and is just being made ready. Search again.")
    return rows.none()


def export(model_admin: Any, request: HttpRequest, form: str) -> Any:
    """The events that the list shows with this address, all of them, as the API writes them."""
    if form not in downloads.FORMATS:
        raise Http404
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    list_address = f"{reverse('admin:timeline_event_changelist')}?{request.GET.urlencode()}"
    # What the filters say is read here and goes no further: the list says the same, once is enough. What
    # waits for the next page goes on waiting.
    asked: Any = copy(request)
    asked._messages = said = default_storage(request)
    try:
        shown = model_admin.get_changelist_instance(asked)
    except IncorrectLookupParameters:
        return redirect(list_address)
    if not shown.is_readable or said.added_new:
        return redirect(list_address)
    return downloads.answer(request, shown.queryset, form)


def addresses(model_admin: Any) -> list[URLPattern]:
    def view(request: HttpRequest, form: str) -> Any:
        return export(model_admin, request, form)

    guarded = model_admin.admin_site.admin_view(view)
    return [path("export/<slug:form>/", guarded, name="timeline_event_export")]
