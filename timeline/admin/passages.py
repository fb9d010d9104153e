"""Choosing a quote in the text of its source: what the page of a citation asks, and what its form takes."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse_lazy

from timeline.admin.base import Text
from timeline.admin.page_forms import RecordForm
from timeline.dates.calendar import civil
from timeline.fields import When
from timeline.models import Source
from timeline.passages import find

LONGEST = 10_000
MOST_SOURCES = 200
# A day, and no guess about it.
_EXACT = ("day", "hour", "minute", "second")


class PassageForm(RecordForm):
    """A citation's form; `passage` is where in the text the editor chose the quote, as "start-end"."""

    passage = forms.RegexField(
        r"\A[0-9]{1,9}-[0-9]{1,9}\Z",
        required=False,
        widget=forms.HiddenInput({"class": "passage-place"}),
        error_messages={"invalid": "The place of a passage is two numbers."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        start, end = self.instance.start, self.instance.end
        self.initial["passage"] = "" if start is None else f"{start}-{end}"
        if "quote" in self.fields:
            addresses = {
                "data-passages-url": reverse_lazy("admin:timeline_passages"),
                "data-sources-url": reverse_lazy("admin:timeline_sources_told"),
            }
            self.fields["quote"].widget = Text({"class": "vLargeTextField", **addresses})

    def clean(self) -> dict[str, Any]:
        """Saving looks there first, and elsewhere where the quote does not stand there."""
        data = super().clean() or self.cleaned_data
        if passage := data.get("passage"):
            start, end = map(int, passage.split("-"))
            if start >= end:
                raise ValidationError("A passage ends after it starts.", code="citation_offsets_are_ordered")
            self.instance.start, self.instance.end = start, end
        return data


def addresses(site: Any) -> list[URLPattern]:
    views = {"passages": passages, "sources_told": sources_told}
    return [
        path(f"{name.replace('_', '-')}/", site.admin_view(view), name=f"timeline_{name}")
        for name, view in views.items()
    ]


def _may_see_sources(request: HttpRequest) -> None:
    if not request.user.has_perm("timeline.view_source"):
        raise PermissionDenied


def passages(request: HttpRequest) -> HttpResponse:
    """The passages of a source's text that have the words, as the lines that stand below a quote.

    By POST, because a quote may be longer than an address; nothing is written.
    """
    _may_see_sources(request)
    number, wanted = request.POST.get("source", ""), request.POST.get("words", "")
    wanted = wanted.replace("\r\n", "\n").strip()
    numbered = re.fullmatch(r"[0-9]{1,18}", number)
    source = Source.objects.filter(pk=number).first() if numbered else None
    refused = ""
    if source is None:
        refused = "Choose the source first."
    elif not source.text:
        refused = f"No text of “{source}” is kept. It can be added on the page of the source."
    elif not wanted:
        refused = "Paste the passage, or write words that stand in it."
    elif len(wanted) > LONGEST:
        refused = f"A passage has at most {LONGEST:,} characters."
    context: dict[str, Any] = {"refused": refused, "source": source}
    if source is not None and not refused:
        context["found"] = find(source.text, wanted)
    return render(request, "timeline/passages.html", context)


def sources_told(request: HttpRequest) -> HttpResponse:
    """What the page has to know of these sources: the title, and the day of publication where it is one."""
    _may_see_sources(request)
    numbers = [number for number in request.GET.getlist("id") if re.fullmatch(r"[0-9]{1,18}", number)]
    rows = Source.objects.filter(pk__in=numbers[:MOST_SOURCES]).order_by()
    told = {}
    for pk, title, published in rows.values_list("pk", "title", "published"):
        day = day_of(published)
        told[str(pk)] = {"title": title, "published": day and day.isoformat()}
    return JsonResponse({"sources": told})


def day_of(when: When) -> date | None:
    """The day that a date is, where it is one for certain."""
    span = when.span
    if span is None or span.precision not in _EXACT or span.approximate or span.uncertain:
        return None
    year, month, day, *_ = civil(span.earliest)
    return date(year, month, day) if 1 <= year <= 9999 else None
