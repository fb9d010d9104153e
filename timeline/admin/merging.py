"""Merging two things on a page that shows both, and the list of merges, where they are undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.text import Truncator

from timeline.admin.base import Autocomplete, ToldAdmin
from timeline.fields import When
from timeline.history.changesets import changeset
from timeline.identity.merging import LABELS, Merging, Move, Part, keys_to, locked, merge, parts_of
from timeline.identity.undoing import Undoing, undo
from timeline.models import Merge, Source

LONGEST = 300
MOST_TWICE = 20
MEANWHILE = "Somebody has changed meanwhile what this touches. Nothing was changed; look again."


def may_merge(user: Any, noun: Any) -> bool:
    """To merge is to change one thing and to delete the other; so is to undo it."""
    return bool(
        user.has_perm(f"timeline.change_{noun._meta.model_name}")
        and user.has_perm(f"timeline.delete_{noun._meta.model_name}")
    )


def shown(values: tuple[Any, ...]) -> str:
    """A value as the page shows it; "" for none."""
    said = []
    for value in values:
        if isinstance(value, bool):
            said.append("yes" if value else "no")
        elif isinstance(value, When):
            said.append(value.display() if not value.text else f"{value.text} ({value.display()})")
        elif value not in (None, ""):
            said.append(str(value))
    return Truncator(", ".join(said)).chars(LONGEST)


class ChoosingForm(forms.Form):
    """Which two things."""

    def __init__(self, model_admin: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        key = next(key for key in keys_to(model_admin.model) if key.model is not model_admin.model)
        things = model_admin.model._default_manager.defer(*(["text"] if model_admin.model is Source else []))
        for name, label in (("one", "One"), ("other", "The other")):
            widget = Autocomplete(key, model_admin.admin_site)
            self.fields[name] = forms.ModelChoiceField(things, label=label, widget=widget)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("one") is not None and data.get("one") == data.get("other"):
            raise ValidationError("Choose two, not the same one twice.", code="merge_with_itself")
        return data


class MergingForm(forms.Form):
    """Which of two stays, and whose value of each part in which they differ. `shown` names what was shown."""

    shown = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, two: list[Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.two = {str(one.pk): one for one in two}
        choices = [(pk, str(one)) for pk, one in self.two.items()]
        self.fields["kept"] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect)
        self.parts = [part for part in parts_of(type(two[0])) if len({*map(part.of, two)}) > 1]
        for part in self.parts:
            self.fields[part.name] = forms.ChoiceField(choices=choices, widget=forms.RadioSelect)

    def merging(self) -> Merging:
        """Of a form that is valid."""
        data = self.cleaned_data
        (gone,) = (one for pk, one in self.two.items() if pk != data["kept"])
        chosen = {part.name for part in self.parts if data[part.name] != data["kept"]}
        return Merging(self.two[data["kept"]], gone, chosen)


def proposed(kept: Any, gone: Any) -> dict[str, str]:
    """The choices to start from: what stays has its own values, and the other's where it has none."""
    chosen = {"kept": str(kept.pk)}
    for part in parts_of(type(kept)):
        lacks = not any(value not in (None, "", False) and value != When() for value in part.of(kept))
        chosen[part.name] = str(gone.pk if lacks else kept.pk)
    taken = {name for name, pk in chosen.items() if pk == str(gone.pk)}
    for name in list(Merging(kept, gone, taken).circles()):
        chosen[name] = str(kept.pk if name in taken else gone.pk)
    return chosen


class Line(NamedTuple):
    """A row of the page's table: a part with both its values, and inputs where they differ."""

    part: Part
    values: list[str]
    inputs: list[Any]
    errors: Any


class MergeAdmin(admin.ModelAdmin):
    """Pages of what can be merged: an action for two chosen rows, and a page for it."""

    actions = ("merge_two",)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may_merge(request.user, self.model)

    @admin.action(description="Merge two…", permissions=["merge"])
    def merge_two(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        numbers = list(queryset.order_by("pk").values_list("pk", flat=True)[:3])
        if len(numbers) == 2:
            return HttpResponseRedirect(merge_address(self.model, *numbers))
        messages.error(request, "Choose exactly two to merge.")
        return None

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.merge_view)
        return [path("merge/", view, name=f"timeline_{self.opts.model_name}_merge"), *super().get_urls()]

    def merge_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_merge_permission(request):
            raise PermissionDenied
        is_whole = {"one", "other"} <= request.GET.keys()
        choosing = ChoosingForm(self, request.GET if is_whole else None, initial=request.GET.dict())
        if not choosing.is_valid():
            return self._page(request, "choose", {"form": choosing})
        two = [choosing.cleaned_data[name] for name in ("one", "other")]
        if request.method == "POST":
            try:
                return self._merge(request, two)
            except IntegrityError:  # as the transaction ended
                messages.error(request, MEANWHILE)
                return HttpResponseRedirect(request.get_full_path())
        kept, gone = sorted(two, key=lambda one: one.pk)
        form = MergingForm(two, proposed(kept, gone))
        return self._shown(request, form)

    def _merge(self, request: HttpRequest, two: list[Any]) -> HttpResponse:
        with changeset(by=request.user):
            standing = locked(self.model, *(one.pk for one in two))
            if len(standing) < 2:
                messages.error(request, "One of the two is gone meanwhile. Nothing was merged.")
                return HttpResponseRedirect(reverse(f"admin:timeline_{self.opts.model_name}_changelist"))
            form = MergingForm(standing, request.POST)
            if not form.is_valid() or "merge" not in request.POST:
                return self._shown(request, form)
            merging = form.merging()
            if lacking(request.user, touched_by(merging)):
                raise PermissionDenied
            if form.cleaned_data["shown"] != merging.digest():
                messages.warning(request, "What would move is not what was shown. Look again, then merge.")
                return self._shown(request, form)
            try:
                done = merge(merging, request.user)
            except ValidationError as refused:
                form.add_error(None, ValidationError(refused.messages))
                return self._shown(request, form)
        address = reverse("admin:timeline_merge_change", args=(done.pk,))
        said = format_html('Merged {}. <a href="{}">Undo</a>', done, address)
        messages.success(request, said)
        kept = reverse(f"admin:timeline_{self.opts.model_name}_change", args=(done.kept_id,))
        return HttpResponseRedirect(kept)

    def _shown(self, request: HttpRequest, form: MergingForm) -> HttpResponse:
        context: dict[str, Any] = {"form": form, "two": [*form.two.values()]}
        if form.is_valid():
            merging = form.merging()
            context |= {
                "merging": merging,
                "moves": [(move, move.twice[:MOST_TWICE]) for move in merging.moves],
                "lacking": lacking(request.user, touched_by(merging)),
                "names": merging.names(),
                "clashes": merging.clashes(),
                "circles": list(merging.circles()),
                "digest": merging.digest(),
            }
        context["lines"] = list(_lines(form))
        context["counts"] = list(_counts([*form.two.values()]))
        return self._page(request, "merge", context)

    def _page(self, request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
        media = self.media + context["form"].media + forms.Media(css={"all": ("timeline/identity.css",)})
        context |= {
            **self.admin_site.each_context(request),
            "title": f"Merge two {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "media": media,
        }
        return TemplateResponse(request, f"admin/timeline/identity/{name}.html", context)


def merge_address(noun: type[models.Model], one: int, other: int) -> str:
    page = reverse(f"admin:timeline_{noun._meta.model_name}_merge")
    return f"{page}?{urlencode({'one': one, 'other': other})}"


# Not a NamedTuple: mypy ends in no way with one that has methods beside forms.
@dataclass(frozen=True)
class Touched:
    """Rows that a merge, or its undoing, leads elsewhere; some of them may go or come back."""

    label: str
    model: str
    with_others: bool

    def may_be_by(self, user: Any) -> bool:
        actions = ("change", "delete") if self.with_others else ("change",)
        return all(user.has_perm(f"timeline.{action}_{self.model}") for action in actions)


def touched_by(merging: Merging) -> list[Touched]:
    return [
        Touched(move.label, str(move.key.model._meta.model_name), bool(move.twice)) for move in merging.moves
    ]


def touched_by_undoing(record: dict[str, Any]) -> list[Touched]:
    """What the merge touched: who takes it back may do all that it did."""
    dropped = {one["model"] for one in record["dropped"]}
    return [
        Touched(LABELS[f"{model}.{key}"], model.rpartition(".")[2], model in dropped)
        for model, key, _ in record["moved"]
    ]


def lacking(user: Any, touched: list[Touched]) -> list[str]:
    """What the user may not change of it."""
    return [one.label for one in touched if not one.may_be_by(user)]


def _lines(form: MergingForm) -> Iterator[Line]:
    two = [*form.two.values()]
    differing = {part.name for part in form.parts}
    for part in parts_of(type(two[0])):
        values = [shown(part.of(one)) for one in two]
        field = form[part.name] if part.name in differing else None
        if field or any(values):
            yield Line(part, values, list(field.subwidgets) if field else [], field and field.errors)


def _counts(two: list[Any]) -> Iterator[tuple[Move, list[int]]]:
    """How many rows lead to each of the two, by key. Runs two queries a key."""
    for key in keys_to(type(two[0])):
        numbers = [key.model._default_manager.filter(**{key.name: one}).count() for one in two]
        if any(numbers):
            yield Move(key, [], []), numbers


@admin.register(Merge)
class MergesAdmin(ToldAdmin):
    """What was merged into what, and the page on which that is undone."""

    list_display = ("__str__", "noun", "at", "by", "state")
    list_select_related = ("by", "undone_by")
    search_fields = ("kept_name", "gone_name", "gone_slug")
    list_display_links = ("__str__",)

    def get_queryset(self, request: HttpRequest) -> Any:
        # Which has all that was moved.
        return super().get_queryset(request).defer("record")

    class Media:
        css = {"all": ("timeline/admin.css", "timeline/identity.css")}  # noqa: RUF012

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="undone")
    def state(self, done: Merge) -> str:
        return (
            f"{done.undone_at:%Y-%m-%d %H:%M}, {done.undone_by or 'nobody known'}" if done.undone_at else ""
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one: what undoing it puts back, and what has changed since and stays."""
        done = self.get_object(request, object_id)
        if not self.has_view_permission(request):
            raise PermissionDenied
        if done is None:
            messages.error(request, "There is no such merge.")
            return HttpResponseRedirect(reverse("admin:timeline_merge_changelist"))
        undoing = Undoing(done)
        lacks = lacking(request.user, touched_by_undoing(undoing.record))
        if request.method == "POST":
            if lacks or not may_merge(request.user, undoing.noun):
                raise PermissionDenied
            return self._undo(request, done)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge of {done}",
            "opts": self.opts,
            "done": done,
            "undoing": undoing.looked_at(),
            "returning": [(LABELS[key], len(ids)) for key, ids, _ in undoing.returning if ids],
            "may_undo": may_merge(request.user, undoing.noun),
            "lacking": lacks,
            "media": self.media,
        }
        return TemplateResponse(request, "admin/timeline/identity/undo.html", context)

    def _undo(self, request: HttpRequest, done: Merge) -> HttpResponse:
        try:
            undo(done.pk, request.user)
        except ValidationError as refused:
            for message in refused.messages:
                messages.error(request, f"Not undone. {message}")
            return HttpResponseRedirect(request.path)
        except IntegrityError:
            messages.error(request, MEANWHILE)
            return HttpResponseRedirect(request.path)
        messages.success(request, f"Undone: “{done.gone_name}” stands by itself again.")
        return HttpResponseRedirect(reverse(f"admin:timeline_{done.noun}_change", args=(done.gone_id,)))
