"""Review in the admin: the buttons that follow the rights, what publishing finds, and who sees which step."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from pytest_django import Settings

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, send
from tests.test_triggers import while_another_waits
from timeline import review
from timeline.models import Event

EDITOR = ("view_event", "add_event", "change_event", "view_contract", "change_contract", "view_eventkind")
REVIEWER = (*EDITOR, "publish_event", "publish_contract")
LINES = tuple(
    f"{action}_{line}"
    for line in ("citation", "participation", "source", "actor", "role")
    for action in ("view", "add", "change", "delete")
)


def browser_of(*permissions: str) -> Client:
    user = factories.a_user(permissions=(*permissions, *LINES), is_staff=True)
    client = factories.a_browser(user)
    client.user = user  # type: ignore[attr-defined]
    return client


def ready(review: str = "draft", **fields: Any) -> Event:
    event: Event = factories.an_event(cited=True, date="2020", review=review, **fields)
    return event


def press(client: Client, thing: Any, step: str, words: str = "", **changes: Any) -> Any:
    page = address(thing._meta.model_name, "change", thing.pk)
    response = send(client, page, {"_review": step, "_review_words": words, **changes})
    thing.refresh_from_db()
    return response


def buttons(response: Any) -> list[str]:
    return [step.name for step in response.context["review"]["steps"]]


def page(client: Client, thing: Any) -> Any:
    return client.get(address(thing._meta.model_name, "change", thing.pk))


@pytest.mark.django_db
def test_the_buttons_follow_the_rights_and_the_state() -> None:
    editor, reviewer, reader = browser_of(*EDITOR), browser_of(*REVIEWER), browser_of("view_event")
    table = {
        "draft": (["send"], ["send", "publish"]),
        "in_review": ([], ["publish", "return"]),
        "published": ([], ["retract"]),
        "retracted": ([], ["reopen"]),
    }
    for state, (editors, reviewers) in table.items():
        event = ready(state)
        assert buttons(page(editor, event)) == editors
        assert buttons(page(reviewer, event)) == reviewers
        shown = page(reader, event)
        assert buttons(shown) == []
        assert 'name="_review"' not in shown.content.decode()
    assert buttons(editor.get("/admin/timeline/event/add/")) == ["send"]
    html = page(reviewer, ready("published")).content.decode()
    assert '<button type="submit" class="button" name="_review" value="retract">Retract</button>' in html
    assert '<select name="review"' not in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "make", [ready, lambda: factories.a_citation(contract=factories.a_contract()).contract]
)
def test_the_way_of_a_thing_through_review(make: Any) -> None:
    editor, reviewer, thing = browser_of(*EDITOR), browser_of(*REVIEWER), make()
    name = thing._meta.verbose_name
    said = messages(press(editor, thing, "send", title="Better"))
    assert said == [f"The {name} “Better” was sent to review."]
    assert (thing.review, thing.sent_by, thing.title) == ("in_review", editor.user, "Better")  # type: ignore[attr-defined]
    assert f"Sent by {thing.sent_by}" in page(reviewer, thing).content.decode()
    press(reviewer, thing, "return", "Who <says> so?")
    assert (thing.review, thing.review_note) == ("draft", "Who <says> so?")
    assert "Who &lt;says&gt; so?" in page(editor, thing).content.decode()
    press(editor, thing, "send")
    press(reviewer, thing, "publish")
    assert (thing.review, thing.review_note) == ("published", "")
    press(reviewer, thing, "retract", "The agency took it back.")
    assert (thing.review, thing.retraction_reason) == ("retracted", "The agency took it back.")
    assert thing.edited_by == editor.user  # type: ignore[attr-defined]
    press(reviewer, thing, "reopen")
    assert (thing.review, thing.retraction_reason) == ("draft", "The agency took it back.")


@pytest.mark.parametrize(("state", "step"), [("in_review", "return"), ("published", "retract")])
def test_a_reason_is_needed(client: Client, state: str, step: str) -> None:
    event = ready(state)
    assert "a reason is needed" in " ".join(messages(press(client, event, step, " \r\n ", title="New")))
    assert (event.review, event.title) == (state, "New")


@pytest.mark.parametrize("data", [{"_review": "x"}, {"_review": "retract", "_review_words": "a\0b"}])
def test_what_is_no_step_is_said(client: Client, data: dict[str, str]) -> None:
    event = ready("published")
    response = send(client, address("event", "change", event.pk), data)
    assert "cannot be read" in " ".join(messages(response))
    event.refresh_from_db()
    assert event.review == "published"


def test_what_was_written_as_a_reason_is_kept_where_the_form_is_refused(client: Client) -> None:
    response = press(client, ready("published"), "retract", "Because <of> it", title="")
    assert errors(response) != ""
    assert "Because &lt;of&gt; it</textarea>" in response.content.decode()


@pytest.mark.django_db
def test_who_may_not_publish_is_refused_also_without_a_button() -> None:
    editor, event = browser_of(*EDITOR), ready("in_review")
    press(editor, event, "publish")
    assert event.review == "in_review"


@pytest.mark.django_db
def test_what_was_typed_is_kept_where_the_right_to_a_step_was_withdrawn_meanwhile() -> None:
    reviewer, event = browser_of(*REVIEWER), ready("in_review")
    opened = filled_in(page(reviewer, event))
    rights: Any = reviewer.user.user_permissions  # type: ignore[attr-defined]
    rights.remove(rights.get(codename="publish_event"))
    data = {**opened, "title": "Better", "_review": "publish"}
    response = reviewer.post(address("event", "change", event.pk), data, follow=True)
    (said,) = messages(response)
    assert said.startswith("The event “Better” was saved, and not published: For this step you need")
    event.refresh_from_db()
    assert (event.title, event.review) == ("Better", "in_review")
    assert buttons(response) == []


def test_a_step_is_judged_by_what_stands_and_not_by_what_was_read(client: Client) -> None:
    event = ready("in_review")
    read_before = Event.objects.get(pk=event.pk)
    user = factories.an_editor()
    review.take(review.PUBLISH, event, user)
    with pytest.raises(ValidationError, match="from “published” to “draft”"):
        review.take(review.RETURN, read_before, user, "Look again.")
    assert read_before.review == "published"


@pytest.mark.django_db(transaction=True)
def test_of_two_steps_at_the_same_moment_the_second_is_judged_after_the_first() -> None:
    event, user = ready("in_review"), factories.an_editor()
    beside = Event.objects.get(pk=event.pk)

    def second() -> None:
        with pytest.raises(ValidationError, match="No step leads"):
            review.take(review.RETURN, beside, user, "Look again.")

    while_another_waits(lambda: review.take(review.PUBLISH, event, user), second)
    assert Event.objects.get().review == "published"


def test_a_step_that_somebody_else_took_meanwhile_is_refused(client: Client) -> None:
    event = ready("in_review")
    opened = filled_in(page(client, event))
    press(client, event, "publish")
    response = client.post(address("event", "change", event.pk), {**opened, "_review": "publish"})
    assert "changed meanwhile" in errors(response)


def test_what_is_missing_is_listed_with_links_to_the_fields(client: Client) -> None:
    event = factories.an_event()
    found = page(client, event).context["review"]
    assert [link.split('"')[1] for link in found["blocking"]] == ["#id_date_0", "#citations-group"]
    assert [link.split('"')[1] for link in found["noted"]] == ["#participations-group"]
    source = factories.a_source(text="What it says.")
    factories.a_citation(event=event, source=source, quote="says", stance="mentions")
    factories.a_citation(event=event, source=source, quote="does not", stance="contradicts", position=1)
    html = page(client, event).content.decode()
    for link in ("citations-1", "citations-group", "id_date_0", "participations-group"):
        assert f'<a href="#{link}">' in html
        assert f'id="{link}"' in html
    retracted = page(client, ready("retracted")).context["review"]
    assert retracted["blocking"] == retracted["noted"] == []
    contract = page(client, factories.a_contract()).context["review"]
    assert [link.split('"')[1] for link in contract["noted"]] == ["#parties-group"]


@pytest.mark.django_db
def test_with_four_eyes_who_wrote_last_or_sent_it_has_no_button(settings: Settings) -> None:
    settings.REQUIRE_FOUR_EYES = True
    first, second = browser_of(*REVIEWER), browser_of(*REVIEWER)
    event = ready()
    citation = event.citations.get()
    press(first, event, "send", **{"citations-0-locator": "page 3"})
    assert event.edited_by == first.user  # type: ignore[attr-defined]
    shown = page(first, event)
    assert buttons(shown) == ["return"]
    assert "you wrote it last" in shown.content.decode()
    assert "you wrote it last" in " ".join(messages(press(first, event, "publish")))
    send(second, address("citation", "change", citation.pk), {"locator": "page 4"})
    assert "you wrote it last" in page(second, event).content.decode()
    assert "you sent it" in page(first, event).content.decode()
    assert buttons(page(browser_of(*REVIEWER), event)) == ["publish", "return"]


def test_a_step_from_the_page_of_a_new_thing(client: Client) -> None:
    data = {"title": "Signing", "kind": factories.a_kind().pk, "date_text": "2020", "_review": "send"}
    response = send(client, "/admin/timeline/event/add/", data)
    event = Event.objects.get()
    assert event.review == "in_review"
    assert event.edited_by is not None
    assert event.edited_by == event.sent_by
    assert response.redirect_chain[-1][0] == address("event", "change", event.pk)
