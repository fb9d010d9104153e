"""What the application gives the servers: HEAD without a body, and on to the address with its slash.

The test client takes bodies away by itself, so the application is asked as a server asks it.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from tests import factories

ADDRESSES = {
    "/api/v1/events/": 200,
    "/api/v1/events/?format=csv": 200,
    "/api/v1/events/?limit=no": 400,
    "/api/v1/events/nowhere/": 404,
    "/api/v1/events/histogram/?bucket=year": 200,
    "/api/v1/tags": 308,
    "/admin/login/": 200,
    "/nowhere": 404,
}


def asked(method: str, address: str) -> tuple[int, dict[str, str], bytes]:
    """The status, the headers and the body as a server is given them."""
    path, _, query = address.partition("?")
    server: Any = WSGIHandler()
    answer = server.get_response(RequestFactory().generic(method, path, QUERY_STRING=query))
    return answer.status_code, dict(answer.headers), b"".join(answer)


@pytest.mark.django_db
def test_without_the_last_slash_a_request_is_led_on_with_its_method_and_body() -> None:
    status, headers, _ = asked("POST", "/api/v1/tags?message=It")
    assert (status, headers["Location"]) == (308, "/api/v1/tags/?message=It")


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "status"), ADDRESSES.items())
def test_head_is_answered_as_get_without_the_body(address: str, status: int) -> None:
    factories.a_published_event(slug="one")
    got, sent = asked("GET", address), asked("HEAD", address)
    assert (sent[0], sent[2]) == (status, b"")
    assert got[0] == status
    for name in ("Content-Type", "Content-Length", "ETag", "Location"):
        assert sent[1].get(name) == got[1].get(name)
