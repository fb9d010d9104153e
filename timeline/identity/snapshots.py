"""Rows as plain values that JSON takes, and back: what a merge overwrites and deletes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.core import serializers
from django.core.serializers.base import DeserializedObject
from django.db import models

from timeline.history.things import RECORDED

Snapshot = dict[str, Any]


def snapshots(rows: Iterable[models.Model]) -> list[Snapshot]:
    """`{"model", "pk", "fields"}` of each row, with all that is written of it; not when it was recorded."""
    # Not as "json", which cuts off microseconds.
    found: list[Snapshot] = serializers.serialize("python", rows)
    for one in found:
        fields = one["fields"].items()
        one["fields"] = {name: _plain(value) for name, value in fields if name not in RECORDED}
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, date):  # or a date-time, which is one
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def snapshot(row: models.Model) -> Snapshot:
    (found,) = snapshots([row])
    return found


def model_of(found: Snapshot) -> type[models.Model]:
    return apps.get_model(found["model"])


def values_of(model: type[models.Model], fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a snapshot as `update()` takes them."""
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    return {column.attname: column.to_python(fields[column.name]) for column in columns}


def row_of(found: Snapshot) -> models.Model:
    """The row as it was, not saved."""
    return _read(found).object


def put_back(found: Snapshot) -> None:
    """Insert the row as it was, with its number."""
    # Of its number nothing stands, so it is not looked for first.
    _read(found).save(force_insert=True)


def _read(found: Snapshot) -> DeserializedObject:
    (row,) = serializers.deserialize("python", [found])
    return row
