"""The pages of users, and of the tokens with which programs act for one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from knox.models import get_digest_token
from knox.settings import CONSTANTS, knox_settings

from timeline.admin.base import CarefulAdmin
from timeline.models import Token, User

# What only a superuser grants: an editor of users could make themselves anything with them.
POWERS = ("is_superuser", "user_permissions")
# What gives somebody a role. Who may change the groups could give the role to a group of theirs as well.
ROLE = ("is_staff", "groups")


@admin.register(User)
class UserAdmin(CarefulAdmin, DjangoUserAdmin):
    list_display = ("username", "email", "first_name", "last_name", "is_staff", "is_active", "last_login")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        fields = (*super().get_readonly_fields(request, obj), "last_login", "date_joined")
        if request.user.is_superuser:
            return fields
        return (*fields, *POWERS) if request.user.has_perm("auth.change_group") else (*fields, *POWERS, *ROLE)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _may_touch(request, obj) and super().has_delete_permission(request, obj)


admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(CarefulAdmin, DjangoGroupAdmin):  # type: ignore[misc]
    pass


def _may_touch(request: HttpRequest, user: User | None) -> bool:
    """Superusers are changed by superusers: a new password would hand over their powers."""
    return request.user.is_superuser or user is None or not user.is_superuser


def _users_of(request: HttpRequest) -> QuerySet[User]:
    """As whom one may act: oneself, and those whose password one may change."""
    users = User.objects.all()
    if request.user.is_superuser:
        return users
    oneself = Q(pk=request.user.pk)
    touched = Q(is_superuser=False) if request.user.has_perm("timeline.change_user") else Q(pk=None)
    return users.filter(oneself | touched)


class TokenForm(forms.ModelForm):
    class Meta:
        model = Token
        fields = ("user", "name", "scope", "expiry")
        help_texts = {"expiry": "The token ends then; blank: never."}  # noqa: RUF012

    def clean_expiry(self) -> Any:
        expiry = self.cleaned_data["expiry"]
        if expiry is not None and expiry <= timezone.now():
            raise ValidationError("This is past; a token ends in the future.", code="expiry_is_past")
        return expiry


@admin.register(Token)
class TokenAdmin(CarefulAdmin):
    """A token is made, shown once, and revoked by deleting it.

    A token acts as its user, so one has to do with one's own; who may change users, also with theirs.
    """

    form = TokenForm
    fields = ("user", "name", "scope", "token_key", "created", "expiry", "last_used_at")
    list_display = ("name", "user", "scope", "token_key", "created", "expiry", "last_used_at")
    list_filter = ("scope",)
    list_select_related = ("user",)
    search_fields = ("name", "user__username", "token_key")
    ordering = ("-created",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).filter(user__in=_users_of(request))

    def get_fields(self, request: HttpRequest, obj: Token | None = None) -> Any:
        return TokenForm.Meta.fields if obj is None else self.fields

    def has_change_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Token | None = None) -> bool:
        # Django lets those who may change view, and nobody may change a token.
        return super().has_view_permission(request, obj) or request.user.has_perm("timeline.change_token")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        ttl = knox_settings.TOKEN_TTL
        return {"user": request.user.pk, "expiry": ttl and timezone.now() + ttl}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "expiry":
            # The label names both inputs at once; before each stands a word that names neither.
            for widget, part in zip(field.widget.widgets, ("date", "time"), strict=True):
                widget.attrs["aria-label"] = f"Expiry, {part}"
        return field

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = _users_of(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.digest, obj.clear_text = get_digest_token()
        obj.token_key = obj.clear_text[: CONSTANTS.TOKEN_KEY_LENGTH]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: Any, post_url_continue: str | None = None
    ) -> HttpResponse:
        """Show the token at once: a message would keep it in a cookie or in the database."""
        context = {
            **self.admin_site.each_context(request),
            "title": "The token has been made",
            "opts": self.opts,
            "token": obj,
        }
        return TemplateResponse(request, "admin/timeline/token/made.html", context)
