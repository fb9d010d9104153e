"""The page of possible duplicates: pairs with the reason, to be merged or told apart."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import capfirst

from timeline.admin.base import ToldAdmin
from timeline.admin.merging import may_merge, merge_address
from timeline.history.changesets import changeset
from timeline.identity.duplicates import NOUNS, Pair, possible, tell_apart
from timeline.identity.merging import MERGED
from timeline.models import Distinction, Event, Source

LIMIT = 50
BY_NAME: dict[str, type[Any]] = {str(noun._meta.model_name): noun for noun in NOUNS}


class Asked(forms.Form):
    """What the address of the page asks for. `at` and `pk` are where a part of all events begins."""

    noun = forms.ChoiceField(choices=[(name, name) for name in BY_NAME], required=False)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)
    at = forms.IntegerField(required=False, min_value=-(2**63), max_value=2**63 - 1)
    pk = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)


class ApartForm(forms.Form):
    """That two are not the same."""

    first = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    second = forms.IntegerField(min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)


class Shown(NamedTuple):
    """A pair as the page shows it: both things with their addresses."""

    things: list[tuple[Any, str, str]]
    reasons: list[str]
    merge: str
    form: ApartForm


@admin.register(Distinction)
class DistinctionAdmin(ToldAdmin):
    """The list is of pairs; what was told apart is not shown, and comes back under other names."""

    class Media:
        css = {"all": ("timeline/admin.css", "timeline/identity.css")}  # noqa: RUF012

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        asked = Asked(request.GET)
        if not asked.is_valid():
            messages.error(request, "The address could not be read. This is the first page.")
            return HttpResponseRedirect(request.path)
        nouns = [noun for noun in NOUNS if request.user.has_perm(f"timeline.view_{noun._meta.model_name}")]
        noun = BY_NAME.get(asked.cleaned_data["noun"]) or next(iter(nouns), None)
        if not self.has_view_permission(request) or noun not in nouns:
            raise PermissionDenied
        if request.method == "POST":
            return self._tell_apart(request, noun)
        return TemplateResponse(
            request,
            "admin/timeline/identity/duplicates.html",
            {
                **self.admin_site.each_context(request),
                **(extra_context or {}),
                **self._page(request, noun, asked.cleaned_data),
                "title": "Possible duplicates",
                "nouns": [(one._meta.verbose_name_plural, _address(one), one is noun) for one in nouns],
                "noun": noun._meta,
                "opts": self.opts,
                "may_tell": self.may_tell(request),
                "media": self.media,
            },
        )

    def may_tell(self, request: HttpRequest) -> bool:
        return request.user.has_perms(("timeline.add_distinction", "timeline.change_distinction"))

    def _page(self, request: HttpRequest, noun: Any, asked: dict[str, Any]) -> dict[str, Any]:
        after = None if asked["at"] is None or asked["pk"] is None else (asked["at"], asked["pk"])
        found = possible(noun, after)
        page = asked["page"] or 1
        pairs = [*found.pairs.items()][(page - 1) * LIMIT : page * LIMIT]
        part = {} if after is None else {"at": after[0], "pk": after[1]}
        more = {"page": page + 1, **part} if len(found.pairs) > page * LIMIT else None
        if more is None and found.after:
            more = {"at": found.after[0], "pk": found.after[1]}
        back = {"page": page - 1, **part} if page > 1 else None
        return {
            "number": len(found.pairs),
            "is_part": after is not None or found.after is not None,
            "found": _shown(request.user, noun, pairs),
            "next": more and _address(noun, **more),
            "previous": back and _address(noun, **back),
        }

    def _tell_apart(self, request: HttpRequest, noun: Any) -> HttpResponse:
        if not self.may_tell(request):
            raise PermissionDenied
        form = ApartForm(request.POST)
        if not form.is_valid():
            messages.error(request, "Nothing was saved: which two is not said.")
            return HttpResponseRedirect(request.get_full_path())
        pair = form.cleaned_data["first"], form.cleaned_data["second"]
        with changeset(by=request.user):
            two = list(noun._default_manager.filter(pk__in=pair)[:2])
            if len(two) == 2:
                tell_apart(noun, pair, request.user)
        if len(two) == 2:
            messages.success(request, f"Not the same: “{two[0]}” and “{two[1]}”.")
        else:
            messages.error(request, "One of the two is gone meanwhile. Nothing was saved.")
        return HttpResponseRedirect(request.get_full_path())


def _address(noun: Any, **more: Any) -> str:
    page = reverse("admin:timeline_distinction_changelist")
    return f"{page}?{urlencode({'noun': noun._meta.model_name, **more})}"


def _shown(user: Any, noun: Any, pairs: list[tuple[Pair, list[str]]]) -> list[Shown]:
    rows = noun._default_manager.defer(*(["text"] if noun is Source else []))
    things = rows.in_bulk({pk for pair, _ in pairs for pk in pair})
    page = f"admin:timeline_{noun._meta.model_name}_change"
    merges = noun in MERGED and may_merge(user, noun)
    return [
        Shown(
            [(things[pk], reverse(page, args=(pk,)), _more(things[pk])) for pk in pair],
            [capfirst(reason) for reason in reasons],
            merge_address(noun, *pair) if merges else "",
            ApartForm(initial={"first": pair[0], "second": pair[1]}, auto_id=False),
        )
        for pair, reasons in pairs
        if all(pk in things for pk in pair)
    ]


def _more(thing: Any) -> str:
    """What tells it from others of its name."""
    if isinstance(thing, Event):
        return thing.date.display() if thing.date else ""
    return thing.get_kind_display() if hasattr(thing, "get_kind_display") else ""
