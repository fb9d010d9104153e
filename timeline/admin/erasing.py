"""Erasing a thing or a field of it, on a page that first tells what goes; and the list of what was erased."""

from __future__ import annotations

import hashlib
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import capfirst

from timeline.admin.base import Text, ToldAdmin
from timeline.exchange.nouns import NOUNS
from timeline.identity import target
from timeline.identity.erasing import erase, notes
from timeline.identity.parts import ErasureError, part_of, paths
from timeline.identity.target import Account, Target
from timeline.limits import without_limit
from timeline.models import Erasure

BY_MODEL = {noun.model._meta.model_name: noun for noun in NOUNS}
SWEEP = "Until “manage.py sweep” has run on the server, its disk keeps traces of it."


class ErasingForm(forms.Form):
    """What is erased, and why; `shown` is what was told of it, `typed` the address, typed to confirm."""

    part = forms.CharField(
        label="Field",
        required=False,
        max_length=60,
        help_text="Blank: the thing as a whole. A line of a list by its number from 0: citations.0.quote.",
        widget=forms.TextInput({"class": "vTextField", "list": "erase-parts", "autocomplete": "off"}),
    )
    replacement = forms.CharField(
        label="What is to stand there",
        required=False,
        strip=False,
        widget=Text({"class": "vLargeTextField", "rows": 2}),
        help_text="In a field that cannot be empty.",
    )
    basis = forms.CharField(
        label="Basis",
        required=False,
        max_length=200,
        help_text=Erasure._meta.get_field("basis").help_text,
        widget=forms.TextInput({"class": "vTextField"}),
    )
    shown = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)
    typed = forms.CharField(required=False, max_length=100)

    def __init__(self, found: Target, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.found = found
        self.fields["typed"].label = f"Type “{found.slug}” to erase it for ever"
        self.fields["typed"].widget.attrs |= {"class": "vTextField", "autocomplete": "off"}

    def clean_part(self) -> str:
        name = str(self.cleaned_data["part"])
        try:
            if name:
                part_of(self.found.noun, name)
        except ErasureError as refused:
            raise ValidationError(str(refused), code="unknown_field") from refused
        return name

    @property
    def told(self) -> str:
        """What names what would be erased."""
        told = [self.found.pks, self.cleaned_data["part"], self.cleaned_data["replacement"]]
        return hashlib.blake2b(repr(told).encode(), digest_size=8).hexdigest()


@admin.register(Erasure)
class ErasureAdmin(ToldAdmin):
    """That something was erased, when and by whom. Nothing is added here but by erasing."""

    list_display = ("erased_at", "by", "noun", "thing_id", "part", "basis")
    list_select_related = ("by",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.erase_view)
        return [path("<slug:noun>/<int:pk>/", view, name="timeline_erasure_erase"), *super().get_urls()]

    def erase_view(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        if not request.user.has_perm("timeline.add_erasure"):
            raise PermissionDenied
        found = target.numbered(BY_MODEL[noun], pk) if noun in BY_MODEL and pk < 2**63 else None
        if found is None:
            raise Http404
        form = ErasingForm(found, request.POST or None)
        account = None
        if form.is_valid():
            try:
                with without_limit():
                    if self._is_confirmed(request, form):
                        return self._erase(request, form)
                    account = self._account(request, form, dry_run=True)
            except ErasureError as refused:
                form.add_error(None, str(refused))
        return self._page(request, form, account)

    def _is_confirmed(self, request: HttpRequest, form: ErasingForm) -> bool:
        if "erase" not in request.POST:
            return False
        if form.cleaned_data["shown"] != form.told:
            messages.warning(request, "What would go is not what was shown. Look again, then erase.")
            return False
        if form.cleaned_data["typed"] != form.found.slug:
            form.add_error("typed", f"Nothing was erased. Type “{form.found.slug}” to erase it.")
            return False
        return True

    def _account(self, request: HttpRequest, form: ErasingForm, *, dry_run: bool) -> Account:
        data = form.cleaned_data
        return erase(
            form.found,
            data["part"],
            by=request.user,
            basis=data["basis"],
            replacement=data["replacement"],
            dry_run=dry_run,
        )

    def _erase(self, request: HttpRequest, form: ErasingForm) -> HttpResponse:
        self._account(request, form, dry_run=False)
        messages.success(request, f"Erased. {SWEEP}")
        return HttpResponseRedirect(reverse("admin:timeline_erasure_changelist"))

    def _page(self, request: HttpRequest, form: ErasingForm, account: Account | None) -> HttpResponse:
        found = form.found
        opts = found.model._meta
        context = {
            **self.admin_site.each_context(request),
            "title": f"Erase {opts.verbose_name}",
            "opts": opts,
            "form": form,
            "found": found,
            "parts": [*paths(found.noun)],
            "account": None if account is None else [(capfirst(name), number) for name, number in account],
            "retracted": account.retracted if account else [],
            "notes": notes(found, form.cleaned_data["part"]) if account else [],
            "shown": form.told if account else "",
            "media": self.media,
        }
        return TemplateResponse(request, "admin/timeline/erasure/erase.html", context)
