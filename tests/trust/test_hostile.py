"""T2: what nobody sends by accident is answered, in time and never with a 5xx, and nothing is poisoned by it.

Through a real server and byte by byte, because clients of tests and of HTTP would not send most of it.
"""

from __future__ import annotations

import json
import socket
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.world import NOUNS
from tests.trust.server import API, HOST, Database, Server, serving

DEEP = 100_000


def request(method: str, path: str, body: bytes = b"", *lines: str) -> bytes:
    """A request as it goes over the wire; `lines` are more headers. TOKEN stands for one that may write."""
    head = [f"{method} {API}{path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *lines]
    if body and not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in lines):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def get(path: str, *lines: str) -> bytes:
    return request("GET", path, b"", *lines)


WRITING = ("Authorization: Token TOKEN", "Content-Type: application/json")


def post(path: str, body: bytes | Any, *lines: str) -> bytes:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return request("POST", path, sent, *WRITING, *lines)


def chunked(path: str, body: bytes) -> bytes:
    return request("POST", path, body, *WRITING, "Transfer-Encoding: chunked")


def actor_with(part: str) -> bytes:
    return b'{"name": "It", "kind": "person", ' + part.encode() + b"}"


NESTED = "[" * 900 + "]" * 900
OBJECTS = '{"a":' * 900 + "1" + "}" * 900

BODIES: dict[str, bytes] = {
    "an array nested 100,000 deep": post("/tags/", b"[" * DEEP),
    "objects nested 100,000 deep": post("/tags/", b'{"a":' * DEEP),
    "900 deep in an actor's aliases": post("/actors/", actor_with(f'"aliases": {NESTED}')),
    "900 objects deep in affiliations": post("/actors/", actor_with(f'"affiliations": {OBJECTS}')),
    "900 deep in a contract's parties": post(
        "/contracts/", f'{{"title": "It", "parties": {NESTED}}}'.encode()
    ),
    "900 deep in a source": post("/sources/", f'{{"title": "It", "published": {OBJECTS}}}'.encode()),
    "900 deep in an event's participants": post("/events/", f'{{"participants": {NESTED}}}'.encode()),
    "900 deep in an event's date": post("/events/", f'{{"title": "It", "date": {OBJECTS}}}'.encode()),
    "900 deep in a timeline's entries": post(
        "/timelines/", f'{{"title": "It", "entries": {NESTED}}}'.encode()
    ),
    "900 deep in a place": post("/places/", f'{{"name": "It", "latitude": {NESTED}}}'.encode()),
    "a list of lists of events": post("/events/", b"[" + b"[]," * 5000 + b"[]]"),
    "a lone surrogate in a name": post("/tags/", b'{"name": "a\\ud800"}'),
    "a lone surrogate in a line": post("/actors/", actor_with('"aliases": [{"name": "\\udfff"}]')),
    "surrogates the wrong way round": post("/tags/", b'{"name": "\\udc00\\ud800"}'),
    "surrogates as UTF-8": post("/tags/", b'{"name": "\xed\xa0\x80"}'),
    "NUL in a value": post("/tags/", b'{"name": "a\\u0000"}'),
    "NUL in a key": post("/tags/", b'{"na\\u0000me": "a"}'),
    "NUL as it is": post("/tags/", b'{"name": "a\x00"}'),
    "a key twice": post("/tags/", b'{"name": "a", "name": "b"}'),
    "a key twice in a line": post("/actors/", actor_with('"aliases": [{"name": "a", "name": "b"}]')),
    "an integer of 100,000 digits": post("/events/", b'{"title": "It", "importance": ' + b"9" * DEEP + b"}"),
    "an integer past 64 bits": post("/events/", {"title": "It", "kind": "kind-one", "importance": 2**64}),
    "a number with a huge exponent": post("/contracts/", b'{"title": "It", "value": {"amount": 1e400}}'),
    "a number with a hugely negative exponent": post("/places/", b'{"name": "It", "latitude": 1e-400}'),
    "NaN": post("/places/", b'{"name": "It", "latitude": NaN, "longitude": 0}'),
    "Infinity": post("/contracts/", b'{"title": "It", "value": {"amount": Infinity}}'),
    "UTF-16": post("/tags/", '{"name": "a"}'.encode("utf-16")),
    "a byte order mark": post("/tags/", b'\xef\xbb\xbf{"name": "a"}'),
    "overlong UTF-8": post("/tags/", b'{"name": "\xc0\xaf"}'),
    "a date of 10,000 characters": post("/events/", {"title": "It", "kind": "kind-one", "date": "1 " * 5000}),
    "a date with a year of 500 digits": post(
        "/events/", {"title": "It", "kind": "kind-one", "date": "9" * 500}
    ),
    "a date in an unending set": post("/events/", {"title": "It", "date": "{" + "1.." * 160 + "}"}),
    "a retrieval at the end of time": post(
        "/sources/", {"title": "It", "kind": "book", "retrieved_on": "9999-12-31"}
    ),
    "a retrieval after the end of time": post(
        "/sources/", {"title": "It", "kind": "book", "retrieved_on": "10000-01-01"}
    ),
    "a slug that leads upwards": post("/tags/", {"name": "It", "slug": "../../admin"}),
    "a name of marks only": post("/tags/", {"name": "\u200f\u202e\u0301"}),
    "a name of a megabyte": post("/tags/", {"name": "a" * 1_000_000}),
    "a body of three megabytes": post("/tags/", b'{"name": "' + b"a" * 3_000_000 + b'"}'),
    "text as a form": request("POST", "/tags/", b"name=a", *WRITING[:1], "Content-Type: text/plain"),
    "parts without a boundary": request(
        "POST", "/tags/", b"--x", *WRITING[:1], "Content-Type: multipart/form-data"
    ),
    "JSON in a charset that is none": request(
        "POST", "/tags/", b"{}", *WRITING[:1], "Content-Type: application/json; charset=nothing"
    ),
    "a content type of odd bytes": request(
        "POST", "/tags/", b"{}", *WRITING[:1], "Content-Type: \xff/\xfe; \x80"
    ),
    "a body that is said to be gzipped": post("/tags/", b"\x1f\x8b\x08\x00", "Content-Encoding: gzip"),
    "a body with GET": request("GET", "/tags/", b'{"a": 1}', *WRITING),
    "chunks": chunked("/tags/", b'd\r\n{"name": "a"}\r\n0\r\n\r\n'),
    "chunks of a wrong size": chunked("/tags/", b"zz\r\n{}\r\n0\r\n\r\n"),
    "a length and chunks": post("/tags/", b"0\r\n\r\n", "Transfer-Encoding: chunked", "Content-Length: 5"),
    "a negative length": request("POST", "/tags/", b"{}", *WRITING, "Content-Length: -1"),
    "a length in words": request("POST", "/tags/", b"{}", *WRITING, "Content-Length: two"),
    "an endless length": request("POST", "/tags/", b"{}", *WRITING, f"Content-Length: {'9' * 30}"),
    "two lengths": request("POST", "/tags/", b"{}", *WRITING, "Content-Length: 2", "Content-Length: 3"),
    "a key of idempotency of odd bytes": post("/tags/", {"name": "It"}, "Idempotency-Key: \xff\xfe"),
    "a key of idempotency without end": post("/tags/", {"name": "It"}, f"Idempotency-Key: {'k' * 9000}"),
}

QUERIES: dict[str, bytes] = {
    **{
        f"a cursor that is {name}": get(f"/events/?cursor={quote(cursor, safe='')}")
        for name, cursor in {
            "base64 of a position": "cD1h",
            "NUL": "\0",
            "a huge offset": "bz05OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
            "signed by nobody": "W10:1vWxyz:abc",
            "no base64": "%%%",
            "ten thousand characters": "a" * 10_000,
        }.items()
    },
    **{
        f"a search for {words[:12]}": get(f"/events/?q={quote(words, safe='')}")
        for words in (
            '"', "a AND", "NEAR(", "*", "col:x", "^", "-x", "- -", '-"', "a OR", "(a", "{a b}:", "a*b",
            "'); --", "\ufffd", "NOT NOT", "&|!", ":*", "\\", "<->", "%", "ı" * 200, "a " * 1500, "\u0301",
        )
    },
    **{
        f"the date {date[:16]}": get(f"/events/?date={quote(date, safe='')}")
        for date in (
            "0001-01-01", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00+14:00",
            "Y99999999999999999", "Y-17E7000", "-9999", "[..]", "1 " * 400, "99/99/9999", "0000-00-00",
        )
    },
    "a limit past 64 bits": get(f"/events/?limit={2**70}"),
    "a limit of other digits": get(f"/events/?limit={quote('٣')}"),
    "bins past 64 bits": get(f"/events/histogram/?bins={2**70}"),
    "a histogram of days of all time": get("/events/histogram/?bucket=day&date_from=-9999&date_to=9999"),
    "a histogram of the universe": get("/events/histogram/?bins=500&date_from=Y-13800000000&date_to=9999"),
    "a thousand actors": get("/events/?" + "&".join(["actor=person-one"] * 1001)),
    "a parameter of odd bytes": get("/events/?%ff%fe=%ff"),
    "fields without end": get("/events/?fields=" + "title," * 150),
    "a reference at the end of time": get("/dates/read/?text=tomorrow&reference=9999-12-31"),
    "a reference at its beginning": get("/dates/read/?text=last%20century&reference=0001-01-01"),
    "an address of odd bytes": get("/events/%ff%00%2e%2e/"),
    "an address in two lines": get("/tags/a%0Ab%0D/"),
    "an address that leads upwards": get("/../../../etc/passwd"),
    "an address of 20,000 characters": get("/events/" + "a" * 20_000 + "/"),
    "semicolons for ampersands": get("/events/?limit=1;limit=2"),
}  # fmt: skip

HEADERS: dict[str, bytes] = {
    "a token of odd bytes": get("/events/", "Authorization: Token \xff\xfe\x80"),
    "a token of a megabyte": get("/events/", f"Authorization: Token {'a' * 200_000}"),
    "no token after its name": get("/events/", "Authorization: Token"),
    "two tokens": get("/events/", "Authorization: Token a b"),
    "a session of odd bytes": get("/events/", "Cookie: sessionid=\x01\xff; csrftoken=\xfe"),
    "a host of odd bytes": request("GET", "/events/").replace(b"127.0.0.1", b"a_b\xff:99999"),
    "no host": request("GET", "/events/").replace(b"Host: 127.0.0.1\r\n", b""),
    "a range": get("/events/", "Range: bytes=0-0,-1,99999999999-"),
    "ranges without end": get("/events/?format=ndjson", "Range: bytes=" + "0-," * 2000),
    "an accept of odd bytes": get("/events/", "Accept: \xff/*;q=\xff, */*;q=nan"),
    "a thousand accepts": get("/events/", "Accept: " + ", ".join(f"a/b{n}" for n in range(1000))),
    "an ETag that is none": get("/events/", 'If-None-Match: "\xff, W/", *'),
    "ETags without end": get("/events/", "If-None-Match: " + ", ".join(['"a"'] * 5000)),
    "a match of odd bytes": request("DELETE", "/tags/tag-none/", b"", *WRITING, "If-Match: \xff"),
    "a language of odd bytes": get("/events/", "Accept-Language: " + "a-" * 3000),
    "a method to override with": post("/tags/", {"name": "It"}, "X-HTTP-Method-Override: DELETE\xff"),
    "an origin of odd bytes": get("/events/", "Origin: http://[\xff"),
    "a forwarded address of odd bytes": get("/events/", "X-Forwarded-For: \xff,,," + "1," * 2000),
    "HEAD": request("HEAD", "/events/?format=csv"),
    "OPTIONS": request("OPTIONS", "/events/"),
    "TRACE": request("TRACE", "/events/"),
    "CONNECT": request("CONNECT", "/events/"),
    "a method that is none": request("BREW", "/events/"),
    "a method without end": request("A" * 10_000, "/events/"),
    "HTTP/0.9": b"GET /api/v1/events/\r\n\r\n",
    "HTTP/9.9": b"GET /api/v1/events/ HTTP/9.9\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
    "headers in two lines": get("/events/", "X-A: b\r\n c"),
    "a header without a name": get("/events/", ": b"),
    "no HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\r\n\r\n",
}
HOSTILE = BODIES | QUERIES | HEADERS


@pytest.fixture(scope="module")
def server(filled: Database) -> Any:
    with serving(filled) as server:
        yield server


def status_of(server: Server, sent: bytes) -> int:
    """The status of the answer; 0 where there was none. One that takes too long is an OSError."""
    sent = sent.replace(b"TOKEN", server.database.token.encode())
    with socket.create_connection((HOST, server.port), timeout=30) as connection:
        try:
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered before all was sent
        received = b""
        while part := received_from(connection):
            received += part
    first = received.partition(b"\r\n")[0].split()
    return int(first[1]) if len(first) > 1 and first[0].startswith(b"HTTP/") else 0


def received_from(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


@pytest.mark.long
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_answered_without_a_5xx(server: Server, name: str) -> None:
    assert 200 <= status_of(server, HOSTILE[name]) < 500


@pytest.mark.long
def test_nothing_is_poisoned_afterwards(server: Server) -> None:
    with server.client() as client:
        for noun in NOUNS:
            for form in ("", "&format=ndjson", "&format=csv") if noun == "events" else ("",):
                limit = "" if form else "limit=500&count=exact"
                assert client.get(f"/{noun}/?{limit}{form}".replace("?&", "?")).status == 200, (noun, form)
    assert len(HOSTILE) >= 60
