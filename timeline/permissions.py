"""What a user may do, asked of the database once a request."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db import connection

OF_USER = """
    SELECT app_label, codename
    FROM auth_permission JOIN django_content_type ON django_content_type.id = content_type_id
    WHERE auth_permission.id IN (
        SELECT permission_id FROM timeline_user_user_permissions WHERE user_id = %s
        UNION ALL
        SELECT permission_id FROM auth_group_permissions
        JOIN timeline_user_groups ON timeline_user_groups.group_id = auth_group_permissions.group_id
        WHERE user_id = %s
    )
"""


class PermissionBackend(ModelBackend):
    """Django's own, with one query for the permissions of a user and of their groups instead of two."""

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        if user_obj.is_superuser or user_obj.is_anonymous or not user_obj.is_active or obj is not None:
            return super().get_all_permissions(user_obj, obj)
        if not hasattr(user_obj, "_perm_cache"):
            with connection.cursor() as cursor:
                cursor.execute(OF_USER, [user_obj.pk, user_obj.pk])
                user_obj._perm_cache = {f"{app}.{codename}" for app, codename in cursor.fetchall()}
        found: set[str] = user_obj._perm_cache
        return found
