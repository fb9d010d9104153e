"""Reads the values of lines by the rules of the models' fields, into the one form that an export has.

That is JSON's own types: texts, numbers, true and false, null. A time span is an object with `text` and
`edtf`, a decimal a text, another thing a slug.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import models

from timeline.fields import TimeSpanField, When

Read = Callable[[Any], Any]
# How many distinct time spans are remembered: most files have few, and reading one takes some 50 µs.
SPANS = 100_000
# Above it a version could not be counted on for ever: the column of PostgreSQL ends at 2^31.
MOST_VERSIONS = 10**9 - 1

_slug = re.compile(r"[-\w]{1,100}")
_decimal = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


class Refused(Exception):
    """Why a value cannot be taken."""


class Missing:
    """Stands for a key that a line has to have."""


def reader_of(field: Any, known: Container[str] = ()) -> Read:
    """What reads a value of the field. `known` are the slugs that a foreign key may name."""
    for kind, make in _READERS:
        if isinstance(field, kind):
            return _or_null(make(field)) if field.null and not field.is_relation else make(field)
    return reference_to(field.related_model, known, null=field.null)


def default_of(field: Any) -> Any:
    """What a key stands for that a line leaves out; Missing where it must not."""
    if isinstance(field, TimeSpanField) or field.null:
        return None
    if field.has_default():
        default = field.get_default()
        return str(default) if isinstance(default, str) else default
    return "" if field.blank else Missing


def slug(value: Any) -> str:
    if type(value) is not str or not _slug.fullmatch(value):
        raise Refused("A slug is a text of 1 to 100 letters, digits, hyphens and underscores.")
    return value


def reference_to(model: Any, known: Container[str], *, null: bool = False) -> Read:
    def read(value: Any) -> Any:
        if value is None and null:
            return None
        if type(value) is not str:
            raise Refused("Name it by its slug.")
        if value not in known:
            raise Refused(f"No {model._meta.verbose_name} has the slug “{value[:100]}”.")
        return value

    return read


def _or_null(read: Read) -> Read:
    return lambda value: None if value is None else read(value)


def _text(field: Any) -> Read:
    longest = field.max_length or 2**31
    choices = None if field.choices is None else {str(choice) for choice, _ in field.choices}
    blank = field.blank

    def read(value: Any) -> str:
        if type(value) is str and (value or blank) and len(value) <= longest:
            if choices is None or not value or value in choices:
                return value
            raise Refused(f"It is one of: {', '.join(sorted(choices))}.")
        if type(value) is not str:
            raise Refused("It is a text.")
        if not value:
            raise Refused("It must not be empty.")
        raise Refused(f"It has {len(value)} characters; at most {longest} are possible.")

    return read


def _address(field: Any) -> Read:
    text = _text(field)

    def read(value: Any) -> str:
        found: str = text(value)
        try:
            for check in field.validators if found else ():
                check(found)
        except ValidationError as error:
            raise Refused(error.messages[0]) from error
        return found

    return read


def _flag(field: Any) -> Read:
    def read(value: Any) -> bool:
        if type(value) is not bool:
            raise Refused("It is true or false.")
        return value

    return read


def _whole(field: Any) -> Read:
    highest = 2**15 - 1 if isinstance(field, models.PositiveSmallIntegerField) else 2**31 - 1
    if field.name == "version":
        highest = MOST_VERSIONS

    def read(value: Any) -> int:
        if type(value) is not int or not 0 <= value <= highest:
            raise Refused(f"It is a whole number from 0 to {highest}.")
        return value

    return read


def _amount(field: Any) -> Read:
    unit = Decimal(1).scaleb(-field.decimal_places)
    before = field.max_digits - field.decimal_places

    def read(value: Any) -> str:
        if type(value) is int:
            value = str(value)
        if type(value) is not str or not _decimal.fullmatch(value):
            raise Refused('It is a decimal as a text, such as "2500000000.50".')
        number = Decimal(value)
        if abs(number) >= 10**before:
            raise Refused(f"At most {before} digits before the point are possible.")
        rounded = number.quantize(unit)
        if rounded != number:
            raise Refused(f"At most {field.decimal_places} digits after the point are possible.")
        return f"{abs(rounded) if rounded == 0 else rounded:f}"

    return read


def _day(field: Any) -> Read:
    def read(value: Any) -> str:
        try:
            return date.fromisoformat(value).isoformat()
        except (TypeError, ValueError):
            raise Refused("It is a date such as 2020-08-23.") from None

    return read


def stamp(field: Any) -> Read:
    def read(value: Any) -> str:
        try:
            found = datetime.fromisoformat(value)
            if found.tzinfo is None:
                raise Refused("A time stamp names its time zone: 2020-08-23T12:00:00Z.")
            return found.astimezone(UTC).isoformat().replace("+00:00", "Z")
        except (TypeError, ValueError, OverflowError):
            raise Refused("It is a time stamp such as 2020-08-23T12:00:00Z.") from None

    return read


class Span(dict[str, "str | None"]):
    """A time span as a line has it, text and edtf; `stored` is what its column has."""

    stored = ""


def stored_span(span: Span | None) -> str:
    return NO_DATE if span is None else span.stored


def span_of(value: Any) -> Span | None:
    """Words, an object with text and edtf, or null. Each is read once, however many lines have it."""
    try:
        if value is None or value == "":
            return None
        if type(value) is str:
            return _span(value, None, False)
        if type(value) is dict and value.keys() == {"text", "edtf"}:
            return _span(value["text"], value["edtf"], True)
        return _made(When.of(value))
    except (ValueError, TypeError) as error:  # DateError is a ValueError; TypeError: not hashable
        raise Refused(str(error) or "It is no time span.") from error


@lru_cache(maxsize=SPANS)
def _span(text: Any, edtf: Any, given: bool) -> Span | None:
    return _made(When.of({"text": text, "edtf": edtf} if given else text))


def _made(when: When) -> Span | None:
    if not when:
        return None
    span = Span(text=when.text, edtf=when.edtf)
    span.stored = _stored(when)
    return span


def _stored(when: When) -> str:
    return orjson.dumps([when.text, when.edtf, *when.bounds]).decode()


NO_DATE = _stored(When())

_READERS: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Read]], ...] = (
    (TimeSpanField, lambda field: span_of),
    (models.SlugField, lambda field: slug),
    (models.URLField, _address),
    (models.CharField, _text),
    (models.TextField, _text),
    (models.BooleanField, _flag),
    (models.DecimalField, _amount),
    (models.PositiveIntegerField, _whole),
    (models.PositiveSmallIntegerField, _whole),
    (models.DateTimeField, stamp),
    (models.DateField, _day),
)
