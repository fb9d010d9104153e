"""The history of a thing: its versions with what changed, to look at and to restore; and what was deleted."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from timeline.history.differences import Difference, Telling
from timeline.history.named import Names
from timeline.history.restoring import Overtaken, Problem, Refused, Restoring, restore
from timeline.history.states import (
    NO_LIMIT,
    State,
    has_history,
    noun_of,
    number_of_lines,
    revisions_of,
    states,
)
from timeline.history.things import is_link
from timeline.models import Changeset, Merge, Revision
from timeline.models.revision import PAST
from timeline.moment import one_moment

# Versions on a page, and how many lines they may have together before there are fewer.
VERSIONS = 20
LINES = 10_000
DELETED = 50
# Characters of a long text that stand on the page of a version.
SHOWN = 100_000


class Version(NamedTuple):
    """A state, who began it, and who ended it where the thing was deleted then.

    `difference` is from the state before; None where there is none. What is written past `save`, in bulk or
    by a merge, counts no version, so it `is_uncounted`.
    """

    state: State
    begun: Changeset | None
    deleted: Changeset | None
    is_back: bool
    is_uncounted: bool
    difference: Difference | None


class RestoringForm(forms.Form):
    """Why a version is restored; `seen` names the state that the page was about."""

    message = forms.CharField(required=False, max_length=500, widget=forms.TextInput({"class": "vTextField"}))
    seen = forms.CharField(max_length=60, widget=forms.HiddenInput)


class HistoryPages(admin.ModelAdmin):
    """The pages of histories, for things that have one. Others keep Django's log of actions."""

    def get_urls(self) -> list[URLPattern]:
        if not has_history(self.model):
            return super().get_urls()
        views = (
            ("deleted/", self.deleted_view, "deleted"),
            ("<int:pk>/history/<int:number>/", self.version_view, "version"),
            ("<int:pk>/history/<int:number>/restore/", self.restore_view, "restore"),
        )
        name = f"timeline_{self.opts.model_name}"
        mine = [path(at, self.admin_site.admin_view(view), name=f"{name}_{what}") for at, view, what in views]
        return [*mine, *super().get_urls()]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The versions, the newest first, also of a thing that is gone."""
        if not has_history(self.model):
            return super().history_view(request, object_id, extra_context)
        self._may_look(request)
        pk = int(object_id) if re.fullmatch(r"[0-9]{1,18}", object_id) else 0
        with one_moment():
            context = self._history(request, pk)
        if context is None:
            messages.error(request, f"There is no {self.opts.verbose_name} with this number, nor was there.")
            return HttpResponseRedirect(self._history_address("changelist"))
        title = f"History: {context['called']}"
        return self._history_page(request, "history", title, context | (extra_context or {}))

    def _history(self, request: HttpRequest, pk: int) -> dict[str, Any] | None:
        stands, revisions = self._stands(pk), revisions_of(self.model, pk)
        size = max(1, min(VERSIONS, LINES // max(number_of_lines(self.model, pk), 1)))
        paginator = Paginator(range(stands + revisions.count()), size)
        if not paginator.count:
            return None
        page = paginator.get_page(request.GET.get("p"))
        # And the one before those of the page, to compare with.
        start = page.start_index() - 1
        some = list(revisions[max(start - stands, 0) : start - stands + size + 1])
        found = states(self.model, pk, some, now=stands and not start)
        return {
            "versions": _versions(found, self._telling(request, found))[:size],
            **_paged(page),
            "pk": pk,
            "called": self._called(found[0]),
            "stands": stands,
            "may_restore": self._may_restore(request, stands),
        }

    def version_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """All that a version says."""
        self._may_look(request)
        with one_moment():
            revision = self._revision(pk, number)
            earlier = revisions_of(self.model, pk).filter(pk__lt=number)[:1]
            found = states(self.model, pk, [revision, *earlier], now=False, longest=NO_LIMIT)
            telling, stands = self._telling(request, found), self._stands(pk)
            versions = _versions(found, telling)
        context = {
            "version": versions[0],
            "fields": telling.whole(found[0]),
            "parts": telling.lines(found[0]),
            "shown": SHOWN,
            "pk": pk,
            "called": self._called(found[0]),
            "stands": stands,
            "may_restore": self._may_restore(request, stands),
        }
        title = f"Version {revision.version} of {context['called']}"
        return self._history_page(request, "version", title, context)

    def restore_view(self, request: HttpRequest, pk: int, number: int) -> HttpResponse:
        """What restoring a version would change, and the button that does it."""
        self._may_look(request)
        with one_moment():
            revision = self._revision(pk, number)
            restoring = Restoring(revision)
        if not self._may_restore(request, not restoring.is_gone):
            raise PermissionDenied
        if request.method != "POST":
            return self._restoring_page(request, restoring)
        form = RestoringForm(request.POST)
        if not form.is_valid():
            return self._restoring_page(request, restoring, form)
        if _lacking(request.user, restoring):
            raise PermissionDenied
        given = form.cleaned_data
        message = given["message"].strip() or _proposed(revision)
        try:
            thing = restore(revision, by=request.user, message=message, seen=given["seen"])
        except Overtaken:
            if not revisions_of(self.model, pk).filter(pk=number).exists():
                messages.warning(request, "It was erased meanwhile. Nothing was restored.")
                return HttpResponseRedirect(self._history_address("changelist"))
            warning = "It was changed meanwhile. Nothing was restored: look again at what would change now."
            messages.warning(request, warning)
            return self._restoring_page(request, Restoring(revision), given=given["message"])
        except Refused as refused:
            return self._restoring_page(request, restoring, form, refused.problems)
        (self.log_addition if restoring.is_gone else self.log_change)(request, thing, message)
        messages.success(request, f"Version {revision.version} of “{thing}” was restored, as a new version.")
        return HttpResponseRedirect(self._history_address("history", pk))

    def _restoring_page(
        self,
        request: HttpRequest,
        restoring: Restoring,
        form: RestoringForm | None = None,
        problems: list[Problem] | None = None,
        given: str = "",
    ) -> HttpResponse:
        revision = restoring.revision
        initial = {"message": given or _proposed(revision), "seen": restoring.seen}
        difference, shows = restoring.difference, self._shows(request)
        parts = [part for part in difference.parts if is_link(part.model) or shows(part.model)]
        context = {
            "form": form or RestoringForm(initial=initial),
            "revision": revision,
            "difference": Difference(difference.fields, parts),
            "problems": restoring.lacking if problems is None else problems,
            "is_refused": problems is not None,
            "lacking": _lacking(request.user, restoring),
            "pk": revision.thing_id,
            "called": self._called(restoring.past if restoring.is_gone else restoring.now),
            "stands": not restoring.is_gone,
        }
        title = f"Restore version {revision.version} of {self._called(restoring.past)}"
        return self._history_page(request, "restore", title, context)

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        """What was deleted, the last first."""
        self._may_look(request)
        of_thing = Revision.objects.filter(noun=OuterRef("noun"), thing_id=OuterRef("thing_id"))
        rows = Revision.objects.filter(noun=noun_of(self.model).name, is_deletion=True)
        rows = rows.filter(~Exists(self.model._default_manager.order_by().filter(pk=OuterRef("thing_id"))))
        rows = rows.filter(~Exists(of_thing.filter(pk__gt=OuterRef("pk"))))
        paginator = Paginator(rows.select_related("changeset__by").order_by("-until", "-id"), DELETED)
        page = paginator.get_page(request.GET.get("p"))
        past: Any = PAST[self.model]._base_manager.filter(revision_id__in=[one.pk for one in page])
        names = dict(past.values_list("revision_id", self._name))
        merges = Merge.objects.filter(
            noun=self.opts.model_name, undone_at=None, gone_id__in=[one.thing_id for one in page]
        )
        into = {merge.gone_id: merge for merge in merges}
        return self._history_page(
            request,
            "deleted",
            f"Deleted {self.opts.verbose_name_plural}",
            {
                "deleted": [(one, names.get(one.pk, one.slug), into.get(one.thing_id)) for one in page],
                **_paged(page),
                "may_restore": self._may_restore(request, stands=False),
            },
        )

    def _history_page(
        self, request: HttpRequest, name: str, title: str, context: dict[str, Any]
    ) -> HttpResponse:
        media = self.media + forms.Media(css={"all": ("timeline/history.css",)})
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "media": media,
        }
        return TemplateResponse(request, f"admin/timeline/history/{name}.html", context)

    def _history_address(self, page: str, *args: Any) -> str:
        return reverse(f"admin:timeline_{self.opts.model_name}_{page}", args=args)

    def _may_look(self, request: HttpRequest) -> None:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied

    def _may_restore(self, request: HttpRequest, stands: bool) -> bool:
        """What is gone is made anew by it."""
        return self.has_change_permission(request) and (stands or self.has_add_permission(request))

    def _shows(self, request: HttpRequest) -> Any:
        """Whether lines of a kind are shown, as on the page of the thing."""
        return lambda model: request.user.has_perm(f"timeline.view_{model._meta.model_name}")

    @property
    def _name(self) -> str:
        model: Any = self.model
        return str(model.name_field)

    def _called(self, state: State) -> str:
        return str(state.row[self._name])

    def _stands(self, pk: int) -> bool:
        return bool(self.model._default_manager.filter(pk=pk).exists())

    def _revision(self, pk: int, number: int) -> Revision:
        return get_object_or_404(revisions_of(self.model, pk), pk=number)

    def _telling(self, request: HttpRequest, found: list[State]) -> Telling:
        model: Any = self.model
        return Telling(model, Names(model, found), self._shows(request))


def _versions(found: list[State], telling: Telling) -> list[Version]:
    """Each state with what changed from the one that follows it in the list, which was before it."""
    beginnings = _beginnings(found)
    versions = []
    for state, before in zip(found, [*found[1:], None], strict=True):
        ended, was = state.revision, before and before.revision
        is_back = bool(was and was.is_deletion)
        begun = was.changeset if was and not is_back else beginnings.get(state.row["recorded_in"])
        deleted = ended.changeset if ended and ended.is_deletion else None
        difference = telling.between(before, state) if before else None
        is_uncounted = before is not None and before.version == state.version
        versions.append(Version(state, begun, deleted, is_back, is_uncounted, difference))
    return versions


def _paged(page: Any) -> dict[str, Any]:
    """What the template of pages shows."""
    pages = page.paginator.get_elided_page_range(page.number)
    return {"page": page, "pages": pages, "ellipsis": Paginator.ELLIPSIS}


def _beginnings(found: list[State]) -> dict[int, Changeset]:
    """The changesets in which the thing came in."""
    numbers = {state.row["recorded_in"] for state in found} - {None}
    return Changeset.objects.select_related("by").in_bulk(sorted(numbers))


def _proposed(revision: Revision) -> str:
    return f"Version {revision.version} restored"


def _lacking(user: Any, restoring: Restoring) -> list[str]:
    """The lines that the user may not change as restoring would."""
    found = []
    for part in restoring.difference.parts:
        name = part.model._meta.model_name
        if not is_link(part.model) and not user.has_perms(
            [f"timeline.{action}_{name}" for action in part.asked]
        ):
            found.append(part.label)
    return found
