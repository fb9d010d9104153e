"""Bad bodies: each is refused with a clear answer by name, never with a 5xx, and nothing is half saved."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import RequestFactory
from rest_framework.test import APIClient, force_authenticate

from api.exceptions import TooLarge
from api.nouns import TagView
from api.parsers import StrictJSONParser
from tests import factories
from timeline import models

pytestmark = pytest.mark.django_db

ROOT = "/api/v1"
WHOLE = "non_field_errors"


@pytest.fixture(autouse=True)
def words(db: None) -> None:
    factories.a_kind(slug="statement")
    factories.a_role(slug="speaker")
    factories.an_actor(slug="ann")
    factories.an_actor(slug="state", kind="state")
    factories.a_source(slug="paper")
    factories.a_published_event(slug="signing")
    factories.a_place(slug="turkey")
    factories.a_contract(slug="deal")


def rows() -> dict[str, list[Any]]:
    """All that there is."""
    nouns = apps.get_app_config("timeline").get_models(include_auto_created=True)
    return {noun._meta.label: list(noun._default_manager.order_by("pk").values()) for noun in nouns}


def refused(client: APIClient, path: str, body: Any, *, method: str = "post", status: int = 400) -> Any:
    """The answer to a body that is refused; nothing may have been saved."""
    before = rows()
    response = getattr(client, method)(f"{ROOT}/{path}", body)
    assert response.status_code == status, response.content
    assert rows() == before
    return response.json()


def codes(errors: Any, *path: str | int) -> list[str]:
    for step in path:
        errors = errors[str(step)]
    return [error["code"] for error in errors]


EVENT: dict[str, Any] = {"title": "It", "kind": "statement"}
CONTRACT: dict[str, Any] = {"title": "It", "kind": "loan", "status": "signed"}

BAD_EVENTS: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    ({"title": None}, ("title",), "null"),
    ({"title": ""}, ("title",), "blank"),
    ({"title": 7}, ("title",), "invalid"),
    ({"title": True}, ("title",), "invalid"),
    ({"title": ["It"]}, ("title",), "invalid"),
    ({"title": "x" * 301}, ("title",), "max_length"),
    ({"colour": "red"}, ("colour",), "unknown_key"),
    ({"date": {"text": "2020", "colour": 1}}, ("date", "colour"), "unknown_key"),
    ({"kind": "nothing"}, ("kind",), "unknown_slug"),
    ({"kind": 7}, ("kind",), "not_slug"),
    ({"kind": {"slug": "nothing"}}, ("kind",), "unknown_slug"),
    ({"kind": {"slug": "statement", "name": "It"}}, ("kind", "name"), "unknown_key"),
    ({"kind": None}, ("kind",), "null"),
    ({"place": "nowhere"}, ("place",), "unknown_slug"),
    ({"place": {"name": "Turkey"}}, ("place",), "not_slug"),
    ({"place": {"slug": "turkey", "colour": 1}}, ("place", "colour"), "unknown_key"),
    ({"tags": ["nothing"]}, ("tags", "0"), "unknown_slug"),
    ({"tags": "nothing"}, ("tags",), "not_a_list"),
    ({"contracts": [True]}, ("contracts", "0"), "not_slug"),
    ({"status": "lost"}, ("status",), "invalid_choice"),
    ({"status": True}, ("status",), "invalid_choice"),
    ({"review": {}}, ("review",), "invalid_choice"),
    ({"importance": 5}, (WHOLE,), "event_importance_is_0_to_4"),
    ({"importance": -1}, ("importance",), "min_value"),
    ({"importance": 2**70}, ("importance",), "max_value"),
    ({"importance": "2"}, ("importance",), "invalid"),
    ({"importance": True}, ("importance",), "invalid"),
    ({"importance": 2.5}, ("importance",), "invalid"),
    ({"importance": None}, ("importance",), "null"),
    ({"slug": "a b"}, ("slug",), "invalid"),
    ({"slug": 7}, ("slug",), "invalid"),
    ({"slug": "signing"}, ("slug",), "unique"),
    ({"slug": "x" * 101}, ("slug",), "max_length"),
    ({"slug": "right\u200fleft"}, ("slug",), "invalid"),
    ({"participants": {}}, ("participants", WHOLE), "not_a_list"),
    ({"participants": ["ann"]}, ("participants", 0, WHOLE), "invalid"),
    ({"participants": [{}]}, ("participants", 0, "actor"), "required"),
    ({"participants": [{"actor": "ann"}]}, ("participants", 0, "role"), "required"),
    (
        {"participants": [{"actor": "nobody", "role": "speaker"}]},
        ("participants", 0, "actor"),
        "unknown_slug",
    ),
    ({"participants": [{"actor": "ann", "role": "nothing"}]}, ("participants", 0, "role"), "unknown_slug"),
    (
        {"participants": [{"actor": "ann", "role": "speaker", "x": 1}]},
        ("participants", 0, "x"),
        "unknown_key",
    ),
    (
        {"participants": [{"actor": "ann", "role": "speaker"}] * 2},
        ("participants", 1, WHOLE),
        "participation_is_given_once",
    ),
    ({"participants": [{}] * 1001}, ("participants", WHOLE), "max_length"),
    ({"related": [{"kind": "asserts", "event": "nothing"}]}, ("related", 0, "event"), "unknown_slug"),
    ({"related": [{"kind": "loves", "event": "signing"}]}, ("related", 0, "kind"), "invalid_choice"),
    (
        {"related": [{"kind": "asserts", "event": "signing"}] * 2},
        ("related", 1, WHOLE),
        "event_relation_is_given_once",
    ),
    (
        {"related": [{"kind": "asserts", "event": "signing", "direction": "incoming"}]},
        ("related",),
        "incoming_is_read_only",
    ),
    ({"citations": [{"quote": "of nothing"}]}, ("citations", 0, "source"), "required"),
    ({"citations": [{"source": "paper", "contract": "deal"}]}, ("citations", 0, "contract"), "unknown_key"),
    ({"citations": [{"source": "paper", "event": "signing"}]}, ("citations", 0, "event"), "unknown_key"),
    (
        {"citations": [{"source": "paper", "attributed_to": "x"}]},
        ("citations", 0, "attributed_to"),
        "unknown_slug",
    ),
    ({"citations": [{"source": "paper", "field": "nonsense"}]}, ("citations", 0, "field"), "unknown_field"),
    ({"citations": [{"source": "paper", "field": "value"}]}, ("citations", 0, "field"), "unknown_field"),
    ({"review": "published"}, ("review",), "not_ready_to_publish"),
    ({"date": "soon"}, ("date",), "invalid_date"),
    ({"date": "yesterday"}, ("date",), "invalid_date"),
    ({"date": {"text": "2020", "edtf": "2002/2001"}}, ("date",), "invalid_date"),
    ({"date": "x" * 501}, ("date",), "invalid_date"),
    ({"date": {"text": 1}}, ("date",), "invalid_date"),
    ({"date": 2020}, ("date",), "not_text"),
    ({"date": True}, ("date",), "not_text"),
    ({"date": []}, ("date",), "not_text"),
]


@pytest.mark.parametrize(("part", "path", "code"), BAD_EVENTS, ids=lambda value: str(value)[:60])
def test_an_event_that_is_refused(editor: APIClient, part: Any, path: Any, code: str) -> None:
    assert code in codes(refused(editor, "events/", EVENT | part), *path)


@pytest.mark.parametrize(("part", "path", "code"), BAD_EVENTS, ids=lambda value: str(value)[:60])
def test_the_same_by_patch_leaves_the_event_as_it_was(
    editor: APIClient, part: Any, path: Any, code: str
) -> None:
    event = factories.an_event(slug="it", title="As it was")
    factories.a_participation(event=event)
    assert code in codes(refused(editor, "events/it/", part, method="patch"), *path)
    event.refresh_from_db()
    assert (event.title, event.version) == ("As it was", 1)


def test_the_character_of_a_date_that_is_wrong_is_named(editor: APIClient) -> None:
    error = refused(editor, "events/", EVENT | {"date": "12 Foo 2020"})["date"][0]
    assert (error["code"], error["position"]) == ("invalid_date", 3)


def test_all_keys_that_are_wrong_are_named_at_once(editor: APIClient) -> None:
    body = {
        "colour": "red",
        "title": 7,
        "date": "soon",
        "participants": [{"actor": "ann", "role": "speaker"}, {"actor": "nobody", "size": 1}],
    }
    errors = refused(editor, "events/", body)
    assert set(errors) == {"colour", "title", "kind", "date", "participants"}
    assert set(errors["participants"]["1"]) == {"actor", "role", "size"}
    value = refused(editor, "contracts/", CONTRACT | {"value": {"tax": 1, "amount": "much"}})["value"]
    assert set(value) == {"tax", "amount"}


def test_an_event_is_not_related_to_itself(editor: APIClient) -> None:
    body = {"related": [{"kind": "causes", "event": "signing"}]}
    errors = refused(editor, "events/signing/", body, method="patch")
    assert codes(errors, "related", 0, WHOLE) == ["event_is_not_related_to_itself"]


def test_the_last_citation_of_a_published_event_stays(editor: APIClient) -> None:
    errors = refused(editor, "events/signing/", {"citations": []}, method="patch")
    assert codes(errors, "review") == ["not_ready_to_publish"]


BAD_CONTRACTS: list[tuple[dict[str, Any], tuple[str | int, ...], str]] = [
    ({"value": {"amount": "1"}}, (WHOLE,), "contract_value_has_a_currency"),
    ({"value": {"amount": "1", "currency": "XYZ"}}, (WHOLE,), "contract_currency_is_a_code"),
    ({"value": {"amount": "1", "currency": "USDS"}}, ("value", "currency"), "max_length"),
    ({"value": {"amount": "-1", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"low": "2", "high": "1", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"high": "-1", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"low": "-1", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"amount": "1", "low": "2", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"amount": "3", "high": "2", "currency": "USD"}}, (WHOLE,), "contract_value_is_ordered"),
    ({"value": {"amount": "NaN", "currency": "USD"}}, ("value", "amount"), "invalid"),
    ({"value": {"amount": "1e5", "currency": "USD"}}, ("value", "amount"), "invalid"),
    ({"value": {"amount": True, "currency": "USD"}}, ("value", "amount"), "invalid"),
    ({"value": {"amount": 2**70, "currency": "USD"}}, ("value", "amount"), "max_digits"),
    ({"value": {"amount": "1.005", "currency": "USD"}}, ("value", "amount"), "max_decimal_places"),
    ({"value": {"amount": "1", "currency": "USD", "tax": 1}}, ("value", "tax"), "unknown_key"),
    ({"value": "1 USD"}, ("value", WHOLE), "invalid"),
    ({"value": {"is_estimate": "yes"}}, ("value", "is_estimate"), "invalid"),
    ({"follows": "nothing"}, ("follows",), "unknown_slug"),
    (
        {"payment_terms": [{"kind": "loan", "share": "45"}, {"kind": "loan", "share": "60"}]},
        (WHOLE,),
        "shares_exceed_100",
    ),
    ({"payment_terms": [{"kind": "loan", "share": "101"}]}, ("payment_terms", 0, "share"), "max_value"),
    (
        {"payment_terms": [{"kind": "loan", "share": "1", "amount": "1", "currency": "USD"}]},
        ("payment_terms", 0, WHOLE),
        "payment_term_has_share_or_amount",
    ),
    (
        {"payment_terms": [{"kind": "loan", "amount": "1"}]},
        ("payment_terms", 0, WHOLE),
        "payment_term_amount_has_a_currency",
    ),
    (
        {"payment_terms": [{"kind": "loan", "amount": "1", "currency": "ABC"}]},
        ("payment_terms", 0, WHOLE),
        "payment_term_currency_is_a_code",
    ),
    (
        {"parties": [{"actor": "ann", "role": "buyer"}] * 2},
        ("parties", 1, WHOLE),
        "contract_party_is_given_once",
    ),
    ({"parties": [{"actor": "ann", "role": "friend"}]}, ("parties", 0, "role"), "invalid_choice"),
    (
        {"items": [{"designation": "x", "quantity": {"amount": 9, "low": 10, "high": 20}}]},
        ("items", 0, WHOLE),
        "contract_item_quantity_is_ordered",
    ),
    (
        {"items": [{"designation": "x", "quantity": {"low": 2, "high": 1}}]},
        ("items", 0, WHOLE),
        "contract_item_quantity_is_ordered",
    ),
    ({"milestones": [{"kind": "signed", "due": "soon"}]}, ("milestones", 0, "due"), "invalid_date"),
    (
        {"milestones": [{"kind": "signed", "event": "signing", "met": "1999"}]},
        ("milestones", 0, "met"),
        "milestone_is_met_by_its_event",
    ),
    ({"citations": [{"source": "paper", "field": "place"}]}, ("citations", 0, "field"), "unknown_field"),
    ({"review": "published"}, ("review",), "not_ready_to_publish"),
]


@pytest.mark.parametrize(("part", "path", "code"), BAD_CONTRACTS, ids=lambda value: str(value)[:60])
@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_contract_that_is_refused(editor: APIClient, part: Any, path: Any, code: str, method: str) -> None:
    address, body = ("contracts/", CONTRACT | part) if method == "post" else ("contracts/deal/", part)
    assert code in codes(refused(editor, address, body, method=method), *path)


@pytest.mark.parametrize(
    ("path", "body", "where", "code"),
    [
        ("actors/", {"name": "It", "kind": "robot"}, ("kind",), "invalid_choice"),
        (
            "actors/",
            {"name": "It", "kind": "person", "identifiers": [{"scheme": "wikidata", "value": "Q1"}]},
            ("identifiers", 0, WHOLE),
            "identifier_names_one_actor",
        ),
        (
            "actors/",
            {"name": "It", "kind": "person", "aliases": [{"name": "That"}, {"name": "That"}]},
            ("aliases", 1, WHOLE),
            "alias_is_given_once",
        ),
        (
            "actors/",
            {"name": "It", "kind": "person", "affiliations": [{"organization": "state"}] * 2},
            ("affiliations", 1, WHOLE),
            "affiliation_is_given_once",
        ),
        ("sources/", {"title": "It", "kind": "book", "url": "javascript:alert(1)"}, ("url",), "invalid"),
        ("sources/", {"title": "It", "kind": "book", "url": 1}, ("url",), "invalid"),
        ("sources/", {"title": "It", "kind": "book", "retrieved_on": 20200101}, ("retrieved_on",), "invalid"),
        ("sources/", {"title": "It", "kind": "book", "retrieved_on": "soon"}, ("retrieved_on",), "invalid"),
        ("sources/", {"title": "It", "kind": "book", "published": "soon"}, ("published",), "invalid_date"),
        ("sources/", {"title": "It", "kind": "book", "reliability": "G"}, ("reliability",), "invalid_choice"),
        (
            "places/",
            {"name": "It", "latitude": "91", "longitude": "0"},
            (WHOLE,),
            "place_latitude_is_on_the_globe",
        ),
        (
            "places/",
            {"name": "It", "latitude": "0", "longitude": "181"},
            (WHOLE,),
            "place_longitude_is_on_the_globe",
        ),
        ("places/", {"name": "It", "latitude": "0"}, (WHOLE,), "place_has_both_coordinates_or_none"),
        (
            "timelines/",
            {"title": "It", "entries": [{"event": "signing"}] * 2},
            ("entries", 1, WHOLE),
            "timeline_has_an_event_once",
        ),
        ("timelines/", {"title": "It", "is_public": "true"}, ("is_public",), "invalid"),
        ("tags/", {"name": None}, ("name",), "null"),
        ("kinds/", {}, ("name",), "required"),
        ("roles/", {"name": "It", "slug": "speaker"}, ("slug",), "unique"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_other_nouns_that_are_refused(editor: APIClient, path: str, body: Any, where: Any, code: str) -> None:
    models.Identifier.objects.create(actor=factories.an_actor(), scheme="wikidata", value="Q1")
    assert code in codes(refused(editor, path, body), *where)


@pytest.mark.parametrize(
    ("path", "body", "where", "code"),
    [
        (
            "actors/ann/",
            {"affiliations": [{"organization": "ann"}]},
            ("affiliations", 0, WHOLE),
            "affiliation_is_not_with_oneself",
        ),
        ("sources/paper/", {"quoted_in": "paper"}, ("quoted_in",), "source_is_circular"),
        ("contracts/deal/", {"follows": "deal"}, ("follows",), "contract_is_circular"),
        ("places/turkey/", {"part_of": "turkey"}, ("part_of",), "place_is_circular"),
        ("places/turkey/", {"part_of": "ankara"}, ("part_of",), "place_is_circular"),
        ("places/turkey/", {"latitude": "95", "longitude": "1"}, (WHOLE,), "place_latitude_is_on_the_globe"),
    ],
    ids=lambda value: str(value)[:60],
)
def test_nothing_is_made_to_refer_to_itself(
    editor: APIClient, path: str, body: Any, where: Any, code: str
) -> None:
    factories.a_place(slug="ankara", part_of=models.Place.objects.get(slug="turkey"))
    assert code in codes(refused(editor, path, body, method="patch"), *where)


BODIES: list[tuple[bytes, int, str]] = [
    (b"", 400, "required"),
    (b"{", 400, "parse_error"),
    (b"no JSON", 400, "parse_error"),
    (b"\xff\xfe{}", 400, "parse_error"),
    (b'{"name": NaN}', 400, "parse_error"),
    (b'{"name": -Infinity}', 400, "parse_error"),
    (b'{"name": 1e99999999999999999999}', 400, "parse_error"),
    (b'{"name": ' + b"9" * 5000 + b"}", 400, "parse_error"),
    (b'{"name": "a", "name": "b"}', 400, "parse_error"),
    (b"[" * 10_000, 400, "parse_error"),
    (b'{"name": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400, "parse_error"),
    (b'{"name": ' * 10_000 + b"1" + b"}" * 10_000, 400, "parse_error"),
    (b'{"name": "' + b"[" * 50 + b'\\"{"}', 201, ""),
    (b'[{"name": "a"}]', 400, "invalid"),
    (b'"name"', 400, "invalid"),
    (b"null", 400, "null"),
    (b'{"name": "a\\u0000b"}', 400, "invalid_characters"),
    (b'{"name": "a\\ud800b"}', 400, "invalid_characters"),
    (b'{"na\\u0000me": "a"}', 400, "invalid_characters"),
    (b'{"\\udfff": "a"}', 400, "invalid_characters"),
    (b'{"name": "\\u200fabc\\u200f"}', 201, ""),
    (b'{"name": "' + b"a" * 2_097_152 + b'"}', 413, "too_large"),
    (b" " * 20_971_520, 413, "too_large"),
]


@pytest.mark.parametrize(
    ("body", "status", "code"), BODIES, ids=[str(body[:30]) + str(len(body)) for body, _, _ in BODIES]
)
def test_bodies_that_are_no_good_json(editor: APIClient, body: bytes, status: int, code: str) -> None:
    response = editor.generic("POST", f"{ROOT}/tags/", body, content_type="application/json")  # type: ignore[arg-type]
    assert response.status_code == status, response.content
    assert f'"code":"{code}"'.encode() in response.content or status == 201
    assert models.Tag.objects.exists() is (status == 201)


def nested(levels: int) -> str:
    return '{"name": ' * levels + "1" + "}" * levels


LIMITS: list[tuple[str, str, str, int, str]] = [
    ("post", "events/", '{"title": "' + "a" * 2_097_152 + '"}', 413, "too_large"),
    ("post", "events/", "[" + " " * 2_097_152 + "]", 413, "too_large"),
    ("put", "tags/it/", '{"name": "' + "a" * 2_097_152 + '"}', 413, "too_large"),
    ("patch", "tags/it/", '{"name": "' + "a" * 2_097_152 + '"}', 413, "too_large"),
    ("post", "tags/", nested(33), 400, "parse_error"),
    ("post", "events/", "[" * 33 + "]" * 33, 400, "parse_error"),
    ("put", "tags/it/", nested(33), 400, "parse_error"),
    ("patch", "tags/it/", nested(33), 400, "parse_error"),
    ("post", "tags/", nested(32), 400, "invalid"),
    ("get", f"events/?{'&'.join(['actor=ann'] * 101)}", "", 400, "too_many_values"),
    ("get", f"events/?{'&'.join(['actor=ann'] * 1001)}", "", 400, "too_many_values"),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"), LIMITS, ids=lambda value: str(value)[:30]
)
def test_what_is_beyond_a_limit_is_refused_in_json(
    editor: APIClient, method: str, path: str, body: str, status: int, code: str
) -> None:
    factories.a_tag(slug="it", name="It")
    response = editor.generic(method.upper(), f"{ROOT}/{path}", body, content_type="application/json")
    assert (response.status_code, response["Content-Type"]) == (status, "application/json")
    assert f'"code":"{code}"' in response.content.decode()
    assert models.Tag.objects.get().name == "It"


@pytest.mark.parametrize("path", ["", "events/", "events/signing/", "dates/read/"])
def test_an_address_with_thousands_of_parameters_is_refused(anyone: APIClient, path: str) -> None:
    response = anyone.get(f"{ROOT}/{path}?{'&'.join(['actor=x'] * 5001)}")
    assert (response.status_code, response.json()["code"]) == (400, "too_many_parameters")


def test_right_to_left_marks_are_kept(editor: APIClient) -> None:
    name = "\u200f\u05e9\u05dd\u200f \u202etfel"
    assert editor.post(f"{ROOT}/tags/", {"name": name}).json()["name"] == name


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"CONTENT_LENGTH": "30000000"}, 413, "too_large"),
        ({"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"}, 411, "length_required"),
    ],
)
def test_a_body_may_be_refused_by_its_headers(headers: dict[str, str], status: int, code: str) -> None:
    request = RequestFactory().generic("POST", f"{ROOT}/tags/", b"{}", content_type="application/json")
    request.META |= headers
    force_authenticate(request, factories.an_editor())
    response = TagView.as_view({"post": "create"})(request)
    assert (response.status_code, response.data["code"]) == (status, code)


def test_the_limit_holds_for_what_is_read_too() -> None:
    with pytest.raises(TooLarge):
        StrictJSONParser().parse(BytesIO(b" " * 20_971_520))


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("put", "tags/", 405, "method_not_allowed"),
        ("delete", "tags/", 405, "method_not_allowed"),
        ("post", "docs/", 405, "method_not_allowed"),
        ("post", "schema/", 405, "method_not_allowed"),
        ("post", "tags/x/", 405, "method_not_allowed"),
        ("post", "dates/read/", 405, "method_not_allowed"),
        ("post", "actors/ann/events/", 405, "method_not_allowed"),
        ("get", "tags/x/", 404, "not_found"),
        ("get", "nouns/", 404, "not_found"),
        ("get", "tags/a%00b/", 404, "not_found"),
        ("get", "tags/a%ED%A0%80/", 404, "not_found"),
        ("get", "tags/%E2%80%8Fa/", 404, "not_found"),
        ("post", "nouns/", 404, "not_found"),
    ],
)
def test_methods_and_addresses_that_do_not_exist(
    editor: APIClient, method: str, path: str, status: int, code: str
) -> None:
    response = getattr(editor, method)(f"{ROOT}/{path}")
    assert (response.status_code, response.json()["code"]) == (status, code)


@pytest.mark.parametrize("path", ["schema/", "docs/", "events/", "checks/"])
def test_what_goes_wrong_is_told_in_json_whatever_was_asked_for(anyone: APIClient, path: str) -> None:
    response = anyone.get(f"{ROOT}/{path}", headers={"accept": "image/png"})
    assert (response.status_code, response["Content-Type"]) == (406, "application/json")
    assert response.json()["code"] == "not_acceptable"


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("tags/?limit=1&nonsense=1", "GET, POST, HEAD, OPTIONS"),
        ("tags/x/", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("events/histogram/", "GET, HEAD, OPTIONS"),
        ("dates/read/", "GET, HEAD, OPTIONS"),
    ],
)
def test_what_may_be_done_at_an_address_is_told(anyone: APIClient, path: str, methods: str) -> None:
    response = anyone.options(f"{ROOT}/{path}")
    assert (response.status_code, response.content, response["Allow"]) == (204, b"", methods)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a_body_is_declared_as_json(editor: APIClient, content_type: str) -> None:
    response = editor.generic("POST", f"{ROOT}/tags/", b'{"name": "a"}', content_type=content_type)  # type: ignore[arg-type]
    assert (response.status_code, response.json()["code"]) == (415, "unsupported_media_type")


def test_an_answer_nobody_can_give_is_refused(anyone: APIClient) -> None:
    response = anyone.get(f"{ROOT}/tags/", headers={"accept": "text/csv"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_takes_no_parameters(editor: APIClient, method: str) -> None:
    address = f"{ROOT}/tags/" if method == "post" else f"{ROOT}/tags/{factories.a_tag().slug}/"
    response = getattr(editor, method)(f"{address}?force=true", {"name": "It"})
    assert (response.status_code, list(response.json())) == (400, ["force"])


def test_two_who_write_the_same_at_once_are_told(editor: APIClient) -> None:
    """Between the check of the slug and the insert another request took it."""

    def faster(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "It" in (params or ()):  # as only the row itself has it
            models.Tag.objects.create(slug="it", name="Faster")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(faster):
        response = editor.post(f"{ROOT}/tags/", {"name": "It", "slug": "it"})
    assert (response.status_code, response.json()["code"]) == (409, "conflict")


def test_who_is_overtaken_by_things_of_the_same_name_gets_a_slug_all_the_same(editor: APIClient) -> None:
    left = [1, 2, 3]

    def faster(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if left and "It" in (params or ()):  # as only the row itself has it
            left.pop()
            models.Tag.objects.create(slug="it", name="Faster")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(faster):
        response = editor.post(f"{ROOT}/tags/", {"name": "It"})
    assert (response.status_code, response.json()["slug"]) == (201, "it")
