"""ETags: what has not changed is not sent again, and who changes a thing has seen what it is now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from rest_framework.request import Request
from rest_framework.test import APIClient

from api.conditional import is_known
from tests import factories
from tests.admin.forms import address, filled_in
from tests.api.world import NOUNS, a_world
from tests.together import a_database_for_many, at_once
from timeline import models

ROOT = "/api/v1"


@pytest.fixture
def writer(db: None) -> APIClient:
    """Somebody who may do everything, and is asked for the version."""
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    return client


def slugs(client: APIClient) -> Iterator[tuple[str, str]]:
    for noun in NOUNS:
        yield noun, client.get(f"{ROOT}/{noun}/").json()["results"][0]["slug"]


def test_what_the_client_has_is_not_sent_again(anyone: APIClient) -> None:
    a_world()
    for noun, slug in slugs(anyone):
        path = f"{ROOT}/{noun}/{slug}/"
        first = anyone.get(path)
        assert re.fullmatch(r'"\d+-[0-9a-f]{16}"', first["ETag"])
        again = anyone.get(path, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
        assert anyone.head(path)["ETag"] == first["ETag"]


def test_an_etag_names_the_body_that_is_sent(anyone: APIClient, editor: APIClient) -> None:
    event = a_world()
    hidden = factories.an_event()
    models.EventRelation.objects.create(event=event, related=hidden, kind="causes")
    path = f"{ROOT}/events/{event.slug}/"
    found = [
        client.get(path + query)["ETag"]
        for client in (anyone, editor)
        for query in ("", "?fields=slug,title", "?include=timelines")
    ]
    # Two fields are the same to both. All of it is not, with what is hidden from one of them.
    assert len(set(found)) == 5
    assert len({etag.split("-")[0] for etag in found}) == 1


def test_who_leads_to_an_event_is_told_in_an_order_that_putting_the_same_again_leaves(
    anyone: APIClient, writer: APIClient
) -> None:
    one, first, second = [factories.a_published_event(title=f"Event {number}") for number in range(3)]
    for event in (first, second):
        models.EventRelation.objects.create(event=event, related=one, kind="precedes")
    answers = []
    for again in (None, first, second):
        if again is not None:
            path = f"{ROOT}/events/{again.slug}/"
            body = writer.get(path).json()
            assert writer.put(path, body, format="json", headers={"if-match": "*"}).status_code == 200
        # As it is kept, and as it is rendered for this answer.
        answers += [anyone.get(f"{ROOT}/events/{one.slug}/{query}") for query in ("", "?include=timelines")]
    told = [[of["event"]["slug"] for of in answer.json()["related"]] for answer in answers]
    assert told == [[first.slug, second.slug]] * len(answers)
    assert len({answer["ETag"] for answer in answers}) == 2


def test_a_new_name_of_something_else_makes_another_etag_but_no_other_version(anyone: APIClient) -> None:
    event = a_world()
    path = f"{ROOT}/events/{event.slug}/"
    before = anyone.get(path)["ETag"]
    actor = event.participations.get().actor
    actor.name = "Another"
    actor.save()
    after = anyone.get(path, headers={"if-none-match": before})
    assert after.status_code == 200
    assert (after["ETag"] != before, after["ETag"].split("-")[0]) == (True, before.split("-")[0])


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ('"7-0123456789abcdef"', True),
        ('W/"7-0123456789abcdef"', True),
        ('"1-x" , "7-0123456789abcdef"', True),
        ("*", True),
        (" * ", True),
        ('"7-0123456789abcdee"', False),
        ('"7"', False),
        ("7-0123456789abcdef", False),
        ('"7-0123456789abcdef", nonsense', False),
        ("", False),
    ],
)
def test_which_headers_name_what_the_client_has(header: str, known: bool) -> None:
    request = Request(RequestFactory().get("/", headers={"if-none-match": header}))
    assert is_known(request, '"7-0123456789abcdef"') is known
    assert is_known(request, 'W/"7-0123456789abcdef"') is known


BODIES: dict[str, Any] = {"put": {"name": "New"}, "patch": {"name": "New"}, "delete": None}


@pytest.mark.parametrize("method", BODIES)
@pytest.mark.parametrize(
    ("header", "status", "code"),
    [
        (None, 428, "precondition_required"),
        ('"1-0123456789abcdef"', 412, "precondition_failed"),
        ('"3-0123456789abcdef"', 412, "precondition_failed"),
        ('W/"2-0123456789abcdef"', 412, "precondition_failed"),
        ('"another"', 412, "precondition_failed"),
        ('""', 412, "precondition_failed"),
        ('"2"', 412, "precondition_failed"),
        ("2", 400, "invalid_etag"),
        ("", 400, "invalid_etag"),
        ('"2-0123456789abcdef', 400, "invalid_etag"),
        ('"2-0123456789abcdef", *', 400, "invalid_etag"),
    ],
)
def test_a_change_needs_the_version_that_stands(
    writer: APIClient, method: str, header: str | None, status: int, code: str
) -> None:
    tag = factories.a_tag(name="Old")
    tag.save()
    headers = {} if header is None else {"if-match": header}
    response = getattr(writer, method)(f"{ROOT}/tags/{tag.slug}/", BODIES[method], headers=headers)
    error = response.json()
    found = error["If-Match"][0]["code"] if status == 400 else error["code"]
    assert (response.status_code, found) == (status, code)
    assert models.Tag.objects.get().name == "Old"


@pytest.mark.parametrize("method", BODIES)
@pytest.mark.parametrize("header", ['"1-x", "2-0123456789abcdef"', '"2-fedcba9876543210"', "*"])
def test_a_change_of_the_version_that_stands_is_made(writer: APIClient, method: str, header: str) -> None:
    """The digest does not count: it is another where something that is named has a new name."""
    tag = factories.a_tag()
    tag.save()
    response = getattr(writer, method)(
        f"{ROOT}/tags/{tag.slug}/", BODIES[method], headers={"if-match": header}
    )
    assert response.status_code == (204 if method == "delete" else 200)


def test_what_is_not_there_is_not_found_whatever_the_version(writer: APIClient) -> None:
    for method, body in BODIES.items():
        assert getattr(writer, method)(f"{ROOT}/tags/nothing/", body).status_code == 404


@pytest.mark.parametrize("noun", NOUNS)
def test_an_answer_to_a_write_has_the_etag_that_reading_has(writer: APIClient, noun: str) -> None:
    a_world()
    slug = dict(slugs(writer))[noun]
    path = f"{ROOT}/{noun}/{slug}/"
    read = writer.get(path)
    for method in ("patch", "put"):
        written = getattr(writer, method)(path, read.json(), headers={"if-match": read["ETag"]})
        read = writer.get(path)
        assert (written.status_code, written["ETag"]) == (200, read["ETag"])


@pytest.mark.django_db
def test_a_citation_that_comes_or_goes_by_itself_is_a_change_of_what_it_is_of(client: Client) -> None:
    client.force_login(factories.an_editor())
    event, contract = factories.an_event(), factories.a_contract()
    source = factories.a_source()

    def versions() -> tuple[int, int]:
        return models.Event.objects.get().version, models.Contract.objects.get().version

    def save(page: str, **changes: Any) -> None:
        response = client.post(page, {**filled_in(client.get(page)), **changes})
        assert response.status_code == 302, response.context["errors"]

    save(address("citation", "add"), event=event.pk, source=source.pk)
    assert versions() == (2, 1)
    citation = models.Citation.objects.get()
    page = address("citation", "change", citation.pk)
    save(page, quote="It was said.")
    assert versions() == (3, 1)
    save(page, event="", contract=contract.pk)
    assert versions() == (4, 2)
    client.post(address("citation", "delete", citation.pk), {"post": "yes"})
    assert versions() == (4, 3)
    chosen = factories.a_citation(event=event)
    data = {"action": "delete_selected", "_selected_action": chosen.pk, "post": "yes"}
    client.post(address("citation", "changelist"), data)
    assert versions() == (5, 3)
    assert not models.Citation.objects.exists()


CLIENTS, TIMES = 8, 12


@pytest.mark.django_db(transaction=True)
def test_clients_that_read_change_and_write_lose_nothing(tmp_path: Path) -> None:
    with a_database_for_many(tmp_path):
        tag, user = factories.a_tag(name="0"), factories.an_editor()
        path = f"{ROOT}/tags/{tag.slug}/"

        def count(_: int) -> set[int]:
            client = APIClient()
            client.force_authenticate(user)
            statuses, left = set(), TIMES
            while left:
                read = client.get(path)
                body = {"name": str(int(read.json()["name"]) + 1)}
                status = client.patch(path, body, headers={"if-match": read["ETag"]}).status_code
                left -= status == 200
                statuses.add(status)
            return statuses

        assert set().union(*at_once(count, CLIENTS)) <= {200, 412}
        tag.refresh_from_db()
        assert (tag.name, tag.version) == (str(CLIENTS * TIMES), CLIENTS * TIMES + 1)


@pytest.mark.django_db(transaction=True)
def test_editors_who_save_the_same_page_lose_nothing(tmp_path: Path) -> None:
    with a_database_for_many(tmp_path):
        tag, user = factories.a_tag(name="0"), factories.an_editor()
        page = address("tag", "change", tag.pk)

        def count(_: int) -> None:
            client = Client()
            client.force_login(user)
            status = 200
            while status != 302:
                opened = filled_in(client.get(page))
                changed = {**opened, "name": str(int(opened["name"][0]) + 1)}
                status = client.post(page, changed).status_code
                assert status in (200, 302)

        at_once(count, CLIENTS)
        tag.refresh_from_db()
        assert (tag.name, tag.version) == (str(CLIENTS), CLIENTS + 1)
