"""Merging two things and taking it back: all that led to one leads to the other, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings

from tests import factories as make
from tests.exchange.files import exported
from tests.identity.worlds import made, pairs
from timeline import audit, models
from timeline.identity.merging import LABELS, MERGED, Merging, keys_to, locked, merge, name_of, parts_of
from timeline.identity.undoing import Undoing, undo
from timeline.models import (
    Actor,
    Alias,
    Citation,
    FormerSlug,
    Merge,
    Participation,
    Place,
    Source,
)

pytestmark = pytest.mark.django_db


def merged(kept: Any, gone: Any, *chosen: str, by: Any = None) -> Merge:
    with transaction.atomic():
        kept, gone = locked(type(kept), kept.pk, gone.pk)
        return merge(Merging(kept, gone, chosen), by)


def rows() -> dict[str, list[Any]]:
    """Every row of every thing and what belongs to it, with its number, and every former slug."""
    ours: list[Any] = [*apps.get_app_config("timeline").get_models()]
    tables = [model for model in ours if hasattr(model, "natural_lookups")]
    names: dict[Any, list[str]] = {
        model: [one.attname for one in model._meta.concrete_fields] for model in [*tables, FormerSlug]
    }
    left_out = {"recorded_at", "recorded_in"}
    return {
        model._meta.label: sorted(model._default_manager.values_list(*(set(of) - left_out)), key=str)
        for model, of in names.items()
    }


def test_no_key_to_what_is_merged_is_forgotten() -> None:
    """A new one needs words in LABELS, and a thought about rows that cannot move as they are."""
    found = {name_of(key) for noun in MERGED for key in keys_to(noun)}
    assert found == set(LABELS)


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(pairs())
def test_what_was_merged_and_taken_back_is_exported_byte_for_byte(world: dict[str, Any]) -> None:
    with transaction.atomic():
        kept, gone = made(world)
        before, stood, wrong = exported(), rows(), list(audit.findings())
        noun = type(kept)
        names = [part.name for part in parts_of(noun)]
        merging = Merging(kept, gone, [names[number] for number in world["chosen"] if number < len(names)])
        if list(merging.circles()):
            with pytest.raises(ValidationError), transaction.atomic():
                merged(kept, gone, *merging.chosen)
        else:
            done = merged(kept, gone, *merging.chosen)
            assert not noun.objects.filter(pk=gone.pk).exists()
            assert gone.slug not in exported().decode().split('"')
            assert list(audit.findings()) == wrong
            undo(done.pk, None)
        assert exported() == before
        assert rows() == stood
        transaction.set_rollback(True)


def test_what_led_to_one_leads_to_the_other() -> None:
    kept, gone = make.an_actor(name="Turkey"), make.an_actor(name="Türkiye", description="A state.")
    part = make.a_participation(actor=gone, event=make.a_published_event())
    source = make.a_source(publisher=gone)
    merged(kept, gone, "description")
    kept.refresh_from_db()
    part.refresh_from_db()
    source.refresh_from_db()
    assert (part.actor, source.publisher, kept.description) == (kept, kept, "A state.")
    assert [alias.name for alias in kept.aliases.all()] == ["Türkiye"]
    assert kept.version == 2


def test_the_other_name_is_kept_whichever_is_chosen() -> None:
    kept, gone = make.an_actor(name="Turkey"), make.an_actor(name="Türkiye")
    merged(kept, gone, "name")
    kept.refresh_from_db()
    assert (kept.name, [alias.name for alias in kept.aliases.all()]) == ("Türkiye", ["Turkey"])
    other = make.an_actor(name="Türkiye")
    merged(kept, other)
    assert Alias.objects.count() == 1


def test_a_participation_that_would_stand_twice_gives_what_the_other_lacks() -> None:
    kept, gone, role, event = make.an_actor(), make.an_actor(), make.a_role(), make.an_event()
    stands = make.a_participation(event=event, actor=kept, role=role, capacity="head")
    row = make.a_participation(event=event, actor=gone, role=role, capacity="chief", note="In words.")
    (move,) = Merging(kept, gone).moves
    assert (move.ids, [one.row.pk for one in move.twice]) == ([], [row.pk])
    assert (move.twice[0].filled, move.twice[0].lost) == (("note",), (("capacity", "chief", "head"),))
    done = merged(kept, gone)
    stands = Participation.objects.get()
    assert (stands.actor, stands.capacity, stands.note) == (kept, "head", "In words.")
    undo(done.pk, None)
    assert sorted(Participation.objects.values_list("actor", "note")) == [
        (kept.pk, ""),
        (gone.pk, "In words."),
    ]


def test_nobody_comes_to_be_affiliated_with_themselves() -> None:
    kept, gone = make.an_actor(), make.an_actor()
    make.an_affiliation(member=gone, organization=kept)
    make.an_affiliation(member=kept, organization=gone)
    assert [len(move.twice) for move in Merging(kept, gone).moves] == [1, 1]
    done = merged(kept, gone)
    assert models.Affiliation.objects.count() == 0
    undo(done.pk, None)
    assert models.Affiliation.objects.count() == 2


def test_a_place_does_not_come_to_stand_above_itself() -> None:
    gone = make.a_place(name="Turkey")
    middle = make.a_place(name="Marmara", part_of=gone)
    kept = make.a_place(name="Istanbul", part_of=middle)
    with pytest.raises(ValidationError) as caught:
        merged(kept, gone)
    assert caught.value.error_dict["part_of"][0].code == "merge_is_circular"
    merged(kept, gone, "part_of")
    assert set(Place.objects.values_list("name", "part_of__name")) == {
        ("Istanbul", None),
        ("Marmara", "Istanbul"),
    }


def test_quotes_are_looked_for_in_the_text_that_stays_and_again_when_it_is_undone() -> None:
    kept, gone = make.a_source(text="It was signed."), make.a_source(text="Well: it was said.")
    one = make.a_citation(source=gone, quote="it was said")
    other = make.a_citation(source=kept, quote="It was signed")

    def states() -> list[tuple[Any, ...]]:
        found = Citation.objects.filter(pk__in=(one.pk, other.pk)).order_by("pk")
        return list(found.values_list("quote_status", "start", "end"))

    before = states()
    assert before == [("exact", 6, 17), ("exact", 0, 13)]
    undo(merged(kept, gone).pk, None)
    assert states() == before
    done = merged(kept, gone)
    assert states() == [("missing", None, None), ("exact", 0, 13)]
    undo(done.pk, None)
    merged(kept, gone, "text")
    assert states() == [("exact", 6, 17), ("missing", None, None)]
    kept.refresh_from_db()
    assert kept.text_sha256 == gone.text_sha256


def test_the_address_of_what_went_leads_to_what_stayed(client: Client) -> None:
    kept, gone, draft = make.an_actor(slug="kept"), make.an_actor(slug="gone"), make.an_actor(slug="draft")
    make.a_participation(actor=gone, event=make.a_published_event())
    Actor.objects.filter(pk=gone.pk).update(slug="later")
    Actor.objects.filter(pk=gone.pk).update(slug="last")
    gone.refresh_from_db()
    done = merged(kept, gone)
    for slug in ("gone", "later", "last"):
        answer = client.get(f"/api/v1/actors/{slug}/events/?limit=1")
        assert answer["Location"] == "http://testserver/api/v1/actors/kept/events/?limit=1"
    merged(kept, draft)
    assert client.get("/api/v1/actors/draft/").status_code == 404
    undo(done.pk, None)
    assert client.get("/api/v1/actors/last/").status_code == 200
    assert client.get("/api/v1/actors/gone/")["Location"] == "http://testserver/api/v1/actors/last/"


def test_a_chain_of_merges_leads_to_its_end_and_is_undone_from_there(client: Client) -> None:
    first, second, third = (make.an_actor(slug=slug, is_public=True) for slug in ("a", "b", "c"))
    before = exported()
    one, other = merged(second, first), merged(third, second)
    assert client.get("/api/v1/actors/a/")["Location"].endswith("/actors/c/")
    with pytest.raises(ValidationError, match="Undo that first"):
        undo(one.pk, None)
    undo(other.pk, None)
    assert client.get("/api/v1/actors/a/")["Location"].endswith("/actors/b/")
    undo(one.pk, None)
    assert exported() == before
    with pytest.raises(ValidationError, match="undone already"):
        undo(one.pk, None)


def test_what_was_changed_since_stays_and_is_named() -> None:
    kept, gone, role = make.an_actor(name="Turkey"), make.an_actor(name="Türkiye"), make.a_role()
    moved = [make.a_participation(actor=gone, role=role) for _ in range(3)]
    event = make.an_event()
    for actor in (kept, gone):
        make.a_participation(event=event, actor=actor, role=role)
    done = merged(kept, gone, "name")
    moved[0].delete()
    Participation.objects.filter(pk=moved[1].pk).update(actor=make.an_actor())
    kept.refresh_from_db()
    kept.description = "Written since."
    kept.save()
    event.delete()
    undoing = Undoing(done).looked_at()
    assert undoing.conflicts == []
    assert undoing.staying == [
        "2 of 3 parts in events: deleted or changed since.",
        "“Türkiye” as it was changed since: description.",
        "One of the parts in events: what it belonged to is gone.",
    ]
    undo(done.pk, None)
    kept.refresh_from_db()
    assert (kept.name, kept.description, kept.version) == ("Turkey", "Written since.", 4)
    assert list(Participation.objects.filter(actor=gone).values_list("pk", flat=True)) == [moved[2].pk]
    assert Alias.objects.count() == 0


def test_a_slug_that_was_taken_since_is_a_conflict() -> None:
    kept, gone = make.a_source(), make.a_source(slug="draft")
    done = merged(kept, gone)
    make.a_source(slug="draft", title="Another")
    with pytest.raises(ValidationError, match="The slug “draft” is that of “Another” now"):
        undo(done.pk, None)
    assert Source.objects.count() == 2


def test_what_it_named_may_have_been_merged_meanwhile() -> None:
    paper, journal = make.an_actor(), make.an_actor()
    kept, gone = make.a_source(), make.a_source(publisher=paper)
    done = merged(kept, gone)
    merged(journal, paper)
    undo(done.pk, None)
    assert Source.objects.get(pk=gone.pk).publisher == journal


def test_what_a_register_calls_by_two_names_is_pointed_out() -> None:
    kept, gone = make.an_actor(), make.an_actor()
    for actor, value in ((kept, "Q43"), (gone, "Q44")):
        models.Identifier.objects.create(actor=actor, scheme="wikidata", value=value)
    assert Merging(kept, gone).clashes() == [("wikidata", "Q43", "Q44")]
    merged(kept, gone)
    assert kept.identifiers.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_merge_is_one_change_in_the_history_of_all_that_it_touches() -> None:
    user, kept, gone = make.an_editor(), make.an_actor(), make.an_actor(name="Gone")
    event = make.a_participation(actor=gone).event
    done = merged(kept, gone, by=user)
    changes = models.Changeset.objects.order_by("-pk")[:1].get()
    assert (changes.by, changes.message) == (user, f"“Gone” merged into “{kept}”")
    touched = {(one.noun, one.thing_id, one.is_deletion) for one in changes.revisions.all()}
    assert touched == {("actor", kept.pk, False), ("actor", gone.pk, True), ("event", event.pk, False)}
    undo(done.pk, user)
    changes = models.Changeset.objects.order_by("-pk")[:1].get()
    assert changes.message == f"Merge of “Gone” into “{kept}” undone"


@pytest.mark.parametrize("noun", MERGED)
def test_every_field_that_is_edited_can_be_chosen(noun: Any) -> None:
    fields = [field for part in parts_of(noun) for field in part.fields]
    editable = [one.name for one in noun._meta.concrete_fields if one.editable and not one.generated]
    assert sorted(fields) == sorted({*editable} - {"id", "slug"})
