"""Taking a file in: it is sent, looked at line by line, and then taken in as it was shown."""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern


def may_import(user: Any) -> bool:
    return False


def addresses(site: Any) -> list[URLPattern]:
    return []
