"""The pages of places."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib import admin

from timeline.admin.alike import AlikeAdmin
from timeline.admin.base import RECORD, RecordAdmin
from timeline.admin.merging import MergeAdmin
from timeline.alike import Alike, places_called
from timeline.models import Place


@admin.register(Place)
class PlaceAdmin(MergeAdmin, AlikeAdmin, RecordAdmin):
    api_name = "places"
    alike_fields: ClassVar[dict[str, tuple[str, ...]]] = {"name": ()}
    list_display = ("name", "part_of", "latitude", "longitude", "is_public")
    list_filter = ("is_public",)
    list_select_related = ("part_of",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012
    autocomplete_fields = ("part_of",)
    fieldsets = (
        (None, {"fields": ("name", "part_of", ("latitude", "longitude"), "is_public")}),
        RECORD,
    )

    def find_alike(self, given: dict[str, str]) -> list[Alike]:
        return places_called(given["name"])

    def for_choosing(self, rows: Any) -> Any:
        return rows.select_related("part_of")

    def told_apart(self, thing: Place, term: str) -> Iterable[str]:
        return (f"part of {thing.part_of}" if thing.part_of else "",)
