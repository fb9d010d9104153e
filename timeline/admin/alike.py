"""Pages that point out, while one types, what is perhaps kept already. They never hinder saving."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse

from timeline.alike import Alike

LONGEST = 2000


class AlikeAdmin(admin.ModelAdmin):
    """`alike_fields` are the inputs that are asked about, each with the other inputs that count with it."""

    alike_fields: ClassVar[dict[str, tuple[str, ...]]] = {}

    def find_alike(self, given: dict[str, str]) -> list[Alike]:
        """What is like a thing with these inputs; those that were not sent are blank."""
        raise NotImplementedError

    @property
    def alike_name(self) -> str:
        return f"timeline_{self.opts.model_name}_alike"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.alike_view)
        return [path("alike/", view, name=self.alike_name), *super().get_urls()]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        for name, others in self.alike_fields.items():
            if name in form.base_fields:
                form.base_fields[name].widget.attrs |= alike_attributes(self.alike_name, obj, others)
        return form

    def alike_view(self, request: HttpRequest) -> JsonResponse:
        """`{"alike": [{"label", "why", "url"}]}` for the inputs in the address, without `except`."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        others = (other for others in self.alike_fields.values() for other in others)
        names = (*self.alike_fields, *others)
        given = {name: request.GET.get(name, "")[:LONGEST] for name in names}
        found = [] if "\0" in "".join(given.values()) else self.find_alike(given)
        page = f"admin:timeline_{self.opts.model_name}_change"
        told = [
            {"label": str(alike.thing), "why": alike.why, "url": reverse(page, args=(alike.thing.pk,))}
            for alike in found
            if str(alike.thing.pk) != request.GET.get("except")
        ]
        return JsonResponse({"alike": told})


def alike_attributes(name: str, thing: Any, others: tuple[str, ...] = ()) -> dict[str, str]:
    """What timeline/alike.js looks for at an input."""
    query = f"?except={thing.pk}" if thing else ""
    return {
        "data-alike-url": f"{reverse(f'admin:{name}')}{query}",
        "data-alike-with": " ".join(others),
    }
