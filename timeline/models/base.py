"""What every public thing has: a slug that is its address, time stamps and a version."""

from __future__ import annotations

import string
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.text import slugify

from timeline.folding import LETTERS
from timeline.history.recorded import RecordedAt, RecordedIn
from timeline.models.identity import FormerSlug
from timeline.naming import taken
from timeline.rows import insert

SLUG_LENGTH = 100
# Which numbers are tried behind a slug that is taken. They are asked for one by one, because no index of
# SQLite helps to find what begins so.
SLUGS_TRIED = ((1, 2), (2, 10), (10, 100), (100, 1000))


class Row(models.Model):
    """A row that fixtures name by what identifies it: the values at `natural_lookups`."""

    natural_lookups: ClassVar[tuple[str, ...]]

    class Meta:
        abstract = True

    def natural_key(self) -> tuple[Any, ...]:
        return tuple(self._at(lookup) for lookup in self.natural_lookups)

    def _at(self, lookup: str) -> Any:
        value: Any = self
        for name in lookup.split("__"):
            value = None if value is None else getattr(value, name)
        return value

    def _do_insert(self, manager: Any, using: Any, fields: Any, returning_fields: Any, raw: bool) -> Any:
        found = None if raw else insert([self], fields, returning_fields)
        if found is None:
            found = super()._do_insert(manager, using, fields, returning_fields, raw)  # type: ignore[misc]
        return found


class Record(Row):
    """A thing with an address of its own.

    `slug` is made from the name when it is left blank at first; a blank one later leaves it as it is. One
    that the public has seen goes on leading to the thing (timeline/identity/former.py).
    `created_at` and `updated_at` travel with exports; `recorded_at` is when this database took it in, and
    `recorded_in` in which changeset. Nobody sets these two but the database.
    `version` counts the saves.
    """

    name_field: ClassVar[str] = "title"
    _read_slug = ""
    natural_lookups = ("slug",)
    # What stands at these addresses of the API is something else.
    reserved_slugs: ClassVar[tuple[str, ...]] = ()

    slug = models.SlugField(max_length=SLUG_LENGTH, unique=True, blank=True, allow_unicode=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)
    recorded_at = RecordedAt()
    recorded_in = RecordedIn()
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(getattr(self, self.name_field))

    def save(self, *args: Any, **kwargs: Any) -> None:
        update_fields = kwargs.get("update_fields")
        if not self.slug:
            self.slug = self.stored_slug() or self.free_slug()
            update_fields = update_fields and {*update_fields, "slug"}
        if not self._state.adding:
            self.version += 1
            update_fields = {*(update_fields or self._changeable()), "version", "updated_at"}
        kwargs["update_fields"] = update_fields
        super().save(*args, **kwargs)
        self._read_slug = self.slug

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        record = super().from_db(*args, **kwargs)
        record._read_slug = record.__dict__.get("slug", "")
        return record

    def _changeable(self) -> set[str]:
        """The columns that a save writes: the slug only where it is another.

        PostgreSQL locks a row against whoever names it when an update sets a unique column, if only to what
        it was; two things that name each other could then not be saved at the same moment.
        """
        names = {field.attname for field in self._meta.concrete_fields if not field.primary_key}
        same = {"slug"} if self.slug == self._read_slug else set()
        return names - self.get_deferred_fields() - same - {"recorded_at", "recorded_in"}

    def clean(self) -> None:
        super().clean()
        if self.slug in self.reserved_slugs:
            message = "The slug “%(slug)s” is the address of something else."
            params = {"slug": self.slug}
            raise ValidationError({"slug": ValidationError(message, code="slug_is_reserved", params=params)})

    def unique_error_message(self, model_class: Any, unique_check: Any) -> ValidationError:
        if unique_check != ("slug",):
            return super().unique_error_message(model_class, unique_check)
        message = "The slug “%(slug)s” is that of another %(thing)s."
        params = {"slug": self.slug, "thing": self._meta.verbose_name}
        return ValidationError(message, code="unique", params=params)

    def validate_unique(self, exclude: Any = None) -> None:
        """Refuse also a slug that leads to another thing, which had it before. Runs one query more."""
        super().validate_unique(exclude=exclude)
        if not self.slug or "slug" in (exclude or ()):
            return
        former = FormerSlug.objects.filter(noun=self._meta.model_name, slug=self.slug)
        others = former.exclude(thing_id=self.pk).values("thing_id")
        if type(self)._default_manager.filter(pk__in=others).exists():
            message = "The slug “%(slug)s” leads to another %(thing)s, which had it before."
            params = {"slug": self.slug, "thing": self._meta.verbose_name}
            raise ValidationError({"slug": ValidationError(message, code="slug_was_anothers", params=params)})

    def stored_slug(self) -> str | None:
        """The slug that the row has in the database; None before it is saved. Runs one query."""
        if self.pk is None:
            return None
        return type(self)._default_manager.filter(pk=self.pk).values_list("slug", flat=True).first()

    def refuse_circle(self, field: str, code: str, message: str) -> None:
        """Refuse a foreign key to the own kind from which one comes back here. Runs a query a step."""
        rows, name = type(self)._default_manager, f"{field}_id"
        seen: set[int] = set()
        above = getattr(self, name)
        while above is not None and above not in seen:
            if above == self.pk:
                raise ValidationError({field: ValidationError(message, code=code)})
            seen.add(above)
            above = rows.filter(pk=above).values_list(name, flat=True).first()

    def free_slug(self) -> str:
        """A slug from the name that no other row has, with a number where it has to be.

        Runs one query, and more only where it is taken without one.
        """
        name = str(getattr(self, self.name_field)).translate(LETTERS)
        base = slugify(name) or slugify(name, allow_unicode=True) or self._meta.model_name or ""
        base = base[: SLUG_LENGTH - 8].rstrip("-")
        for start, end in SLUGS_TRIED:
            slugs = [f"{base}-{number}" if number > 1 else base for number in range(start, end)]
            others = taken(type(self), slugs) | {*self.reserved_slugs}
            if free := next((slug for slug in slugs if slug not in others), ""):
                return free
        return f"{base}-{get_random_string(6, string.digits)}"


class Line(Row):
    """A line of the thing that `whole` leads to, in the order of `position`; it has no address of its own.

    A new line whose position is taken goes to the end. No constraint says that positions differ, since
    exchanging two would break it half way; `manage.py audit` lists lines that share one.
    """

    whole: ClassVar[tuple[str, ...]]

    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self._state.adding and self.siblings().filter(position=self.position).exists():
            last = self.siblings().aggregate(last=models.Max("position"))["last"]
            self.position = last + 1
        super().save(*args, **kwargs)

    def siblings(self) -> models.QuerySet[Any]:
        """The other lines of the same whole."""
        whole = {name: getattr(self, name) for name in self.whole}
        return type(self)._default_manager.filter(**whole).exclude(pk=self.pk)
