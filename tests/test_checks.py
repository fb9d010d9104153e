"""The system checks of the settings, and that neither a command nor a server starts against them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from timeline.checks import TAG, refuse_unsafe_settings

ROOT = Path(__file__).parent.parent
GOOD_KEY = "0123456789" * 5


@pytest.fixture
def production(settings: Settings) -> Settings:
    """A site that has all it needs."""
    settings.PRODUCTION = True
    settings.DEBUG = False
    settings.SECRET_KEY = GOOD_KEY
    settings.ALLOWED_HOSTS = ["timeline.example.org"]
    settings.NUM_PROXIES = 1
    return settings


def ids() -> list[str | None]:
    return [message.id for message in run_checks(tags=[TAG])]


def test_a_site_with_key_and_hosts_passes(production: Settings) -> None:
    assert ids() == []
    refuse_unsafe_settings()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("SECRET_KEY", "", "timeline.E001"),
        ("SECRET_KEY", "short", "timeline.E002"),
        ("ALLOWED_HOSTS", [], "timeline.E003"),
        ("DEBUG", True, "timeline.E004"),
    ],
)
def test_what_production_must_have(production: Settings, name: str, value: object, expected: str) -> None:
    setattr(production, name, value)
    assert ids() == [expected]
    with pytest.raises(ImproperlyConfigured, match=rf"{expected}[^$]*HINT"):
        refuse_unsafe_settings()


def test_a_site_that_counts_no_proxy_is_warned(production: Settings) -> None:
    production.NUM_PROXIES = 0
    assert ids() == ["timeline.W002"]
    refuse_unsafe_settings()


def test_a_local_site_needs_nothing(settings: Settings) -> None:
    settings.SECRET_KEY = "short"
    settings.ALLOWED_HOSTS = ["localhost"]
    settings.DEBUG = True
    assert ids() == []


def test_a_local_site_with_a_public_name_is_warned(settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["timeline.example.org", "127.0.0.1"]
    assert ids() == ["timeline.W001"]
    refuse_unsafe_settings()


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A fresh Python in the project with only these variables of ours."""
    ours = {"ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "NUM_PROXIES", "SECRET_KEY"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=inherited
        | {"TIMELINE_ENV": "production", "DJANGO_SETTINGS_MODULE": "timeline.settings"}
        | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("arguments", [("manage.py", "check"), ("-c", "import timeline.wsgi")])
def test_production_does_not_start_without_key_and_hosts(arguments: tuple[str, ...]) -> None:
    result = python(*arguments)
    assert result.returncode == 1
    for text in ("SECRET_KEY is not set", "ALLOWED_HOSTS is not set", "HINT"):
        assert text in result.stderr


def test_production_with_key_and_hosts_has_nothing_left_to_warn_about() -> None:
    result = python(
        "manage.py",
        "check",
        "--deploy",
        "--fail-level=WARNING",
        SECRET_KEY="a key of 50 characters, as random as a test can be!",
        ALLOWED_HOSTS="timeline.example.org",
        NUM_PROXIES="1",
    )
    assert (result.returncode, result.stderr) == (0, "")
