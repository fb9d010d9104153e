"""What all pages of the admin have in common: how rows are listed, searched, filtered, edited and saved."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any, ClassVar
from urllib.parse import quote

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ERROR_FLAG, ChangeList
from django.contrib.admin.widgets import (
    AdminTextareaWidget,
    AutocompleteSelect,
    AutocompleteSelectMultiple,
    RelatedFieldWidgetWrapper,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.widgets import Script
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import get_script_prefix, reverse_lazy
from django.utils.text import capfirst

from timeline.admin import amiss, choosing
from timeline.admin.history import HistoryPages
from timeline.admin.page_forms import SEEN, RecordForm, WholeForm
from timeline.admin.shared_pages import SharedPages, is_overtaken
from timeline.fields import TimeSpanField
from timeline.folding import fold
from timeline.forms import TimeSpanFormField, TimeSpanWidget
from timeline.history.changesets import changeset
from timeline.models import Source

SEARCHED_WORDS = 8
SEARCHED_CHARACTERS = 200
MODULES = ("suggest", "order", "chosen", "alike", "passages")
STAMPS = ("created_at", "updated_at", "recorded_at", "version")
RECORD: tuple[str, Any] = ("Address and record", {"classes": ("collapse",), "fields": ("slug", *STAMPS)})


class Text(AdminTextareaWidget):
    """A text area that gives back lines as they are stored: browsers send CR LF at the end of each."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 3, **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _numbers(values: Iterable[Any]) -> list[Any]:
    """The values that can be ids. Django's widgets would ask the database for whatever a form sent."""
    return [value for value in values if re.fullmatch(r"[0-9]{1,18}", str(value))]


class Autocomplete(AutocompleteSelect):
    """Asks timeline/admin/choosing.py.

    `known` is the (id, label) of the chosen thing where the row brought it, which saves a query a row.
    """

    url_name = f"%s:{choosing.ADDRESS}"
    known: tuple[str, str] | None = None

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        if self.known and [str(chosen) for chosen in value] == [self.known[0]]:
            blank = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
            return [(None, [*blank, self.create_option(name, *self.known, True, 1)], 0)]
        return super().optgroups(name, _numbers(value), attr)


class AutocompleteMultiple(AutocompleteSelectMultiple):
    url_name = Autocomplete.url_name

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        # Each choice can be taken away by itself; a button for all would stand in their list as no item.
        return super().build_attrs(base_attrs, extra_attrs) | {"data-allow-clear": "false"}

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, _numbers(value), attr)


class Choices(forms.ModelMultipleChoiceField):
    def _check_values(self, value: Any) -> Any:
        for pk in value:
            if not _numbers([pk]):
                params = {"pk": pk}
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value", params)
        return super()._check_values(value)  # type: ignore[misc]


def stale_overrides(form: forms.BaseForm) -> list[str]:
    """Labels of the time spans whose words were changed while the reading given beside them stayed."""
    stale = []
    for name, field in form.fields.items():
        if isinstance(field, TimeSpanFormField) and name in form.changed_data:
            widget: Any = field.widget
            words, edtf, _ = widget.decompress(form.initial.get(name))
            sent = widget.value_from_datadict(form.data, form.files, form.add_prefix(name))
            if edtf and sent[1] == edtf and sent[0] != words:
                stale.append(str(field.label))
    return stale


class AutocompleteFields(admin.options.BaseModelAdmin):
    """How fields are edited, in pages and inlines alike."""

    form = RecordForm
    formfield_overrides = {  # noqa: RUF012
        TimeSpanField: {"widget": TimeSpanWidget(read_url=reverse_lazy("admin:timeline_read_date"))},
        models.TextField: {"widget": Text},
        models.URLField: {"assume_scheme": "https"},
    }

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if isinstance(db_field, models.PositiveSmallIntegerField):
            kwargs["max_value"] = 32767  # SQLite would take what PostgreSQL cannot
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            # Make and mend in place, yes; a thing that others use is not deleted from here.
            field.widget.can_delete_related = field.widget.can_view_related = False
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = Autocomplete(db_field, self.admin_site)
        if db_field.remote_field.model is Source:
            # A source's text may be a book; a form with forty citations would load it forty times.
            kwargs["queryset"] = Source.objects.defer("text")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["form_class"] = Choices
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs["widget"] = AutocompleteMultiple(db_field, self.admin_site)
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class RecordList(ChangeList):
    """A list whose page is fetched as the admin's `for_list` says, so that no row asks for more."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> Any:
        rows = super().get_queryset(request, exclude_parameters)
        return self.model_admin.for_list(rows)  # type: ignore[attr-defined]


def written_by(request: HttpRequest) -> AbstractContextManager[None]:
    return changeset(by=request.user) if request.method == "POST" else nullcontext()


class CarefulAdmin(admin.ModelAdmin):
    """Pages whose address may say anything: what cannot be read is refused or said, and never fails."""

    list_per_page = 50
    # Counting all rows costs more than showing a page of them.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    search_help_text = f"Rows that have all the words; the first {SEARCHED_WORDS} count."

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """Django's search, kept from what a database refuses. The list's own form calls NUL an error."""
        if "\0" in search_term:
            return queryset.none(), False
        words = fold(search_term[:SEARCHED_CHARACTERS]).split()[:SEARCHED_WORDS]
        return super().get_search_results(request, queryset, " ".join(words))

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """Without regard to case and accents, so that both databases find the same."""
        return [f"{name}__folded__contains" for name in super().get_search_fields(request)]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Only the parameters of this list's filters: not every lookup that Django knows (regex, JSON)."""
        for item in self.list_filter:
            if isinstance(item, str):
                if lookup in (f"{item}__exact", f"{item}__id__exact", f"{item}__isnull"):
                    return "\0" not in str(value)
            elif lookup in getattr(item, "parameters", (getattr(item, "parameter_name", None),)):
                return True
        return False

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_manytomany(db_field, request, **{"form_class": Choices, **kwargs})

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if ERROR_FLAG in request.GET:  # where Django redirects to, without a word
            message = "A filter in the address could not be read. The list is not filtered."
            messages.error(request, message)
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, queryset: Any, *args: Any, **kwargs: Any) -> Any:
        """Act on all chosen rows or on none."""
        chosen = request.POST.getlist(ACTION_CHECKBOX_NAME)
        numbered = isinstance(self.opts.pk, models.AutoField)
        if "\0" in "".join(chosen) or (numbered and len(_numbers(chosen)) < len(chosen)):
            return HttpResponseBadRequest("No row has such a key.")
        with changeset(by=request.user):
            return super().response_action(request, queryset, *args, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with written_by(request):
            return super().changeform_view(request, *args, **kwargs)

    def delete_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        with written_by(request):
            return super().delete_view(request, *args, **kwargs)


class ToldAdmin(CarefulAdmin):
    """Pages of what comes about elsewhere: nothing is added or changed by a form of its own."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RecordAdmin(HistoryPages, SharedPages, AutocompleteFields, CarefulAdmin):
    """A noun's pages. `api_name` is its address under /api/v1/, where "View on site" leads."""

    api_name = ""
    form: type[RecordForm] = WholeForm
    save_on_top = True
    readonly_fields: ClassVar[tuple[str, ...]] = STAMPS

    class Media:
        css = {"all": ("timeline/admin.css", "timeline/entry.css")}  # noqa: RUF012
        js = tuple(Script(f"timeline/{name}.js", type="module") for name in MODULES)

    def for_list(self, rows: Any) -> Any:
        """The rows with what their lines in the list show."""
        return rows

    def for_choosing(self, rows: Any) -> Any:
        """The rows with what an autocomplete shows of them."""
        return rows

    def told_apart(self, thing: Any, term: str) -> Iterable[str]:
        """What an autocomplete says of a thing besides its name, when `term` was typed."""
        return ()

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> Any:
        form, meanwhile = context["adminform"].form, context.get("meanwhile")
        formsets = [inline.formset for inline in context["inline_admin_formsets"]]
        # What was overtaken is shown again at once, with what came meanwhile.
        if context["errors"] and (meanwhile or not is_overtaken(form)):
            messages.error(request, amiss.told(form, formsets))
        if meanwhile:
            meanwhile.mark(form, formsets)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return RecordList

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """The page of a thing with a version brings along which one it shows, for those who may change it."""
        fieldsets = super().get_fieldsets(request, obj)
        if not (obj and issubclass(self.form, WholeForm) and self.has_change_permission(request, obj)):
            return fieldsets
        *others, (name, options) = fieldsets
        return [*others, (name, {**options, "fields": (*options["fields"], *SEEN)})]

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        # An address once given does not follow the title.
        return {} if obj else super().get_prepopulated_fields(request, obj)

    def view_on_site(self, obj: Any) -> str:
        return f"{get_script_prefix()}api/v1/{self.api_name}/{quote(obj.slug)}/"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        with changeset(by=request.user, message=form.cleaned_data["message"]):
            super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        forms_sent = [form, *(row for formset in formsets for row in formset.forms)]
        for label in [label for sent in forms_sent for label in stale_overrides(sent)]:
            message = f"{label}: the words have changed, and the EDTF beside them still stands. Is it right?"
            messages.warning(request, message)


class LineFormSet(forms.BaseInlineFormSet):
    """Rows in the order of `position`: a new one without a number comes last."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            widget = getattr(field.widget, "widget", None)
            if isinstance(widget, Autocomplete) and form.instance._meta.get_field(name).is_cached(
                form.instance
            ):
                thing = getattr(form.instance, name)
                widget.known = thing and (str(thing.pk), str(thing))

    def save_new(self, form: Any, commit: bool = True) -> Any:
        if "position" in form.fields and "position" not in form.changed_data:
            taken = [row.instance.position for row in self.forms if row.instance.pk]
            form.instance.position = max(taken, default=0) + 1
        return super().save_new(form, commit)

    def rows(self) -> list[dict[str, Any]]:
        """The cleaned data of the rows that will stand once the form is saved."""
        return [
            form.cleaned_data
            for form in self.forms
            # Not deleted_forms, which is empty as long as another row has an error.
            if (form.instance.pk or form.has_changed()) and not form.cleaned_data.get(DELETION_FIELD_NAME)
        ]


class Lines(AutocompleteFields):
    """Inlines of either form: a row comes with all that it shows."""

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = super().get_queryset(request)
        named = (field.name for field in rows.model._meta.fields if field.many_to_one)
        return rows.select_related(*named)


class TabularInline(Lines, admin.TabularInline):
    form = RecordForm
    extra = 1
    formset = LineFormSet

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget.can_change_related = False  # a table has no room
        if field:
            # The head of a column names no input.
            widget = field.widget.widgets[0] if isinstance(field.widget, TimeSpanWidget) else field.widget
            widget.attrs.setdefault("aria-label", capfirst(str(field.label)))
        return field

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        formset.deletion_widget = forms.CheckboxInput({"aria-label": "Delete"})
        return formset


class StackedInline(Lines, admin.StackedInline):
    """Rows of many fields, set closely; an empty one is offered for a new thing only."""

    form = RecordForm
    formset = LineFormSet
    classes = ("compact",)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1
