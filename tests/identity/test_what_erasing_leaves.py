"""What an erasure leaves as it has to be: what was merged, what is in use, addresses, texts of others."""

from __future__ import annotations

import json
import sqlite3
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils.html import format_html
from rest_framework.test import APIClient

from tests import factories as make
from tests.admin.forms import address, filled_in
from tests.history.states import a_moment
from tests.identity.erased import in_a_file, tables_with
from tests.together import a_database_for_many, at_once
from timeline import models
from timeline.history.changesets import changeset
from timeline.history.restoring import Overtaken, restore
from timeline.history.scrubbing import past
from timeline.identity import target
from timeline.identity.erasing import erase, notes
from timeline.identity.merging import Merging, locked, merge
from timeline.identity.parts import ErasureError
from timeline.roles import set_roles
from timeline.sessions import SessionStore

pytestmark = pytest.mark.django_db(transaction=True)

WORD = "zyxovar"


def erased(noun: str, slug: str, path: str = "", **given: Any) -> dict[str, int]:
    return dict(erase(target.find(noun, slug), path, **{"by": given.get("by") or make.an_editor(), **given}))


def merged(**gone: Any) -> tuple[models.Actor, models.Merge, datetime]:
    """“Kept”, with another actor merged into it after a moment."""
    kept_one, other = make.an_actor(name="Kept", slug="kept", is_public=True), make.an_actor(**gone)
    before = a_moment()
    with changeset():
        done = merge(Merging(*locked(models.Actor, kept_one.pk, other.pk)), make.an_editor())
    return kept_one, done, before


def test_what_was_merged_in_is_known_after_a_part_was_erased() -> None:
    kept_one, done, _ = merged(name=WORD, slug="gone")
    erased("actor", "kept", "description")
    assert target.find("actor", "kept").pks == (kept_one.pk, done.gone_id)
    done.refresh_from_db()
    assert (done.kept_name, done.gone_name, done.gone_slug, done.record) == ("", "", "", {})
    list(set_roles())
    client = make.somebody("administrator")
    names = f"actor {done.gone_id} into actor {kept_one.pk}"
    assert names in client.get(reverse("admin:timeline_merge_changelist")).content.decode()
    page = reverse("admin:timeline_merge_change", args=(done.pk,))
    for shown in (client.get(page), client.post(page, follow=True)):
        assert "Something of the two was erased since" in shown.content.decode()
    erased("actor", "gone")
    erased("actor", "kept", "aliases")
    assert tables_with(WORD) == [] and not models.Merge.objects.exists()


def test_a_role_in_use_stays() -> None:
    part = make.a_participation(role=make.a_role(slug="seller"))
    with pytest.raises(ErasureError, match="1 participations, now or in past states, cannot be without it"):
        erased("role", "seller")
    part.delete()  # past states tell of it
    with pytest.raises(ErasureError, match="cannot be without it"):
        erased("role", "seller")
    make.a_role(slug="buyer")
    erased("role", "buyer")
    assert models.Role.objects.get().slug == "seller"


def until_it_waits(erasing: Future[None]) -> None:
    """For a lock that this transaction has; or is done. On SQLite it waits for the whole."""
    with connection.cursor() as cursor:
        while connection.vendor == "postgresql" and not erasing.done():
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone() == (True,):
                return


def test_what_is_written_meanwhile_goes_too(tmp_path: Path) -> None:
    actor, user = make.an_actor(slug="ada"), make.an_editor()

    def act() -> None:
        try:
            erased("actor", "ada", "aliases", by=user)
        finally:
            connection.close()

    with a_database_for_many(tmp_path), ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            models.Alias.objects.create(actor=actor, name=WORD)
            erasing = pool.submit(act)
            until_it_waits(erasing)
        erasing.result()
        assert tables_with(WORD) == []


def test_past_states_of_two_that_are_one_have_two_slugs() -> None:
    kept_one, done, before = merged(name=WORD, slug=WORD, is_public=True)
    erased("actor", "kept", "slug", replacement="p-17")
    past_slugs = past(models.Actor, id__in=(kept_one.pk, done.gone_id)).values_list("id", "slug")
    assert {*past_slugs} == {(kept_one.pk, "p-17"), (done.gone_id, "p-17-2")}
    shown = [
        APIClient().get(f"/api/v1/actors/{slug}/", {"as_of": before.isoformat()})
        for slug in ("p-17", "p-17-2")
    ]
    assert [answer.json()["name"] for answer in shown] == ["Kept", WORD]
    erased("actor", "p-17", "aliases")
    erased("actor", "p-17", "name", replacement="Kept")
    assert tables_with(WORD) == []


def test_the_slug_in_its_place_was_nobody_elses() -> None:
    make.an_actor(slug="kept")
    make.an_actor(slug="p-17").delete()
    with pytest.raises(ErasureError, match="“p-17” is, or once was, that of another"):
        erased("actor", "kept", "slug", replacement="p-17")
    erased("actor", "kept", "slug", replacement="p-18")


def test_addresses_that_lead_on_from_what_was_merged_go_with_it() -> None:
    merged(name="Gone", slug=WORD, is_public=True)
    assert models.FormerSlug.objects.filter(slug=WORD).exists()
    erased("actor", WORD)
    erased("actor", "kept", "aliases")
    assert tables_with(WORD) == []


def test_codes_are_no_secrets() -> None:
    event = make.an_event(slug="signing")
    make.a_citation(event=event, field="date", quote=f"It was {WORD}", locator="page 3")
    with changeset(message="The date was looked up on page 3"):
        event.save()
    with changeset(message=f"So it was {WORD}"):
        event.save()
    erased("event", "signing", "citations.field")
    erased("event", "signing", "citations")
    messages = models.Changeset.objects.exclude(message__startswith="Erasure").exclude(message="")
    assert messages.get().message == "The date was looked up on page 3"


def test_what_django_cuts_and_escapes_is_found() -> None:
    user = make.an_editor()
    title = f"{WORD} d'Ark & <Sons> " + "signing again " * 18
    make.an_event(title=title, slug="one")
    kind = ContentType.objects.get_for_model(models.Source)
    named = {"content_type": kind, "action_flag": CHANGE, "user": user}
    LogEntry.objects.create(object_id="1", object_repr=title[:200], **named)
    LogEntry.objects.create(object_id="2", object_repr="Kept " * 40, **named)
    session = SessionStore()
    storage = json.dumps([["__json_message", 1, 25, format_html("“{}” was changed.", title), ""]])
    session["_messages"] = storage
    session.save()
    erased("event", "one", by=user)
    assert tables_with(WORD) == [] and not Session.objects.exists()
    assert LogEntry.objects.exclude(object_repr="").get().object_id == "2"


def test_what_cannot_be_swept_is_told(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET ROLE pg_monitor")  # who owns nothing
            with pytest.raises(CommandError, match="The owner of the database"):
                call_command("sweep")
            cursor.execute("RESET ROLE")
            return
    with in_a_file(tmp_path / "one.sqlite3") as path, closing(sqlite3.connect(path)) as other:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 0")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(CommandError, match="database is locked"):
            call_command("sweep")


def test_what_comes_to_stand_there_is_by_the_rules() -> None:
    contract = make.a_contract(slug="contract")
    for share in (50, 40):
        models.PaymentTerm.objects.create(contract=contract, kind="loan", share=share)
    event = make.an_event(slug="signing")
    models.Milestone.objects.create(contract=contract, kind="signed", event=event)
    above = make.a_place(slug="above", part_of=make.a_place())
    make.a_place(slug="below", part_of=above)
    for noun, slug, path, value, said in (
        ("event", "signing", "slug", "histogram", "is the address of something else"),
        ("place", "above", "part_of", "below", "That place is a part of this one"),
        ("contract", "contract", "payment_terms.share", "60", "The shares add up to 120 %"),
        ("event", "signing", "contracts", None, "meets a milestone of"),
    ):
        with pytest.raises(ErasureError, match=said):
            erased(noun, slug, path, replacement=value)


def test_what_is_erased_meanwhile_is_not_restored() -> None:
    event, user = make.an_event(title=WORD, slug="signing"), make.an_editor()
    event.title = "Another"
    event.save()
    revision = models.Revision.objects.get(noun="event")
    page = address("event", "restore", event.pk, revision.pk)
    client = make.a_browser(user)
    asked = filled_in(client.get(page)) | {"message": "My reason"}
    meanwhile = ["signing"]

    def erase_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """When restoring begins its transaction; on SQLite one would wait for the other."""
        if meanwhile and "My reason" in (params or ()):
            at_once(lambda _: erased("event", meanwhile.pop(), by=user), 1)
        return execute(sql, params, many, context)

    if connection.vendor == "postgresql":
        with connection.execute_wrapper(erase_first):
            answer = client.post(page, asked, follow=True)
        assert "It was erased meanwhile. Nothing was restored." in answer.content.decode()
    else:
        erased("event", "signing", by=user)
        assert client.post(page, asked).status_code == 404
    assert not models.Event.objects.exists() and tables_with(WORD) == []
    with pytest.raises(Overtaken):
        restore(revision, by=user, message="", seen="")


def test_what_is_too_long_is_refused() -> None:
    make.an_event(slug="signing")
    user = make.an_editor()
    for given, said in (
        ({"basis": "x" * 201}, "basis: Ensure this value has at most 200 characters"),
        ({"field": f"citations.{'0' * 60}.quote"}, "part: Ensure this value has at most 60 characters"),
        ({"field": "summary.0"}, "There is no field “summary.0” of this"),
    ):
        with pytest.raises(CommandError, match=said):
            call_command("erase", "event", "signing", by=user.username, yes=True, **given)
    assert models.Event.objects.exists()


def test_answers_about_others_are_kept_and_what_stays_is_noted() -> None:
    event, user = make.an_event(slug="signing"), make.an_editor()
    answers = [
        ("/api/v1/events/signing/", b"{}"),
        ("", b'{"slug": "signing"}'),
        ("/api/v1/events/signing-2/", b'{"slug": "signing-2", "title": "The signing"}'),
    ]
    for key, (location, body) in enumerate(answers):
        models.IdempotencyKey.objects.create(
            user=user, key=str(key), request_digest="", status=201, location=location, body=body
        )
    make.a_citation(event=event, quote=WORD)
    found = target.find("event", "signing")
    assert any("Erase “citations.quote” for those" in note for note in notes(found, "citations.0.quote"))
    assert any("fewer than 3 letters" in note for note in notes(found, "summary"))
    erased("event", "signing", by=user)
    assert models.IdempotencyKey.objects.exclude(body=b"").get().location == answers[-1][0]
