"""Review over the API: steps and their rights, what publishing asks for, and what retracting leaves."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests import factories
from tests.api.test_rights import a_token, with_token
from timeline import kept, models

pytestmark = pytest.mark.django_db

EDITOR = ("view_event", "add_event", "change_event", "view_contract", "change_contract")
REVIEWER = (*EDITOR, "publish_event", "publish_contract")
LINES = ("actor", "role", "contract", "place", "tag", "source", "event", "eventkind")
SEES = tuple(f"view_{noun}" for noun in LINES)


def client_of(*permissions: str) -> APIClient:
    return with_token(a_token(factories.a_user(permissions=(*permissions, *SEES))))


def patch(client: APIClient, thing: Any, **body: Any) -> Any:
    noun = "events" if isinstance(thing, models.Event) else "contracts"
    return client.patch(f"/api/v1/{noun}/{thing.slug}/", body)


def code(response: Any, key: str = "review") -> tuple[int, list[str]]:
    return response.status_code, [one["code"] for one in response.json()[key]]


def ready(review: str = "draft", **fields: Any) -> models.Event:
    event: models.Event = factories.an_event(cited=True, date="2020", review=review, **fields)
    return event


def a_deal(review: str = "draft") -> models.Contract:
    deal = factories.a_contract(review=review)
    factories.a_citation(contract=deal)
    return deal


@pytest.mark.parametrize("make", [ready, a_deal])
def test_an_editor_sends_to_review_and_only_who_may_publish_goes_on(make: Any) -> None:
    editor, reviewer, thing = client_of(*EDITOR), client_of(*REVIEWER), make()
    assert patch(editor, thing, review="in_review").json()["review"] == "in_review"
    for body in ({"review": "published"}, {"review": "draft", "review_note": "No."}):
        response = patch(editor, thing, **body)
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
        assert "timeline.publish_" in response.json()["detail"]
    assert patch(reviewer, thing, review="published").json()["review"] == "published"
    assert patch(editor, thing, review="retracted", retraction_reason="x").status_code == 403
    told = patch(reviewer, thing, review="retracted", retraction_reason="The agency took it back.")
    assert told.json()["review"] == "retracted"
    assert patch(editor, thing, review="draft").status_code == 403
    assert patch(reviewer, thing, review="draft").json()["review"] == "draft"


def test_who_may_not_publish_makes_nothing_that_is_published() -> None:
    source = factories.a_source()
    body: dict[str, Any] = {"title": "It", "kind": factories.a_kind().slug, "date": "2020"}
    body |= {"review": "published", "citations": [{"source": source.slug}]}
    editor = client_of(*EDITOR)
    for sent in (body, [body]):
        response = editor.post("/api/v1/events/", sent)
        assert (response.status_code, response.json()["code"]) == (403, "permission_denied")
    assert not models.Event.objects.exists()
    assert editor.post("/api/v1/events/", {**body, "review": "in_review"}).status_code == 201
    assert client_of(*REVIEWER).post("/api/v1/events/", body).status_code == 201


@pytest.mark.parametrize(
    ("start", "target"),
    [
        ("draft", "retracted"), ("in_review", "retracted"),
        ("published", "draft"), ("published", "in_review"),
        ("retracted", "published"), ("retracted", "in_review"),
    ],
)  # fmt: skip
def test_other_steps_there_are_not(editor: APIClient, start: str, target: str) -> None:
    event = ready(start)
    assert code(patch(editor, event, review=target)) == (400, ["no_such_step"])
    assert models.Event.objects.get().review == start


def test_a_step_asks_for_its_words_and_words_for_their_step(editor: APIClient) -> None:
    waiting, public = ready("in_review"), ready("published")
    for words in ({}, {"review_note": " "}):
        assert code(patch(editor, waiting, review="draft", **words), "review_note") == (400, ["required"])
    assert code(patch(editor, public, review="retracted"), "retraction_reason") == (400, ["required"])
    for thing, words in ((public, {"retraction_reason": "x"}), (waiting, {"retraction_reason": "x"})):
        assert code(patch(editor, thing, **words), "retraction_reason") == (400, ["needs_its_step"])
    told = patch(editor, waiting, review="draft", review_note="Who says so?").json()
    assert "review_note" not in told
    waiting.refresh_from_db()
    assert (waiting.review, waiting.review_note) == ("draft", "Who says so?")
    patch(editor, waiting, review="in_review")
    waiting.refresh_from_db()
    assert waiting.review_note == ""
    assert waiting.sent_by is not None


def test_publishing_names_all_that_is_missing(editor: APIClient) -> None:
    event = factories.an_event()
    response = patch(editor, event, review="published")
    assert code(response) == (400, ["not_ready_to_publish"] * 2)
    assert "undated" in response.json()["review"][0]["message"]
    citations = [{"source": factories.a_source().slug}]
    assert patch(editor, event, review="published", date="undated", citations=citations).status_code == 200
    assert patch(editor, event, date="").status_code == 200  # of a step, not of what is published


def test_a_put_that_leaves_the_review_out_leaves_it(editor: APIClient) -> None:
    event = ready("published")
    citations = [{"source": event.citations.get().source.slug}]
    body = {"title": "New", "kind": event.kind.slug, "citations": citations}
    told = editor.put(f"/api/v1/events/{event.slug}/", body)
    assert (told.status_code, told.json()["review"]) == (200, "published")
    whole = editor.get(f"/api/v1/events/{event.slug}/").json()
    assert editor.put(f"/api/v1/events/{event.slug}/", whole).status_code == 200


def test_with_four_eyes_somebody_else_publishes(settings: Settings) -> None:
    first, second = client_of(*REVIEWER), client_of(*REVIEWER)
    event = ready()
    patch(first, event, title="New")
    assert patch(second, event, review="in_review").status_code == 200
    settings.REQUIRE_FOUR_EYES = True
    for client in (first, second):
        assert code(patch(client, event, review="published")) == (400, ["needs_another_person"])
    third = client_of(*REVIEWER)
    assert code(patch(third, event, review="published", title="Mine")) == (400, ["needs_another_person"])
    assert patch(third, event, review="published").status_code == 200
    assert models.Event.objects.get().edited_by_id is not None


# --- Tombstones ---


@pytest.mark.parametrize("make", [ready, a_deal])
def test_what_was_public_leaves_a_tombstone(anyone: APIClient, editor: APIClient, make: Any) -> None:
    thing = make("published")
    noun = "events" if isinstance(thing, models.Event) else "contracts"
    address = f"/api/v1/{noun}/{thing.slug}/"
    list(kept.settle_all())
    assert anyone.get(address).status_code == 200
    patch(editor, thing, review="retracted", retraction_reason="The agency took it back.")
    thing.refresh_from_db()
    told = anyone.get(address)
    assert told.status_code == 410
    assert told.json() == {
        "detail": "This was retracted.",
        "code": "retracted",
        "slug": thing.slug,
        "reason": "The agency took it back.",
        "retracted_at": thing.retracted_at.isoformat().replace("+00:00", "Z"),
    }
    assert anyone.get(f"{address}?fields=slug").status_code == 410
    assert anyone.head(address).status_code == 410
    assert thing.slug not in str(anyone.get(f"/api/v1/{noun}/").json()["results"])
    assert editor.get(address).status_code == 200
    patch(editor, thing, review="draft")
    assert anyone.get(address).json() == told.json()
    patch(editor, thing, review="published")
    assert anyone.get(address).status_code == 200
    thing.refresh_from_db()
    assert (thing.retracted_at, thing.retraction_reason) == (None, "")


@pytest.mark.parametrize("review", ["draft", "in_review", "retracted"])
def test_what_the_public_never_saw_leaves_none(anyone: APIClient, review: str) -> None:
    event = ready(review, review_note="x", retraction_reason="x")
    assert anyone.get(f"/api/v1/events/{event.slug}/").status_code == 404


def test_a_tombstone_is_exported_and_comes_back(editor: APIClient) -> None:
    from tests.exchange.files import exported, taken

    event = ready("published")
    patch(editor, event, review="retracted", retraction_reason="The agency took it back.")
    before = exported()
    models.Event.objects.all().delete()
    assert taken(before).problems == []
    assert exported() == before


@pytest.mark.django_db(transaction=True)
def test_the_words_that_go_with_a_step_are_the_message_of_its_changeset() -> None:
    reviewer, event = client_of(*REVIEWER), ready("published")
    patch(reviewer, event, review="retracted", retraction_reason="The agency took it back.")
    told = models.Revision.objects.filter(noun="event").latest("id").changeset.message
    assert told == "The agency took it back."
