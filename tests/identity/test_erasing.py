"""What is erased is gone from everything that is kept; that it was erased, when and by whom, stays."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from rest_framework.test import APIClient

from tests import factories as make
from tests.api.test_changes import Mirror, exported
from tests.history.states import a_moment, state
from tests.identity.erased import bytes_of, in_a_file, relations_with, tables_with
from timeline import audit, kept, models
from timeline.exchange.inward import Import
from timeline.exchange.outward import everything
from timeline.history.changesets import changeset
from timeline.history.scrubbing import past
from timeline.history.things import TABLES
from timeline.identity import target
from timeline.identity.erasing import erase, notes
from timeline.identity.merging import Merging, locked, merge
from timeline.identity.undoing import undo
from timeline.models.revision import PAST
from timeline.roles import ROLES, set_roles
from timeline.sessions import SessionStore

pytestmark = pytest.mark.django_db(transaction=True)

# What no other text has.
WORD = "zyxovar"
EVENT = "/api/v1/events/signing/"


def log(user: models.User, thing: Any, message: str = "") -> None:
    kind = ContentType.objects.get_for_model(thing)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id=thing.pk, object_repr=str(thing), action_flag=CHANGE,
        change_message=message,
    )  # fmt: skip


def an_actor_everywhere(user: models.User) -> models.Actor:
    """Somebody who is named wherever an actor can be, now and in the past, and was merged with another."""
    actor = make.an_actor(name=f"Ada {WORD}", description="Somebody", is_public=True)
    other = make.an_actor(name=f"A. {WORD}")
    event = make.a_published_event(title="Signing", slug="signing", date="2020", summary="It was signed.")
    role = make.a_role()
    for one in (actor, other):
        make.a_participation(event=event, actor=one, role=role, note=f"Note on {WORD}")
    make.a_citation(event=event, attributed_to=actor, position=5)
    models.EventRelation.objects.create(
        event=event, related=make.an_event(), kind="asserts", attributed_to=actor
    )
    contract = make.a_contract(slug="contract")
    models.ContractParty.objects.create(contract=contract, actor=actor, role="buyer")
    models.PaymentTerm.objects.create(contract=contract, kind="loan", provider=actor)
    make.a_source(publisher=actor)
    make.an_affiliation(member=actor, title="head")
    make.an_affiliation(organization=actor, title=f"of the {WORD} house")
    models.Alias.objects.create(actor=actor, name=f"Alias {WORD}")
    models.Identifier.objects.create(actor=actor, scheme="wikidata", value=f"Q{WORD}")
    actor.slug, actor.description = f"renamed-{WORD}", "Changed"
    actor.save()
    with changeset(by=user, message=f"About Ada {WORD.upper()} and others"):
        event.summary = "It was signed in March."
        event.save()
    with changeset(by=user, message="Only about a person who is erased"):
        actor.save()
    with changeset():
        merge(Merging(*locked(models.Actor, actor.pk, other.pk)), user)
    return actor


def what_is_beside(user: models.User, actor: models.Actor) -> None:
    log(user, actor, f"Name of {WORD}")
    log(
        user,
        models.Event.objects.get(slug="signing"),
        json.dumps([{"added": {"object": f"Ada {WORD} (seller)"}}]),
    )
    models.CheckNote.objects.create(
        code="a", key="a:signing:0", digest="0", about=f"Ada {WORD} was not there."
    )
    models.Upload.objects.create(user=user, name="file.csv", form="csv", updates=True, content=WORD.encode())
    models.IdempotencyKey.objects.create(
        user=user, key="k", request_digest="", status=201, body=f'{{"slug": "renamed-{WORD}"}}'.encode()
    )
    session = SessionStore()
    session["_messages"] = f'[["__json_message", 0, 25, "The actor \\u201cAda {WORD}\\u201d was changed."]]'
    session.save()
    sum(kept.settle_all())


def erased(noun: str, slug: str, path: str = "", **given: Any) -> dict[str, int]:
    return dict(erase(target.find(noun, slug), path, **{"by": make.an_editor(), **given}))


def test_an_actor_is_erased_from_everything() -> None:
    user = make.an_editor()
    actor = an_actor_everywhere(user)
    then = a_moment()
    mirror = Mirror()
    mirror.follow()
    models.Participation.objects.filter(actor=actor).delete()
    make.a_participation(event=models.Event.objects.get(slug="signing"), actor=actor)
    what_is_beside(user, actor)
    assert {PAST[model]._meta.db_table for model in (models.Actor, models.Participation)} < set(
        tables_with(WORD)
    )
    before = models.Revision.objects.filter(noun="event").count()
    account = erased("actor", f"renamed-{WORD}", by=user, basis="Court order 12/2026")
    assert account["participations in past states"] >= 3
    assert account["answers kept for repeated requests"] == account["files sent for import"] == 1
    assert tables_with(WORD) == [] and not Session.objects.exists()
    (left,) = models.Erasure.objects.all()
    assert (left.noun, left.thing_id, left.part, left.by) == ("actor", actor.pk, "", user)
    # The past of the others answers, and says nothing of it.
    assert models.Revision.objects.filter(noun="event").count() == before + 1
    was = APIClient().get(EVENT, {"as_of": then.isoformat()}).json()
    assert (was["summary"], was["participants"]) == ("It was signed in March.", [])
    assert APIClient().get(EVENT).json()["participants"] == []
    assert [(*audit.findings(),), tables_with("of the")] == [(), []]
    # Who mirrors is told that something is gone, takes the export, and goes on from there.
    told = mirror.follow()
    assert ("erased", "actor", None) in told and ("changed", "event", "signing") in told
    lacking = mirror.lines.keys() - exported().keys()
    assert {noun for noun, _ in lacking} == {"actor"}
    assert {key: line for key, line in mirror.lines.items() if key not in lacking} == exported()
    fresh = Mirror()
    fresh.follow()
    assert fresh.lines == exported() and WORD not in json.dumps(list(fresh.lines.values()), default=str)


def test_what_is_gone_is_erased_and_the_export_goes_on() -> None:
    with changeset(message=f"Made: the {WORD} affair."):
        event = make.an_event(title=f"The {WORD} affair", cited=True)
    slug = event.slug
    event.delete()
    assert tables_with(WORD)
    erased("event", slug)
    assert tables_with(WORD) == []
    lines = b"".join(everything())
    for model in TABLES:
        model._default_manager.all().delete()
    Import(io.BytesIO(lines)).run()
    assert b"".join(everything()) == lines


def test_a_field_is_erased_from_all_states() -> None:
    event = make.a_published_event(title="Signing", slug="signing", summary=f"{WORD} one", date="2020")
    moments = []
    for number in ("two", "three", "four"):
        moments.append(a_moment())
        sum(kept.settle_all())
        with changeset(message=f"Now it says: {WORD} {number}" if number == "four" else "Number"):
            event.summary = f"{WORD} {number}"
            event.save()
    revisions = list(models.Revision.objects.filter(noun="event").order_by("id").values())
    mirror = Mirror()
    mirror.follow()
    account = erased("event", "signing", "summary")
    assert account["events in past states"] == len(revisions)
    assert tables_with(WORD) == []
    after = models.Revision.objects.filter(noun="event").order_by("id").values()
    assert list(after)[: len(revisions)] == revisions
    for moment in moments:
        was = APIClient().get(EVENT, {"as_of": moment.isoformat()}).json()
        assert (was["title"], was["summary"]) == ("Signing", "")
    assert mirror.follow() == [("changed", "event", "signing")]
    assert mirror.lines == exported()
    assert models.Changeset.objects.filter(message="Number").count() == 2
    assert list(audit.findings()) == []


def test_lines_and_what_may_not_be_empty() -> None:
    actor = make.an_actor(name=f"Ada {WORD}", description="About her")
    source = make.a_source(text=f"He said: {WORD} {WORD}.", title="Paper", slug="paper")
    event = make.a_published_event(title="Signing", slug="signing", date="2020")
    models.Milestone.objects.create(contract=make.a_contract(), kind="signed", event=event)
    citation = make.a_citation(event=event, source=source, quote=f"{WORD} {WORD}")
    citation.delete()
    make.a_citation(event=event, source=source, quote=f"{WORD} {WORD}", note="Kept")
    make.a_participation(event=event, actor=actor, capacity=f"{WORD} of it")
    event.date = {"text": f"the day of {WORD}", "edtf": "2021"}
    event.save()
    with pytest.raises(ValueError, match="“name” cannot be empty"):
        erased("actor", actor.slug, "name")
    with pytest.raises(ValueError, match="There is no field “quote” of this"):
        erased("event", "signing", "quote")
    with pytest.raises(ValueError, match="there are 2 now"):
        erased("event", "signing", "citations.2.quote")
    with pytest.raises(ValueError, match="in the place of a field, and this is none"):
        erased("event", "signing", replacement="Nothing")
    erased("event", "signing", "citations.1.quote")
    assert not any(past(models.Citation).values_list("quote", flat=True))
    erased("event", "signing", "participants.capacity")
    erased("event", "signing", "date")
    assert models.Milestone.objects.get().met.text == ""
    erased("source", "paper", "text")
    erased("actor", actor.slug, "slug", replacement="person-17")
    erased("actor", "person-17", "name", replacement="Person 17")
    assert tables_with(WORD) == []
    assert models.Citation.objects.get(note="Kept").quote_status == "unchecked"
    assert list(audit.findings()) == []
    mirror = Mirror()
    assert ("erased", "actor", None) in mirror.follow()
    assert mirror.lines == exported()


def test_what_only_an_erased_source_supports_is_retracted() -> None:
    source = make.a_source(slug="paper")
    event = make.an_event(title="Signing", slug="signing")
    make.a_citation(event=event, source=source)
    models.Event.objects.update(review="published")
    stands = make.a_published_event()
    make.a_citation(event=stands, source=source)
    kind = event.kind.slug
    with pytest.raises(ValueError, match="1 events, now or in past states, cannot be without it"):
        erased("kind", kind)
    account = erased("source", "paper")
    assert account["events and contracts that nothing supports then, and are retracted"] == 1
    assert APIClient().get(EVENT).status_code == 410
    stands.refresh_from_db()
    assert stands.review == "published"
    assert list(audit.findings()) == []


def test_what_was_taken_over_in_a_merge_is_pointed_out() -> None:
    user, kept_one = make.an_editor(), make.an_actor(name="Kept")
    gone = make.an_actor(name=WORD, slug="gone")
    with changeset():
        done = merge(Merging(*locked(models.Actor, kept_one.pk, gone.pk)), user)
    assert f"It was merged into “{done.kept_name}”" in notes(target.find("actor", "gone"), "")[0]
    undo(done.pk, user)
    assert "The past of “Kept” has what it took over" in notes(target.find("actor", "gone"), "")[0]
    erased("actor", "gone")
    assert tables_with(WORD) == [PAST[models.Alias]._meta.db_table]
    erased("actor", "kept", "aliases")
    assert tables_with(WORD) == []


def run(*args: str, **options: Any) -> str:
    out = io.StringIO()
    call_command("erase", *args, stdout=out, **options)
    return out.getvalue()


def test_the_command_leaves_nothing_in_the_files(tmp_path: Path) -> None:
    if connection.vendor == "sqlite":
        with in_a_file(tmp_path / "one.sqlite3") as path:
            erase_by_command()
            assert WORD.encode() not in bytes_of(path)
    else:
        erase_by_command()
        assert relations_with(WORD) == []


def erase_by_command() -> None:
    user = make.an_editor()
    event = make.a_published_event(title=f"{WORD} one", slug="signing")
    for number in range(2):  # what is deleted by editors, too, leaves its words behind
        event.title = f"{WORD} {number}"
        event.save()
        make.a_tag(name=f"{WORD} {number}").delete()
        sum(kept.settle_all())
    if connection.vendor == "postgresql":  # whose statistics quote them then
        with connection.cursor() as cursor:
            make.an_event(title="Another")
            cursor.execute("ANALYZE")
            cursor.execute("SELECT histogram_bounds FROM pg_stats WHERE attname = 'title'")
            assert WORD in str(cursor.fetchall())
    for number in range(2):
        run("tag", f"{WORD}-{number}", by=user.username, yes=True, no_sweep=True)
    said = run("event", "signing", by=user.username, yes=True)
    assert "Would go: event “zyxovar 1”, with\n       1  events\n       1  citations\n" in said
    assert said.endswith("Erased.\nSwept.\n")
    assert tables_with(WORD) == []


def test_a_dry_run_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    user = make.an_editor()
    an_actor_everywhere(user)
    what_is_beside(user, models.Actor.objects.get(slug=f"renamed-{WORD}"))
    before, tables = state(), tables_with(WORD)
    said = run("actor", f"renamed-{WORD}", by=user.username, dry_run=True)
    assert "What was merged into it goes with it: 1." in said and "  actors in past states\n" in said
    monkeypatch.setattr("builtins.input", lambda question: "no")
    with pytest.raises(CommandError, match="Nothing was erased"):
        run("actor", f"renamed-{WORD}", by=user.username)
    assert (state(), tables_with(WORD)) == (before, tables)
    assert not models.Erasure.objects.exists() and models.Upload.objects.exists()


def test_the_command_says_what_it_does_not_know() -> None:
    user, reader = make.an_editor(), make.a_user(permissions=("view_event",))
    with changeset():
        event = make.a_published_event(title="Old", date="2020")
    event.slug = "new"
    event.save()
    for args, by, said in (
        (("event", "nothing"), user, "There is no event with the slug “nothing”. None is known to have been"),
        (("event", "old"), user, "There is no event with the slug “old”. It is “new” now."),
        (("thing", "new"), user, "There is no noun “thing”. It is one of: kind, role"),
        (("event", "new"), reader, "is nobody who may erase"),
    ):
        with pytest.raises(CommandError, match=said):
            run(*args, by=by.username, yes=True)


def test_administrators_erase_on_a_page_that_tells_first() -> None:
    assert list(set_roles()) == [*ROLES]
    event = make.a_published_event(title=f"{WORD} one", slug="signing", summary=WORD)
    page = reverse("admin:timeline_erasure_erase", args=("event", event.pk))
    change = reverse("admin:timeline_event_change", args=(event.pk,))
    for role in ("reader", "editor", "reviewer"):
        client = make.somebody(role)
        assert [client.get(page).status_code, client.post(page, {"erase": "on"}).status_code] == [403, 403]
        assert client.get(reverse("admin:timeline_erasure_changelist")).status_code == 403
    assert page not in client.get(change).content.decode()
    client = make.somebody("administrator")
    assert page in client.get(change).content.decode()
    assert client.get(page.replace("/event/", "/user/")).status_code == 404
    assert client.get(page.replace(f"/{event.pk}/", "/999999/")).status_code == 404
    asked = {"part": "title", "replacement": "A signing", "basis": "Court order"}
    assert "no field" in client.post(page, asked | {"part": "nothing"}).content.decode()
    assert "cannot be empty" in client.post(page, {"part": "title"}).content.decode()
    shown = client.post(page, asked | {"show": "on"})
    told = {"shown": shown.context["shown"], "erase": "on"}
    assert ("Event", 1) in shown.context["account"] and shown.status_code == 200
    for wrong in ({"typed": "sign"}, {"typed": "signing", "replacement": "Another"}):
        assert client.post(page, asked | told | wrong).status_code == 200
    assert models.Event.objects.get().title == f"{WORD} one"
    done = client.post(page, asked | told | {"typed": "signing"}, follow=True)
    assert "Court order" in done.content.decode() and "manage.py sweep" in done.content.decode()
    assert models.Event.objects.get().title == "A signing"
    models.Event.objects.get().delete()
    shown = client.post(page, {"show": "on"})  # also of what is gone
    client.post(page, {"shown": shown.context["shown"], "typed": "signing", "erase": "on"})
    assert tables_with(WORD) == [] and models.Erasure.objects.count() == 2
    assert client.get(page).status_code == 404  # nothing is known of it any more
    history = client.get(reverse("admin:timeline_event_history", args=(event.pk,)), follow=True)
    assert (history.redirect_chain or history.status_code == 404) and WORD not in history.content.decode()
    (left, _) = models.Erasure.objects.all()
    assert client.get(reverse("admin:timeline_erasure_change", args=(left.pk,))).status_code == 200
