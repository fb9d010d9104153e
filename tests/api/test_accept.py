"""The form of an answer as the client accepts it: by weights, and by how specific a range is."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from tests import factories as make

pytestmark = pytest.mark.django_db

EVENTS = "/api/v1/events/"
JSON = "application/json"
NDJSON = "application/x-ndjson"
CSV = "text/csv"

ACCEPTED = [
    ("*/*", JSON),
    (JSON, JSON),
    ("", JSON),
    (" , ", JSON),
    # The weight decides, wherever it stands.
    (f"{JSON};q=0.1, {CSV}", CSV),
    (f"{CSV}, {JSON};q=0.1", CSV),
    (f"{NDJSON};q=0.2, {CSV};q=0.9", CSV),
    (f"{NDJSON};q=0.9, {CSV};q=0.2", NDJSON),
    (f"{NDJSON};q=0.201, {CSV};q=0.202", CSV),
    ("application/*;q=0.2, text/*;q=0.3", CSV),
    # The most specific range says the weight of a form.
    (f"{CSV};q=0, */*", JSON),
    (f"*/*;q=0.1, {CSV};q=0", JSON),
    (f"{JSON};q=0, */*", NDJSON),
    (f"{JSON};q=0, application/*", NDJSON),
    (f"application/*;q=0, {JSON};q=0.1", JSON),
    (f"application/*;q=0, {CSV};q=0, */*, {JSON};q=0.001", JSON),
    ("application/*;q=0, */*;q=0.1", CSV),
    (f"{JSON};q=0.1, application/*;q=0.5, */*;q=0.3", NDJSON),
    # Of equal weights the more specific, then the server's own order.
    (f"{CSV}, */*", CSV),
    (f"*/*, {CSV}", CSV),
    ("*/*;q=0.5, text/*;q=0.5", CSV),
    (f"{CSV}, {JSON}", JSON),
    (f"{CSV}, {NDJSON}", NDJSON),
    (f"{CSV}, application/*", CSV),
    ("application/*", JSON),
    ("text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8", JSON),
    ("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", JSON),
    # Letters, white space and other parameters do not count.
    ("TEXT/CSV ; Q=0.5 , Application/JSON;q=0.4", CSV),
    (f"{JSON}; charset=utf-8", JSON),
    (f"{CSV}; header=present; charset=utf-8, {JSON};q=0.9", CSV),
    (f"{JSON};odata=verbose;q=0.1, {JSON}, {CSV};q=0.5", JSON),
    (f'{CSV};header="a;q=0", {JSON};q=0.9', CSV),
    # A weight that is none counts as 1.
    *((f"{CSV};q={weight}, {JSON};q=0.9", CSV) for weight in ("", "x", "2", "-1", "nan", "inf")),
    *((f"{CSV};q={weight}, {JSON};q=0.9", JSON) for weight in ("0", "0.0", "0.000", "0.5", "0,5")),
    # What cannot be read is passed over.
    (f"{CSV};q*=nothing'en'%41, {JSON};q=0.1", JSON),
    (f"nonsense, /, ;, {CSV}", CSV),
]
REFUSED = [
    f"{JSON};q=0",
    "*/*;q=0",
    "text/html",
    "application/xml, image/*",
    f"{JSON};q=0, {NDJSON};q=0, {CSV};q=0, */*",
    f"{CSV};q*=nothing'en'%41",
    "nonsense",
]
# Where JSON is the only form.
SINGLE = ["/api/v1/events/one/", "/api/v1/kinds/", "/api/v1/", "/api/v1/events/histogram/?bucket=year"]


def answered(client: APIClient, accepted: str, address: str = EVENTS) -> tuple[int, str]:
    """The status and the media type."""
    response: Any = client.get(address, headers={"Accept": accepted})
    return response.status_code, response["Content-Type"].partition(";")[0]


@pytest.mark.parametrize(("accepted", "form"), ACCEPTED)
def test_a_list_has_the_form_that_is_liked_best(anyone: APIClient, accepted: str, form: str) -> None:
    assert answered(anyone, accepted) == (200, form)


def test_without_accept_it_is_json(anyone: APIClient) -> None:
    response = anyone.get(EVENTS)
    assert (response.status_code, response["Content-Type"]) == (200, JSON)


@pytest.mark.parametrize("accepted", REFUSED)
def test_what_accepts_no_form_is_told_so_in_json(anyone: APIClient, accepted: str) -> None:
    response = anyone.get(EVENTS, headers={"Accept": accepted})
    assert (response.status_code, response["Content-Type"]) == (406, JSON)
    assert response.json()["code"] == "not_acceptable"


def test_a_page_is_not_refused_for_a_form_that_is_not_wanted(anyone: APIClient) -> None:
    assert answered(anyone, f"*/*;q=0.1, {CSV};q=0", f"{EVENTS}?limit=2") == (200, JSON)
    assert answered(anyone, CSV, f"{EVENTS}?limit=2") == (400, JSON)


@pytest.mark.parametrize("address", SINGLE)
def test_other_answers_are_json_or_refused(anyone: APIClient, address: str) -> None:
    make.a_published_event(slug="one")
    for accepted in ("*/*", f"{CSV}, {JSON};q=0.1", f"{CSV}, */*;q=0.1", "application/*;q=0.1"):
        assert answered(anyone, accepted, address) == (200, JSON), accepted
    for accepted in (f"{JSON};q=0", f"{JSON};q=0, */*", CSV, "*/*;q=0.000"):
        assert answered(anyone, accepted, address) == (406, JSON), accepted


@pytest.mark.parametrize(
    ("address", "status"),
    [(f"{EVENTS}?colour=red", 400), (f"{EVENTS}nothing/", 404), ("/api/v1/actors/nobody/events/", 404)],
)
def test_what_goes_wrong_is_told_in_json(anyone: APIClient, address: str, status: int) -> None:
    for accepted in (f"{CSV}, {JSON};q=0.1", f"{CSV};q=0, */*", f"{NDJSON};q=0.2, */*;q=0.1"):
        assert answered(anyone, accepted, address) == (status, JSON), accepted


def test_nothing_is_written_for_who_takes_no_answer(editor: APIClient) -> None:
    response = editor.post("/api/v1/tags/", {"name": "Arms"}, headers={"Accept": f"{JSON};q=0"})
    assert response.status_code == 406
    assert editor.get("/api/v1/tags/").json()["results"] == []


@pytest.mark.parametrize(("name", "form"), [("json", JSON), ("ndjson", NDJSON), ("csv", CSV)])
@pytest.mark.parametrize("accepted", ["", "*/*", JSON, CSV, f"{JSON};q=0, {CSV};q=0", "text/html"])
def test_the_form_that_the_address_names_is_answered_whatever_is_accepted(
    anyone: APIClient, accepted: str, name: str, form: str
) -> None:
    assert answered(anyone, accepted, f"{EVENTS}?format={name}") == (200, form)


def test_of_two_documents_of_one_name_the_one_that_is_accepted(anyone: APIClient) -> None:
    schema = "/api/v1/schema/?format=json"
    assert answered(anyone, "*/*", schema) == (200, "application/vnd.oai.openapi+json")
    assert answered(anyone, JSON, schema) == (200, JSON)
    assert answered(anyone, "text/html", schema) == (200, "application/vnd.oai.openapi+json")
    assert answered(anyone, f"{JSON};q=0", schema) == (200, "application/vnd.oai.openapi+json")
