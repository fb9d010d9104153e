"""The settings, read from an environment of the test's own."""

import os
import runpy
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler
from django.test import Client
from pytest_django import Settings

from timeline.rates import Rate

SETTINGS = Path(__file__).parent.parent / "timeline" / "settings.py"
VARIABLES = (
    "ALLOWED_HOSTS",
    "CONN_MAX_AGE",
    "CORS_ALLOWED_ORIGINS",
    "DATABASE_URL",
    "DEBUG",
    "HSTS_SECONDS",
    "LOG_LEVEL",
    "NUM_PROXIES",
    "REQUIRE_FOUR_EYES",
    "SECRET_KEY",
    "THROTTLE_ANONYMOUS",
    "THROTTLE_FAILURES",
    "THROTTLE_WRITING",
    "TIMELINE_ENV",
    "TRANSACTION_POOLING",
)

Read = Callable[..., dict[str, Any]]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """The settings that a process with these variables, and none besides, has."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data folder"))

    def run(**environment: str) -> dict[str, Any]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return run


def test_nothing_set_is_a_local_site_on_sqlite(read: Read, tmp_path: Path) -> None:
    settings = read()
    assert settings["PRODUCTION"] is False
    assert settings["DEBUG"] is False
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]
    assert settings["DATABASES"]["default"]["NAME"] == str(tmp_path / "data folder" / "timeline.sqlite3")
    assert settings["SECURE_SSL_REDIRECT"] is False


def test_the_local_secret_key_is_kept_and_private(read: Read, tmp_path: Path) -> None:
    first, second = read()["SECRET_KEY"], read()["SECRET_KEY"]
    assert first == second
    assert len(first) > 50
    path = tmp_path / "data folder" / "secret-key"
    assert path.read_text() == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == ["secret-key"]


def test_the_slower_of_two_first_processes_takes_the_other_ones_key(
    read: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def late(draft: str, path: Path) -> None:
        path.write_text("the other process's key")
        link(draft, path)

    monkeypatch.setattr(os, "link", late)
    assert read()["SECRET_KEY"] == "the other process's key"


def test_production_generates_no_key_and_allows_no_host(read: Read, tmp_path: Path) -> None:
    settings = read(TIMELINE_ENV="production", DATABASE_URL="postgres://u@h/d")
    assert settings["SECRET_KEY"] == ""
    assert settings["ALLOWED_HOSTS"] == []
    assert not (tmp_path / "data folder").exists()


def test_production_is_https_only(read: Read) -> None:
    settings = read(TIMELINE_ENV="production")
    for name in ("SECURE_SSL_REDIRECT", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE"):
        assert settings[name] is True
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000


def test_a_secret_key_is_taken_as_it_is(read: Read) -> None:
    assert read(SECRET_KEY="$PATH,and spaces ")["SECRET_KEY"] == "$PATH,and spaces "


def test_rates_are_by_second_minute_hour_or_day_or_off(read: Read) -> None:
    rates = read(THROTTLE_ANONYMOUS="5/s", THROTTLE_WRITING="off", THROTTLE_FAILURES="10/hour")["RATES"]
    assert rates == {"anonymous": Rate(5, 1), "writing": None, "failures": Rate(10, 3600)}
    assert read(THROTTLE_FAILURES="1/day")["RATES"]["failures"] == Rate(1, 86400)


@pytest.mark.parametrize(
    ("given", "everybody", "named"),
    [
        ("", True, []),
        ("*", True, []),
        ("none", False, []),
        ("https://c.example", False, ["https://c.example"]),
    ],
)
def test_the_api_is_open_to_pages_of_all_sites_unless_told(
    read: Read, given: str, everybody: bool, named: list[str]
) -> None:
    settings = read(CORS_ALLOWED_ORIGINS=given)
    assert (settings["CORS_ALLOW_ALL_ORIGINS"], settings["CORS_ALLOWED_ORIGINS"]) == (everybody, named)
    assert settings["CORS_ALLOW_CREDENTIALS"] is False


def test_lists_are_separated_by_commas(read: Read) -> None:
    settings = read(ALLOWED_HOSTS=" a.example, b.example,", CORS_ALLOWED_ORIGINS="https://c.example")
    assert settings["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert settings["CORS_ALLOWED_ORIGINS"] == ["https://c.example"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TIMELINE_ENV", "prod"),
        ("DEBUG", "flase"),
        ("DATABASE_URL", "mysql://root:hunter2@localhost/timeline"),
        ("DATABASE_URL", "/srv/hunter2.sqlite3"),
        ("CONN_MAX_AGE", "ten"),
        ("HSTS_SECONDS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("TRANSACTION_POOLING", "yes"),
        ("NUM_PROXIES", "yes"),
        ("THROTTLE_ANONYMOUS", "600"),
        ("THROTTLE_ANONYMOUS", "0/min"),
        ("THROTTLE_WRITING", "ten/min"),
        ("THROTTLE_FAILURES", "10/week"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_by_name(read: Read, name: str, value: str) -> None:
    # The number variables are read where they count.
    needed = {
        "CONN_MAX_AGE": {"DATABASE_URL": "postgres://u@h/d"},
        "HSTS_SECONDS": {"TIMELINE_ENV": "production"},
    }
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        read(**needed.get(name, {}), **{name: value})
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:////srv/a%20b/t.sqlite3", {"NAME": "/srv/a b/t.sqlite3"}),
        ("sqlite:///t.sqlite3", {"NAME": "t.sqlite3"}),
        (
            "postgres://u:p%40ss@db:5433/t",
            {"USER": "u", "PASSWORD": "p@ss", "HOST": "db", "PORT": 5433, "NAME": "t"},
        ),
        ("postgresql://u@/t?host=/run/pg", {"NAME": "t", "OPTIONS": {"host": "/run/pg"}}),
        ("postgres://u@h/t?sslmode=require", {"OPTIONS": {"sslmode": "require"}}),
    ],
)
def test_a_database_is_named_by_its_url(read: Read, url: str, expected: dict[str, Any]) -> None:
    config = read(DATABASE_URL=url)["DATABASES"]["default"]
    assert config | expected == config


@pytest.mark.parametrize("url", ["", "postgres://u@h/t"])
def test_connections_are_kept(read: Read, url: str) -> None:
    config = read(DATABASE_URL=url, CONN_MAX_AGE="30")["DATABASES"]["default"]
    assert config["CONN_MAX_AGE"] == 30
    assert "CONN_HEALTH_CHECKS" not in config


def test_a_pool_by_transaction_is_told_of(read: Read) -> None:
    url = "postgres://u@h/t"
    assert not read(DATABASE_URL=url)["DATABASES"]["default"]["DISABLE_SERVER_SIDE_CURSORS"]
    pooled = read(DATABASE_URL=url, TRANSACTION_POOLING="true")["DATABASES"]["default"]
    assert pooled["DISABLE_SERVER_SIDE_CURSORS"]


@pytest.mark.django_db
def test_sqlite_waits_for_other_writers_and_keeps_what_it_acknowledged(read: Read) -> None:
    config = read()["DATABASES"]
    connection = ConnectionHandler(config)["default"]
    with connection.cursor() as cursor:
        values = [
            cursor.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]
    connection.close()
    assert values == ["wal", 2, 1, 60_000]
    assert config["default"]["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    # With IMMEDIATE transactions a GET would take the write lock.
    assert connection.settings_dict["ATOMIC_REQUESTS"] is False


def test_plain_http_is_sent_to_https_in_production(client: Client, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    response = client.get("/admin/")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/admin/")
    assert "Content-Security-Policy" in response


def test_the_root_leads_to_the_documentation(client: Client) -> None:
    assert client.get("/")["Location"] == "/api/v1/docs/"
