"""What GET answers: the shape of every noun, fields and include, and dates of every age."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories
from tests.api.world import NOUNS, a_world

ROOT = "http://testserver/api/v1"


def get(client: APIClient, path: str, status: int = 200) -> Any:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    return response.json()


def without_stamps(body: dict[str, Any]) -> dict[str, Any]:
    assert body.pop("created_at").endswith("Z")
    assert body.pop("updated_at").endswith("Z")
    assert body.pop("version") >= 1
    return body


def test_the_root_leads_to_everything(anyone: APIClient) -> None:
    for name, address in get(anyone, "").items():
        text = "?text=2020" if "dates/read" in address else ""
        # Changes are told to who may read everything.
        assert anyone.get(address + text).status_code == (401 if name == "changes" else 200)


def test_an_event(anyone: APIClient) -> None:
    a_world()
    person = {"slug": "person-one", "name": "Person One", "kind": "person"}
    other = {
        "slug": "other-event-one",
        "title": "Other event One",
        "url": f"{ROOT}/events/other-event-one/",
    }
    citation = {"stance": "supports", "field": "", "asserted_value": "", "note": "", "locator": ""}
    assert without_stamps(get(anyone, "events/event-one/")) == {
        "slug": "event-one",
        "url": f"{ROOT}/events/event-one/",
        "title": "Event One",
        "summary": "What happened",
        "kind": "kind-one",
        "status": "occurred",
        "verification": "reported",
        "review": "published",
        "importance": 2,
        "date": {
            "text": "mid-March 2020",
            "edtf": "[2020-03-11..2020-03-20]",
            "display": "some day from 11 to 20 March 2020",
            "earliest": "2020-03-11",
            "start_latest": "2020-03-20",
            "end_earliest": "2020-03-11",
            "latest": "2020-03-20",
            "precision": "range",
            "approximate": False,
            "uncertain": False,
        },
        "participants": [{"actor": person, "role": "role-one", "capacity": "head of the board", "note": ""}],
        "contracts": [{"slug": "contract-one", "title": "Contract One", "milestone": "announced"}],
        "place": {"slug": "city-one", "name": "City One"},
        "tags": [{"slug": "tag-one", "name": "Tag One"}],
        "related": [
            {"kind": "asserts", "direction": way, "event": other, "attributed_to": person, "note": ""}
            for way in ("outgoing", "incoming")
        ],
        "citations": [
            {
                **citation,
                "source": {"slug": "source-one", "title": "Source One", "url": "https://example.org/article"},
                "quote": "It was signed",
                "attributed_to": person,
                "quote_status": "exact",
            },
            {
                **citation,
                "source": {"slug": "first-source-one", "title": "First source One", "url": ""},
                "quote": "",
                "attributed_to": None,
                "quote_status": "unchecked",
            },
        ],
    }


def test_a_contract(anyone: APIClient) -> None:
    a_world()
    body = without_stamps(get(anyone, "contracts/contract-one/"))
    state = {"slug": "state-one", "name": "State One", "kind": "state"}
    assert body["value"] == {
        "amount": "2500000000.5",
        "currency": "USD",
        "low": "2000000000",
        "high": None,
        "is_estimate": True,
    }
    assert body["follows"]["url"] == f"{ROOT}/contracts/earlier-contract-one/"
    assert body["parties"] == [{"actor": state, "role": "buyer"}]
    assert body["items"] == [
        {
            "designation": "S-400",
            "description": "",
            "quantity": {"amount": "4", "low": None, "high": "5", "is_estimate": False},
            "unit": "divisions",
        }
    ]
    assert [(term["kind"], term["share"], term["provider"]) for term in body["payment_terms"]] == [
        ("loan", "55", state),
        ("advance", "45", None),
    ]
    announced, delivered = body["milestones"]
    assert announced["event"]["slug"] == "event-one"
    assert announced["met"]["text"] == "mid-March 2020"
    assert (announced["due"], delivered["event"]) == (None, None)
    assert (delivered["due"]["edtf"], delivered["met"]["latest"]) == ("2019-07", "2019-07-12")
    assert body["citations"][0]["quote_status"] == "exact"
    assert get(anyone, "contracts/earlier-contract-one/")["value"] is None


def test_an_actor(anyone: APIClient) -> None:
    a_world()
    body = without_stamps(get(anyone, "actors/person-one/"))
    held = body["affiliations"][0].pop("held")
    assert (held["edtf"], held["end_earliest"]) == ("2018/2020", "2020-01-01")
    assert body == {
        "slug": "person-one",
        "url": f"{ROOT}/actors/person-one/",
        "name": "Person One",
        "kind": "person",
        "description": "Somebody",
        "is_public": False,
        "aliases": [{"name": "Alias One", "language": "en"}],
        "identifiers": [{"scheme": "wikidata", "value": "Q One"}],
        "affiliations": [
            {
                "organization": {"slug": "state-one", "name": "State One", "kind": "state"},
                "title": "minister",
            }
        ],
    }


def test_a_source_with_its_text_where_it_is_asked_for(anyone: APIClient) -> None:
    a_world()
    body = get(anyone, "sources/source-one/")
    assert body["has_text"] is True
    assert len(body["text_sha256"]) == 64
    assert "text" not in body
    assert body["publisher"]["slug"] == "paper-one"
    assert body["quoted_in"] == {"slug": "first-source-one", "title": "First source One", "url": ""}
    assert body["published"]["edtf"] == "2020-03"
    assert get(anyone, "sources/source-one/?include=text")["text"] == "It was signed by One."
    assert get(anyone, "sources/first-source-one/")["has_text"] is False
    assert get(anyone, "sources/?fields=slug,text")["results"][1] == {
        "slug": "source-one",
        "text": "It was signed by One.",
    }


def test_a_timeline_in_the_order_of_dates(anyone: APIClient) -> None:
    a_world()
    entries = get(anyone, "timelines/timeline-one/")["entries"]
    assert [entry["event"]["slug"] for entry in entries] == ["event-one", "other-event-one"]
    assert entries[0]["headline"] == ""


def test_a_place(anyone: APIClient) -> None:
    a_world()
    body = get(anyone, "places/city-one/")
    assert (body["latitude"], body["longitude"]) == ("41.5", "29")
    assert body["part_of"] == {"slug": "country-one", "name": "Country One"}
    assert get(anyone, "places/country-one/?include=parts")["parts"] == [
        {"slug": "city-one", "name": "City One"}
    ]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_holds_what_the_details_say(anyone: APIClient, noun: str) -> None:
    a_world()
    for body in get(anyone, f"{noun}/?limit=500")["results"]:
        assert get(anyone, f"{noun}/{body['slug']}/") == body


@pytest.mark.parametrize("noun", NOUNS)
def test_fields_restrict_the_keys(anyone: APIClient, noun: str) -> None:
    a_world()
    assert all(list(body) == ["slug"] for body in get(anyone, f"{noun}/?fields=slug")["results"])
    one = get(anyone, f"{noun}/?limit=1")["results"][0]
    shown = get(anyone, f"{noun}/{one['slug']}/?fields=version,slug")
    assert list(shown.items()) == [("version", one["version"]), ("slug", one["slug"])]


@pytest.mark.parametrize(
    ("path", "slugs"),
    [
        ("events/event-one/?include=timelines", {"timelines": ["timeline-one"]}),
        ("contracts/contract-one/?include=events", {"events": ["event-one"]}),
        (
            "contracts/earlier-contract-one/?include=followed_by,events",
            {"followed_by": ["contract-one"], "events": []},
        ),
        ("contracts/contract-one/?fields=slug&include=events", {"events": ["event-one"]}),
    ],
)
def test_include_adds_keys(anyone: APIClient, path: str, slugs: dict[str, list[str]]) -> None:
    a_world()
    body = get(anyone, path)
    assert {key: [one["slug"] for one in body[key]] for key in slugs} == slugs


def test_the_members_of_an_organization(anyone: APIClient) -> None:
    a_world()
    members = get(anyone, "actors/state-one/?include=members")["members"]
    assert [(one["member"]["slug"], one["title"]) for one in members] == [("person-one", "minister")]


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("0000", "0000-01-01", "0000-12-31"),
        ("-0043-03-15", "-000043-03-15", "-000043-03-15"),
        ("Y17000", "+017000-01-01", "+017000-12-31"),
        ("Y-13800000000", "-13800000000-01-01", "-13800000000-12-31"),
        ("2020-03-15T10:30:00", "2020-03-15T10:30:00", "2020-03-15T10:30:00"),
        ("2015/..", "2015-01-01", None),
        ("../2015", None, "2015-12-31"),
        ("1917~", "1917-01-01", "1917-12-31"),
    ],
)
def test_bounds_are_nominal_and_written_for_any_age(
    anyone: APIClient, text: str, earliest: str | None, latest: str | None
) -> None:
    factories.a_published_event(slug="it", date=text)
    date = get(anyone, "events/it/")["date"]
    assert (date["text"], date["earliest"], date["latest"]) == (text, earliest, latest)


def test_an_undated_event_keeps_its_words(anyone: APIClient) -> None:
    factories.a_published_event(slug="words", date={"text": "in a short time", "edtf": None})
    factories.a_published_event(slug="nothing")
    assert get(anyone, "events/nothing/")["date"] is None
    assert get(anyone, "events/words/")["date"] == {
        "text": "in a short time",
        "edtf": None,
        "display": "undated",
        "earliest": None,
        "start_latest": None,
        "end_earliest": None,
        "latest": None,
        "precision": None,
        "approximate": False,
        "uncertain": False,
    }


def test_an_address_with_letters_of_any_script(anyone: APIClient) -> None:
    factories.a_published_event(slug="олег-иванов")
    body = get(anyone, "events/олег-иванов/")
    assert anyone.get(body["url"]).json() == body
    assert body["url"].isascii()


def test_a_date_is_read(anyone: APIClient) -> None:
    body = get(anyone, "dates/read/?text=c. 1917")
    assert (body["text"], body["edtf"], body["undated"]) == ("c. 1917", "1917~", False)
    assert (body["earliest"], body["latest"], body["approximate"]) == ("1917-01-01", "1917-12-31", True)
    assert get(anyone, "dates/read/?text=undated")["undated"] is True


def test_a_relative_date_is_read_against_a_reference_only(anyone: APIClient) -> None:
    assert get(anyone, "dates/read/?text=yesterday&reference=2020-08-23")["edtf"] == "2020-08-22"
    error = get(anyone, "dates/read/?text=yesterday", 400)["text"][0]
    assert (error["code"], error["position"]) == ("invalid_date", 0)


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ("", "text", "required"),
        ("text=2020&reference=soon", "reference", "invalid_date"),
        ("text=2020&reference=2020-02-31", "reference", "invalid_date"),
        ("text=2020-13-41", "text", "invalid_date"),
        ("text=2020&language=en", "language", "unknown_parameter"),
    ],
)
def test_the_reader_of_dates_names_what_is_wrong(anyone: APIClient, query: str, name: str, code: str) -> None:
    assert get(anyone, f"dates/read/?{query}", 400)[name][0]["code"] == code


def test_the_documentation_asks_nobody_else_for_anything(anyone: APIClient) -> None:
    page = anyone.get("/api/v1/docs/")
    assert page.status_code == 200
    assert "//" not in page.content.decode().replace("http://testserver", "")
    assert "style-src 'self' 'unsafe-inline'" in page["Content-Security-Policy"]
    assert "script-src" not in page["Content-Security-Policy"]
    assert b"SwaggerUIBundle" in anyone.get("/api/v1/docs/?script=").content
    assert "unsafe-inline" not in anyone.get("/api/v1/")["Content-Security-Policy"]
