"""What of a thing can be erased by itself: `summary`, `citations`, `citations.0.quote`, `citations.quote`.

The names are those of an export; lines of a list are counted from 0, as where an import names them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models

from timeline.exchange.nouns import Lines, Noun
from timeline.fields import TimeSpanField, When
from timeline.identity.merging import TOGETHER

# What only steps of review set.
STEPS = ("review", "retracted_at")


class ErasureError(ValueError):
    """Why something is not erased, or not so. Nothing has changed then."""


class Part(NamedTuple):
    """Fields of a thing's own row or of its `lines`: of all, or of that with the `number`.

    No fields: whole lines.
    """

    path: str
    model: type[models.Model]
    fields: tuple[str, ...]
    lines: Lines | None = None
    number: int | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The fields that make a line what it is here."""
        return self.fields or (self.lines.keys if self.lines else ())


def lines_of(noun: Noun) -> dict[str, Lines]:
    """The lists of a thing, links too, by key."""
    links = (
        Lines(one.key, one.model, one.whole, (one.other,), (f"{one.other}__slug",)) for one in noun.links
    )
    return {one.key: one for one in (*noun.lines, *links)}


def paths(noun: Noun) -> Iterator[str]:
    """All that may be asked for, without numbers."""
    yield from (name for name in ("slug", *noun.keys) if name not in STEPS)
    for lines in lines_of(noun).values():
        yield lines.key
        if len(lines.keys) > 1:
            yield from (f"{lines.key}.{name}" for name in lines.keys)


def part_of(noun: Noun, path: str) -> Part:
    """What the path names. Raises ErasureError."""
    key, *rest = path.split(".")
    number = int(rest.pop(0)) if rest and rest[0].isdecimal() else None
    lines = lines_of(noun).get(key)
    if ".".join([key, *rest]) not in paths(noun) or (number is not None and lines is None):
        known = ", ".join(paths(noun))
        raise ErasureError(f"There is no field “{path}” of this. The fields are: {known}.")
    if lines is not None:
        return Part(path, lines.model, tuple(rest), lines, number)
    together = TOGETHER.get(noun.model, {}).values()
    return Part(path, noun.model, next((some for some in together if key in some), (key,)))


def value_of(field: Any, replacement: str | None) -> Any:
    """What comes to stand in a field: nothing, if it may be empty, or else the replacement."""
    if replacement:
        return _read(field, replacement)
    if isinstance(field, TimeSpanField):
        return When()
    if field.null:
        return None
    if field.has_default():
        return field.get_default()
    if field.blank and not field.unique:
        return ""
    raise ErasureError(f"“{field.verbose_name}” cannot be empty: say what is to stand in its place.")


def _read(field: Any, replacement: str) -> Any:
    if field.is_relation:
        found = field.related_model._default_manager.filter(slug=replacement).first()
        if found is None:
            name = field.related_model._meta.verbose_name
            raise ErasureError(f"There is no {name} with the slug “{replacement}” to stand in its place.")
        return found.pk
    try:
        return field.clean(replacement, None)
    except ValidationError as refused:
        raise ErasureError(f"“{field.verbose_name}”: {' '.join(refused.messages)}") from refused
