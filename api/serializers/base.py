"""How any noun is checked and written: the whole thing, with its lines, in one transaction."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError as ModelError
from django.db import models
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.settings import api_settings

from api.exceptions import details_of, error
from api.fields import (
    Amount,
    Day,
    Flag,
    Reference,
    Slug,
    Text,
    TimeSpan,
    WebAddress,
    Whole,
    look_up,
    unknown_keys,
)
from timeline.fields import TimeSpanField
from timeline.models.base import Line, Record

MAX_LINES = 1000


class KnownKeys(serializers.Serializer):
    """Refuses keys that it does not know, together with what is wrong with the others."""

    @cached_property
    def _writable_fields(self) -> list[Any]:
        # REST framework looks for them each time.
        return [field for field in self.fields.values() if not field.read_only]

    def amiss(self, data: dict[str, Any]) -> dict[str, list[Any]]:
        """What is wrong with which keys there are."""
        return unknown_keys(data, self.fields)

    def to_internal_value(self, data: Any) -> Any:
        """As REST framework does it, but that nothing is asked of keys that may be left out and are."""
        if not isinstance(data, dict):
            return super().to_internal_value(data)
        errors: dict[str, Any] = self.amiss(data)
        values: dict[str, Any] = {}
        for field in self._writable_fields:
            is_wanted = field.required or field.default is not serializers.empty
            if not is_wanted and field.field_name not in data:
                continue
            try:
                value = field.run_validation(data.get(field.field_name, serializers.empty))
            except ValidationError as found:
                errors[field.field_name] = found.detail
            except serializers.SkipField:
                pass
            else:
                self.set_value(values, field.source_attrs, value)
        if errors:
            raise ValidationError(errors)
        return values


class StrictSerializer(KnownKeys, serializers.ModelSerializer):
    """Takes JSON's own types only and refuses keys it does not know.

    Keys that are read-only are known, so that what GET gave can be sent back. The rules of the model
    are asked where it is written.
    """

    serializer_field_mapping: ClassVar[dict[type[models.Field], type[serializers.Field]]] = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.SlugField: Slug,
        models.URLField: WebAddress,
        models.BooleanField: Flag,
        models.PositiveSmallIntegerField: Whole,
        models.DecimalField: Amount,
        models.DateField: Day,
        TimeSpanField: TimeSpan,
    }

    def get_validators(self) -> list[Any]:
        return []

    def run_validators(self, value: Any) -> None:
        """There are none."""


class LineSerializer(StrictSerializer):
    """A line of a larger thing: it has no address and is written with the whole, also by PATCH."""

    def amiss(self, data: dict[str, Any]) -> dict[str, list[Any]]:
        required = [field.field_name for field in self._writable_fields if field.required]
        missing = [name for name in required if name not in data]
        return super().amiss(data) | {name: [error("This key is required.", "required")] for name in missing}


class Columns(KnownKeys):
    """An object of the body that stands in several columns of the row; null empties them all.

    It is replaced as one: a key left out is emptied.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"source": "*", "required": False, "allow_null": True, **kwargs})

    def emptied(self) -> dict[str, Any]:
        return {str(field.source): field.initial for field in self.fields.values()}

    def validate_empty_values(self, data: Any) -> tuple[bool, Any]:
        return (True, self.emptied()) if data is None else super().validate_empty_values(data)

    def to_internal_value(self, data: Any) -> Any:
        return self.emptied() | super().to_internal_value(data)


def lines(serializer: Any, **kwargs: Any) -> Any:
    """The key of a list of lines."""
    return serializer(many=True, required=False, max_length=MAX_LINES, **kwargs)


def references(model: type[models.Model], *shows: str, **kwargs: Any) -> Any:
    """The key of a list of other things."""
    return serializers.ListField(
        child=Reference(model, *shows), required=False, max_length=MAX_LINES, **kwargs
    )


class RecordSerializer(StrictSerializer):
    """A thing with an address: its columns, its lines, and what it refers to.

    PUT replaces all that GET shows, so that a key left out is emptied; but the slug stays, and
    `kept` names others that GET leaves out. PATCH replaces the keys it is given.
    """

    kept: ClassVar[tuple[str, ...]] = ()
    # Those of this class that serve no request at the moment.
    idle: ClassVar[list[Any]]

    Meta: Any

    url = serializers.SerializerMethodField(help_text="The address here.")

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.idle = []

    @classmethod
    @contextmanager
    def lent(
        cls, request: Any, record: Any = None, data: Any = None, *, partial: bool = False
    ) -> Iterator[Self]:
        """A serializer for the time of a request: making its fields costs more than all that they do."""
        serializer = cls.idle.pop() if cls.idle else cls()
        serializer.instance, serializer.initial_data, serializer.partial = record, data, partial
        serializer._context = {"request": request, "referred_to": {}}
        yield serializer
        # One that was left by an exception is dropped.
        serializer.instance = serializer.initial_data = None
        serializer._context = {}
        cls.idle.append(serializer)

    def get_url(self, record: Record) -> str:
        raise NotImplementedError  # answers are made in api/documents; this is for the schema

    def look_up(self, bodies: list[Any]) -> None:
        """Fetch all that these bodies refer to, with one query for each model."""
        look_up((named for body in bodies for named in named_in(self, body)), self.context)

    def to_internal_value(self, data: Any) -> Any:
        self.look_up([data])
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if self.instance is not None:
            self._check_sight()
        return attrs

    def _check_sight(self) -> None:
        """Who replaces a list has to see all that stands in it, or would delete what is hidden from them."""
        user = self.context["request"].user
        for name, field in self.fields.items():
            if field.read_only or (self.partial and name not in self.initial_data):
                continue
            for model in models_behind(field):
                seen: Any = model._default_manager.all()
                if not seen.hides_nothing_from(user):
                    message = f"To write `{name}` you need the permission {seen.view_permission}."
                    raise PermissionDenied(message)

    def written(self, record: Any, attrs: dict[str, Any], *, asked: bool) -> Any:
        """Save the record and all that is given with it; part of a transaction.

        The database holds to its constraints itself. Only where it has refused a row is each `asked` before
        the rows are saved, so that the answer can name which one it was, and of which line.
        """
        is_new = record._state.adding
        if not (is_new or self.partial):
            attrs = self.emptied() | attrs
        lists = {name: value for name, value in attrs.items() if isinstance(value, list)}
        for name, value in attrs.items():
            if name not in lists:
                setattr(record, name, value)
        if found := errors_of(record, attrs if is_new else None, asked=asked):
            raise ValidationError(found)
        record.save()
        whole = {field.source: field for field in self._writable_fields}
        for name, rows in lists.items():
            if isinstance(whole[name], serializers.ListSerializer):
                lists[name] = self.replace(record, whole[name], rows, is_new=is_new, asked=asked)
            elif is_new:
                getattr(record, name).add(*rows)
            else:
                getattr(record, name).set(rows)
        self.check_whole(record, lists, is_new=is_new)
        return record

    def emptied(self) -> dict[str, Any]:
        """What each key stands for when a PUT leaves it out."""
        found: dict[Any, Any] = {}
        for field in self._writable_fields:
            if isinstance(field, Columns):
                found |= field.emptied()
            if field.source in ("slug", "*", *self.kept):
                continue
            column = self.Meta.model._meta.get_field(field.source)
            found[field.source] = column.get_default() if hasattr(column, "attname") else []
            if column.many_to_many:
                found[field.source] = []
        return found

    def replace(
        self, record: Record, field: Any, rows: list[dict[str, Any]], *, is_new: bool, asked: bool
    ) -> list[Any]:
        """Put these lines in the place of those that stand, in this order."""
        if not is_new:
            getattr(record, field.source).all().delete()
        relation: Any = record._meta.get_field(field.source)
        model = relation.related_model
        lines = [model(**{relation.field.name: record}, **columns) for columns in rows]
        errors: dict[str, Any] = {}
        for position, (line, columns) in enumerate(zip(lines, rows, strict=True)):
            if isinstance(line, Line):
                line.position = position
            if found := errors_of(line, columns, asked=asked):
                errors[str(position)] = found
            elif asked:
                line.save()  # so that the next is asked whether it is another
        if errors:
            raise ValidationError({field.field_name: errors})
        if lines and not asked:
            model._default_manager.create_lines(lines)
        return lines

    def check_whole(self, record: Any, lists: dict[str, list[Any]], *, is_new: bool) -> None:
        """The rules over several rows, once all of them are written; `lists` are those that were replaced."""


def models_behind(field: Any) -> Iterator[type[models.Model]]:
    """The models that a key refers to, also through its lines."""
    if isinstance(field, Reference):
        yield field.model
    elif isinstance(field, serializers.ListField | serializers.ListSerializer):
        yield from models_behind(field.child)
    elif isinstance(field, serializers.Serializer):
        for part in field.fields.values():
            yield from models_behind(part)


def named_in(field: Any, data: Any) -> Iterator[tuple[type[models.Model], str]]:
    """What a body refers to: models and slugs. What has another shape than it should is passed over."""
    if isinstance(field, Reference):
        slug = data.get("slug") if isinstance(data, dict) else data
        if isinstance(slug, str):
            yield field.model, slug
    elif isinstance(field, serializers.ListField | serializers.ListSerializer):
        for part in data[:MAX_LINES] if isinstance(data, list) else ():
            yield from named_in(field.child, part)
    elif isinstance(field, KnownKeys) and isinstance(data, dict):
        for part in field._writable_fields:
            if part.field_name in data:
                yield from named_in(part, data[part.field_name])


def errors_of(row: models.Model, given: Container[str] | None = None, *, asked: bool) -> dict[str, list[Any]]:
    """What the model says against the row: its fields and `clean()`.

    Of a new row the fields that are not `given` stand as the model has them. If `asked`, also uniqueness, and
    its constraints by name, with a query for each.
    """
    right = [
        column.name
        for column in row._meta.concrete_fields
        if column.is_relation or not (given is None or asked or column.name in given)
    ]
    errors: dict[str, list[Any]] = {}
    try:
        row.full_clean(exclude=right, validate_unique=asked, validate_constraints=False)
    except ModelError as found:
        return details_of(found)
    for constraint in row._meta.constraints if asked else ():
        try:
            constraint.validate(type(row), row)
        except ModelError as found:
            whole = errors.setdefault(str(api_settings.NON_FIELD_ERRORS_KEY), [])
            whole.append(error(found.messages[0], constraint.name))
    return errors
