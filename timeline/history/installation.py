"""What the database needs for history: triggers, functions and views (timeline/triggers.py installs them)."""

from __future__ import annotations

from timeline.history import moments, on_postgresql, on_sqlite, since


def statements(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [*on_sqlite.statements(), *since.on_sqlite()]
    return [*on_postgresql.statements(), *since.on_postgresql(), *moments.on_postgresql()]


def triggers(vendor: str) -> dict[str, str]:
    """The name of each trigger, and its table or view."""
    return since.triggers() | (on_sqlite.triggers() if vendor == "sqlite" else on_postgresql.triggers())


def removal(vendor: str) -> list[str]:
    """What removes the views, which stand in the way of changing a table."""
    if vendor == "sqlite":
        return [f"DROP VIEW IF EXISTS {view}" for view in on_sqlite.views()]
    return [f"DROP SCHEMA IF EXISTS {moments.SCHEMA} CASCADE"]
