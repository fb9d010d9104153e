"""How a time span is a column: one declaration stores the words, the reading and the bounds as one value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q
from django.db.models.expressions import Func
from django.db.models.query_utils import DeferredAttribute

from timeline.dates import OPEN_FUTURE, OPEN_PAST, Conventions, DateError, TimeSpan, parse_edtf, read

# The order of the stored JSON array; the position of a part is its index.
PARTS = ("text", "edtf", "sort_at", "earliest", "start_latest", "end_earliest", "latest")

# No window touches these, not even one that is open at both ends; an undated thing sorts last.
UNDATED_BOUNDS = (OPEN_FUTURE, OPEN_FUTURE + 1, OPEN_FUTURE + 1, OPEN_PAST - 1, OPEN_PAST - 1)

MAX_TEXT = 300


@dataclass(frozen=True)
class When:
    """A time span as a row holds it: the source's words, their EDTF reading, and the bounds.

    `text` is kept as written and may be empty; `edtf` is canonical, or None for what is undated.
    `stored_bounds` is set for a value that comes from the database: (sort_at, earliest, start_latest,
    end_earliest, latest) as they stand in the row, widened by the conventions of that time.
    Two values are equal when text and reading are.
    """

    text: str = ""
    edtf: str | None = None
    stored_bounds: tuple[int, ...] | None = None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, When) and (self.text, self.edtf) == (other.text, other.edtf)

    def __hash__(self) -> int:
        return hash((self.text, self.edtf))

    def __bool__(self) -> bool:
        return bool(self.text) or self.edtf is not None

    def __str__(self) -> str:
        return self.text or self.display()

    @classmethod
    def of(cls, value: Any) -> When:
        """Make a value of what a caller gives: words, `{"text", "edtf"}`, a TimeSpan, None or a When.

        Words alone are read. Where an EDTF text is given it stands; an empty one counts as not given, and
        an explicit null leaves the words undated. Raises DateError for what cannot be read and
        ValueError for any other shape.
        """
        if isinstance(value, When):
            return value
        if value is None or value == "":
            return cls()
        if isinstance(value, TimeSpan):
            return cls(value.edtf, value.edtf)
        if isinstance(value, str):
            text = _clean(value)
            span = read(text, conventions=conventions())
            return cls(text, None if span is None else span.edtf)
        if isinstance(value, dict):
            return cls._of_parts(value)
        raise ValueError("A time span is words, or an object with text and edtf.")

    @classmethod
    def _of_parts(cls, parts: dict[str, Any]) -> When:
        unknown = sorted(str(key) for key in parts.keys() - {"text", "edtf"})
        if unknown:
            raise ValueError(f"A time span has text and edtf; unknown: {', '.join(unknown)[:100]}.")
        text, edtf = parts.get("text", ""), parts.get("edtf")
        if not isinstance(text, str) or not (edtf is None or isinstance(edtf, str)):
            raise ValueError("The text and the edtf of a time span are strings; edtf may be null.")
        if "edtf" not in parts or edtf == "":
            return cls.of(text)
        text = _clean(text)
        if edtf is None:
            return cls(text, None)
        span = parse_edtf(edtf)
        return cls(text or span.edtf, span.edtf)

    def is_as_read(self) -> bool:
        """Whether the reading is the one that the words have by themselves, and none that was given."""
        try:
            return When.of(self.text) == self
        except ValueError:  # as a DateError is
            return False

    @cached_property
    def span(self) -> TimeSpan | None:
        """The reading with its nominal bounds, as shown; None when undated."""
        return None if self.edtf is None else parse_edtf(self.edtf)

    @cached_property
    def bounds(self) -> tuple[int, ...]:
        """(sort_at, earliest, start_latest, end_earliest, latest) as stored and searched."""
        if self.stored_bounds is not None:
            return self.stored_bounds
        if self.span is None:
            return UNDATED_BOUNDS
        wide = self.span.widened(conventions())
        return (self.span.sort_at, wide.earliest, wide.start_latest, wide.end_earliest, wide.latest)

    sort_at = property(lambda self: self.bounds[0])
    earliest = property(lambda self: self.bounds[1])
    start_latest = property(lambda self: self.bounds[2])
    end_earliest = property(lambda self: self.bounds[3])
    latest = property(lambda self: self.bounds[4])

    def display(self) -> str:
        """The reading in English words; "undated" when there is none."""
        return "undated" if self.span is None else self.span.display()

    def restamped(self) -> When:
        """The same words and reading with bounds computed by today's conventions."""
        return When(self.text, self.edtf)

    def as_parts(self) -> dict[str, str | None]:
        """What fixtures and exports carry; the bounds are computed again on load."""
        return {"text": self.text, "edtf": self.edtf}


def conventions() -> Conventions:
    """The conventions by which this site widens its stored bounds (settings.DATE_CONVENTIONS)."""
    chosen: Conventions = settings.DATE_CONVENTIONS
    return chosen


def _clean(text: str) -> str:
    text = text.strip()
    if len(text) > MAX_TEXT:
        raise ValueError(f"The words of a time span are at most {MAX_TEXT} characters.")
    for position, character in enumerate(text):
        if character == "\0" or "\ud800" <= character <= "\udfff":
            raise DateError(text, position, f"U+{ord(character):04X} is not a character of text.")
    return text


class Part(Func):
    """One element of a stored time span, as the database extracts it for a generated column."""

    def __init__(self, column: str, part: str) -> None:
        number = part not in ("text", "edtf")
        output: models.Field[Any, Any] = models.BigIntegerField() if number else models.TextField()
        super().__init__(
            column, output_field=output, index=PARTS.index(part), cast="::bigint" if number else ""
        )

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "JSON_EXTRACT(%(expressions)s, '$[%(index)s]')"
        return self.as_sql(compiler, connection, template=template, **context)

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **context: Any) -> Any:
        template = "((%(expressions)s)::jsonb ->> %(index)s)%(cast)s"
        return self.as_sql(compiler, connection, template=template, **context)


class PartAttribute(DeferredAttribute):
    """Reads a part from the value on the instance, so that it is right before the row is saved, too."""

    field: PartField

    def __get__(self, instance: models.Model | None, cls: Any = None) -> Any:
        if instance is None:
            return self
        stored = instance.__dict__
        if self.field.whole not in stored and self.field.attname in stored:
            return stored[self.field.attname]
        return getattr(getattr(instance, self.field.whole), self.field.part)

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class PartField(models.GeneratedField):
    """A stored generated column of a TimeSpanField; to migrations a plain GeneratedField."""

    descriptor_class = PartAttribute

    def __init__(self, whole: str, part: str) -> None:
        self.whole, self.part = whole, part
        expression = Part(whole, part)
        super().__init__(
            expression=expression,
            output_field=expression.output_field,
            db_persist=True,
            null=part == "edtf",
            serialize=False,
            verbose_name=f"{whole} {part.replace('_', ' ')}",
        )

    def deconstruct(self) -> Any:
        name, _, _, kwargs = super().deconstruct()
        return name, "django.db.models.GeneratedField", [], kwargs

    def clone(self) -> PartField:
        return PartField(self.whole, self.part)


class TimeSpanAttribute(DeferredAttribute):
    """Turns what is assigned into a When at once, so that an instance never holds an unread date."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        if not hasattr(value, "resolve_expression"):
            value = self.field.to_python(value)
        instance.__dict__[self.field.attname] = value


class TimeSpanField(models.JSONField):
    """A time span on a model: `date = TimeSpanField()` brings the columns `date_text` to `date_latest`.

    The column holds one JSON array in the order of PARTS, never NULL, and the database computes the
    others from it; so no way of writing can leave bounds and value out of step. On an instance it is a
    When, and anything that When.of() takes can be assigned. What cannot be read raises a
    ValidationError with code `invalid_date`, whose params have `position` and `reason`.
    """

    descriptor_class = TimeSpanAttribute
    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_date": "%(reason)s"}
    empty_values = (None, "", When())

    def contribute_to_class(self, cls: type[models.Model], name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        for part in PARTS:
            PartField(name, part).contribute_to_class(cls, f"{name}_{part}")

    def deconstruct(self) -> Any:
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_default(self) -> When:
        return When()

    def to_python(self, value: Any) -> When:
        try:
            return When.of(value)
        except DateError as error:
            params = {"position": error.position, "reason": str(error), "value": value}
            raise ValidationError(
                self.error_messages["invalid_date"], code="invalid_date", params=params
            ) from error
        except ValueError as error:
            params = {"position": None, "reason": str(error), "value": value}
            raise ValidationError(
                self.error_messages["invalid_date"], code="invalid_date", params=params
            ) from error

    def validate(self, value: When, model_instance: models.Model | None) -> None:
        if not value and not self.blank:
            raise ValidationError(self.error_messages["blank"], code="blank")

    def get_prep_value(self, value: Any) -> Any:
        if hasattr(value, "resolve_expression"):
            return value
        # Computed again whatever the value came with, so that saving mends what raw SQL got wrong.
        when = self.to_python(value).restamped()
        return [when.text, when.edtf, *when.bounds]

    def get_db_prep_save(self, value: Any, connection: BaseDatabaseWrapper) -> Any:
        # JSONField would store None as NULL, which this column never is.
        return super().get_db_prep_save(When() if value is None else value, connection)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        stored = super().from_db_value(value, expression, connection)
        if not isinstance(stored, list):
            return stored  # a part alone, by a lookup such as values("date__2")
        text, edtf, *bounds = stored
        return When(text, edtf, tuple(bounds))

    def value_to_string(self, obj: models.Model) -> Any:
        return self.value_from_object(obj).as_parts()

    def formfield(self, **kwargs: Any) -> Any:
        from timeline.forms import TimeSpanFormField

        return models.Field.formfield(self, **{"form_class": TimeSpanFormField, **kwargs})


def is_a_time_span(field: str, name: str) -> models.CheckConstraint:
    """The constraint for a TimeSpanField: every part is there, and nothing ends before it starts.

    Django declares no generated column NOT NULL, so that raw SQL could store any JSON without it.
    """
    whole = Q(**{f"{field}_{part}__isnull": False for part in PARTS if part != "edtf"})
    ordered = Q(**{f"{field}_edtf__isnull": True}) | Q(**{f"{field}_earliest__lte": F(f"{field}_latest")})
    return models.CheckConstraint(
        condition=whole & ordered,
        name=name,
        violation_error_code=name,
        violation_error_message="A time span does not end before it starts.",
    )


def restamp() -> Iterator[tuple[str, int]]:
    """Compute the bounds of every row again by today's conventions, in one transaction a field.

    Yields the field's label and how many rows had other bounds. Memory does not grow with the rows.
    """
    for model, field in time_span_fields():
        changed = 0
        rows = model._default_manager
        with transaction.atomic():
            for pk in out_of_step(model, field):
                # Read again under a lock: somebody may have given the row another date meanwhile.
                when = rows.select_for_update(no_key=True).values_list(field, flat=True).get(pk=pk)
                changed += rows.filter(pk=pk).update(**{field: when})
        yield f"{model._meta.label_lower}.{field}", changed


def time_span_fields() -> Iterator[tuple[type[models.Model], str]]:
    """Every time span of the site: the model and the field's name."""
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, TimeSpanField):
                yield model, field.name


def out_of_step(model: type[models.Model], field: str) -> Iterator[Any]:
    """The keys of rows whose stored bounds are not what their reading gives by today's conventions."""
    for pk, when in model._default_manager.values_list("pk", field).iterator(chunk_size=2000):
        if when.bounds != when.restamped().bounds:
            yield pk
