"""The parameters of lists: each is declared once, and from there read, refused, applied and documented.

Whatever cannot be read is refused by name, all of it at once; nothing is ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import ValidationError as ModelError
from django.db.models import Model
from django.http import QueryDict
from rest_framework.exceptions import ErrorDetail, ValidationError

from api.exceptions import error
from api.fields import no_such
from timeline.dates import TimeSpan
from timeline.fields import TimeSpanField
from timeline.identity.former import leading_to

MAX_VALUES = 100
MAX_LENGTH = 1000


class Refused(Exception):
    """What is wrong with the value of one parameter."""

    def __init__(self, *details: ErrorDetail) -> None:
        self.details = list(details)


@dataclass(frozen=True)
class Parameter:
    """One parameter: any text, once. Subclasses read more.

    `narrow` takes a QuerySet and the value that was read; without one the view uses the value itself.
    """

    name: str
    description: str
    narrow: Callable[[Any, Any], Any] | None = None
    required: bool = False
    many: ClassVar[bool] = False

    def read(self, values: list[str], user: Any) -> Any:
        """The value, or Refused. `values` are texts of which none is too long."""
        return values[0]

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": MAX_LENGTH}


@dataclass(frozen=True)
class Choice(Parameter):
    """One of a few words."""

    choices: tuple[str, ...] = ()

    def read(self, values: list[str], user: Any) -> Any:
        for value in values:
            if value not in self.choices:
                raise Refused(error(f"It is one of: {', '.join(self.choices)}.", "invalid_choice"))
        return values if self.many else values[0]

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(self.choices)}


@dataclass(frozen=True)
class Choices(Choice):
    """Any of a few words; repeated for several."""

    many: ClassVar[bool] = True


@dataclass(frozen=True)
class Flag(Choice):
    """true or false."""

    choices: tuple[str, ...] = ("true", "false")

    def read(self, values: list[str], user: Any) -> bool:
        return bool(super().read(values, user) == "true")

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True)
class Slugs(Parameter):
    """Other things by their slugs, present or former, repeated for several. What is hidden is unknown."""

    model: type[Model] = Model
    many: ClassVar[bool] = True

    def read(self, values: list[str], user: Any) -> list[Any]:
        rows = self.model._default_manager.visible_to(user)  # type: ignore[attr-defined]
        found = {row.slug: row for row in rows.filter(slug__in=values).only("slug").order_by("pk")}
        if others := [slug for slug in dict.fromkeys(values) if slug not in found]:
            found |= leading_to(rows.only("slug"), others)
        if missing := [no_such(self.model, slug) for slug in others if slug not in found]:
            raise Refused(*missing)
        return list({row.pk: row for row in found.values()}.values())


@dataclass(frozen=True)
class Date(Parameter):
    """A date in EDTF or English. A relative one is refused: an address has to mean the same tomorrow."""

    def read(self, values: list[str], user: Any) -> TimeSpan:
        try:
            span = TimeSpanField().to_python(values[0]).span
        except ModelError as found:
            position = (found.params or {}).get("position")
            raise Refused(error(found.messages[0], found.code or "invalid_date", position)) from found
        if span is None:
            raise Refused(error("A date is needed here.", "invalid_date"))
        return span


@dataclass(frozen=True)
class Number(Parameter):
    """A whole number from `lowest` to `highest`."""

    lowest: int = 1
    highest: int = 1
    default: int | None = None

    def read(self, values: list[str], user: Any) -> int:
        text = values[0]
        if text.isascii() and text.isdigit() and len(text) < 10 and self.lowest <= int(text) <= self.highest:
            return int(text)
        message = f"It is a whole number from {self.lowest} to {self.highest}."
        raise Refused(error(message, "invalid_number"))

    def schema(self) -> dict[str, Any]:
        ends = {"minimum": self.lowest, "maximum": self.highest}
        default = {} if self.default is None else {"default": self.default}
        return {"type": "integer", **default, **ends}


@dataclass(frozen=True)
class Keys(Parameter):
    """Keys of the document, separated by commas."""

    keys: tuple[str, ...] = ()

    def read(self, values: list[str], user: Any) -> list[str]:
        asked = values[0].split(",")
        if unknown := [key for key in asked if key not in self.keys]:
            known = ", ".join(self.keys)
            raise Refused(
                *(error(f"Unknown: “{key[:50]}”. Known: {known}.", "unknown_field") for key in unknown[:5])
            )
        return list(dict.fromkeys(asked))

    def schema(self) -> dict[str, Any]:
        items = {"type": "string", "enum": list(self.keys)}
        return {"type": "array", "items": items, "minItems": 1}


def read_parameters(given: QueryDict, known: Iterable[Parameter], user: Any) -> dict[str, Any]:
    """What was asked, by name. Raises a ValidationError that names everything that is wrong."""
    by_name = {parameter.name: parameter for parameter in known}
    asked: dict[str, Any] = {}
    errors: dict[str, list[ErrorDetail]] = {}
    for name, values in given.lists():
        try:
            if (parameter := by_name.get(name)) is None:
                raise Refused(error("Unknown parameter.", "unknown_parameter"))
            asked[name] = read_one(parameter, values, user)
        except Refused as refused:
            errors[name] = refused.details
    for name, parameter in by_name.items():
        if parameter.required and name not in given:
            errors[name] = [error("This parameter is required.", "required")]
    if errors:
        raise ValidationError(errors)
    return asked


def read_one(parameter: Parameter, values: list[str], user: Any) -> Any:
    """The value of one parameter, or Refused."""
    if len(values) > 1 and not parameter.many:
        raise Refused(error("Give it once.", "repeated"))
    if len(values) > MAX_VALUES:
        raise Refused(error(f"At most {MAX_VALUES} values.", "too_many_values"))
    for value in values:
        if value == "":
            raise Refused(error("The value is empty.", "empty"))
        if len(value) > MAX_LENGTH:
            raise Refused(error(f"A value has at most {MAX_LENGTH} characters.", "too_long"))
        # Django has put U+FFFD where the bytes were no UTF-8.
        if (position := next((at for at, sign in enumerate(value) if sign in "\0\ufffd"), None)) is not None:
            raise Refused(error("This is not a character of text.", "invalid_characters", position))
    return parameter.read(values, user)


def narrowed(rows: Any, asked: dict[str, Any], known: Iterable[Parameter]) -> Any:
    """The rows that all the parameters leave."""
    for parameter in known:
        if parameter.narrow is not None and parameter.name in asked:
            rows = parameter.narrow(rows, asked[parameter.name])
    return rows


def among(lookup: str) -> Callable[[Any, Any], Any]:
    return lambda rows, values: rows.filter(**{f"{lookup}__in": values})
