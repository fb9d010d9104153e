"""OpenAPI and docs/api.md are true: every parameter, error and answer is told as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLResolver, get_resolver
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from rest_framework.test import APIClient

from api import documents, nouns
from api.filters import Parameter
from api.histogram import HistogramView
from api.pages import DateReadView
from tests.api.world import NOUNS, a_world
from timeline.models import Citation

API = Path(__file__).parents[2] / "api"
DOCS = API.parent / "docs" / "api.md"
# What REST framework could say of keys other than those that bodies have: of a shortest length, of numbers
# that are strings, of ASCII slugs, of what a day was read from.
NEVER_MET = {"min_length", "max_string_length", "invalid_unicode", "datetime"}

LISTS = {
    "events": nouns.EventView,
    "actors": nouns.ActorView,
    "contracts": nouns.ContractView,
    "sources": nouns.SourceView,
    "timelines": nouns.TimelineView,
    "places": nouns.PlaceView,
    "tags": nouns.TagView,
    "kinds": nouns.KindView,
    "roles": nouns.RoleView,
}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


def parameters(noun: str) -> list[Parameter]:
    view = LISTS[noun]()
    view.action = "list"
    return view.parameters()


def test_the_schema_is_valid_and_made_without_a_warning(tmp_path: Path) -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yaml"))


def test_it_is_served_in_both_forms(anyone: APIClient) -> None:
    assert anyone.get("/api/v1/schema/").content.startswith(b"openapi: 3.1.0")
    assert anyone.get("/api/v1/schema/?format=json").json()["info"]["title"] == "Timeline"


@pytest.mark.parametrize("noun", NOUNS)
def test_every_parameter_of_every_list_is_in_the_schema(schema: dict[str, Any], noun: str) -> None:
    parts = schema["paths"][f"/api/v1/{noun}/"]["get"]["parameters"]
    told = {one["name"] for one in parts if one["in"] == "query"}
    assert told == {parameter.name for parameter in parameters(noun)}


@pytest.mark.parametrize("noun", NOUNS)
def test_every_parameter_of_every_list_is_in_the_docs(noun: str) -> None:
    docs = DOCS.read_text(encoding="utf-8")
    for parameter in [*parameters(noun), *DateReadView().parameters(), *HistogramView().parameters()]:
        assert f"`{parameter.name}`" in docs, parameter.name


def test_every_code_of_ours_is_in_the_docs() -> None:
    """Read off the sources: what is given as a code where an error is made."""
    text = "".join(path.read_text(encoding="utf-8") for path in API.rglob("*.py"))
    codes = set(
        re.findall(
            r'(?:error|refusal)\((?:[^()]|\([^()]*\))*?"([a-z_]+_[a-z_]+|empty|repeated|required)"', text
        )
    )
    codes |= set(re.findall(r'default_code = "(\w+)"', text))
    docs = DOCS.read_text(encoding="utf-8")
    assert {code for code in codes if f"`{code}`" not in docs} == set()
    assert len(codes) > 30


def keys_of_bodies(field: Any) -> Iterator[Any]:
    """Every key that a body may have, its lines and theirs."""
    yield field
    for part in (getattr(field, "child", None), *getattr(field, "fields", {}).values()):
        if part is not None and not part.read_only:
            yield from keys_of_bodies(part)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_code_of_a_key_is_in_the_docs(noun: str) -> None:
    docs = DOCS.read_text(encoding="utf-8")
    for key in keys_of_bodies(LISTS[noun].serializer_class()):
        codes = {*key.error_messages} - NEVER_MET
        assert {code for code in codes if f"`{code}`" not in docs} == set(), key.field_name


def test_the_schema_has_every_address(schema: dict[str, Any]) -> None:
    nested = {f"/api/v1/{noun}/{{slug}}/events/" for noun in ("actors", "contracts", "sources", "timelines")}
    whole = {f"/api/v1/{noun}/" for noun in NOUNS}
    single = {f"/api/v1/{noun}/{{slug}}/" for noun in NOUNS}
    named = ("", "changes/", "checks/", "dates/read/", "events/histogram/")
    others = {f"/api/v1/{path}" for path in named}
    assert set(schema["paths"]) == whole | single | nested | others


def registered(patterns: Any = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Every URL pattern of the site as one text, with its view."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        if isinstance(one, URLResolver):
            yield from registered(one.url_patterns, path)
        else:
            yield path, one.callback


def test_it_has_no_other_address_than_are_registered(schema: dict[str, Any]) -> None:
    """Apart from the schema itself, its page, and what answers that there is nothing."""
    found = {
        "/" + path.replace(r"(?P<slug>[-\w]+)", "{slug}"): set(getattr(view, "actions", None) or ())
        for path, view in registered()
        if path.startswith("api/v1/")
    }
    assert found.keys() - set(schema["paths"]) == {"/api/v1/schema/", "/api/v1/docs/", r"/api/v1/[\s\S]*/"}
    assert set(schema["paths"]) - found.keys() == set()
    for path, methods in found.items():
        if methods:
            assert methods - {"head"} == set(schema["paths"][path]), path


def answers_of(client: APIClient) -> list[tuple[str, str, Any]]:
    """(path in the schema, status, body) of many requests."""
    a_world()
    extras = {
        "events": "timelines",
        "contracts": "events,followed_by",
        "sources": "text",
        "actors": "members",
        "places": "parts",
    }
    found = []

    def get(path: str, query: str) -> Any:
        response = client.get(path + query)
        found.append((path, str(response.status_code), response.json()))
        return response.json()

    for noun in NOUNS:
        path = f"/api/v1/{noun}/"
        include = f"&include={extras[noun]}" if noun in extras else ""
        for row in get(path, f"?count=exact{include}")["results"]:
            response = client.get(f"{path}{row['slug']}/?format=json{include}")
            found.append((f"{path}{{slug}}/", "200", response.json()))
        get(path, "?colour=red")
        response = client.get(f"{path}nothing/")
        found.append((f"{path}{{slug}}/", "404", response.json()))
    get("/api/v1/events/", "?date=2020&undated=include&fields=slug,match,date")
    get("/api/v1/", "")
    get("/api/v1/dates/read/", "?text=mid-March 2020")
    get("/api/v1/dates/read/", "?text=12 Foo 2020")
    get("/api/v1/events/histogram/", "?bucket=month&spread=even")
    get("/api/v1/events/histogram/", "?bins=10&date=2020")
    get("/api/v1/events/histogram/", "?bins=x")
    return found


def test_every_answer_is_as_the_schema_says(schema: dict[str, Any], anyone: APIClient) -> None:
    for path, status, body in answers_of(anyone):
        told = schema["paths"][path]["get"]["responses"][status]["content"]["application/json"]["schema"]
        validator = Draft202012Validator({**told, "components": schema["components"]})
        assert [error.message for error in validator.iter_errors(body)] == [], path


@pytest.mark.parametrize("noun", NOUNS)
def test_a_document_has_the_keys_that_the_schema_tells(schema: dict[str, Any], noun: str) -> None:
    view = LISTS[noun]
    name = view.serializer_class.__name__.removesuffix("Serializer")
    told = set(schema["components"]["schemas"][name]["properties"])
    assert told == {*view.document.parts, *(["match", "snippets"] if noun == "events" else [])}


def test_a_citation_is_of_a_key_of_the_document() -> None:
    assert set(Citation.EVENT_FIELDS) <= set(documents.EVENT.standard)
    assert set(Citation.CONTRACT_FIELDS) <= set(documents.CONTRACT.standard)


@pytest.mark.parametrize("noun", NOUNS)
def test_what_was_answered_is_a_body_as_the_schema_says(
    schema: dict[str, Any], editor: APIClient, noun: str
) -> None:
    """Apart from the read-only keys, which bodies may have and the schema of bodies leaves out."""
    a_world()
    told = schema["paths"][f"/api/v1/{noun}/{{slug}}/"]["put"]["requestBody"]["content"]["application/json"]
    validator = Draft202012Validator({**told["schema"], "components": schema["components"]})
    for body in editor.get(f"/api/v1/{noun}/").json()["results"]:
        assert [error.message for error in validator.iter_errors(body)] == []


@pytest.mark.parametrize(
    ("method", "path", "sent", "answered"),
    [
        ("get", "tags/", {"If-None-Match"}, {"ETag"}),
        ("get", "tags/{slug}/", {"If-None-Match"}, {"ETag"}),
        ("post", "tags/", {"Idempotency-Key"}, {"ETag", "Location", "Idempotent-Replay"}),
        ("put", "tags/{slug}/", {"If-Match"}, {"ETag"}),
        ("patch", "tags/{slug}/", {"If-Match"}, {"ETag"}),
        ("delete", "tags/{slug}/", {"If-Match"}, set()),
        ("get", "dates/read/", set(), set()),
    ],
)
def test_every_header_is_told(
    schema: dict[str, Any], method: str, path: str, sent: set[str], answered: set[str]
) -> None:
    told = schema["paths"][f"/api/v1/{path}"][method]
    parts = [one for one in told["parameters"] if one["in"] == "header"]
    assert {one["name"] for one in parts} == sent
    assert all(one.get("required", False) is (one["name"] == "If-Match") for one in parts)
    success = min(told["responses"])
    assert set(told["responses"][success].get("headers", ())) == answered


def test_a_post_of_events_takes_one_or_a_list(schema: dict[str, Any]) -> None:
    told = schema["paths"]["/api/v1/events/"]["post"]
    for where, name in ((told["requestBody"], "EventRequest"), (told["responses"]["201"], "Event")):
        one, several = where["content"]["application/json"]["schema"]["oneOf"]
        assert one == several["items"] == {"$ref": f"#/components/schemas/{name}"}
        assert (several["minItems"], several["maxItems"]) == (1, 1000)


@pytest.mark.parametrize(
    ("path", "method", "statuses"),
    [
        ("events/", "get", "200 304 400 401 406 429 503"),
        ("events/", "post", "201 400 401 403 406 409 411 413 415 422 429 503"),
        ("events/{slug}/", "get", "200 304 308 400 401 404 406 410 429 503"),
        ("contracts/{slug}/", "get", "200 304 308 400 401 404 406 410 429 503"),
        ("actors/{slug}/", "get", "200 304 308 400 401 404 406 429 503"),
        ("events/{slug}/", "put", "200 400 401 403 404 406 409 411 412 413 415 428 429 503"),
        ("events/{slug}/", "patch", "200 400 401 403 404 406 409 411 412 413 415 428 429 503"),
        ("events/{slug}/", "delete", "204 400 401 403 404 406 409 412 428 429 503"),
        ("actors/{slug}/events/", "get", "200 304 308 400 401 404 406 429 503"),
        ("checks/", "get", "200 304 400 401 406 429 503"),
        ("checks/", "post", "200 400 401 403 406 409 411 413 415 429 503"),
        ("dates/read/", "get", "200 400 401 406 429 503"),
        ("", "get", "200 400 401 406 429 503"),
    ],
)
def test_every_status_is_told(schema: dict[str, Any], path: str, method: str, statuses: str) -> None:
    told = schema["paths"][f"/api/v1/{path}"][method]["responses"]
    assert " ".join(sorted(told)) == statuses


def test_lists_of_events_are_told_in_all_their_forms(schema: dict[str, Any]) -> None:
    lists = [
        "events/",
        *(f"{noun}/{{slug}}/events/" for noun in ("actors", "contracts", "sources", "timelines")),
    ]
    for path, operations in schema["paths"].items():
        told = operations["get"]["responses"]
        forms = {"application/x-ndjson", "text/csv"} if path.removeprefix("/api/v1/") in lists else set()
        assert set(told["200"]["content"]) == {"application/json", *forms}, path
        assert set(told["400"]["content"]) == {"application/json"}, path
