"""Finds things by their slugs, with statements that are made once.

Django takes several times as long to make such a statement as the database to answer it, and a body that
names actors, roles, kinds and sources needs one for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models


def named(
    model: type[models.Model], slugs: Sequence[str], columns: tuple[str, ...], user: Any
) -> list[models.Model]:
    """Those that the user may see, with these columns read. Runs one query."""
    rows: Any = model._default_manager.all()
    if not rows.hides_nothing_from(user):
        return list(rows.visible_to(user).filter(slug__in=slugs).only(*columns).order_by())
    names = ("id", *columns)
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, names, len(slugs)), slugs)
        found = cursor.fetchall()
    converted = [
        (at, field.from_db_value)
        for at, field in enumerate(map(model._meta.get_field, names))
        if hasattr(field, "from_db_value")
    ]
    for at, convert in converted:
        found = [(*row[:at], convert(row[at], None, connection), *row[at + 1 :]) for row in found]
    return [model.from_db(connection.alias, names, row) for row in found]


def taken(model: type[models.Model], slugs: Sequence[str]) -> set[str]:
    """Those of the slugs that rows have. Runs one query."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(model, ("slug",), len(slugs)), slugs)
        return {slug for (slug,) in cursor.fetchall()}


@lru_cache(maxsize=1000)
def _statement(model: type[models.Model], names: tuple[str, ...], number: int) -> str:
    columns = ", ".join(connection.ops.quote_name(name) for name in names)
    marks = ", ".join(["%s"] * number)
    return f"SELECT {columns} FROM {model._meta.db_table} WHERE slug IN ({marks})"
