"""The pages of places."""

from django.contrib import admin

from timeline.admin.base import RECORD, RecordAdmin
from timeline.models import Place


@admin.register(Place)
class PlaceAdmin(RecordAdmin):
    api_name = "places"
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
