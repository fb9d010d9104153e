"""Writing each noun: whole and in one request, back unchanged, in part, and deleting it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests import factories
from tests.api.world import NOUNS, a_world
from timeline import models

ROOT = "/api/v1"


def send(client: APIClient, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    response = getattr(client, method)(f"{ROOT}/{path}", body)
    assert response.status_code == status, response.content
    return response.json() if response.content else None


@pytest.fixture
def words(db: None) -> None:
    """What the bodies below refer to."""
    factories.a_kind(slug="statement")
    factories.a_role(slug="speaker")
    factories.an_actor(slug="ann", name="Ann")
    factories.an_actor(slug="state", name="State", kind="state")
    factories.a_source(slug="paper", title="Paper", text="It was signed.")
    factories.a_contract(slug="deal", title="Deal")
    factories.a_tag(slug="arms", name="Arms")
    factories.a_place(slug="ankara", name="Ankara")
    factories.a_published_event(slug="signing", title="Signing", date="2017-12-29")


EVENT = {
    "title": "Second contract announced",
    "summary": "In a broadcast",
    "kind": "statement",
    "date": "mid-March 2020",
    "status": "planned",
    "verification": "confirmed",
    "importance": 4,
    "review": "published",
    "place": "ankara",
    "tags": ["arms"],
    "contracts": ["deal"],
    "participants": [
        {"actor": "ann", "role": "speaker", "capacity": "head"},
        {"actor": {"slug": "state"}, "role": "speaker"},
    ],
    "related": [{"kind": "asserts", "event": "signing", "attributed_to": "ann", "note": "twice"}],
    "citations": [
        {
            "source": "paper",
            "quote": "was signed",
            "locator": "1",
            "attributed_to": "ann",
            "stance": "mentions",
        },
        {"source": {"slug": "paper"}, "field": "date", "asserted_value": "in March"},
    ],
}


@pytest.mark.usefixtures("words")
def test_an_event_is_written_with_all_that_belongs_to_it(editor: APIClient, anyone: APIClient) -> None:
    response = editor.post(f"{ROOT}/events/", EVENT)
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{ROOT}/events/second-contract-announced/"
    body = anyone.get(response["Location"]).json()
    assert response.json() == {**body, "contracts": [{"slug": "deal", "title": "Deal", "milestone": None}]}
    assert body["date"]["edtf"] == "[2020-03-11..2020-03-20]"
    assert [(part["actor"]["slug"], part["capacity"]) for part in body["participants"]] == [
        ("ann", "head"),
        ("state", ""),
    ]
    assert [(one["quote_status"], one["field"]) for one in body["citations"]] == [
        ("exact", ""),
        ("unchecked", "date"),
    ]
    assert body["related"][0]["event"]["slug"] == "signing"
    assert (body["place"]["slug"], body["tags"][0]["slug"], body["importance"]) == ("ankara", "arms", 4)
    assert (body["status"], body["verification"], body["version"]) == ("planned", "confirmed", 1)


CONTRACT = {
    "slug": "s-400",
    "title": "S-400",
    "kind": "purchase",
    "status": "in_delivery",
    "value": {"amount": "2500000000", "currency": "USD", "low": 2400000000, "high": "2500000000.25"},
    "follows": "deal",
    "parties": [{"actor": "state", "role": "buyer"}, {"actor": "ann", "role": "broker"}],
    "items": [
        {"designation": "S-400", "quantity": {"amount": "4"}, "unit": "divisions"},
        {"designation": "Radar"},
    ],
    "payment_terms": [{"kind": "loan", "share": "55"}, {"kind": "advance", "share": 45, "provider": "ann"}],
    "milestones": [
        {"kind": "signed", "event": "signing"},
        {"kind": "delivered", "due": "July 2019", "met": None},
    ],
    "citations": [{"source": "paper", "quote": "was  signed"}],
}


@pytest.mark.usefixtures("words")
def test_a_contract_is_written_with_all_that_belongs_to_it(editor: APIClient) -> None:
    body = send(editor, "post", "contracts/", CONTRACT, 201)
    assert body == send(editor, "get", "contracts/s-400/")
    assert body["value"] == {
        "amount": "2500000000",
        "currency": "USD",
        "low": "2400000000",
        "high": "2500000000.25",
        "is_estimate": False,
    }
    assert [(item["designation"], item["quantity"]) for item in body["items"]] == [
        ("S-400", {"amount": "4", "low": None, "high": None, "is_estimate": False}),
        ("Radar", None),
    ]
    assert [term["share"] for term in body["payment_terms"]] == ["55", "45"]
    assert body["milestones"][0]["met"]["edtf"] == "2017-12-29"
    assert body["citations"][0]["quote_status"] == "normalized"
    # A milestone that an event meets makes the event one of the contract's.
    assert send(editor, "get", "events/signing/")["contracts"][0]["milestone"] == "signed"


@pytest.mark.usefixtures("words")
def test_an_actor_is_written_with_names_and_offices(editor: APIClient) -> None:
    body = {
        "name": "Çavuşoğlu",
        "kind": "person",
        "aliases": [{"name": "Cavusoglu", "language": "en"}, {"name": "Ağa"}],
        "identifiers": [{"scheme": "wikidata", "value": "Q1"}],
        "affiliations": [{"organization": "state", "title": "minister", "held": "2015/.."}],
    }
    written = send(editor, "post", "actors/", body, 201)
    assert written == send(editor, "get", "actors/cavusoglu/")
    assert [alias["name"] for alias in written["aliases"]] == ["Cavusoglu", "Ağa"]
    assert written["affiliations"][0]["held"]["latest"] is None


@pytest.mark.usefixtures("words")
def test_a_timeline_is_written_with_its_entries(editor: APIClient) -> None:
    body = {"title": "Story", "is_public": True, "entries": [{"event": "signing", "headline": "Signed!"}]}
    entries = send(editor, "post", "timelines/", body, 201)["entries"]
    assert [(entry["event"]["title"], entry["headline"]) for entry in entries] == [("Signing", "Signed!")]


def test_the_text_of_a_source_is_kept_to_the_letter_and_stays(editor: APIClient) -> None:
    body = {
        "title": "Paper",
        "kind": "article",
        "text": "  Words.\n",
        "retrieved_on": "2020-08-24",
        "url": "https://e.org/",
    }
    send(editor, "post", "sources/", body, 201)
    assert models.Source.objects.get().text == "  Words.\n"
    shown = send(editor, "get", "sources/paper/")
    assert shown["retrieved_on"] == "2020-08-24"
    send(editor, "put", "sources/paper/", shown)
    assert models.Source.objects.get().text == "  Words.\n"
    send(editor, "patch", "sources/paper/", {"text": ""})
    assert send(editor, "get", "sources/paper/")["has_text"] is False


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("method", ["put", "patch"])
def test_what_get_gave_goes_back_unchanged(editor: APIClient, noun: str, method: str) -> None:
    a_world()
    includes = {
        "events": "timelines",
        "contracts": "events,followed_by",
        "sources": "text",
        "actors": "members",
        "places": "parts",
    }
    query = f"?include={includes[noun]}" if noun in includes else ""
    for body in send(editor, "get", f"{noun}/{query}")["results"]:
        address = f"{noun}/{body['slug']}/"
        before = send(editor, "get", address)
        after = send(editor, method, address, body)
        assert after == send(editor, "get", address)
        assert after.pop("version") == before.pop("version") + 1
        assert after.pop("updated_at") > before.pop("updated_at")
        assert after == before


@pytest.mark.usefixtures("words")
def test_put_empties_what_it_leaves_out_and_keeps_the_address(editor: APIClient) -> None:
    send(editor, "post", "events/", {**EVENT, "review": "draft", "slug": "it"}, 201)
    body = send(editor, "put", "events/it/", {"title": "It", "kind": "statement"})
    assert body == {
        **body,
        "slug": "it",
        "summary": "",
        "date": None,
        "status": "occurred",
        "importance": 2,
        "place": None,
        "tags": [],
        "contracts": [],
        "participants": [],
        "related": [],
        "citations": [],
    }
    send(editor, "post", "contracts/", CONTRACT, 201)
    bare = send(editor, "put", "contracts/s-400/", {"title": "It", "kind": "loan", "status": "signed"})
    assert (bare["value"], bare["follows"], bare["items"], bare["payment_terms"]) == (None, None, [], [])


@pytest.mark.usefixtures("words")
@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"title": "New"}, {"title"}),
        ({"date": "2021"}, {"date"}),
        ({"date": None}, {"date"}),
        ({"participants": []}, {"participants"}),
        ({"tags": [], "place": None}, {"tags", "place"}),
        ({"citations": [{"source": "paper"}]}, {"citations"}),
        ({"related": []}, {"related"}),
        ({"contracts": []}, {"contracts"}),
        ({}, set()),
    ],
)
def test_patch_replaces_only_what_is_given(editor: APIClient, body: Any, changed: set[str]) -> None:
    before = send(editor, "post", "events/", {**EVENT, "slug": "it"}, 201)
    after = send(editor, "patch", "events/it/", body)
    differing = {key for key in after if after[key] != before[key]}
    assert differing == {*changed, "version", "updated_at"}
    assert after["version"] == 2


@pytest.mark.usefixtures("words")
def test_patch_of_a_value_replaces_it_as_one(editor: APIClient) -> None:
    send(editor, "post", "contracts/", CONTRACT, 201)
    body = send(editor, "patch", "contracts/s-400/", {"value": {"amount": "7", "currency": "EUR"}})
    assert (body["value"]["amount"], body["value"]["low"]) == ("7", None)
    assert send(editor, "patch", "contracts/s-400/", {"value": None})["value"] is None
    assert len(body["parties"]) == 2


@pytest.mark.parametrize(
    ("given", "text", "edtf"),
    [
        ("mid-March 2020", "mid-March 2020", "[2020-03-11..2020-03-20]"),
        ({"text": "mid-March 2020"}, "mid-March 2020", "[2020-03-11..2020-03-20]"),
        ({"text": "before the signing", "edtf": "[..2020-08-23]"}, "before the signing", "[..2020-08-23]"),
        ({"text": "in a short time", "edtf": None}, "in a short time", None),
        ({"edtf": "2020-08"}, "2020-08", "2020-08"),
        ("44 BC", "44 BC", "-0043"),
        ("0000", "0000", "0000"),
        ("Y17000", "Y17000", "Y17000"),
        ("Y-13800000000", "Y-13800000000", "Y-13800000000"),
        ("undated", "undated", None),
        ("\u200f1917\u200f", "\u200f1917\u200f", None),
    ],
)
def test_the_forms_of_a_date(editor: APIClient, given: Any, text: str, edtf: str | None) -> None:
    factories.a_kind(slug="statement")
    if "\u200f" in text:
        given = {"text": text, "edtf": edtf}
    date = send(editor, "post", "events/", {"title": "It", "kind": "statement", "date": given}, 201)["date"]
    assert (date["text"], date["edtf"]) == (text, edtf)


@pytest.mark.usefixtures("words")
def test_an_incoming_relation_belongs_to_the_other_event(editor: APIClient) -> None:
    send(editor, "post", "events/", EVENT, 201)
    body = send(editor, "get", "events/signing/")
    assert [(one["kind"], one["direction"]) for one in body["related"]] == [("asserts", "incoming")]
    own = {"kind": "causes", "event": "second-contract-announced"}
    after = send(editor, "patch", "events/signing/", {"related": [own, *body["related"]]})
    assert [one["direction"] for one in after["related"]] == ["outgoing", "incoming"]
    assert send(editor, "patch", "events/signing/", {"related": []})["related"] == body["related"]
    invented = {**body["related"][0], "kind": "denies"}
    error = send(editor, "patch", "events/signing/", {"related": [invented]}, 400)
    assert error["related"][0]["code"] == "incoming_is_read_only"


@pytest.mark.usefixtures("words")
def test_an_event_stays_with_the_contract_it_is_a_milestone_of(editor: APIClient) -> None:
    send(editor, "post", "contracts/", CONTRACT, 201)
    error = send(editor, "patch", "events/signing/", {"contracts": ["deal"]}, 400)
    assert error["contracts"][0]["code"] == "event_is_a_milestone"
    assert send(editor, "get", "events/signing/")["contracts"][0]["slug"] == "s-400"


def test_a_milestone_changes_the_event_that_it_adds_to_the_contract(editor: APIClient) -> None:
    event = factories.an_event(slug="signing")
    factories.a_contract(slug="deal")
    body = {"milestones": [{"kind": "signed", "event": "signing"}, {"kind": "paid", "event": "signing"}]}
    send(editor, "patch", "contracts/deal/", body)
    changed = send(editor, "get", "events/signing/")
    assert (changed["version"], [one["slug"] for one in changed["contracts"]]) == (2, ["deal"])
    assert models.Event.objects.filter(slug="signing", updated_at__gt=event.updated_at).exists()
    send(editor, "patch", "contracts/deal/", body)
    assert send(editor, "get", "events/signing/")["version"] == 2


def test_a_slug_is_made_from_the_name_and_is_free(editor: APIClient) -> None:
    for slug in ("s-400", "s-400-2"):
        assert send(editor, "post", "tags/", {"name": "S-400"}, 201)["slug"] == slug
    assert send(editor, "post", "tags/", {"name": "S-400", "slug": ""}, 201)["slug"] == "s-400-3"


@pytest.mark.parametrize("noun", NOUNS)
def test_what_nothing_uses_is_deleted(editor: APIClient, noun: str) -> None:
    bodies: dict[str, dict[str, Any]] = {
        "events": {"title": "It", "kind": factories.a_kind().slug},
        "actors": {"name": "It", "kind": "group"},
        "contracts": {"title": "It", "kind": "loan", "status": "signed"},
        "sources": {"title": "It", "kind": "book"},
        "timelines": {"title": "It"},
    }
    address = f"{noun}/{send(editor, 'post', f'{noun}/', bodies.get(noun, {'name': 'It'}), 201)['slug']}/"
    send(editor, "delete", address, status=204)
    assert send(editor, "get", address, status=404) == {"detail": "Not found.", "code": "not_found"}


@pytest.mark.parametrize(
    ("address", "users"),
    [
        ("actors/person-one", "citations, event relations, participations"),
        ("actors/state-one", "affiliations, contract parties, payment terms"),
        ("actors/paper-one", "sources"),
        ("sources/source-one", "citations"),
        ("sources/first-source-one", "citations, sources"),
        ("places/city-one", "events"),
        ("places/country-one", "places"),
        ("kinds/kind-one", "events"),
        ("roles/role-one", "participations"),
        ("events/event-one", "milestones"),
        ("contracts/earlier-contract-one", "contracts"),
    ],
)
def test_what_is_in_use_stays(editor: APIClient, address: str, users: str) -> None:
    """Told by kind only: whoever may delete need not see what uses it."""
    a_world()
    error = send(editor, "delete", f"{address}/", status=409)
    assert error == {"detail": f"It is in use and stays. What uses it: {users}.", "code": "in_use"}
    send(editor, "get", f"{address}/")


@pytest.mark.parametrize(
    "address", ["tags/tag-one", "events/other-event-one", "contracts/contract-one", "timelines/timeline-one"]
)
def test_what_is_only_linked_goes_with_its_links(editor: APIClient, address: str) -> None:
    a_world()
    factories.a_timeline(models.Event.objects.get(slug="other-event-one"))
    send(editor, "delete", f"{address}/", status=204)
    send(editor, "get", f"{address}/", status=404)
    send(editor, "get", "events/event-one/?include=timelines")


@pytest.mark.usefixtures("words")
def test_a_write_asks_as_many_queries_however_often_it_names_a_thing(editor: APIClient) -> None:
    def queries(number: int) -> int:
        citations = [{"source": "paper", "attributed_to": "ann", "locator": str(at)} for at in range(number)]
        with CaptureQueriesContext(connection) as asked:
            send(editor, "post", "events/", {"title": "It", "kind": "statement", "citations": citations}, 201)
        return len(asked)

    # A line is inserted where its position is free, and its two constraints are asked beforehand, each
    # inside a savepoint.
    assert queries(30) - queries(10) <= 20 * 8


def test_a_whole_number_may_be_written_with_a_point(editor: APIClient) -> None:
    """As JSON Schema counts it; what cannot be one is refused, however long it would take to write out."""
    kind = factories.a_kind()
    for text, status in (("3.0", 201), ("3.5", 400), ("1E999999", 400)):
        body = f'{{"title": "It", "kind": "{kind.slug}", "importance": {text}}}'
        answer = editor.post("/api/v1/events/", body, content_type="application/json")
        assert answer.status_code == status, answer.content
