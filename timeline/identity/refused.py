"""What the database refuses in a merge or its undoing, in words that name the row. Nothing changes then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

AT_ONCE = 500


@contextmanager
def named(what: str, row: Any = None) -> Iterator[None]:
    """A ValidationError that says what it was, and which row, where the database refuses what is done."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        name = what if row is None else f"{what}: “{row}”"
        message = (
            f"{name} cannot stand there: the same stands already, or a rule forbids it. Change or delete "
        )
        raise ValidationError(f"{message}what is in its way first.", code="row_is_refused") from refused


def parts(ids: list[int]) -> Iterator[list[int]]:
    """None of which takes long enough to be stopped."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def lead(model: Any, ids: list[int], key: str, to: int, label: str) -> None:
    """Make the key of the rows lead to the thing with the number `to`."""
    rows = model._default_manager
    for some in parts(ids):
        try:
            with transaction.atomic():
                rows.filter(pk__in=some).update(**{key: to})
        except IntegrityError:  # which row it was, only each by itself tells
            for row in rows.filter(pk__in=some).order_by("pk"):
                with named(label, row):
                    rows.filter(pk=row.pk).update(**{key: to})
