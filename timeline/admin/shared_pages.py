"""Pages at which others may be at the same time: nobody is overwritten, and what was typed is not lost."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst

from timeline.admin.meanwhile import Meanwhile
from timeline.admin.page_forms import DELETED, OVERTAKEN, SEEN, STEP_WORDS
from timeline.admin.together import Together, as_new
from timeline.history.states import has_history, revisions_of
from timeline.models import Revision


def is_overtaken(form: Any) -> bool:
    """Whether what the form was opened on is not what stands."""
    return bool(form.has_error(NON_FIELD_ERRORS, OVERTAKEN))


def label_of(name: str) -> str:
    return str(capfirst(re.sub("[-_]", " ", name).strip()))


def typed(data: QueryDict, files: Any) -> Iterator[tuple[str, str]]:
    """All that a form sent and somebody may want to copy, by the names of its inputs."""
    for name, values in data.lists():
        is_machinery = name.startswith(("csrf", "_")) or name.endswith(("_FORMS", "-id")) or name in SEEN
        text = ", ".join(value for value in values if value)
        if text and (name == STEP_WORDS or not is_machinery):
            yield label_of(name), text
    for name, file in files.items():
        yield label_of(name), f"{file.name} (the file itself is not kept)"


class SharedPages(admin.ModelAdmin):
    def _changeform_view(
        self, request: HttpRequest, object_id: Any, form_url: str, extra_context: Any
    ) -> Any:
        """In Django's transaction, in which the thing is locked: an overtaken form is made again, of both."""
        try:
            page = super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        except PermissionDenied:
            if request.method != "POST":
                raise
            transaction.set_rollback(True)
            return self._not_saved(request, "You do not have the right to save this, or no longer.")
        context: Any = getattr(page, "context_data", None) or {}
        form = context["adminform"].form if "adminform" in context else None
        if form and form.instance.pk and form.has_error(NON_FIELD_ERRORS, DELETED):
            # It was still there when it was read, before it was locked.
            return super()._changeform_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
        if not (form and is_overtaken(form)):
            return page
        together = Together(form, context["inline_admin_formsets"], request.POST)
        request.POST = together.data  # type: ignore[assignment]
        told = {**(extra_context or {}), "meanwhile": Meanwhile(together, request.user)}
        return super()._changeform_view(request, object_id, form_url, told)  # type: ignore[misc]

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> Any:
        """Where the thing was deleted meanwhile, what was typed is shown as a new one."""
        if not self._was_opened(request, object_id):
            return super()._get_obj_does_not_exist_redirect(request, opts, object_id)  # type: ignore[misc]
        if not self.has_add_permission(request):
            return self._not_saved(request, "This was deleted meanwhile, and you may not make it anew.")
        formsets = [formset for formset, _ in self.get_formsets_with_inlines(request)]
        request.POST = as_new(request.POST, formsets)  # type: ignore[assignment]
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_add")
        return self._changeform_view(request, None, address, {"gone": self._deletion(object_id)})

    def _was_opened(self, request: HttpRequest, object_id: str) -> bool:
        """Whether this comes from the page of a thing that was there. One that was erased left no trace."""
        if not (request.method == "POST" and has_history(self.model)):
            return False
        try:
            return bool(self._deletion(object_id) or request.POST.get("seen_version"))
        except ValidationError:  # the address has no number
            return False

    def _deletion(self, object_id: str) -> Revision | None:
        number = self.opts.pk.to_python(unquote(object_id))
        return revisions_of(self.model, number).filter(is_deletion=True).first()

    def _not_saved(self, request: HttpRequest, why: str) -> TemplateResponse:
        """A refusal that gives back what was typed."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Not saved",
            "opts": self.opts,
            "why": why,
            "typed": list(typed(request.POST, request.FILES)),
        }
        return TemplateResponse(request, "admin/timeline/not_saved.html", context, status=403)
