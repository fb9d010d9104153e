"""Real servers for the tests that need one: a process each, on loopback, on a database of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, Self

import psycopg2
from django.db import connection

HOST = "127.0.0.1"
ROOT = Path(__file__).parents[2]
API = "/api/v1"


@dataclass(frozen=True)
class Database:
    """A database that is migrated and has a small world in it, and the token of somebody who may write."""

    url: str
    token: str


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Speaks to one server over one connection, and opens it again where it broke."""

    def __init__(self, port: int, token: str = "", timeout: float = 60) -> None:
        self.connection = HTTPConnection(HOST, port, timeout=timeout)
        self.headers = {"Authorization": f"Token {token}"} if token else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """The answer; OSError or HTTPException where there is none. Below /api/v1 or /admin."""
        address = path if path.startswith("/admin/") else API + path
        sent = None if body is None else json.dumps(body).encode()
        declared = {} if body is None else {"Content-Type": "application/json"}
        try:
            self.connection.request(method, address, sent, {**self.headers, **declared, **headers})
            response = self.connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        except (OSError, HTTPException):
            self.connection.close()
            raise

    def get(self, path: str, **headers: str) -> Answer:
        return self.send("GET", path, **headers)

    def post(self, path: str, body: Any, **headers: str) -> Answer:
        return self.send("POST", path, body, **headers)

    def rows(self, path: str) -> Iterator[dict[str, Any]]:
        """All rows of a list, page by page."""
        page = self.get(f"{path}?limit=500").json()
        yield from page["results"]
        while page["next"]:
            page = self.get(page["next"].partition(API)[2]).json()
            yield from page["results"]


# How often somebody may ask is tested elsewhere; here it would only be in the way.
UNTHROTTLED = dict.fromkeys(("THROTTLE_ANONYMOUS", "THROTTLE_WRITING", "THROTTLE_FAILURES"), "1000000/min")


def environment(url: str, **more: str) -> dict[str, str]:
    local = {"DATABASE_URL": url, "TIMELINE_ENV": "local", "LOG_LEVEL": "CRITICAL"}
    return os.environ | local | UNTHROTTLED | more


def prepared(url: str) -> Database:
    """Fills the empty database that this URL names."""
    command = [sys.executable, "-m", "tests.trust.prepare"]
    printed = subprocess.run(
        command, cwd=ROOT, env=environment(url), check=True, stdout=subprocess.PIPE, text=True
    )
    return Database(url, printed.stdout.strip())


@contextmanager
def empty_database(folder: Path, name: str, *, like: str = "") -> Iterator[str]:
    """The URL of a new database of the kind that the suite runs on; a copy of the database called `like`."""
    if connection.vendor == "sqlite":
        path = folder / f"{name}.sqlite3"
        if like:
            shutil.copy(folder / f"{like}.sqlite3", path)
        yield f"sqlite:///{path}"
        return
    # Not Django's connection: CREATE DATABASE stands outside any transaction and test database.
    unique = f"{name}_{os.getpid()}"
    given = os.environ["DATABASE_URL"]
    with closing(psycopg2.connect(given)) as server:
        server.autocommit = True
        cursor = server.cursor()
        cursor.execute(f"CREATE DATABASE {unique}" + (f" TEMPLATE {like}_{os.getpid()}" if like else ""))
        try:
            yield re.sub(r"(://[^/]*/)[^?]*", rf"\g<1>{unique}", given)
        finally:
            cursor.execute(f"DROP DATABASE {unique} WITH (FORCE)")


class Server:
    """A server at work. `kill` ends it as a loss of power does, in the middle of whatever it does."""

    def __init__(self, database: Database, **settings: str) -> None:
        self.database = database
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.trust.serve"],
            cwd=ROOT,
            env=environment(database.url, **settings),
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline())

    def client(self, *, known: bool = True) -> Client:
        return Client(self.port, self.database.token if known else "")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


@contextmanager
def serving(database: Database, **settings: str) -> Iterator[Server]:
    """A server for the time of the block; `settings` are environment variables."""
    server = Server(database, **settings)
    try:
        yield server
    finally:
        server.kill()
