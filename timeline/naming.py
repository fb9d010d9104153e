"""Finds things by their slugs, with statements that are made once.

Django takes several times as long to make such a statement as the database to answer it, and a body that
names actors, roles, kinds and sources needs one for each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models
from django.db.utils import DEFAULT_DB_ALIAS

from timeline.prepared import execute
from timeline.rows import loaded

Columns = tuple[str, ...]


def named(
    wanted: Mapping[type[models.Model], Sequence[str]], columns: Mapping[Any, Columns], user: Any
) -> Iterator[models.Model]:
    """Those that the user may see, with these columns read.

    Runs one query for all models whose columns are text, and one for each other and for what may be hidden.
    """
    together: dict[type[models.Model], Sequence[str]] = {}
    for model, slugs in wanted.items():
        rows = _all(model)
        if not rows.hides_nothing_from(user):
            yield from rows.visible_to(user).filter(slug__in=slugs).only(*columns[model]).order_by()
        elif _are_text(model, columns[model]):
            together[model] = slugs
        else:
            yield from _found(model, slugs, ("id", *columns[model]))
    if together:
        yield from _found_together(together, columns)


@lru_cache(maxsize=100)
def _all(model: type[models.Model]) -> Any:
    """All rows of the model, to be narrowed: making a QuerySet costs more than to ask whom it hides from."""
    return model._default_manager.all()


def taken(model: type[models.Model], slugs: Sequence[str]) -> set[str]:
    """Those of the slugs that rows have, or had. Runs one query."""
    with connection.cursor() as cursor:
        execute(cursor, _taken(model, len(slugs)), [*slugs, *slugs])
        return {slug for (slug,) in cursor.fetchall()}


@lru_cache(maxsize=1000)
def _taken(model: type[models.Model], number: int) -> str:
    marks = ", ".join(["%s"] * number)
    return f"""{_statement(model, ("slug",), number)} UNION ALL
        SELECT slug FROM timeline_formerslug WHERE noun = '{model._meta.model_name}' AND slug IN ({marks})"""


def _found(model: type[models.Model], slugs: Sequence[str], names: Columns) -> list[Any]:
    with connection.cursor() as cursor:
        execute(cursor, _statement(model, names, len(slugs)), slugs)
        return loaded(model, names, cursor.fetchall())


def _found_together(
    wanted: Mapping[type[models.Model], Sequence[str]], columns: Mapping[Any, Columns]
) -> Iterator[models.Model]:
    arms = tuple((model, ("id", *columns[model]), len(slugs)) for model, slugs in wanted.items())
    with connection.cursor() as cursor:
        execute(cursor, _union(arms), [slug for slugs in wanted.values() for slug in slugs])
        found = cursor.fetchall()
    for arm, *row in found:
        model, names, _ = arms[arm]
        yield model.from_db(DEFAULT_DB_ALIAS, names, row[: len(names)])


@lru_cache(maxsize=1000)
def _are_text(model: type[models.Model], names: Columns) -> bool:
    # Such columns are of one type, and what the database gives is their value.
    kinds = (models.CharField, models.TextField)
    return all(isinstance(model._meta.get_field(name), kinds) for name in names)


@lru_cache(maxsize=200)
def _union(arms: tuple[tuple[type[models.Model], Columns, int], ...]) -> str:
    width = max(len(names) for _, names, _ in arms)
    parts = (
        _statement(model, names, number, number_of_arm=arm, width=width)
        for arm, (model, names, number) in enumerate(arms)
    )
    return " UNION ALL ".join(parts)


@lru_cache(maxsize=1000)
def _statement(
    model: type[models.Model], names: Columns, number: int, number_of_arm: int | None = None, width: int = 0
) -> str:
    """`number_of_arm` comes before the columns, and empty ones after them up to the `width`."""
    columns = [connection.ops.quote_name(name) for name in names]
    if number_of_arm is not None:
        columns = [str(number_of_arm), *columns, *["''"] * (width - len(columns))]
    marks = ", ".join(["%s"] * number)
    return f"SELECT {', '.join(columns)} FROM {model._meta.db_table} WHERE slug IN ({marks})"
