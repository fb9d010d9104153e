"""Taking a file in: it is sent, looked at line by line, and then taken in as it was shown."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import DataError, IntegrityError, transaction
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_POST

from timeline.exchange import by_user, spreadsheet, uploads
from timeline.exchange.by_user import CHANGED, CREATED, EQUAL, REFUSED, Told, may_import
from timeline.models import Upload

__all__ = ["addresses", "may_import"]

LINES_A_PAGE = 200
KEPT = timedelta(days=1)
LABELS = {CREATED: "created", CHANGED: "changed", EQUAL: "as it stands", REFUSED: "refused"}


class UploadForm(forms.Form):
    file = forms.FileField(label="File", help_text=uploads.LIMITS)
    form = forms.ChoiceField(
        label="Form",
        required=False,
        choices=[("", "By the name of the file: .csv or .ndjson"), *Upload.Form.choices],
    )
    updates = forms.BooleanField(
        label="Change what stands already and is different",
        required=False,
        initial=True,
        help_text="Otherwise such lines are refused.",
    )

    def clean_file(self) -> tuple[str, bytes]:
        """The name and the content, if that is a file that can be read at all."""
        file = self.cleaned_data["file"]
        try:
            uploads.refuse_large(file.size)
            content = file.read()
            uploads.refuse_unreadable(content)
        except uploads.Unreadable as refused:
            raise ValidationError(str(refused), code="unreadable") from refused
        return file.name[-100:], content

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "file" in data and "form" in data:
            name, content = data["file"]
            data["form"] = data["form"] or ("csv" if name.lower().endswith(".csv") else "ndjson")
            if data["form"] == Upload.Form.CSV:
                try:
                    uploads.refuse_header(content)
                except uploads.Unreadable as refused:
                    self.add_error("file", ValidationError(str(refused), code="unknown_columns"))
        return data


def send(request: HttpRequest) -> HttpResponse:
    """The form for a file, and what it leads to."""
    user = _importer(request)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if not form.is_valid():  # or not sent yet
        return _page(request, "import.html", "Import", form=form, limits=uploads.LIMITS)
    name, content = form.cleaned_data["file"]
    upload = Upload(
        user=user,
        name=name,
        content=content,
        form=form.cleaned_data["form"],
        updates=form.cleaned_data["updates"],
    )
    uploads.take(upload)  # nothing stays: nothing has been seen yet
    with transaction.atomic():
        Upload.objects.filter(Q(user=user) | overdue()).delete()
        upload.save()
    return redirect("admin:timeline_import_preview", upload.pk)


def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What would come of each line."""
    user = _importer(request)
    upload = Upload.objects.defer("content").filter(user=user, pk=pk).exclude(overdue()).first()
    if upload is None:
        return _gone(request, pk)
    lines = by_user.read_again(upload.report)
    found = Counter(told.what for told in lines)
    only = request.GET.get("show", "")
    if only and only not in LABELS:
        raise Http404
    shown = [told for told in lines if told.what == only or not only]
    page = Paginator(shown, LINES_A_PAGE).get_page(request.GET.get("p"))
    return _page(
        request,
        "preview.html",
        f"Import {upload.name}",
        upload=upload,
        counts=[(what, label, found[what]) for what, label in LABELS.items()],
        types=_by_type(lines),
        total=len(lines),
        only=only,
        page=page,
        rows=[(told, LABELS[told.what]) for told in page],
        refused=found[REFUSED],
        is_cut_short=sum(len(told.reasons) for told in lines) >= by_user.MOST_PROBLEMS,
        writes=found[CREATED] + found[CHANGED],
    )


def _by_type(lines: list[Told]) -> list[tuple[str, Counter[str]]]:
    """By type, in the order of the file, how many lines become what."""
    found: dict[str, Counter[str]] = {}
    for told in lines:
        if told.type:
            found.setdefault(told.type, Counter())[told.what] += 1
    return [*found.items()]


@require_POST
def take_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Take in what was shown, or, where that has changed meanwhile, show what would come of it now."""
    user = _importer(request)
    try:
        with transaction.atomic():
            rows = Upload.objects.select_for_update().filter(user=user, pk=pk)
            upload = rows.exclude(overdue()).first()
            if upload is None:
                return _gone(request, pk)
            shown = upload.digest
            lines = uploads.take(upload, seen=request.POST.get("seen", ""))
            is_in = upload.digest == request.POST.get("seen") and not any(
                told.what == REFUSED for told in lines
            )
            upload.delete() if is_in else upload.save(update_fields=("report", "digest"))
    except (IntegrityError, DataError):
        messages.error(request, "Somebody else has changed what the file refers to. Nothing was taken in.")
        return redirect("admin:timeline_import_preview", pk)
    if is_in:
        messages.success(request, _told(lines))
        return redirect("admin:timeline_event_changelist")
    if upload.digest != shown:
        message = (
            "What stands here has changed meanwhile. Nothing was taken in; this is what would come of it now."
        )
        messages.warning(request, message)
    else:
        messages.error(request, "Nothing was taken in: some lines are refused.")
    return redirect("admin:timeline_import_preview", pk)


def _told(lines: list[Told]) -> str:
    found = Counter(told.what for told in lines)
    parts = [f"{found[what]} {LABELS[what]}" for what in (CREATED, CHANGED, EQUAL) if found[what]]
    return f"Taken in: {', '.join(parts)}."


def template(request: HttpRequest) -> HttpResponse:
    """A table with one row, to be filled in."""
    _importer(request)
    response = HttpResponse(spreadsheet.example(), content_type="text/csv; charset=utf-8; header=present")
    response["Content-Disposition"] = 'attachment; filename="events-template.csv"'
    return response


def _importer(request: HttpRequest) -> Any:
    """Who asks, if they may."""
    if not may_import(request.user):
        raise PermissionDenied("To import you need to see everything, and to add or change events.")
    return request.user


def overdue() -> Q:
    """The files that were sent too long ago to be taken in."""
    return Q(sent_at__lt=timezone.now() - KEPT)


def _gone(request: HttpRequest, pk: int) -> HttpResponse:
    user: Any = request.user
    message = "This file is not there any more: it was taken in, or replaced by another."
    if Upload.objects.filter(overdue(), user=user, pk=pk).exists():
        message = "This file was sent more than a day ago and is not kept longer. Send it again."
    Upload.objects.filter(overdue()).delete()
    messages.error(request, message)
    return redirect("admin:timeline_import")


def _page(request: HttpRequest, name: str, title: str, **context: Any) -> HttpResponse:
    shared = admin.site.each_context(request)
    return render(request, f"admin/timeline/import/{name}", {**shared, "title": title, **context})


def addresses(site: Any) -> list[URLPattern]:
    pages: tuple[tuple[str, Any, str], ...] = (
        ("import/", send, "timeline_import"),
        ("import/template.csv", template, "timeline_import_template"),
        ("import/<int:pk>/", preview, "timeline_import_preview"),
        ("import/<int:pk>/take-in/", take_in, "timeline_import_take_in"),
    )
    return [path(route, site.admin_view(view), name=name) for route, view, name in pages]
