"""The states that a thing had, and the one that it has, as rows: what histories are told from.

A state is what the past rows of one revision say, or what the tables say now. Reading any number of states
takes a fixed number of queries for each table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.db import models
from django.db.models.functions import Length

from timeline.exchange.nouns import BY_TYPE, Lines, Links, Noun
from timeline.history.things import ROOTS
from timeline.models import Citation, Revision, Source
from timeline.models.base import Line
from timeline.models.revision import PAST

Row = dict[str, Any]
# Columns of lines that are no keys of an export: where a line stands, and what is found of a quote.
BESIDE = {Line: ("position",), Citation: ("quote_status", "start", "end")}
# A text of a source up to this many characters is compared where many states are.
SHORT = 100_000
NO_LIMIT = 2**31


class Unread(NamedTuple):
    """A text that was not read, since it is long: its SHA-256, and how many characters it has."""

    digest: str
    length: int


@dataclass
class State:
    """What a thing says: `row` its columns, `parts` the rows that belong to it, by key, in their order.

    `revision` is None for the state that stands.
    """

    revision: Revision | None
    since: datetime
    until: datetime | None
    row: Row
    parts: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def version(self) -> int:
        return int(self.row["version"])

    @property
    def number(self) -> int | None:
        """That of its revision."""
        return None if self.revision is None else self.revision.pk

    @property
    def slug(self) -> str:
        return str(self.row["slug"])


def noun_of(model: type[models.Model]) -> Noun:
    return BY_TYPE[ROOTS[model].noun]


def parts_of(noun: Noun) -> tuple[Lines | Links, ...]:
    return (*noun.lines, *noun.links)


def has_history(model: type[models.Model]) -> bool:
    return model in ROOTS


def revisions_of(model: type[models.Model], pk: int) -> models.QuerySet[Revision]:
    """The states that ended, the last first; not what marks that the thing is erased."""
    rows = Revision.objects.filter(noun=noun_of(model).name, thing_id=pk, version__gt=0)
    return rows.select_related("changeset__by").order_by("-until", "-id")


def number_of_lines(model: type[models.Model], pk: int) -> int:
    """How many lines and links a thing has now. Runs a query for each kind."""
    parts = parts_of(noun_of(model))
    return sum(part.model._default_manager.filter(**{part.whole: pk}).count() for part in parts)


def keys_of(part: Noun | Lines | Links) -> tuple[str, ...]:
    """The names of the fields of a thing, a line or a link that a history tells of."""
    if isinstance(part, Links):
        return (part.other,)
    if isinstance(part, Noun):
        return (*part.keys, "slug")
    more = [name for model, names in BESIDE.items() if issubclass(part.model, model) for name in names]
    return (*part.keys, *more)


def attributes(model: type[models.Model], names: Iterable[str]) -> list[str]:
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [one.attname for one in fields]


def states(
    model: type[models.Model], pk: int, revisions: Sequence[Revision], *, now: bool, longest: int = SHORT
) -> list[State]:
    """The state that stands, if asked for and there is one, and those of the revisions, in their order.

    Texts of sources with more than `longest` characters are `Unread`, and where there is a limit those that
    all neighbours have, too.
    """
    noun, ids = noun_of(model), [one.pk for one in revisions]
    roots = _roots(noun, pk, ids, now=now)
    found = []
    if None in roots:
        found.append(State(None, roots[None]["recorded_at"], None, roots[None]))
    found += [State(one, one.since, one.until, roots[one.pk]) for one in revisions if one.pk in roots]
    for part in parts_of(noun):
        rows = _rows(part, pk, ids, now=now)
        for state in found:
            state.parts[part.key] = rows.get(state.number, [])
    if found and found[0].revision is None and revisions:
        found[0].since = max(found[0].since, revisions[0].until)
    if model is Source:
        _read_texts(found, pk, longest)
    return found


def _roots(noun: Noun, pk: int, ids: list[int], *, now: bool) -> dict[int | None, Row]:
    names = [name for name in keys_of(noun) if (noun.name, name) != ("source", "text")]
    columns = ["id", "version", "created_at", "recorded_at", "recorded_in", *attributes(noun.model, names)]
    rows: Any = PAST[noun.model]._base_manager.filter(revision_id__in=ids)
    standing: Any = noun.rows.filter(pk=pk).order_by()
    if noun.model is Source:
        columns.append("text_sha256")
        rows, standing = (some.annotate(length=Length("text")) for some in (rows, standing))
        columns.append("length")
    found: dict[int | None, Row] = {
        one.pop("revision_id"): one for one in (rows.values("revision_id", *columns) if ids else ())
    }
    if now:
        found.update((None, one) for one in standing.values(*columns))
    return found


def _rows(part: Lines | Links, pk: int, ids: list[int], *, now: bool) -> dict[int | None, list[Row]]:
    columns = ["id", *attributes(part.model, keys_of(part))]
    past: Any = PAST[part.model]._base_manager.filter(revision_id__in=ids)
    found: dict[int | None, list[Row]] = defaultdict(list)
    for one in past.values("revision_id", *columns) if ids else ():
        found[one.pop("revision_id")].append(one)
    if now:
        found[None] = list(part.model._default_manager.filter(**{part.whole: pk}).order_by().values(*columns))
    for rows in found.values():
        rows.sort(key=lambda row: (row.get("position", 0), row["id"]))
    return found


def _read_texts(found: list[State], pk: int, longest: int) -> None:
    """Each text once, by its digest."""
    digests = [state.row["text_sha256"] for state in found]
    differing = {
        digest
        for at, digest in enumerate(digests)
        if digest and {*digests[max(at - 1, 0) : at + 2]} != {digest}
    }
    wanted = {
        state.row["text_sha256"]: state
        for state in found
        if longest == NO_LIMIT or (state.row["text_sha256"] in differing and state.row["length"] <= longest)
    }
    texts = {"": ""}
    ids = [state.revision.pk for state in wanted.values() if state.revision]
    if ids:
        past: Any = PAST[Source]._base_manager.filter(revision_id__in=ids)
        texts |= dict(past.values_list("text_sha256", "text"))
    if any(state.revision is None for state in wanted.values()):
        texts |= dict(Source.objects.filter(pk=pk).order_by().values_list("text_sha256", "text"))
    for state in found:
        digest, length = state.row.pop("text_sha256"), state.row.pop("length")
        state.row["text"] = texts.get(digest, Unread(digest, length))
