"""The page of what the checks find: what is open, what has been looked at, and the notes on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from timeline.admin.base import Text, ToldAdmin
from timeline.contradictions import notes
from timeline.contradictions.check import Place, seen_by
from timeline.contradictions.finding import Finding, Side
from timeline.contradictions.listing import Listed, Page, Spot, page_of, proofs
from timeline.contradictions.registry import CHECKS, SEVERITIES, TITLES
from timeline.models import CheckNote, Citation, Source

LIMIT = 25
MODELS = {"events": "event", "contracts": "contract", "actors": "actor"}


class Asked(forms.Form):
    """What the address of the page asks for."""

    state = forms.ChoiceField(
        choices=(("", "Open"), ("seen", "Looked at"), ("all", "All")), required=False, label="Which"
    )
    code = forms.ChoiceField(choices=(("", "All checks"), *TITLES.items()), required=False, label="Check")
    check = forms.IntegerField(required=False, min_value=0, max_value=len(CHECKS))
    slug = forms.CharField(required=False, max_length=200)
    made = forms.DateTimeField(required=False)
    at = forms.CharField(required=False, max_length=1000)
    back = forms.BooleanField(required=False)


class LookForm(forms.Form):
    """That somebody has looked at a finding, or has not after all."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=200, strip=False)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=16)
    note = forms.CharField(required=False, max_length=10_000, widget=Text({"rows": 2}), label="Note")
    undo = forms.BooleanField(required=False, widget=forms.HiddenInput)


class ShownSide(NamedTuple):
    side: Side
    field: str
    citations: list[Citation]
    address: str


class Shown(NamedTuple):
    """A finding as the page shows it."""

    listed: Listed
    title: str
    severity: str
    sides: list[ShownSide]
    form: LookForm


@admin.register(CheckNote)
class CheckNoteAdmin(ToldAdmin):
    """The list is of what is found; the notes stand with it, and have a page of their own to be read."""

    fields = ("code", "about", "note", "by", "at")

    class Media:
        css = {"all": ("timeline/admin.css", "timeline/checks.css")}  # noqa: RUF012

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self.look(request)
        asked = Asked(request.GET)
        if not asked.is_valid():
            messages.error(request, "A filter in the address could not be read. The list is not filtered.")
            return HttpResponseRedirect(request.path)
        page = _page(request.user, asked.cleaned_data)
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": "What does not go together",
            "opts": self.opts,
            "asked": asked,
            "found": list(_shown(request.user, page)),
            "may_look": request.user.has_perms(notes.CHANGE),
            "next": page.next and _address(asked.cleaned_data, page.next),
            "previous": page.previous and _address(asked.cleaned_data, page.previous, back=True),
            "here": request.get_full_path(),
            "may_see_actors": request.user.has_perm("timeline.view_actor"),
            "media": self.media,
        }
        return TemplateResponse(request, "admin/timeline/checknote/change_list.html", context)

    def look(self, request: HttpRequest) -> HttpResponse:
        """Keep a note, or take it back, and show the page again."""
        if not request.user.has_perms(notes.CHANGE):
            raise PermissionDenied
        form = LookForm(request.POST)
        if not form.is_valid():  # which no browser sends
            return HttpResponseBadRequest("This is no finding, or no note.")
        key, digest, note = (form.cleaned_data[name] for name in ("key", "digest", "note"))
        try:
            if form.cleaned_data["undo"]:
                found = notes.look_away(request.user, key, digest)
                messages.success(request, f"Open again: {found.message}")
            else:
                found = notes.look_at(request.user, key, digest, note.replace("\r\n", "\n"))
                messages.success(request, f"Looked at: {found.message}")
        except notes.FactsChanged:
            messages.error(request, "The facts have changed since this page was opened. Nothing was saved.")
        except notes.NoSuchFinding:
            messages.error(request, "This is not found any more. Nothing was saved.")
        return HttpResponseRedirect(request.get_full_path())


def _page(user: Any, asked: dict[str, Any]) -> Page:
    place = Place(asked["slug"], asked["made"], asked["at"]) if asked["slug"] else None
    start = None if asked["check"] is None else Spot(asked["check"], place)
    seen = {"": False, "seen": True, "all": None}[asked["state"]]
    codes = {asked["code"]} if asked["code"] else None
    return page_of(user, LIMIT, codes=codes, seen=seen, start=start, backwards=asked["back"])


def _address(asked: dict[str, Any], spot: Spot, *, back: bool = False) -> str:
    given = {"state": asked["state"], "code": asked["code"], "check": spot.check}
    given |= spot.place._asdict() if spot.place else {}
    given |= {"back": "on"} if back else {}
    return "?" + urlencode({name: value for name, value in given.items() if value != ""})


def _shown(user: Any, page: Page) -> Iterator[Shown]:
    """The findings with what proves them, of what the user may see."""
    rows = Citation.objects.select_related("source", "attributed_to").defer("source__text")
    proved = proofs((one.finding for one in page.found), seen_by(user, rows, source=Source))
    for number, one in enumerate(page.found):
        found: Finding = one.finding
        note = one.noted.note or one.noted.earlier
        yield Shown(
            one,
            TITLES[found.code],
            SEVERITIES[found.code],
            [
                ShownSide(side, side.field.replace("_", " "), proved[side], _link(user, side))
                for side in found.sides
            ],
            LookForm(
                initial={"key": found.key, "digest": found.digest, "note": note.note if note else ""},
                auto_id=f"look-{number}-%s",
            ),
        )


def _link(user: Any, side: Side) -> str:
    """The page of the thing, for who may open it."""
    model = MODELS[side.noun]
    if not user.has_perm(f"timeline.view_{model}"):
        return ""
    return reverse(f"admin:timeline_{model}_change", args=(side.thing.pk,))
