"""Putting a thing back into a state that it had: exactly that, as a new version, or nothing and why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories as make
from tests.api.test_kept import sql
from tests.api.world import a_world
from tests.history.states import end_changeset, written
from tests.together import a_database_for_many, at_once
from timeline import models, review
from timeline.exchange import outward
from timeline.history.restoring import Overtaken, Refused, Restoring, restore
from timeline.history.states import noun_of
from timeline.history.things import BY_NOUN, ROOTS
from timeline.identity.merging import Merging, locked, merge
from timeline.models import Event, Milestone, Participation, Revision

pytestmark = pytest.mark.django_db
# One of each noun, with lines where the noun has any.
ONES = [
    f"{noun}-one"
    for noun in ("kind", "role", "tag", "city", "person", "source", "contract", "event", "timeline")
]


def last_of(thing: Any) -> Revision:
    return Revision.objects.filter(noun=noun_of(type(thing)).name, thing_id=thing.pk).latest("id")


def put_back(revision: Revision, by: Any = None) -> Any:
    end_changeset()
    thing = restore(revision, by=by, message="Version restored", seen=Restoring(revision).seen)
    end_changeset()
    return thing


def document(line: bytes) -> dict[str, Any]:
    """All that a line says but which version it is, and since when."""
    found: dict[str, Any] = json.loads(line)
    return {name: value for name, value in found.items() if name not in ("version", "updated_at")}


def stands(thing: Any) -> dict[str, Any]:
    noun = noun_of(type(thing))
    (record,) = outward.records(noun, [thing.pk])
    return document(outward.line({"type": noun.name, **record}))


def refusal(revision: Revision) -> dict[str, str]:
    with pytest.raises(Refused) as refused:
        put_back(revision)
    return dict(refused.value.problems)


@pytest.fixture
def event() -> Event:
    with written():
        made = a_world("One")
    return Event.objects.get(pk=made.pk)


def change(thing: Any, **fields: Any) -> Revision:
    """In a changeset of its own; the state that ended with it."""
    with written():
        for name, value in fields.items():
            setattr(thing, name, value)
        thing.save()
    return last_of(thing)


def test_every_noun_comes_back_as_it_was(event: Event) -> None:
    tried = []
    for model, thing in ROOTS.items():
        for one in model._default_manager.filter(slug__in=ONES):
            stood, number = stands(one), one.pk
            with written():
                for lines in noun_of(model).lines:
                    rows = lines.model._default_manager.filter(**{lines.whole: one})
                    rows.filter(pk=rows.values_list("pk", flat=True).first()).delete()
                    if "note" in lines.keys:
                        rows.update(note="Noted")
                name = model.name_field  # type: ignore[attr-defined]
                setattr(one, name, "Else")
                one.slug = f"{thing.noun}-{number}"  # type: ignore[attr-defined]
                one.save()
            revision = last_of(one)
            assert stands(one) != stood
            made = put_back(revision)
            assert stands(made) == stood == document(revision.document)
            assert made.version == revision.version + 2
            tried.append(thing.noun)
    assert tried == list(BY_NOUN)


def test_lines_keep_their_numbers_and_places(event: Event) -> None:
    rows = [make.a_participation(event=event, position=number + 1) for number in range(2)]
    before = [*event.participations.values_list("pk", "role", "position")]
    with written():
        # Roles are exchanged, which one row after the other could not take back.
        sql("UPDATE timeline_participation SET actor_id = %s WHERE id = %s", rows[0].actor_id, rows[1].pk)
        event.participations.filter(pk=rows[0].pk).delete()
        event.participations.filter(pk=rows[1].pk).update(position=0, role=rows[0].role_id)
    put_back(last_of(event))
    assert [*event.participations.values_list("pk", "role", "position")] == before


def test_who_restores_and_why_stands_in_the_history(event: Event) -> None:
    editor, revision = make.an_editor(), change(event, title="Two")
    restore(revision, by=editor, message="It was right", seen=Restoring(revision).seen)
    ended = last_of(event)
    assert (ended.changeset.by, ended.changeset.message) == (editor, "It was right")
    event.refresh_from_db()
    assert (event.title, event.version, event.edited_by) == ("Event One", 4, editor)
    # And that again.
    assert put_back(ended).title == "Two"
    assert [last_of(event).version, ended.version, revision.version] == [4, 3, 2]


def test_review_stays_where_it_is(event: Event) -> None:
    """By no way does restoring publish, retract, or take back a step."""
    editor = make.an_editor()
    before = change(event, summary="As it was public")
    with written():
        review.take(review.RETRACT, event, editor, "It was wrong")
    retracted = change(event, summary="Put right")
    assert put_back(before).review == "retracted"
    event.refresh_from_db()
    assert (event.summary, event.retraction_reason) == ("What happened", "It was wrong")
    with written():
        review.take(review.REOPEN, event, editor)
        review.take(review.PUBLISH, event, editor)
    made = put_back(retracted)
    assert (made.review, made.retracted_at, made.retraction_reason) == ("published", None, "")


def test_what_was_renamed_since_is_named_as_it_is_called_now(event: Event) -> None:
    part = event.participations.get()
    with written():
        event.participations.all().delete()
    change(part.actor, name="Renamed", slug="renamed")
    put_back(last_of(event))
    assert [one["actor"] for one in stands(event)["participants"]] == ["renamed"]


def test_what_is_gone_is_refused_by_its_name_and_nothing_is_written(event: Event) -> None:
    role, actor = make.a_role(name="Guest"), make.an_actor(name="Ann")
    with written():
        make.a_participation(event=event, role=role, actor=actor)
        event.tags.add(make.a_tag(name="Late"))
    place = event.place
    assert place
    with written():
        event.participations.filter(role=role).delete()
        event.place = None
        event.tags.clear()
        event.save()
    with written():
        actor.delete()
        place.delete()
        models.Tag.objects.filter(name="Late").delete()
    before = stands(event)
    assert refusal(last_of(event)) == {
        "Place": "“City One” was deleted since.",
        "Participants, “Ann (deleted since), Guest”": "“Ann” was deleted since.",
        "Tags, “Late (deleted since)”": "“Late” was deleted since.",
    }
    assert stands(event) == before


def test_what_was_merged_is_refused_with_what_it_was_merged_into(event: Event) -> None:
    gone = make.an_actor(name="Gone")
    with written():
        part = make.a_participation(event=event, actor=gone)
    with written():
        Participation.objects.filter(pk=part.pk).delete()
    with written():
        kept = event.participations.get().actor
        merge(Merging(*locked(models.Actor, kept.pk, gone.pk)), None)
    assert "“Gone” was merged into “Person One” since." in refusal(last_of(event)).values()


def test_a_slug_that_something_else_has_now_is_refused(event: Event) -> None:
    revision = change(event, slug="another")
    models.FormerSlug.objects.all().delete()
    make.an_event(title="Event One", slug="event-one")
    assert list(refusal(revision)) == ["Slug"]


def test_rules_over_several_rows_hold(event: Event) -> None:
    bare = make.an_event()
    with written():
        make.a_citation(event=bare)
        bare.title, bare.date = "Cited", "2020"
        bare.save()
    uncited = last_of(bare)
    with written():
        review.take(review.PUBLISH, bare, make.an_editor())
    assert refusal(uncited) == {"Review": "A published event has at least one citation."}
    contract = models.Contract.objects.get(slug="contract-one")
    milestone = contract.milestones.exclude(event=None).get()
    with written():
        Milestone.objects.filter(pk=milestone.pk).delete()
        event.contracts.clear()
    away = change(event, title="Two")
    with written():
        Milestone.objects.create(contract=contract, kind="signed", event=event)
    assert refusal(away) == {"Contracts": "The event meets a milestone of “Contract One” and stays with it."}


def test_who_saw_another_state_restores_nothing(event: Event) -> None:
    revision = change(event, title="Two")
    seen = Restoring(revision).seen
    with written():  # no save: its version stays
        event.participations.update(capacity="else")
    with pytest.raises(Overtaken):
        restore(revision, by=None, message="", seen=seen)
    event.refresh_from_db()
    assert event.title == "Two"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_restore_at_once_one_does(tmp_path: Path) -> None:
    revision = change(make.an_event(title="One"), title="Two")
    with a_database_for_many(tmp_path):
        seen = Restoring(revision).seen

        def act(number: int) -> str:
            try:
                return str(restore(revision, by=None, message=f"{number}", seen=seen))
            except Overtaken:
                return "overtaken"

        assert sorted(at_once(act, 3)) == ["One", "overtaken", "overtaken"]


def test_a_milestone_takes_the_date_that_its_event_has_now(event: Event) -> None:
    contract = models.Contract.objects.get(slug="contract-one")
    with written():
        contract.milestones.all().delete()
    revision = last_of(contract)
    change(event, date="1917")
    put_back(revision)
    assert {one.met.text for one in contract.milestones.all()} == {"1917", "2019-07-12"}


def test_what_was_deleted_comes_back_under_its_number_as_a_draft() -> None:
    with written():
        event = make.a_published_event(title="Gone", date="2020")
    number, stood = event.pk, stands(event)
    with written():
        event.delete()
    revision = Revision.objects.get(noun="event", thing_id=number)
    made = put_back(revision, make.an_editor())
    assert (made.pk, made.version, made.review) == (number, 2, "draft")
    assert stands(made) == stood | {"review": "draft"} == document(revision.document) | {"review": "draft"}
    # It is there already.
    with pytest.raises(Overtaken):
        restore(revision, by=None, message="", seen=f"{revision.pk}.gone")


def test_what_was_deleted_comes_back_as_it_was_earlier_above_all_its_versions() -> None:
    editor = make.an_editor()
    with written():
        event = make.a_published_event(title="One", date="2020")
    with written():
        review.take(review.RETRACT, event, editor, "It was wrong")
    first = last_of(event)
    number = event.pk
    with written():
        event.delete()
    made = put_back(first, editor)
    assert (made.pk, made.version, made.review) == (number, 3, "draft")
    assert made.retraction_reason == "It was wrong"


def test_what_was_merged_comes_back_by_undoing_that_only() -> None:
    kept, gone = make.an_actor(name="Kept"), make.an_actor(name="Gone")
    with written():
        merge(Merging(*locked(models.Actor, kept.pk, gone.pk)), None)
    assert refusal(last_of(gone)) == {"actor": "It was merged: “Gone” into “Kept”. Undo the merge."}


def test_lines_that_stay_are_not_written_again(event: Event) -> None:
    revision = change(event, title="Two")
    with CaptureQueriesContext(connection) as queries:
        put_back(revision)
    written = [query["sql"] for query in queries if "timeline_participation" in query["sql"]]
    assert [sql for sql in written if not sql.startswith("SELECT")] == []
