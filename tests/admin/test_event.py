"""An event's page: its date, its participants, citations and relations, and what publishing asks for."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, rows, send
from timeline.models import Event, Participation
from timeline.quotes import QuoteStatus

ADD = "/admin/timeline/event/add/"
UNCITED = "A published event has at least one citation."


def event_data(**changes: Any) -> dict[str, Any]:
    """The least that makes an event."""
    return {"title": "Signing", "kind": factories.a_kind().pk, **changes}


def add(client: Client, **changes: Any) -> Any:
    return send(client, ADD, event_data(**changes))


def change(client: Client, event: Event, **changes: Any) -> Any:
    return send(client, address("event", "change", event.pk), changes)


def citation(source: Any = None, **values: Any) -> dict[str, Any]:
    return rows("citations", {"source": (source or factories.a_source()).pk, "stance": "supports", **values})


def test_an_event_is_entered_with_all_that_belongs_to_it(client: Client) -> None:
    actor, role = factories.an_actor(), factories.a_role()
    source = factories.a_source(text="They “signed” it\n\nin March.")
    other = factories.an_event()
    data = rows("participations", {"actor": actor.pk, "role": role.pk, "capacity": "head"})
    data |= citation(source, quote='They "signed" it\r\n\r\nin March.', locator="1")
    data |= rows("relations", {"kind": "precedes", "related": other.pk})
    tag, contract = factories.a_tag(), factories.a_contract()
    data |= {"tags": [tag.pk], "contracts": [contract.pk], "_review": "publish", "date_text": "2020-03-11"}
    response = add(client, **data)
    assert errors(response) == ""
    event: Any = Event.objects.get(slug="signing")
    assert event.date_edtf == "2020-03-11"
    assert event.is_published
    assert [str(part.actor) for part in event.participations.all()] == [actor.name]
    assert event.participations.get().sort_at == event.date_sort_at
    assert event.citations.get().quote == 'They "signed" it\n\nin March.'
    assert event.citations.get().quote_status == QuoteStatus.NORMALIZED
    assert event.relations.get().related == other
    assert list(event.tags.all()) == [tag]
    assert list(event.contracts.all()) == [contract]


def test_saving_an_unchanged_page_changes_nothing_but_the_version(client: Client) -> None:
    event = factories.a_published_event(
        date={"text": "shortly before", "edtf": "[..2020-08-23]"}, summary="Two\nlines"
    )
    factories.a_participation(event=event)
    before = Event.objects.filter(pk=event.pk).values().get()
    assert errors(change(client, event)) == ""
    after = Event.objects.filter(pk=event.pk).values().get()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"version", "updated_at"}
    assert event.participations.count() == event.citations.count() == 1


def test_new_rows_come_after_those_that_stand(client: Client) -> None:
    event = factories.an_event()
    factories.a_participation(event=event, position=3)
    page = client.get(address("event", "change", event.pk))
    data = filled_in(page) | {"participations-TOTAL_FORMS": 3}
    for number in (1, 2):
        data |= {
            f"participations-{number}-actor": factories.an_actor().pk,
            f"participations-{number}-role": factories.a_role().pk,
        }
        data |= {f"participations-{number}-position": 0}
    assert errors(client.post(address("event", "change", event.pk), data, follow=True)) == ""
    assert list(event.participations.values_list("position", flat=True)) == [3, 4, 5]


@pytest.mark.parametrize("existing", [False, True])
def test_an_event_without_a_citation_is_saved_and_not_published(client: Client, existing: bool) -> None:
    if existing:
        response = change(client, factories.an_event(), _review="publish", title="Signing")
    else:
        response = add(client, _review="publish")
    assert UNCITED in " ".join(messages(response))
    event = Event.objects.get()
    assert (event.title, event.review) == ("Signing", "draft")


def test_a_published_event_keeps_its_last_citation(client: Client) -> None:
    event = factories.a_published_event()
    response = change(client, event, **{"citations-0-DELETE": "on"})
    assert UNCITED in errors(response)
    assert event.citations.count() == 1


def test_a_published_event_may_change_one_citation_for_another(client: Client) -> None:
    event = factories.a_published_event()
    new = factories.a_source()
    data = {"citations-0-DELETE": "on", "citations-TOTAL_FORMS": 2, "citations-1-source": new.pk}
    data |= {"citations-1-stance": "supports", "citations-1-position": 0}
    assert errors(change(client, event, **data)) == ""
    assert event.citations.get().source == new


def test_a_broken_citation_is_told_as_it_is(client: Client) -> None:
    response = add(client, _review="publish", **rows("citations", {"source": "x", "quote": "words"}))
    assert "Select a valid choice" in errors(response)
    assert "at least one" not in errors(response)
    assert not Event.objects.filter(title="Signing").exists()


@pytest.mark.django_db
def test_who_does_not_see_citations_cannot_publish_without_one() -> None:
    rights = ("add_event", "change_event", "publish_event", "view_event", "view_eventkind")
    editor = factories.a_user(permissions=rights, is_staff=True)
    client = factories.a_browser(editor)
    cited = factories.an_event(cited=True, date="2020")
    for response in (
        add(client, _review="publish"),
        change(client, Event.objects.latest("pk"), _review="publish"),
    ):
        assert UNCITED in " ".join(messages(response))
    change(client, cited, _review="publish")
    assert list(Event.objects.published()) == [cited]
    cited.citations.all().delete()
    assert UNCITED in errors(change(client, cited))


@pytest.mark.django_db
def test_who_only_sees_citations_publishes_what_has_one() -> None:
    rights = ("change_event", "publish_event", "view_event", "view_citation", "view_eventkind")
    editor = factories.a_user(permissions=rights, is_staff=True)
    client = factories.a_browser(editor)
    uncited, cited = (factories.an_event(cited=cited, date="2020") for cited in (False, True))
    for event in (uncited, cited):
        change(client, event, _review="publish")
    assert list(Event.objects.published()) == [cited]


def test_nothing_is_saved_where_one_row_is_wrong(client: Client) -> None:
    actor, role = factories.an_actor(), factories.a_role()
    twice = {"actor": actor.pk, "role": role.pk}
    response = add(client, **rows("participations", twice, twice))
    assert "duplicate data for actor and role" in errors(response)
    assert not Event.objects.filter(title="Signing").exists()
    assert not Participation.objects.exists()


def test_an_event_is_not_related_to_itself(client: Client) -> None:
    event = factories.an_event()
    response = change(client, event, **rows("relations", {"kind": "precedes", "related": event.pk}))
    assert "An event is not related to itself." in errors(response)


def test_two_relations_that_say_the_same_are_refused(client: Client) -> None:
    twice = {"kind": "precedes", "related": factories.an_event().pk}
    assert "duplicate data" in errors(add(client, **rows("relations", twice, twice)))


def test_the_address_that_a_published_event_had_leads_on_and_is_nobody_elses(client: Client) -> None:
    event = factories.a_published_event(slug="signing")
    assert errors(change(client, event, slug="elsewhere")) == ""
    response = Client().get("/api/v1/events/signing/")
    assert (response.status_code, response["Location"]) == (
        308,
        "http://testserver/api/v1/events/elsewhere/",
    )
    assert "The slug “elsewhere” is that of another event." in errors(add(client, slug="elsewhere"))
    assert "signing" in errors(add(client, slug="signing"))


def test_a_contract_whose_milestone_the_event_is_stays_with_it(client: Client) -> None:
    event, contract = factories.an_event(), factories.a_contract(title="S-400")
    contract.milestones.create(kind="signed", event=event)
    assert "meets a milestone of “S-400” and stays" in errors(change(client, event, contracts=[]))
    assert errors(change(client, event, contracts=[contract.pk])) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "a\0b"}, {"summary": "a\0b"}, {"slug": "a\0b"}, {"title": ""}, {"title": "x" * 301},
        {"kind": "x"}, {"kind": "99999999999999999999999"},
        {"place": "x"}, {"place": "99999999999999999999999"},
        {"tags": ["x"]}, {"contracts": ["99999999999999999999999", "x"]},
        {"importance": "5"},
        {"importance": "-1"}, {"importance": "99999999999999999999"}, {"slug": "not a slug"},
        {"participations-TOTAL_FORMS": "x"}, {"participations-0-actor": "x"},
        {"participations-0-actor": "99999999999999999999999", "participations-0-role": "x"},
        {"citations-0-quote": "a\0b", "citations-0-source": "x"}, {"relations-0-related": "x"},
        {"participations-0-position": "99999999999", "participations-0-capacity": "head"},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_beside_its_field(client: Client, changes: dict[str, Any]) -> None:
    response = add(client, **changes)
    assert response.status_code == 200
    assert errors(response) != ""
    assert not Event.objects.exists()


def test_marks_of_direction_are_kept_and_surrogates_are_not_taken(client: Client) -> None:
    assert errors(add(client, title="\u202eSigning\u200f")) == ""
    assert Event.objects.get().title == "\u202eSigning\u200f"
    page = client.get(ADD)
    data = filled_in(page) | event_data(title="surrogate")
    body = "&".join(f"{name}={value}" for name, value in data.items() if value is not True)
    body = body.replace("surrogate", "%ED%A0%80")
    response = client.post(ADD, body, content_type="application/x-www-form-urlencoded", follow=True)
    assert response.status_code == 200
    assert "\ud800" not in Event.objects.latest("pk").title


def test_the_list_shows_words_reading_kind_actors_and_review(client: Client) -> None:
    event = factories.an_event(
        date={"text": "mid-March 2020", "edtf": "[2020-03-11..2020-03-20]"},
        kind=factories.a_kind(name="Statement"),
    )
    for name in "ABCDE":
        factories.a_participation(event=event, actor=factories.an_actor(name=f"Actor {name}"))
    html = client.get(address("event", "changelist")).content.decode()
    assert 'mid-March 2020<span class="reading-line">some day from 11 to 20 March 2020</span>' in html
    assert "Statement" in html
    assert "Actor A, Actor B, Actor C, Actor D and 1 more" in html
    assert "Draft" in html


def test_the_list_is_in_the_order_of_dates_and_the_undated_come_last(client: Client) -> None:
    for date in ("", "2020", "-0043", "1917~"):
        factories.an_event(date=date)
    dates = [
        event.date.edtf for event in client.get(address("event", "changelist")).context["cl"].result_list
    ]
    assert dates == ["-0043", "1917~", "2020", None]


def test_the_undated_come_last_also_where_the_newest_come_first(client: Client) -> None:
    kind = factories.a_kind()
    for date in ("2020", "", "-0043", "1917~"):
        factories.an_event(date=date, kind=kind)
    by_date, by_kind = 1, 3  # among the columns, where 0 is the box that chooses a row
    for order in (f"-{by_date}", f"-{by_date}.{by_kind}", f"{by_kind}.-{by_date}", f"-{by_kind}.-{by_date}"):
        response = client.get(address("event", "changelist"), {"o": order})
        dates = [event.date.edtf for event in response.context["cl"].result_list]
        assert dates == ["2020", "1917~", "-0043", None], order


def test_words_that_change_under_a_reading_given_by_hand_are_pointed_out(client: Client) -> None:
    event = factories.an_event(date={"text": "shortly before the signing", "edtf": "[..2020-08-23]"})
    response = change(client, event, date_text="long before the signing")
    event.refresh_from_db()
    assert event.date.as_parts() == {"text": "long before the signing", "edtf": "[..2020-08-23]"}
    assert any("Date: the words have changed" in message for message in messages(response))
    assert not any("words" in message for message in messages(change(client, event, title="Other")))
