"""Who has a token, and what a user may do and see: asked of the database once a request."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

from timeline.models import Actor, Event, Source, Token, User
from timeline.prepared import execute
from timeline.rows import loaded
from timeline.search.index import NAMES, QUOTES

# What is read of a token and of its user; the rest would be read when it is asked for.
OF_TOKEN = ("digest", "user", "expiry", "scope", "last_used_at")
OF_USER = ("id", "is_superuser", "username", "is_staff", "is_active")


class PermissionBackend(ModelBackend):
    """Django's own, with one query for the permissions of a user and of their groups instead of two."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if user_obj.is_superuser or user_obj.is_anonymous or not user_obj.is_active or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            with connection.cursor() as cursor:
                execute(cursor, _permissions("%s"), [user_obj.pk, user_obj.pk])
                _remember(user_obj, cursor.fetchone()[0])
        found: set[str] = user_obj._perm_cache
        return found


def token_of(digest: str) -> Token | None:
    """The token with its user and what the user may do. Runs one query."""
    with connection.cursor() as cursor:
        execute(cursor, _token(), [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    *columns, permissions = row
    (token,) = loaded(Token, OF_TOKEN, [columns[: len(OF_TOKEN)]])
    (token.user,) = loaded(User, OF_USER, [columns[len(OF_TOKEN) :]])
    if not token.user.is_superuser:
        _remember(token.user, permissions)
    return token  # type: ignore[no-any-return]


def unsearched(user: Any) -> frozenset[int]:
    """The fields by which who sees drafts, but not all actors or sources, must not find a draft."""
    if not Event.objects.hides_nothing_from(user):
        return frozenset()
    fields: dict[int, Any] = {NAMES: Actor, QUOTES: Source}
    return frozenset(field for field, model in fields.items() if not model.objects.hides_nothing_from(user))


def _remember(user: Any, permissions: str | None) -> None:
    """Set what Django asks the user for."""
    user._perm_cache = set((permissions or "").split())


@lru_cache
def _token() -> str:
    columns = [
        f"{model._meta.db_table}.{model._meta.get_field(name).column}"  # type: ignore[union-attr]
        for model, names in ((Token, OF_TOKEN), (User, OF_USER))
        for name in names
    ]
    return f"""SELECT {", ".join(columns)}, ({_permissions("timeline_token.user_id")})
        FROM timeline_token JOIN timeline_user ON timeline_user.id = timeline_token.user_id
        WHERE digest = %s"""


@lru_cache
def _permissions(user: str) -> str:
    """SQL of the permissions of a user and of their groups, with spaces between: no name has one."""
    joined = "string_agg" if connection.vendor == "postgresql" else "group_concat"
    return f"""SELECT {joined}(app_label || '.' || codename, ' ')
        FROM auth_permission JOIN django_content_type ON django_content_type.id = content_type_id
        WHERE auth_permission.id IN (
            SELECT permission_id FROM timeline_user_user_permissions AS own WHERE own.user_id = {user}
            UNION ALL
            SELECT permission_id FROM auth_group_permissions
            JOIN timeline_user_groups AS member ON member.group_id = auth_group_permissions.group_id
            WHERE member.user_id = {user}
        )"""
