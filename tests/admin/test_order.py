"""Rows have places among each other, and a page that is refused says where and keeps what was entered."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.admin.forms import address, errors, filled_in, messages, row, rows, send

ADD = "/admin/timeline/event/add/"


def test_rows_are_put_into_the_order_of_their_positions(client: Client) -> None:
    event = factories.an_event()
    first, second = (factories.a_participation(event=event, position=at) for at in (0, 1))
    actor, role = factories.an_actor(), factories.a_role()
    data = {"participations-TOTAL_FORMS": 4}
    # As the page sends them once the new row was moved to the top; the last one is still blank.
    for number, position in enumerate((2, 3, 1, 4)):
        data |= row("participations", number, position=position)
    data |= row("participations", 2, actor=actor.pk, role=role.pk)
    assert errors(send(client, address("event", "change", event.pk), data)) == ""
    actors = [part.actor for part in event.participations.all()]
    assert actors == [actor, first.actor, second.actor]


@pytest.mark.parametrize("prefix", ["relations", "citations"])
def test_relations_and_citations_have_an_order_too(client: Client, prefix: str) -> None:
    event = factories.an_event()
    names = {"relations": "related", "citations": "source"}
    things = [factories.an_event() if prefix == "relations" else factories.a_source() for _ in range(2)]
    more = {"kind": "precedes"} if prefix == "relations" else {"stance": "supports"}
    lines = rows(prefix, *({names[prefix]: thing.pk, **more} for thing in things))
    page = address("event", "change", event.pk)
    assert errors(send(client, page, lines)) == ""
    swapped = row(prefix, 0, position=2) | row(prefix, 1, position=1)
    assert errors(send(client, page, swapped)) == ""
    assert [getattr(line, names[prefix]) for line in getattr(event, prefix).all()] == things[::-1]


def test_the_milestones_of_a_contract_are_moved(client: Client) -> None:
    contract = factories.a_contract()
    kinds = ("signed", "paid")
    for kind in kinds:
        contract.milestones.create(kind=kind)
    data = row("milestones", 0, position=2) | row("milestones", 1, position=1)
    assert errors(send(client, address("contract", "change", contract.pk), data)) == ""
    assert [milestone.kind for milestone in contract.milestones.all()] == ["paid", "signed"]


def test_a_place_that_is_no_number_is_refused(client: Client) -> None:
    line: dict[str, Any] = {"actor": factories.an_actor().pk, "role": factories.a_role().pk}
    for position in ("99999999999", "-1", "x"):
        data = {"title": "x", "kind": factories.a_kind().pk}
        response = send(
            client, ADD, data | rows("participations", line) | row("participations", 0, position=position)
        )
        assert "Participation 1, Position" in messages(response)[0]


@pytest.mark.parametrize("button", ["_save", "_addanother", "_continue"])
def test_a_page_that_is_refused_names_the_fields_and_keeps_what_was_entered(
    client: Client, button: str
) -> None:
    actor, source = factories.an_actor(name="Ankara"), factories.a_source(title="Gazette", text="words")
    data: dict[str, Any] = {"kind": factories.a_kind().pk, "date_text": "whenever", "summary": "What it was"}
    data |= rows("participations", {"actor": actor.pk, "capacity": "head"}, {"note": "nobody"})
    data |= rows("citations", {"source": source.pk, "quote": "words", "passage": "0-5"})
    data |= rows("relations", {"kind": "precedes", "note": "to what?"})
    response = send(client, ADD, data | {button: "1"})
    said = messages(response)[0]
    for name in (
        "Title",
        "Date",
        "Participation 1, Role",
        "Participation 2, Actor",
        "Event relation 1, Related",
    ):
        assert f">{name}</a>: " in said, name
    assert '<a href="#id_participations-0-role">' in said
    assert '<a href="#id_date_0">' in said
    sent = filled_in(response)
    for name, value in data.items():
        assert sent[name] == [str(value)], name


def test_errors_of_several_rows_and_fields_are_told_by_the_row(client: Client) -> None:
    twice = {"actor": factories.an_actor().pk, "role": factories.a_role().pk}
    event = factories.an_event()
    lines = rows("participations", twice, twice) | rows(
        "relations", {"kind": "precedes", "related": event.pk}
    )
    said = messages(send(client, address("event", "change", event.pk), lines))[0]
    assert "Participation: Please correct the duplicate data" in said
    assert "Event relation 1: An event is not related to itself." in said


def test_a_list_of_errors_ends(client: Client) -> None:
    lines = rows("participations", *({"note": "nobody"} for _ in range(20)))
    assert "and 21 more" in messages(send(client, ADD, lines | {"title": "x"}))[0]
