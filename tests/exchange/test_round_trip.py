"""What is exported and imported into an empty database is exported again byte for byte."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories as make
from tests.api.world import a_world
from tests.dates.edtf_strategies import dates
from tests.exchange.files import exported, taken, told
from timeline import audit, models
from timeline.dates import DateError, parse_edtf
from timeline.models import Actor, Citation, Contract, Event, EventRelation, Participation, Place, Source

# What is a table of nouns, or of what belongs to them.
OURS: list[Any] = [model for model in vars(models).values() if hasattr(model, "natural_lookups")]


def emptied() -> None:
    """All that an export has is gone; the rest of the database stays, so that no ids are the same again."""
    with connection.cursor() as cursor:
        for model in (Event.tags.through, Event.contracts.through, *reversed(OURS)):
            cursor.execute(f"DELETE FROM {model._meta.db_table}")


def comes_back() -> bytes:
    before = exported()
    emptied()
    assert exported().count(b"\n") == 1
    outcome = taken(before)
    assert told(outcome) == []
    assert exported() == before
    again = taken(before)
    assert (told(again), again.made, again.updated) == ([], {}, {})
    assert sum(again.equal.values()) == before.count(b"\n") - 1
    return before


@pytest.mark.django_db
def test_the_fixtures_come_back() -> None:
    call_command("loaddata", "vocabularies", "turkey-s400", verbosity=0)
    order = list(Event.objects.in_order().values_list("slug", flat=True))
    comes_back()
    assert list(Event.objects.in_order().values_list("slug", flat=True)) == order
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_a_world_of_everything_comes_back_with_what_follows_from_it() -> None:
    a_world()
    a_world("Çavuşoğlu", review="draft")
    columns: dict[Any, tuple[str, ...]] = dict.fromkeys(OURS, ()) | {
        Citation: ("quote_status", "start", "end", "position"),
        Participation: ("scale", "sort_at", "earliest", "latest", "is_public", "position"),
        models.Milestone: ("met", "position"),
        Source: ("text_sha256",),
    }

    def rows() -> dict[Any, list[str]]:
        found = {
            model: model._default_manager.values_list(*names) for model, names in columns.items() if names
        }
        counts = {f"{model}": [str(model._default_manager.count())] for model in OURS}
        return counts | {model: sorted(map(str, values)) for model, values in found.items()}

    before = rows()
    comes_back()
    assert rows() == before
    assert list(audit.findings()) == []


@pytest.mark.django_db
def test_every_column_of_every_noun_is_in_the_file_or_follows_from_others() -> None:
    a_world()
    keys: dict[str, set[str]] = {}
    for line in map(json.loads, exported().splitlines()):
        keys.setdefault(line["type"], set()).update(line)
    from timeline.exchange.nouns import NOUNS

    for noun in NOUNS:
        fields = {field.name for field in noun.model._meta.local_concrete_fields if not field.generated}
        assert fields - keys[noun.name] <= {
            "id",
            "recorded_at",
            "recorded_in",
            "text_sha256",
            "sent_by",
            "edited_by",
        }
        for lines in noun.lines:
            fields = {one.name for one in lines.model._meta.local_concrete_fields if one.editable}
            assert fields - {*lines.keys, lines.whole, "id", "position"} <= {"event", "contract"}, lines


@pytest.mark.django_db
def test_each_line_names_only_what_comes_before_it_where_that_is_possible() -> None:
    small = make.a_place(name="A small place")
    large = make.a_place(name="Z large place")
    Place.objects.filter(pk=small.pk).update(part_of=large)
    later = make.a_source(title="A later source", quoted_in=make.a_source(title="Z first source"))
    second = make.a_contract(title="A second contract", follows=make.a_contract(title="Z first contract"))
    lines = [json.loads(line) for line in exported().splitlines()]
    order = [line.get("slug") for line in lines]
    assert lines[0] == {"type": "format", "name": "timeline", "version": 1}
    for part, whole in ((small, "z-large-place"), (later, "z-first-source"), (second, "z-first-contract")):
        assert order.index(whole) < order.index(part.slug)


@pytest.mark.django_db
def test_slugs_are_in_the_order_of_code_points_and_events_as_they_were_put_in() -> None:
    for slug in ("b", "a-c", "a", "ab", "a_b", "é", "Ж", "a1", "B"):
        make.a_tag(slug=slug)
        make.an_event(slug=slug)
    lines = [json.loads(line) for line in exported().splitlines()]
    tags = [line["slug"] for line in lines if line["type"] == "tag"]
    assert tags == sorted(tags)
    events = [line["slug"] for line in lines if line["type"] == "event"]
    assert events == ["b", "a-c", "a", "ab", "a_b", "é", "Ж", "a1", "B"]


@pytest.mark.django_db
def test_what_only_raw_sql_can_make_is_exported_too() -> None:
    first, second = make.a_place(), make.a_place()
    Place.objects.filter(pk=first.pk).update(part_of=second)
    Place.objects.filter(pk=second.pk).update(part_of=first)
    slugs = [json.loads(line).get("slug") for line in exported().splitlines()]
    assert {first.slug, second.slug} <= set(slugs)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
names = texts.filter(bool)
amounts = st.none() | st.decimals(0, 10**9, places=2)


@st.composite
def spans(draw: st.DrawFn) -> Any:
    """No date, words alone, or a reading with words of their own; also of years before the era."""
    words = draw(texts)
    edtf = draw(st.none() | dates() | st.sampled_from(["-0043-03-15", "Y-170000", "../1918", "1914/.."]))
    try:
        parse_edtf(edtf or "2020")
    except DateError:
        edtf = None
    return {"text": words, "edtf": edtf}


@st.composite
def worlds(draw: st.DrawFn) -> dict[str, Any]:
    return {
        "texts": draw(st.lists(names, min_size=6, max_size=6)),
        "spans": draw(st.lists(spans(), min_size=4, max_size=4)),
        "amounts": draw(st.lists(amounts, min_size=2, max_size=2)),
        "aliases": draw(st.lists(st.tuples(names, texts), max_size=3, unique=True)),
    }


def made(world: dict[str, Any]) -> None:
    title, name, summary, capacity, quote, text = world["texts"]
    low, high = sorted(amount or Decimal(0) for amount in world["amounts"])
    actor = make.an_actor(name=name, description=summary)
    for alias, language in world["aliases"]:
        models.Alias.objects.create(actor=actor, name=alias, language=language)
    make.an_affiliation(member=actor, title=capacity, held=world["spans"][0])
    event = make.an_event(title=title, summary=summary, date=world["spans"][1])
    make.a_participation(event=event, actor=actor, capacity=capacity, note=text)
    source = make.a_source(title=title, text=text + quote, published=world["spans"][2])
    make.a_citation(event=event, source=source, quote=quote, note=summary)
    contract = make.a_contract(
        title=title, value=world["amounts"][0], value_low=low, value_high=high, currency="TRY"
    )
    models.ContractItem.objects.create(contract=contract, designation=name, quantity=low)
    models.Milestone.objects.create(contract=contract, kind="paid", due=world["spans"][3])
    EventRelation.objects.create(event=event, related=make.an_event(), kind="precedes", note=text)


@pytest.mark.django_db
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(worlds())
def test_whatever_was_written_comes_back(world: dict[str, Any]) -> None:
    with transaction.atomic():
        made(world)
        comes_back()
        assert (Actor.objects.count(), Source.objects.count(), Contract.objects.count()) == (2, 1, 1)
        transaction.set_rollback(True)
