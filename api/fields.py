"""The keys of a body: time spans, references by slug, amounts, and plain ones that take JSON's types only."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import Model
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from api.documents import reading
from api.documents.base import SHOWN
from api.exceptions import error
from timeline.fields import TimeSpanField, When
from timeline.identity.former import leading_to
from timeline.models import Event, EventKind, Role, Source
from timeline.naming import named as rows_named

# What is read of a thing that a body names: what answers show of it, and what the rules ask for.
NEEDED: dict[type[Model], tuple[str, ...]] = SHOWN | {
    Event: (*SHOWN[Event], "date"),
    EventKind: ("slug",),
    Role: ("slug",),
    Source: (*SHOWN[Source], "text_sha256"),
}
SLUGS_AT_ONCE = 500
PROHIBITED = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
# What reads a time span for any model's column.
DATE = TimeSpanField()

_decimal = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def no_such(model: type[Model], slug: str) -> Any:
    """The error of a slug that does not exist or is hidden: nobody can tell which."""
    return error(f"No {model._meta.verbose_name} has the slug “{slug[:100]}”.", "unknown_slug")


def unknown_keys(given: dict[str, Any], known: Any) -> dict[str, list[Any]]:
    return {key: [error("Unknown key.", "unknown_key")] for key in given if key not in known}


class FromString(serializers.Field):
    """Takes a string, and nothing that could be made one."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("invalid", format="YYYY-MM-DD")  # which the message of a day names
        return super().to_internal_value(data)


class Text(FromString, serializers.CharField):
    """Without white space around it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # The parser has refused them, and each character would be looked at by itself.
        self.validators = [one for one in self.validators if not isinstance(one, PROHIBITED)]


class Words(Text):
    """A string in which white space counts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "trim_whitespace": False})


class Slug(FromString, serializers.SlugField):
    """The address of a thing; made from its name where it is left out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("validators", None)  # the model's own are asked when the whole is checked
        super().__init__(**{**kwargs, "allow_unicode": True})


class WebAddress(FromString, serializers.URLField):
    """A URL."""


class Flag(serializers.BooleanField):
    """true or false, not "yes"."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, bool):
            self.fail("invalid", input=str(data)[:100])
        return data


class Whole(serializers.IntegerField):
    """A JSON number without a fraction; 2.0 is one, as JSON Schema has it."""

    def to_internal_value(self, data: Any) -> int:
        # Compared before it is made an int, which of 1E999999 would take long.
        if isinstance(data, Decimal) and abs(data) < 2**63 and data == data.to_integral_value():
            return int(data)
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class Importance(Whole):
    """The model has the limits; a type of its own lets the schema tell them."""


class Amount(serializers.DecimalField):
    """A decimal: a string, because JavaScript's numbers lose digits. A JSON number is accepted."""

    def to_internal_value(self, data: Any) -> Decimal:
        text = "" if isinstance(data, bool) else str(data)
        if not isinstance(data, str | int | Decimal) or not _decimal.fullmatch(text):
            self.fail("invalid")
        return super().to_internal_value(text)


class Day(FromString, serializers.DateField):
    """An ISO date."""


class TimeSpan(serializers.Field):
    """When: words, or an object with `text` and `edtf`, or null."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_text": "A time span is a string, or an object with text and edtf."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "allow_null": True, **kwargs})

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, When()) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> When:
        if isinstance(data, dict):
            # What GET shows besides text and edtf follows from them and is ignored.
            if unknown := unknown_keys(data, ("text", *reading(None))):
                raise ValidationError(unknown)
            data = {key: data[key] for key in ("text", "edtf") if key in data}
        elif not isinstance(data, str):
            self.fail("not_text")
        try:
            return DATE.to_python(data)
        except ModelError as found:
            params = found.params or {}
            raise ValidationError(
                [error(found.messages[0], found.code or "invalid", params.get("position"))]
            ) from found


class Reference(serializers.Field):
    """Another thing, by its slug, or by an object that has it, as GET gives one.

    Only what the user may see can be referred to. `shows` are the keys of the object in answers; the
    keys besides the slug are ignored in a body. A reference that shows nothing is a plain slug in answers.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "not_slug": "Name it by its slug: a string, or an object with the key slug."
    }

    def __init__(self, model: type[Model], *shows: str, **kwargs: Any) -> None:
        self.model, self.shows = model, shows
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        if isinstance(data, dict):
            if unknown := unknown_keys(data, ("slug", *self.shows)):
                raise ValidationError(unknown)
            data = data.get("slug")
        if not isinstance(data, str):
            self.fail("not_slug")
        return self._found(data)

    def _found(self, slug: str) -> Model:
        found = self.context["referred_to"].get((self.model, slug))
        if found is None:
            raise ValidationError([no_such(self.model, slug)])
        return found  # type: ignore[no-any-return]


def look_up(named: Iterable[tuple[type[Model], str]], context: Any) -> None:
    """Fetch what the user may see of the things named into the `referred_to` of a serializer's context."""
    known: dict[tuple[type[Model], str], Model] = context["referred_to"]
    wanted: dict[type[Any], set[str]] = defaultdict(set)
    for model, slug in named:
        if (model, slug) not in known:
            wanted[model].add(slug)
    asked = {model: sorted(slugs) for model, slugs in wanted.items()}
    for start in range(0, max(map(len, asked.values()), default=0), SLUGS_AT_ONCE):
        end = start + SLUGS_AT_ONCE
        some = {model: slugs[start:end] for model, slugs in asked.items() if start < len(slugs)}
        found: Any = rows_named(some, NEEDED, context["request"].user)
        known.update({(type(row), row.slug): row for row in found})
    for model, slugs in asked.items():
        # Who puts back what they read before a thing had its present slug means that thing.
        if others := [slug for slug in slugs if (model, slug) not in known]:
            rows = model._default_manager.visible_to(context["request"].user)
            former = leading_to(rows.only(*NEEDED[model]).order_by(), others)
            known.update({(model, slug): row for slug, row in former.items()})
