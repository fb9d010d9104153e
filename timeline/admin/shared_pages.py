"""Pages at which others may be at the same time: nobody is overwritten, and what was typed is not lost."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest
from django.urls import reverse

from timeline.admin.meanwhile import Meanwhile
from timeline.admin.page_forms import OVERTAKEN
from timeline.admin.together import Together, as_new
from timeline.history.states import has_history, revisions_of


def is_overtaken(form: Any) -> bool:
    """Whether what the form was opened on is not what stands."""
    return bool(form.has_error(NON_FIELD_ERRORS, OVERTAKEN))


class SharedPages(admin.ModelAdmin):
    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> Any:
        """In Django's transaction, in which the thing is locked: an overtaken form is made again, of both."""
        page = super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        context: Any = getattr(page, "context_data", None) or {}
        if "adminform" not in context or not is_overtaken(context["adminform"].form):
            return page
        together = Together(context["adminform"].form, context["inline_admin_formsets"], request.POST)
        request.POST = together.data  # type: ignore[assignment]
        told = {**(extra_context or {}), "meanwhile": Meanwhile(together, request.user)}
        return super()._changeform_view(request, object_id, form_url, told)  # type: ignore[misc]

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """Where the thing was deleted meanwhile, what was typed is shown as a new one."""
        if not (request.method == "POST" and has_history(self.model) and self.has_add_permission(request)):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]
        number = self.opts.pk.to_python(unquote(object_id))
        formsets = [formset for formset, _ in self.get_formsets_with_inlines(request)]
        request.POST = as_new(request.POST, formsets)  # type: ignore[assignment]
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
        gone = revisions_of(self.model, number).filter(is_deletion=True).first()
        return self._changeform_view(request, None, address, {"gone": gone})
