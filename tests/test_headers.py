"""Every answer has the headers that keep a browser safe, and only reading is open to pages of other sites."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from pytest_django import Settings

from tests import factories
from tests.api.world import a_world
from timeline.urls import urlpatterns as ours

pytestmark = pytest.mark.django_db

PAGE = {"Origin": "https://page.example"}


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("A view that fails.")


# The site, and a page that fails.
urlpatterns = [*ours, path("fails/", fails)]


def addresses(patterns: Any, before: str = "/") -> Iterator[str]:
    """One address for each route, with something in the place of each of its parts."""
    for one in patterns:
        text = str(one.pattern).removeprefix("^").removesuffix("$").removesuffix(r"\Z")
        text = re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)|<(?:\w+:)?(\w+)>", "1", text).replace(
            ".*", "nowhere"
        )
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + text)
        else:
            assert isinstance(one, URLPattern)
            yield before + re.sub(r"\\(.)|\(\?:[^()]*\)|[?^$]", r"\1", text)


EVERY_ROUTE = sorted(set(addresses(get_resolver("timeline.urls").url_patterns)))
OTHERS = ("/nowhere", "/nowhere/", "/api/v1/nowhere", "/static/admin/css/base.css", "/static/nothing.css")


@pytest.fixture
def https(settings: Settings) -> Settings:
    """As in production, as far as answers go."""
    settings.SECURE_HSTS_SECONDS = 60
    settings.SECURE_SSL_REDIRECT = True
    return settings


def missing(response: Any, *, secure: bool = True) -> list[str]:
    """What the answer lacks."""
    list(response)  # a static file stays open until it is read
    expected = {
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    if secure:  # browsers take it over HTTPS only
        expected["Strict-Transport-Security"] = "max-age=60; includeSubDomains"
    lacking = [name for name, value in expected.items() if response.headers.get(name) != value]
    policy = response.headers.get("Content-Security-Policy", "")
    wanted = ("default-src 'self'", "frame-ancestors 'none'", "object-src 'none'", "base-uri 'none'")
    return lacking + [part for part in wanted if part not in policy] + re.findall("unsafe-[a-z]+", policy)


def test_there_are_many_routes() -> None:
    assert len(EVERY_ROUTE) > 100
    assert {"/", "/admin/login/", "/api/v1/docs/", "/api/v1/events/1/"} <= set(EVERY_ROUTE)


@pytest.mark.long
@pytest.mark.usefixtures("https")
def test_every_route_answers_with_the_security_headers() -> None:
    a_world()
    stranger, editor = Client(), Client()
    editor.force_login(factories.an_editor())
    statuses = set()
    for address in (*EVERY_ROUTE, *OTHERS):
        # Swagger UI sets styles on its elements.
        allowed = ["unsafe-inline"] if address == "/api/v1/docs/" else []
        for send in (stranger.get, stranger.post, editor.get, editor.post):
            answer = send(address, secure=True)
            statuses.add(answer.status_code)
            assert missing(answer) in ([], allowed), (address, answer.status_code)
        if "logout" in address:
            editor.force_login(factories.an_editor())
    assert {200, 302, 308, 400, 401, 403, 404, 405} <= statuses


@pytest.mark.usefixtures("https")
def test_what_fails_has_them_too(settings: Settings) -> None:
    settings.ROOT_URLCONF = "tests.test_headers"
    client = Client(raise_request_exception=False)
    answers = {
        500: client.get("/fails/", secure=True),
        400: client.get("/api/v1/tags/", secure=True, headers={"host": "elsewhere.example"}),
        403: Client(enforce_csrf_checks=True).post("/admin/login/", secure=True),
        404: client.get("/nowhere/", secure=True),
    }
    for status, answer in answers.items():
        assert (answer.status_code, missing(answer)) == (status, [])


@pytest.mark.usefixtures("https")
def test_what_comes_by_http_has_all_but_hsts() -> None:
    for address, host, status in (
        ("/api/v1/tags/", "testserver", 301),
        ("/static/admin/css/base.css", "testserver", 301),
        ("/api/v1/tags/", "elsewhere.example", 400),
        ("/nowhere", "no host at all", 400),
    ):
        answer = Client().get(address, headers={"host": host})
        assert (answer.status_code, missing(answer, secure=False)) == (status, [])


def test_a_page_of_any_site_reads_and_sees_what_it_needs(client: Client) -> None:
    for address in ("/api/v1/events/", "/api/v1/nowhere/", "/api/v1/events/?banana=1"):
        answer = client.get(address, headers=PAGE)
        assert answer["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in answer
        exposed = {name.strip() for name in answer["Access-Control-Expose-Headers"].split(",")}
        assert exposed == {"ETag", "Retry-After"}


def test_a_page_of_another_site_never_reads_with_the_session_of_an_editor(client: Client) -> None:
    draft = factories.an_event()
    client.force_login(factories.an_editor())
    answer = client.get(f"/api/v1/events/{draft.slug}/", headers=PAGE)
    # The browser keeps from a page what was asked for with cookies, unless the answer names its site and
    # allows credentials.
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (200, "*")
    assert "Access-Control-Allow-Credentials" not in answer
    for address in ("/admin/", "/admin/login/", "/static/admin/css/base.css"):
        answer = client.get(address, headers=PAGE)
        list(answer)
        assert "Access-Control-Allow-Origin" not in answer


def test_a_page_of_another_site_is_not_let_write(client: Client) -> None:
    ask = PAGE | {"Access-Control-Request-Method": "DELETE"}
    answer = client.options("/api/v1/tags/x/", headers=ask)
    assert answer["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert answer["Access-Control-Allow-Headers"] == "accept, authorization, if-none-match"


def test_a_site_names_the_pages_that_may_read_or_none(client: Client, settings: Settings) -> None:
    settings.CORS_ALLOW_ALL_ORIGINS = False
    assert "Access-Control-Allow-Origin" not in client.get("/api/v1/", headers=PAGE)
    settings.CORS_ALLOWED_ORIGINS = [PAGE["Origin"]]
    answer = client.get("/api/v1/", headers=PAGE)
    assert answer["Access-Control-Allow-Origin"] == PAGE["Origin"]
    assert "origin" in answer["Vary"].lower()
    other = client.get("/api/v1/", headers={"Origin": "https://other.example"})
    assert "Access-Control-Allow-Origin" not in other
