"""Two people at one thing: the second is shown what changed meanwhile, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, row, send
from tests.admin.test_review import EDITOR, browser_of
from tests.history.states import end_changeset
from timeline.models import Changeset, Event, Participation, Revision

pytestmark = pytest.mark.django_db


def browser_of_an_editor() -> Any:
    client: Any = Client()
    client.user = factories.an_editor()
    client.force_login(client.user)
    return client


@pytest.fixture
def ours(db: None) -> Any:
    return browser_of_an_editor()


@pytest.fixture
def theirs(db: None) -> Any:
    return browser_of_an_editor()


def change_page(thing: Any) -> str:
    """Its address; what was made so far is one state."""
    end_changeset()
    return address(thing._meta.model_name, "change", thing.pk)


def save(client: Any, url: str, changes: dict[str, Any]) -> Any:
    response = send(client, url, changes)
    end_changeset()
    return response


def told(response: Any) -> dict[str, tuple[str, str, str, str]]:
    """What the page tells of the fields of the thing: what became of each, before, theirs, yours."""
    return {
        one.label: (
            one.what,
            one.before,
            "".join(piece.text for piece in one.theirs if piece.kind != "removed"),
            "".join(piece.text for piece in one.yours if piece.kind != "removed"),
        )
        for one in response.context["meanwhile"].fields
    }


def lines_told(response: Any) -> dict[str, list[tuple[str, str]]]:
    tables = response.context["meanwhile"].tables
    return {name: [(line.title, line.said) for line in lines] for name, lines in tables}


def test_fields_that_both_or_only_one_have_changed(ours: Any, theirs: Any) -> None:
    event = factories.an_event(title="Signing", summary="It was signed in Moscow.", date="2017")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    said = {"title": "The signing", "summary": "It was signed in Ankara.", "date_0": "", "importance": "3"}
    said |= {"date_text": "December 2017", "message": "By the minutes"}
    save(theirs, page, said)
    third = browser_of_an_editor()
    save(third, page, {"verification": "confirmed"})
    typed = {"title": "A signing", "status": "planned", "importance": "3", "date_text": "soonish"}
    response = ours.post(page, {**opened, **typed})
    who = str(theirs.user)
    by = {one.label: one.by.who for one in response.context["meanwhile"].fields}
    assert (by["Title"], by["Verification"]) == (who, str(third.user))
    assert told(response) == {
        "Title": ("both", "Signing", "The signing", "A signing"),
        "Date": ("both", "2017", "December 2017", "soonish"),
        "Summary": ("taken", "It was signed in Moscow.", "It was signed in Ankara.", ""),
        "Verification": ("taken", "Reported", "Confirmed", ""),
        "Importance": ("same", "2", "3", ""),
    }
    html = response.content.decode()
    assert "“By the minutes”" in html
    assert "<del>Moscow</del><ins>Ankara</ins>" in html
    assert f"<strong>Both of you changed this.</strong> {who}: “The signing”. Yours stands here." in html
    assert f"{who} changed this meanwhile, from “It was signed in Moscow.”. Theirs stands here." in html
    assert "changed meanwhile" in " ".join(messages(response))
    again = filled_in(response)
    assert (again["title"], again["summary"]) == (["A signing"], ["It was signed in Ankara."])
    assert errors(ours.post(page, {**again, "date_text": "2018"}, follow=True)) == ""
    event.refresh_from_db()
    assert (event.title, event.summary, event.status, str(event.date), event.importance) == (
        "A signing", "It was signed in Ankara.", "planned", "2018", 3,
    )  # fmt: skip
    end_changeset()
    kept = Revision.objects.filter(noun="event").order_by("id")
    assert [one.changeset.by for one in kept] == [theirs.user, third.user, ours.user]


def test_rows_that_were_added_changed_and_taken_out(ours: Any, theirs: Any) -> None:
    event, role = factories.an_event(), factories.a_role(name="party")
    names = ("Both", "Theirs gone", "Gone but ours", "Leaving", "Untouched", "New of theirs", "New of ours")
    actors = {name: factories.an_actor(name=name) for name in names}
    for number, name in enumerate(names[:5]):
        factories.a_participation(event=event, actor=actors[name], role=role, position=number, capacity="old")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    new = {"participations-TOTAL_FORMS": "6"}
    save(
        theirs,
        page,
        new
        | row("participations", 0, capacity="theirs", note="theirs")
        | row("participations", 1, DELETE="on")
        | row("participations", 2, DELETE="on")
        | row("participations", 3, capacity="theirs")
        | row("participations", 5, actor=actors["New of theirs"].pk, role=role.pk, position="9"),
    )
    response = ours.post(
        page,
        opened
        | new
        | row("participations", 0, capacity="ours")
        | row("participations", 2, capacity="ours")
        | row("participations", 3, DELETE="on")
        | row("participations", 5, actor=actors["New of ours"].pk, role=role.pk, capacity="ours"),
    )
    who = str(theirs.user)
    assert lines_told(response) == {
        "Participants": [
            ("Both, party", f"{who} changed this row."),
            ("Leaving, party", f"{who} changed this row. You take it out."),
            ("New of theirs, party", f"{who} added this row."),
            ("Theirs gone, party", f"{who} took this row out."),
            (
                "Gone but ours, party",
                f"{who} took this row out. You have changed it: saving adds it again. "
                "Empty it to leave it out.",
            ),
        ]
    }
    assert response.content.decode().count("<strong>Both of you changed this.</strong>") == 1
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    rows = event.participations.values_list("actor__name", "capacity", "note")
    assert set(rows) == {
        ("Both", "ours", "theirs"),
        ("Gone but ours", "ours", ""),
        ("Untouched", "old", ""),
        ("New of theirs", "", ""),
        ("New of ours", "ours", ""),
    }


def test_white_space_that_a_browser_sends_otherwise_is_no_change_of_ours(ours: Any, theirs: Any) -> None:
    event = factories.an_event(title="Signing", summary="one\r\ntwo ")
    factories.a_citation(event=event, quote="q\r\nr", note=" n ")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"summary": "theirs", "citations-0-DELETE": "on"})
    response = ours.post(page, {**opened, "title": "The signing"})
    assert told(response) == {"Summary": ("taken", "one\r\ntwo ", "theirs", "")}
    assert [said for _, said in lines_told(response)["Citations"]] == [f"{theirs.user} took this row out."]
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    event.refresh_from_db()
    assert (event.title, event.summary, event.citations.count()) == ("The signing", "theirs", 0)


def test_lists_of_tags_are_joined_and_rows_written_anew_are_known_again(ours: Any, theirs: Any) -> None:
    first, second, third = (factories.a_tag() for _ in range(3))
    event = factories.an_event(tags=(first,))
    factories.a_citation(event=event, quote="old", locator="p. 1")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"tags": [second.pk]})
    citation = event.citations.get()
    source = citation.source
    citation.delete()  # as the API replaces a list
    factories.a_citation(event=event, source=source, quote="theirs", locator="p. 1")
    end_changeset()
    response = ours.post(page, {**opened, "tags": [first.pk, third.pk], "citations-0-locator": "p. 2"})
    assert told(response)["Tags"][0] == "joined"
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    assert set(event.tags.all()) == {second, third}
    assert event.citations.values_list("quote", "locator").get() == ("theirs", "p. 2")


def test_every_kind_of_field_is_taken_over(ours: Any, theirs: Any) -> None:
    """Amounts, dates, boxes that are ticked, choices, things that are named; in the thing and in rows."""
    contract = factories.a_contract(value="10.50", currency="EUR", value_is_estimate=True)
    contract.milestones.create(kind="signed", due="2019")
    contract.items.create(designation="Boats", quantity=10, quantity_is_estimate=True)
    page, state = change_page(contract), factories.an_actor(name="State")
    opened = filled_in(ours.get(page))
    changed = {"value": "12.5", "value_is_estimate": [], "follows": factories.a_contract().pk}
    changed |= row("milestones", 0, due_text="early 2020", due_edtf="2020", kind="announced")
    changed |= row("items", 0, quantity="11.5", quantity_is_estimate=[], unit="")
    changed |= {"items-TOTAL_FORMS": "2", "payment_terms-TOTAL_FORMS": "1"}
    changed |= row("items", 1, designation="Engines", quantity_is_estimate="on", position="0")
    changed |= row("payment_terms", 0, kind="loan", share="40", provider=state.pk, position="0")
    assert errors(save(theirs, page, changed)) == ""
    response = ours.post(page, {**opened, "title": "Ours"})
    assert response.context["meanwhile"].conflicts == 0
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    contract.refresh_from_db()
    assert (contract.title, str(contract.value), contract.value_is_estimate) == ("Ours", "12.50", False)
    assert contract.follows is not None
    assert contract.milestones.get().due.text == "early 2020"
    assert (contract.milestones.get().due.edtf, contract.milestones.get().kind) == ("2020", "announced")
    assert [(item.designation, item.quantity_is_estimate) for item in contract.items.all()] == [
        ("Boats", False), ("Engines", True),
    ]  # fmt: skip
    assert contract.payment_terms.get().provider == state


def test_a_text_that_was_replaced_meanwhile_is_told(ours: Any, theirs: Any) -> None:
    source = factories.a_source(title="Note", text="It was signed in Moscow.")
    page = change_page(source)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"pasted_text": "It was signed in Ankara."})
    response = ours.post(page, {**opened, "title": "A note", "published_text": "2020"})
    assert "<del>Moscow</del><ins>Ankara</ins>" in response.content.decode()
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    source.refresh_from_db()
    assert (source.title, source.text) == ("A note", "It was signed in Ankara.")
    assert source.published.text == "2020"


def test_a_step_waits_until_what_changed_has_been_seen(ours: Any, theirs: Any) -> None:
    event = factories.an_event(cited=True, date="2020", review="in_review")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"_review": "return", "_review_words": "Which day?"})
    response = ours.post(page, {**opened, "title": "Better", "_review": "publish"})
    also = response.context["meanwhile"].also
    assert [change.label for change in also] == ["Review", "Review note"]
    event.refresh_from_db()
    assert event.review == "draft"
    ours.post(page, {**filled_in(response), "_review": "publish"})
    event.refresh_from_db()
    assert (event.title, event.review) == ("Better", "published")


def test_what_was_deleted_meanwhile_is_shown_as_a_new_thing(ours: Any, theirs: Any) -> None:
    event = factories.an_event(title="Signing", date="2017", cited=True)
    factories.a_participation(event=event, capacity="head")
    page = change_page(event)
    opened = filled_in(ours.get(page))
    theirs.post(address("event", "delete", event.pk), {"post": "yes"})
    end_changeset()
    typed = {"title": "The signing", "citations-0-DELETE": "on"}
    response = ours.post(page, {**opened, **typed})
    assert "This event was deleted meanwhile" in response.content.decode()
    assert f"{theirs.user} deleted it" in response.content.decode()
    assert not Event.objects.exists()
    again = filled_in(response)
    assert errors(ours.post(address("event", "add"), again, follow=True)) == ""
    made = Event.objects.get()
    assert (made.title, made.citations.count()) == ("The signing", 0)
    assert made.participations.get().capacity == "head"


def test_what_was_typed_is_given_back_where_it_may_not_be_saved_any_more(theirs: Any) -> None:
    ours = browser_of("view_event", "change_event", "view_eventkind")
    rights: Any = ours.user.user_permissions  # type: ignore[attr-defined]
    first, second = factories.an_event(), factories.an_event()
    pages = [change_page(event) for event in (first, second)]
    opened = [{**filled_in(ours.get(page)), "summary": "What <they> say"} for page in pages]
    theirs.post(address("event", "delete", first.pk), {"post": "yes"})
    gone = ours.post(pages[0], opened[0])
    rights.remove(rights.get(codename="change_event"))
    refused = ours.post(pages[1], {**opened[1], "_review": "send", "_review_words": "See p. 3"})
    for response, why in ((gone, "This was deleted meanwhile"), (refused, "You do not have the right")):
        assert response.status_code == 403
        html = response.content.decode()
        assert why in html
        assert "<dt>Summary</dt><dd>What &lt;they&gt; say</dd>" in html
    assert "<dt>Review words</dt><dd>See p. 3</dd>" in refused.content.decode()
    assert Event.objects.get().summary == ""


def test_where_the_past_was_erased_all_that_differs_is_told(ours: Any, theirs: Any) -> None:
    actor = factories.an_actor(name="Ann", description="Old.")
    alias = actor.aliases.create(name="Anna")
    page = change_page(actor)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"description": "Theirs.", "aliases-0-DELETE": "on"})
    Revision.objects.all().delete()
    response = ours.post(page, {**opened, "name": "Anne", "aliases-0-name": "Annie"})
    assert told(response) == {
        "Name": ("both", "", "Ann", "Anne"), "Description": ("both", "", "Theirs.", "Old."),
    }  # fmt: skip
    assert "is not kept" in response.content.decode()
    assert filled_in(response)["aliases-0-name"] == ["Annie"]
    assert not actor.aliases.filter(pk=alias.pk).exists()


def test_rows_that_one_may_only_see_stay_as_they_are(theirs: Any) -> None:
    ours = browser_of(*EDITOR)
    rights: Any = ours.user.user_permissions  # type: ignore[attr-defined]
    rights.remove(*rights.exclude(codename="view_citation").filter(codename__endswith="_citation"))
    event = factories.an_event(title="Signing", cited=True)
    page = change_page(event)
    opened = filled_in(ours.get(page))
    save(theirs, page, {"title": "Theirs", "citations-0-locator": "p. 7"})
    response = ours.post(page, {**opened, "summary": "Ours."})
    assert [said for _, said in lines_told(response)["Citations"]] == [f"{theirs.user} changed this row."]
    assert errors(ours.post(page, filled_in(response), follow=True)) == ""
    event.refresh_from_db()
    assert (event.title, event.summary, event.citations.get().locator) == ("Theirs", "Ours.", "p. 7")


def test_what_a_change_is_about_is_in_the_history(ours: Any) -> None:
    data = {"title": "Signing", "kind": factories.a_kind().pk, "message": " As <he> said "}
    save(ours, address("event", "add"), data)
    event = Event.objects.get()
    assert Changeset.objects.get(pk=event.recorded_in).message == "As <he> said"
    Event.objects.update(edited_by=None)
    refused = save(ours, change_page(event), {"title": "The signing", "message": "x" * 1001})
    assert "at most 1000 characters" in errors(refused)
    assert filled_in(refused)["title"] == ["The signing"]
    save(ours, change_page(event), {"message": "Nothing of it", "_review": "send"})
    event.refresh_from_db()
    assert (event.review, event.edited_by) == ("in_review", None)
    assert Revision.objects.latest("id").changeset.message == "Nothing of it"
    citation = factories.a_citation(event=event)
    end_changeset()
    save(ours, address("citation", "change", citation.pk), {"locator": "p. 1", "message": "From the scan"})
    assert Revision.objects.latest("id").changeset.message == "From the scan"
    assert not Participation.objects.exists()
