"""How a row becomes the JSON that is answered: plain dicts, made of what a few queries fetched beforehand.

Whatever a document holds of other rows is fetched through `visible_to(user)`. Where the hidden row is
what a line is about, the line is left out; where it is an addition, its key is null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.db.models import Model, Prefetch, QuerySet
from django.urls import get_script_prefix, reverse
from django.utils.encoding import iri_to_uri

from timeline.dates import parse_edtf
from timeline.fields import PartField, When
from timeline.models import Actor, Contract, Event, Place, Source, Tag, Timeline

# The columns of a row that other things show of it.
SHOWN: dict[type[Model], tuple[str, ...]] = {
    Actor: ("slug", "name", "kind"),
    Contract: ("slug", "title"),
    Event: ("slug", "title"),
    Place: ("slug", "name"),
    Source: ("slug", "title", "url"),
    Tag: ("slug", "name"),
    Timeline: ("slug", "title"),
}
# What `known_by` asks about.
REPORTED = (Contract, Event, Source)
BOUNDS = ("earliest", "start_latest", "end_earliest", "latest")


@dataclass(frozen=True)
class Known:
    """What could be known at a moment, by `sources` where they are given."""

    moment: int
    sources: Any = None

    def of(self, rows: Any) -> Any:
        """The sources that count, or the events or contracts that one of them reports."""
        return rows.known_by(self.moment, *([] if rows.model is Source else [self.sources]))


@dataclass(frozen=True)
class Viewer:
    """Who asks, and where the API stands for them ("https://example.org/api/v1/").

    With `known`, what was not known then is as hidden as a draft.
    """

    user: Any
    root: str
    known: Known | None = None
    visible: dict[Any, Any] = field(default_factory=dict, repr=False)

    def url(self, noun: str, slug: str) -> str:
        return f"{self.root}{noun}/{quote(slug)}/"


def root_of(request: Any) -> str:
    """Where the API stands for who asks."""
    return f"{request.scheme}://{request.get_host()}{_root(get_script_prefix())}"


@lru_cache
def _root(prefix: str) -> str:
    # REST framework's reverse() would add the parameter `format` to the address.
    return iri_to_uri(reverse("api:root"))


Value = Callable[[Any, Viewer], Any]


@dataclass(frozen=True)
class Part:
    """One key of a document: what it says, and what has to be fetched with the rows for it.

    `related` are the to-one columns joined in, `fetched` gives the prefetches for a viewer, `columns`
    names large columns that are not read otherwise. An `extra` is shown only when it is asked for.
    """

    value: Value
    related: tuple[str, ...] = ()
    fetched: Callable[[Viewer], list[Any]] | None = None
    columns: tuple[str, ...] = ()
    extra: bool = False


@dataclass(frozen=True)
class Document:
    """The shape of a noun's JSON. `noun` is its place in the addresses."""

    noun: str
    parts: Mapping[str, Part]

    @property
    def extras(self) -> list[str]:
        return [key for key, part in self.parts.items() if part.extra]

    @property
    def standard(self) -> list[str]:
        return [key for key, part in self.parts.items() if not part.extra]

    def prepared(self, rows: QuerySet[Any], keys: Iterable[str], viewer: Viewer) -> QuerySet[Any]:
        """The rows with all that these keys need, in a number of queries that does not grow with the rows."""
        asked = [self.parts[key] for key in keys]
        columns = {column for part in asked for column in part.columns}
        unread = {column for part in self.parts.values() for column in part.columns} - columns
        # The parts of a time span are read from its value.
        spans = [one.name for one in rows.model._meta.concrete_fields if isinstance(one, PartField)]
        related = {path for part in asked for path in part.related}
        if related:
            rows = rows.select_related(*related)
        fetched = [fetch for part in asked if part.fetched for fetch in part.fetched(viewer)]
        return rows.defer(*unread, *spans, "recorded_at").prefetch_related(*fetched)

    def of(self, rows: Iterable[Any], keys: Iterable[str], viewer: Viewer) -> list[dict[str, Any]]:
        values = [(key, self.parts[key].value) for key in keys]
        return [{key: value(row, viewer) for key, value in values} for row in rows]


def column(name: str) -> Part:
    return Part(lambda row, viewer: getattr(row, name))


def columns(*names: str) -> dict[str, Part]:
    return {name: column(name) for name in names}


def address(noun: str) -> Part:
    return Part(lambda row, viewer: viewer.url(noun, row.slug))


def fetch(name: str, rows: Any) -> Prefetch:
    """Fetches the rows on the many side of `name` as the plain list `fetched_…`.

    Without a name of its own Django would make a QuerySet for each row of the page, which costs more
    than the query.
    """
    return Prefetch(name, rows, to_attr=f"fetched_{name}")


def seen(name: str, model: type[Model], viewer: Viewer) -> Prefetch:
    """Fetches the to-one row `name` if the viewer may see it; read it with `shown`."""
    return Prefetch(name, briefly(model, viewer))


def shown(row: Any, name: str) -> Any:
    """The to-one row that `seen` fetched; None where it is hidden or there is none."""
    # Of a row that was not fetched though it must be there Django says, by an AttributeError, that it is not.
    return getattr(row, name, None)


def visible(model: Any, viewer: Viewer) -> Any:
    """The rows of the model that the viewer may see, as its own QuerySet; made once for a viewer."""
    if model not in viewer.visible:
        rows = model._default_manager.visible_to(viewer.user)
        is_reported = viewer.known is not None and model in REPORTED
        viewer.visible[model] = viewer.known.of(rows) if is_reported else rows  # type: ignore[union-attr]
    return viewer.visible[model].all()


def briefly(model: type[Model], viewer: Viewer, *more: str) -> Any:
    """What other things show of the rows that the viewer may see, in no order; `more` are further columns."""
    return visible(model, viewer).order_by().only(*SHOWN[model], *more)


def time_span(when: When) -> dict[str, Any] | None:
    """Words, reading and nominal bounds; None where there is neither."""
    return {"text": when.text, **reading(when.edtf)} if when else None


@lru_cache(maxsize=20_000)
def reading(edtf: str | None) -> dict[str, Any]:
    """What an EDTF text says. Callers share the dict and leave it as it is."""
    if edtf is None:
        nothing = {"edtf": None, "display": "undated", **dict.fromkeys(BOUNDS)}
        return nothing | {"precision": None, "approximate": False, "uncertain": False}
    span = parse_edtf(edtf)
    return {
        "edtf": span.edtf,
        "display": span.display(),
        **{bound: span.iso(getattr(span, bound)) for bound in BOUNDS},
        "precision": span.precision,
        "approximate": span.approximate,
        "uncertain": span.uncertain,
    }


def plain(number: Decimal | None) -> str | None:
    """A decimal as a string without trailing zeros."""
    if number is None:
        return None
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def by_slug(rows: Iterable[Any]) -> list[Any]:
    """In the order of code points, which the databases' own collations are not."""
    return sorted(rows, key=lambda row: row.slug)


def brief_actor(actor: Any) -> dict[str, Any] | None:
    return actor and {"slug": actor.slug, "name": actor.name, "kind": actor.kind}


def named(row: Any) -> dict[str, Any] | None:
    """A place or a tag as other things refer to it."""
    return row and {"slug": row.slug, "name": row.name}


def brief_source(source: Any) -> dict[str, Any] | None:
    return source and {"slug": source.slug, "title": source.title, "url": source.url}


def titled(noun: str, row: Any, viewer: Viewer) -> dict[str, Any] | None:
    """An event, contract or timeline as other things refer to it."""
    return row and {"slug": row.slug, "title": row.title, "url": viewer.url(noun, row.slug)}
