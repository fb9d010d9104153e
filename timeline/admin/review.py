"""Review on the pages of events and contracts: what publishing finds, and the steps as buttons."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IS_POPUP_VAR
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html

from timeline import review
from timeline.admin.base import RecordAdmin, Text
from timeline.admin.page_forms import STEP_WORDS
from timeline.models import Review
from timeline.review import Remark

# The name of the button that was pressed.
STEP = "_review"
# Where on the page stands what a remark is about; the lines of citations are numbered.
PLACES = {
    "title": "id_title",
    "date": "id_date_0",
    "participants": "participations-group",
    "parties": "parties-group",
    "citations": "citations-group",
}


class StepForm(forms.Form):
    """The words that go with a step; which of them are needed says the step."""

    words = forms.CharField(required=False, max_length=2000, widget=Text)

    def __init__(self, data: Any) -> None:
        super().__init__({"words": data.get(STEP_WORDS, "")})


def place_of(remark: Remark) -> str:
    """The id of the element that a remark is about."""
    return PLACES[remark.field] if remark.line is None else f"{remark.field}-{remark.line}"


class DeskFilter(admin.SimpleListFilter):
    """What the desk counts and no other filter finds."""

    title = "desk"
    parameter_name = "desk"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("returned", "Returned to me"), ("imprecise", "Published without a precise source")]

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        match self.value():
            case None:
                rows = queryset
            case "returned":
                rows = queryset.returned_to(request.user)
            case "imprecise":
                rows = queryset.without_precise_source()
            case other:
                messages.error(request, f"The filter by {self.title} has no choice “{other}”.")
                rows = queryset.none()
        return rows  # type: ignore[no-any-return]


class ReviewFilter(admin.SimpleListFilter):
    """By state. The address is that of Django's own filter."""

    title = "review"
    parameter_name = "review__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return list(Review.choices)

    def queryset(self, request: HttpRequest, queryset: Any) -> QuerySet:
        value = self.value()
        if value is None:
            return queryset  # type: ignore[no-any-return]
        if value not in Review.values:
            messages.error(request, f"The filter by {self.title} has no choice “{value}”.")
            return queryset.none()  # type: ignore[no-any-return]
        return queryset.in_state(value)  # type: ignore[no-any-return]


class ReviewedAdmin(RecordAdmin):
    """The pages of what goes through review. A button saves the page, too; a step that is refused does not
    undo that, so nothing is lost that was entered."""

    change_form_template = "admin/timeline/reviewed/change_form.html"

    class Media:
        css = {"all": ("timeline/review.css",)}  # noqa: RUF012

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change or form.has_changed():
            obj.edited_by = request.user
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        thing = form.instance
        if thing.edited_by_id != request.user.pk and any(formset.has_changed() for formset in formsets):
            thing.edited_by = request.user
            type(thing)._default_manager.filter(pk=thing.pk).update(edited_by=request.user)
        if STEP in request.POST and IS_POPUP_VAR not in request.POST:
            self.take(request, thing)

    def take(self, request: HttpRequest, thing: Any) -> None:
        """Take the step whose button was pressed, or say why not."""
        step = review.BY_NAME.get(request.POST[STEP])
        words = StepForm(request.POST)
        name = self.opts.verbose_name
        if step is None or not words.is_valid():
            messages.error(request, f"The {name} was saved. Its review stays: this step cannot be read.")
            return
        try:
            with transaction.atomic():
                review.take(step, thing, request.user, words.cleaned_data["words"])
        except (ValidationError, PermissionDenied) as refused:
            said = " ".join(getattr(refused, "messages", [str(refused)]))
            messages.error(request, f"The {name} “{thing}” was saved, and not {step.done}: {said}")
        else:
            messages.success(request, f"The {name} “{thing}” was {step.done}.")

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._stay(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._stay(request, obj) or super().response_change(request, obj)

    def _stay(self, request: HttpRequest, obj: Any) -> HttpResponse | None:
        """After a step the page stays, where what comes next or what is missing stands."""
        is_step = STEP in request.POST and IS_POPUP_VAR not in request.POST
        if not (is_step and self.has_view_or_change_permission(request, obj)):
            return None
        page = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=(quote(obj.pk),))
        filters: dict[str, Any] = {
            "preserved_filters": self.get_preserved_filters(request),
            "opts": self.opts,
        }
        return HttpResponseRedirect(add_preserved_filters(filters, page))

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        may_save = self.has_change_permission(request, obj) if change else self.has_add_permission(request)
        thing = obj or self.model()
        offered = review.offered(thing, request.user) if may_save else []
        context["review"] = {
            "thing": thing,
            # Those that ask for words last: their inputs open below them.
            "steps": sorted(offered, key=lambda step: bool(step.note)),
            "needs_another": self._needs_another(thing, request.user) if may_save else "",
            "words": request.POST.get(STEP_WORDS, ""),
            **self._found(thing),
        }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _needs_another(self, thing: Any, user: Any) -> str:
        publishing = thing.review in review.PUBLISH.origins and review.may_take(review.PUBLISH, thing, user)
        return review.needs_another(thing, user) if publishing and thing.pk else ""

    def _found(self, thing: Any) -> dict[str, list[str]]:
        """What publishing finds of what is saved, as links; nothing of what is new or was retracted."""
        if not thing.pk or thing.review == review.RETRACT.target:
            return {"blocking": [], "noted": []}
        found = review.remarks(thing)
        links = [(one, format_html('<a href="#{}">{}</a>', place_of(one), one.message)) for one in found]
        return {
            "blocking": [link for one, link in links if one.blocks],
            "noted": [link for one, link in links if not one.blocks],
        }
