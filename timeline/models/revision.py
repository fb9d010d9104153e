"""What things were: changesets, revisions, and the rows of past states.

Only triggers write revisions and past rows (timeline/history/). No foreign key of the database leads here or
away: what has been stays when what it names is gone.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from timeline.fields import PartField
from timeline.history.recorded import RecordedAt, RecordedIn
from timeline.models.actor import Actor, Affiliation, Alias, Identifier
from timeline.models.collection import EventKind, Role, Tag, Timeline, TimelineEntry
from timeline.models.contract import Contract, ContractItem, ContractParty, Milestone, PaymentTerm
from timeline.models.event import Event, EventRelation, Participation
from timeline.models.place import Place
from timeline.models.source import Citation, Source
from timeline.models.user import User


class Changeset(models.Model):
    """What one transaction wrote: when, who, and why, where somebody said so.

    On PostgreSQL `at` is when the transaction began, and all changesets with smaller numbers belong to
    transactions whose own number is below `horizon`. `is_open` is SQLite's: while Python's transaction
    lasts, what it writes goes into this changeset.
    """

    at = models.DateTimeField()
    by = models.ForeignKey(
        User,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        db_constraint=False,
        related_name="changesets",
    )
    message = models.TextField(blank=True, default="")
    is_open = models.BooleanField(default=False)
    horizon = models.BigIntegerField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = (
            models.Index(fields=("id",), name="changeset_that_is_open", condition=models.Q(is_open=True)),
        )

    def __str__(self) -> str:
        return f"changeset {self.pk}"


class Revision(models.Model):
    """A state that a thing had, from `since` up to `until`, when `changeset` ended it.

    `noun` is the type of the thing's lines in an export. The state itself is the past rows with this number:
    the thing's row and all that belong to it.
    """

    noun = models.CharField(max_length=10)
    thing_id = models.BigIntegerField()
    slug = models.CharField(max_length=100)
    version = models.PositiveIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    changeset = models.ForeignKey(
        Changeset, on_delete=models.PROTECT, db_constraint=False, related_name="revisions"
    )
    is_deletion = models.BooleanField(default=False, help_text="Nothing came after it.")
    is_renaming = models.BooleanField(default=False, help_text="What came after it had another slug.")

    class Meta:
        default_permissions = ()
        ordering = ("until", "id")
        indexes = (
            models.Index(fields=("noun", "thing_id", "until", "id"), name="revision_of_thing"),
            models.Index(
                fields=("changeset",), name="revision_that_renames", condition=models.Q(is_renaming=True)
            ),
        )

    def __str__(self) -> str:
        return f"{self.noun} {self.slug}, version {self.version}"

    @property
    def document(self) -> bytes:
        """The thing as it stood, as the line of an export."""
        from timeline.history.documents import line_of

        return line_of(self)


class Past(models.Model):
    """A row as it stood in the state that a revision is of; `id` is the number of the row."""

    pk = models.CompositePrimaryKey("revision_id", "id")
    revision_id = models.BigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        abstract = True
        default_permissions = ()


# What says how a column is edited and checked; nobody edits a past row.
_OF_THE_PRESENT = {
    "auto_now", "auto_now_add", "blank", "choices", "db_default", "default", "editable", "help_text",
    "serialize", "unique", "validators",
}  # fmt: skip


def _as_it_stood(field: Any) -> dict[str, models.Field[Any, Any]]:
    """The column of a past row for a column of today. A foreign key is a number, of what may be gone."""
    if field.primary_key:
        return {field.attname: models.BigIntegerField()}
    if field.is_relation:
        is_asked_for = field.remote_field.model is not User
        return {field.attname: models.BigIntegerField(null=field.null, db_index=is_asked_for)}
    if isinstance(field, RecordedIn):
        return {field.name: models.BigIntegerField(null=True, db_index=True)}
    if isinstance(field, RecordedAt):
        return {field.name: models.DateTimeField()}
    if field.generated:
        return {field.name: field.clone()}
    _, _, args, options = field.deconstruct()
    options = {name: value for name, value in options.items() if name not in _OF_THE_PRESENT}
    if isinstance(field, models.SlugField):
        options["db_index"] = False  # an index like that for LIKE would come with it
    return {field.name: type(field)(*args, **options)}


def past_of(model: type[models.Model]) -> type[Past]:
    """The model of past rows of `model`: its columns and indexes, and the state that a row belongs to."""
    columns: dict[str, models.Field[Any, Any]] = {}
    for field in model._meta.concrete_fields:
        if not isinstance(field, PartField):  # these come with their time span
            columns |= _as_it_stood(field)
    name = model._meta.model_name
    indexes = [
        models.Index(
            fields=[_column(model, field) for field in index.fields],
            name=f"past_{index.name}"[:30],
            condition=index.condition,
        )
        for index in model._meta.indexes
        if index.fields  # slugs have an index below
    ]
    if "slug" in columns:  # a thing, which is looked up by slug and by number
        indexes += (models.Index(fields=(column,), name=f"past_{name}_{column}") for column in ("slug", "id"))
    table = model._meta.db_table.replace("timeline_", "timeline_past_", 1)
    meta = type("Meta", (Past.Meta,), {"abstract": False, "db_table": table, "indexes": indexes})
    doc = f"Past rows of {model._meta.verbose_name_plural}."
    return type(
        f"Past{model.__name__}", (Past,), {"__module__": __name__, "__doc__": doc, "Meta": meta, **columns}
    )


def _column(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.attname)


PAST: dict[type[models.Model], type[Past]] = {
    model: past_of(model)
    for model in (
        Actor, Alias, Identifier, Affiliation, EventKind, Role, Tag, Place, Source, Citation, Timeline,
        TimelineEntry, Contract, ContractParty, ContractItem, PaymentTerm, Milestone, Event, Participation,
        EventRelation, Event.tags.through, Event.contracts.through,
    )
}  # fmt: skip
