"""The slugs that things had while the public could see them, which lead to them for ever.

Triggers note such a slug when it is changed, in whichever way, and refuse it to any other thing as long as
its own stands. What the public never saw leaves no trace: whether a slug ever was public is asked of the
rows as they are (the QuerySets' own rule) and of their history.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, models
from django.db.models.expressions import RawSQL
from django.db.utils import DEFAULT_DB_ALIAS

from timeline.exchange.nouns import NOUNS, Lines, Links
from timeline.models import FormerSlug
from timeline.models.base import Record
from timeline.models.event import Reviewed
from timeline.models.revision import PAST
from timeline.plpgsql import function

TABLE = FormerSlug._meta.db_table
MODELS: tuple[type[Record], ...] = tuple(noun.model for noun in NOUNS)
REFUSAL = "The slug leads to another {name}, which had it before."


def leading_to(rows: Any, slugs: Sequence[str]) -> dict[str, Any]:
    """Those of `rows` to which former slugs lead, by slug. Runs one query, and another if any is one."""
    former = FormerSlug.objects.filter(noun=rows.model._meta.model_name, slug__in=slugs)
    found = dict(former.values_list("slug", "thing_id"))
    things = {row.pk: row for row in rows.filter(pk__in=found.values())} if found else {}
    return {slug: things[pk] for slug, pk in found.items() if pk in things}


def was_public(thing: Record) -> bool:
    """Whether the public ever saw the thing under its slug."""
    with connection.cursor() as cursor:
        sql = f"SELECT 1 FROM (SELECT %s AS id, %s AS slug) AS one WHERE {_once_public(type(thing), 'one')}"
        if connection.vendor == "postgresql":
            sql = sql.replace("%s AS id, %s AS slug", "%s::bigint AS id, %s::text AS slug")
        cursor.execute(sql, [thing.pk, thing.slug])
        return bool(cursor.fetchall())


def withdrawn_from(rows: Any, slug: str) -> Any:
    """Of `rows` that are hidden now, the one that the public saw under the slug; None if there is none.

    A slug that it got since, while it was hidden, tells nobody that it is there.
    """
    thing = rows.filter(slug=slug).first()
    if thing is None:
        return leading_to(rows, [slug]).get(slug)
    had = FormerSlug.objects.filter(noun=_noun(rows.model), thing_id=thing.pk)
    return thing if not had.exists() or was_public(thing) else None


# --- Whether a slug was public: conditions on `row`, which has the columns id and slug ---


def _once_public(model: type[Record], row: str) -> str:
    conditions = [_is_public(model, row), *_was_public(model, row)]
    return f"({' OR '.join(f'({one})' for one in conditions)})"


def _is_public(model: Any, row: str) -> str:
    """What `public()` says of the row as it stands."""
    rows = model._default_manager.public().filter(pk=RawSQL(f"{row}.id", ())).order_by().values("pk")
    sql, params = rows.query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
    return f"EXISTS ({sql % tuple(map(_literal, params))})"


def _literal(value: Any) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return str(value) if isinstance(value, int) else f"'{value}'"


def _was_public(model: type[Record], row: str) -> Iterator[str]:
    """That it was marked public or published under this slug, or that something published named it then."""
    past, names = PAST[model]._meta.db_table, {field.name for field in model._meta.concrete_fields}
    for name, condition in (("review", "review = 'published'"), ("is_public", "is_public")):
        if name in names:
            yield f"""EXISTS (SELECT 1 FROM {past} AS own
                WHERE own.id = {row}.id AND own.slug = {row}.slug AND own.{condition})"""
    for line, column, whole in _naming(model):
        # The lines of a state have the number of its revision.
        yield f"""EXISTS (SELECT 1 FROM {line} AS line JOIN {whole} AS whole
            ON whole.revision_id = line.revision_id AND whole.review = 'published'
            WHERE line.{column} = {row}.id AND NOT EXISTS (SELECT 1 FROM {past} AS other
                WHERE other.id = {row}.id AND other.slug <> {row}.slug AND other.until >= whole.until))"""


def _naming(model: type[Record]) -> Iterator[tuple[str, str, str]]:
    """Past rows that name a thing as part of something that goes through review: (table, column, whole)."""
    if issubclass(model, Reviewed):
        return
    for noun in NOUNS:
        if not issubclass(noun.model, Reviewed):
            continue
        whole = PAST[noun.model]._meta.db_table
        lines: tuple[Lines | Links, ...] = (*noun.lines, *noun.links)
        parts = [line.model for line in lines]
        for part in (noun.model, *parts):
            for field in part._meta.concrete_fields:
                # A relation that somebody asserts is public where both its ends are.
                is_relation = {"event", "related"} <= {one.name for one in part._meta.concrete_fields}
                if field.related_model is model and not is_relation:
                    yield PAST[part]._meta.db_table, str(field.column), whole


# --- The triggers ---


def _noun(model: type[models.Model]) -> str:
    return str(model._meta.model_name)


def triggers(vendor: str) -> dict[str, str]:
    """The name of each trigger and its table."""
    kinds = ["slug_left", "slug_taken", "slug_given", *(["slug_replaced"] if vendor == "sqlite" else [])]
    tables = [model._meta.db_table for model in MODELS]
    return {f"{table}_{kind}": table for table in tables for kind in kinds}


def statements(vendor: str) -> Iterator[str]:
    for model in MODELS:
        yield from _on_sqlite(model) if vendor == "sqlite" else _on_postgresql(model)


def _noted(model: type[models.Model], row: str) -> str:
    return f"""INSERT INTO {TABLE} (noun, slug, thing_id) VALUES ('{_noun(model)}', {row}.slug, {row}.id)
        ON CONFLICT (noun, slug) DO UPDATE SET thing_id = excluded.thing_id;"""


def _anothers(model: type[models.Model], rows: str, *, standing: bool) -> str:
    """Former slugs of other things that one of the rows has; of those that stand, or of all."""
    stands = f"JOIN {model._meta.db_table} AS thing ON thing.id = former.thing_id" if standing else ""
    return f"""SELECT former.id FROM {TABLE} AS former {stands}, {rows}
        WHERE former.noun = '{_noun(model)}' AND former.slug = taker.slug AND former.thing_id <> taker.id"""


def _refusal(model: type[models.Model]) -> str:
    return REFUSAL.format(name=model._meta.verbose_name)


def _on_sqlite(model: type[Record]) -> Iterator[str]:
    table = model._meta.db_table
    changed = "NEW.slug IS NOT OLD.slug"
    yield f"""CREATE TRIGGER IF NOT EXISTS {table}_slug_left BEFORE UPDATE OF slug ON {table}
        WHEN {changed} AND {_once_public(model, "OLD")} BEGIN {_noted(model, "OLD")} END"""
    # REPLACE puts another row in the place of the one with its number, without a word to the trigger above.
    old = f"(SELECT id, slug FROM {table} WHERE id = NEW.id AND slug <> NEW.slug)"
    yield f"""CREATE TRIGGER IF NOT EXISTS {table}_slug_replaced BEFORE INSERT ON {table}
        WHEN EXISTS {old} BEGIN INSERT OR REPLACE INTO {TABLE} (noun, slug, thing_id)
        SELECT '{_noun(model)}', replaced.slug, replaced.id FROM {old} AS replaced
        WHERE {_once_public(model, "replaced")}; END"""
    taker = "(SELECT NEW.id AS id, NEW.slug AS slug) AS taker"
    for kind, when, condition in (
        ("taken", "INSERT", ""),
        ("given", "UPDATE OF slug", f"{changed} AND "),
    ):
        yield f"""CREATE TRIGGER IF NOT EXISTS {table}_slug_{kind} AFTER {when} ON {table}
            WHEN {condition} EXISTS (SELECT 1 FROM {TABLE} WHERE noun = '{_noun(model)}'
                AND slug = NEW.slug AND thing_id <> NEW.id)
            BEGIN
                SELECT RAISE(ABORT, '{_refusal(model)}')
                WHERE EXISTS ({_anothers(model, taker, standing=True)});
                DELETE FROM {TABLE} WHERE id IN ({_anothers(model, taker, standing=False)});
            END"""


def _on_postgresql(model: type[Record]) -> Iterator[str]:
    table = model._meta.db_table
    yield function(
        f"{table}_slug_left",
        f"IF {_once_public(model, 'OLD')} THEN {_noted(model, 'OLD')} END IF; RETURN NEW;",
    )
    changed = "WHEN (NEW.slug IS DISTINCT FROM OLD.slug)"
    yield f"""CREATE OR REPLACE TRIGGER {table}_slug_left BEFORE UPDATE OF slug ON {table}
        FOR EACH ROW {changed} EXECUTE FUNCTION {table}_slug_left()"""
    # After the row, and so after the wait for whoever is just giving the slug up.
    given = "(SELECT NEW.id AS id, NEW.slug AS slug) AS taker"
    for kind, rows in (("taken", "taken AS taker"), ("given", given)):
        yield function(
            f"{table}_slug_{kind}",
            f"""IF EXISTS ({_anothers(model, rows, standing=False)}) THEN
                IF EXISTS ({_anothers(model, rows, standing=True)}) THEN
                    RAISE EXCEPTION '{_refusal(model)}' USING ERRCODE = 'unique_violation';
                END IF;
                DELETE FROM {TABLE} WHERE id IN ({_anothers(model, rows, standing=False)});
            END IF;
            RETURN NULL;""",
        )
    yield f"""CREATE OR REPLACE TRIGGER {table}_slug_taken AFTER INSERT ON {table}
        REFERENCING NEW TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION {table}_slug_taken()"""
    yield f"""CREATE OR REPLACE TRIGGER {table}_slug_given AFTER UPDATE OF slug ON {table}
        FOR EACH ROW {changed} EXECUTE FUNCTION {table}_slug_given()"""
