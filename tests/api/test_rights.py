"""Who may write: sessions with CSRF and tokens, by the permissions of the admin; everybody else reads."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests import factories
from timeline import models

pytestmark = pytest.mark.django_db

TAGS = "/api/v1/tags/"


def a_token(user: models.User, **fields: Any) -> str:
    """The key of a new token that may write, as the admin shows it once."""
    token, key = models.Token.objects.create(user=user, **{"name": "program", "scope": "write", **fields})
    assert token.digest != key
    return str(key)


def with_token(key: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {key}", HTTP_IF_MATCH="*")
    return client


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_writes_without_saying_who_they_are(anyone: APIClient, method: str) -> None:
    address = TAGS if method == "post" else f"{TAGS}{factories.a_tag(is_public=True).slug}/"
    response = getattr(anyone, method)(address, {"name": "It"})
    assert (response.status_code, response.json()["code"]) == (401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Token"


@pytest.mark.parametrize(
    ("permission", "method", "status"),
    [
        ("add_tag", "post", 201),
        ("add_tag", "put", 403),
        ("add_tag", "delete", 403),
        ("change_tag", "post", 403),
        ("change_tag", "put", 200),
        ("change_tag", "patch", 200),
        ("delete_tag", "delete", 204),
        ("delete_tag", "patch", 403),
        ("view_tag", "post", 403),
        ("add_event", "post", 403),
    ],
)
def test_each_method_needs_its_permission(permission: str, method: str, status: int) -> None:
    client = with_token(a_token(factories.a_user(permissions=(permission,))))
    address = TAGS if method == "post" else f"{TAGS}{factories.a_tag(is_public=True).slug}/"
    response = getattr(client, method)(address, {"name": "It"})
    assert response.status_code == status
    assert status != 403 or response.json()["code"] == "permission_denied"


def test_what_one_may_not_see_one_does_not_change() -> None:
    client = with_token(a_token(factories.a_user(permissions=("change_event", "delete_event"))))
    hidden = factories.an_event()
    assert client.patch(f"/api/v1/events/{hidden.slug}/", {"title": "x"}).status_code == 404
    assert client.delete(f"/api/v1/events/{hidden.slug}/").status_code == 404


def test_who_adds_a_draft_is_shown_what_became_of_it() -> None:
    client = with_token(a_token(factories.a_user(permissions=("add_event",))))
    response = client.post("/api/v1/events/", {"title": "It", "kind": factories.a_kind().slug})
    assert (response.status_code, response.json()["review"]) == (201, "draft")


def test_nobody_refers_to_what_they_may_not_see() -> None:
    client = with_token(a_token(factories.a_user(permissions=("add_timeline",))))
    hidden = factories.an_event()
    body = {"title": "It", "entries": [{"event": hidden.slug}]}
    errors = client.post("/api/v1/timelines/", body).json()
    assert errors["entries"]["0"]["event"][0]["code"] == "unknown_slug"


def test_a_list_is_replaced_only_by_who_sees_all_of_it() -> None:
    user = factories.a_user(permissions=("change_event", "view_event"))
    client = with_token(a_token(user))
    event = factories.an_event(slug="it")
    factories.a_participation(event=event)
    address = "/api/v1/events/it/"
    assert client.patch(address, {"title": "New"}).status_code == 200
    for method, body in (("patch", {"participants": []}), ("put", {"title": "It", "kind": event.kind.slug})):
        response = getattr(client, method)(address, body)
        assert response.status_code == 403
        assert "view_" in response.json()["detail"]
    assert event.participations.count() == 1


def test_a_milestone_adds_the_contract_only_to_an_event_that_one_may_change() -> None:
    rights = ("view_contract", "add_contract", "change_contract", "view_event")
    client = with_token(a_token(factories.a_user(permissions=rights)))
    event = factories.an_event(slug="signing")
    contract = factories.a_contract(slug="deal")
    milestones = [{"kind": "signed", "event": "signing"}]
    whole = {"title": "It", "kind": "loan", "status": "signed", "milestones": milestones}
    for method, path, body in (
        ("patch", "contracts/deal/", {"milestones": milestones}),
        ("post", "contracts/", whole),
    ):
        response = getattr(client, method)(f"/api/v1/{path}", body)
        assert response.status_code == 403
        assert "change_event" in response.json()["detail"]
    assert not event.contracts.exists()
    assert models.Contract.objects.count() == 1
    contract.events.add(event)
    assert client.patch("/api/v1/contracts/deal/", {"milestones": milestones}).status_code == 200


def test_a_session_writes_with_the_csrf_token_only() -> None:
    user = factories.an_editor()
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    refused = client.post(TAGS, {"name": "It"}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    client.get("/admin/")
    client.get("/admin/password_change/")
    secret = client.cookies["csrftoken"].value
    headers = {"X-CSRFToken": secret}
    assert (
        client.post(TAGS, {"name": "It"}, content_type="application/json", headers=headers).status_code == 201
    )


@pytest.mark.parametrize(
    "header",
    [
        b"Token wrong",
        b"Token",
        b"Token a b",
        b"Token " + b"a" * 5000,
        b"Token \xff\xfe",
        b"Token \xc3\xa4",
        b"Token a\x00b",
        b"token wrong",
    ],
)
def test_a_token_that_is_none_is_a_401_also_for_reading(header: bytes) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header.decode("latin-1"))
    response = client.get(TAGS)
    assert (response.status_code, response.json()["code"]) == (401, "authentication_failed")


def test_another_scheme_is_for_somebody_else() -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION="Basic eDp5")
    assert client.get(TAGS).status_code == 200


def test_the_token_of_a_former_editor_is_refused() -> None:
    former = factories.an_editor()
    key = a_token(former)
    models.User.objects.filter(pk=former.pk).update(is_active=False)
    assert with_token(key).get(TAGS).status_code == 401


def test_a_token_of_somebody_with_permissions_reads_drafts() -> None:
    factories.an_event(slug="draft")
    assert with_token(a_token(factories.a_user())).get("/api/v1/events/draft/").status_code == 404
    reader = factories.a_user(permissions=("view_event",))
    assert with_token(a_token(reader)).get("/api/v1/events/draft/").status_code == 200


@pytest.mark.parametrize("key", ["aaaaaaaaaa\\000", "", "short", "a" * 5000, "ü" * 20])
def test_a_cookie_that_is_no_session_is_nobody(key: str) -> None:
    response = APIClient().get(TAGS, headers={"cookie": f'sessionid="{key}"'})
    assert response.status_code == 200
