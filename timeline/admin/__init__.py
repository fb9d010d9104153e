"""The admin: where editors work. One file a noun."""

from django.contrib import admin

from timeline.admin import (
    actor,
    check,
    collection,
    contract,
    duplicates,
    erasing,
    event,
    login,
    merging,
    place,
    source,
    user,
)

__all__ = [
    "actor",
    "check",
    "collection",
    "contract",
    "duplicates",
    "erasing",
    "event",
    "login",
    "merging",
    "place",
    "source",
    "user",
]

admin.site.login_form = login.LoginForm
admin.site.site_header = "Timeline"
admin.site.site_title = "Timeline"
admin.site.index_title = "What is kept"
