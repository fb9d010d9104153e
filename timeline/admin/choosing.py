"""Choosing things by autocomplete: what tells them apart, and by which of its names one was found."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Case, IntegerField, When
from django.urls import URLPattern, path

from timeline.folding import fold

ADDRESS = "timeline_choosing"


class ChoosingView(AutocompleteJsonView):
    """Django's, whose lines say more than the name. `name` is what stands in the form once it is chosen."""

    model_admin: Any

    def get_queryset(self) -> Any:
        """What is called exactly so comes first, then what begins so."""
        rows = self.model_admin.for_choosing(super().get_queryset())
        name, words = f"{rows.model.name_field}__folded", fold(self.term.strip())
        if not words or "\0" in words:
            return rows
        exact, begins = When(**{name: words}, then=0), When(**{f"{name}__startswith": words}, then=1)
        rank = Case(exact, begins, default=2, output_field=IntegerField())
        return rows.annotate(rank=rank).order_by("rank", *self.model_admin.get_ordering(self.request), "pk")

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result: dict[str, str] = super().serialize_result(obj, to_field_name)
        told = [part for part in self.model_admin.told_apart(obj, self.term) if part]
        return {**result, "name": result["text"], "text": " · ".join([result["text"], *told])}


def addresses(site: Any) -> list[URLPattern]:
    view = site.admin_view(ChoosingView.as_view(admin_site=site))
    return [path("choosing/", view, name=ADDRESS)]


def other_name(name: str, others: list[str], term: str) -> str:
    """The other name by which the words of `term` find a thing that its own name does not tell."""
    missing = [word for word in fold(term).split() if word not in fold(name)]
    return next((other for other in others if any(word in fold(other) for word in missing)), "")
