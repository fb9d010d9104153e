"""The two columns that say when and in which changeset this database took a thing in.

Triggers set them whatever a program writes there (timeline/history/on_sqlite.py, on_postgresql.py). Where a
changeset is open on SQLite, programs write what the trigger would, which saves it a second statement.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models.functions import Now
from django.db.utils import DEFAULT_DB_ALIAS


class Open(NamedTuple):
    """A changeset that is open on SQLite."""

    number: int
    at: datetime


def standing() -> Open | None:
    """The changeset that is open on this thread's connection to SQLite."""
    return getattr(connections[DEFAULT_DB_ALIAS], "timeline_changeset", None)


def let_stand(changeset: Open | None) -> None:
    setattr(connections[DEFAULT_DB_ALIAS], "timeline_changeset", changeset)  # noqa: B010  (no attribute of Django's)


def recorded() -> dict[str, Any]:
    """The two columns as SQLite stores them, where a changeset is open."""
    changeset = standing()
    if changeset is None:
        return {}
    stamp = connections[DEFAULT_DB_ALIAS].ops.adapt_datetimefield_value(changeset.at)
    return {"recorded_in": changeset.number, "recorded_at": stamp}


def _with(options: dict[str, Any], **given: Any) -> dict[str, Any]:
    return given | options


class RecordedIn(models.BigIntegerField):
    """The number of the changeset. No foreign key, which would be checked for each row of an import."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with(options, null=True, editable=False, serialize=False, db_index=True))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.BigIntegerField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add and (changeset := standing()):
            setattr(model_instance, self.attname, changeset.number)
        return super().pre_save(model_instance, add)


class RecordedAt(models.DateTimeField):
    """When the transaction was that took a thing in."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_with(options, db_default=Now(), editable=False))

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        if add and (changeset := standing()):
            setattr(model_instance, self.attname, changeset.at)
        return super().pre_save(model_instance, add)
