"""System checks of the settings: what a public site must have before it starts."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

TAG = "timeline"
SECRET_KEY_LENGTH = 50
LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]", ".localhost", "testserver"}


@checks.register(TAG)
def check_secret_key(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A production site brings its own key: a generated one would differ between its servers."""
    if not settings.PRODUCTION:
        return []
    try:
        key = settings.SECRET_KEY
    except ImproperlyConfigured:  # how Django answers for an empty key
        key = ""
    hint = (
        "Set the environment variable SECRET_KEY to a random text, for example from: "
        'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    )
    if not key:
        return [checks.Error("SECRET_KEY is not set.", hint=hint, id="timeline.E001")]
    if len(key) < SECRET_KEY_LENGTH:
        message = f"SECRET_KEY has {len(key)} characters; it needs at least {SECRET_KEY_LENGTH}."
        return [checks.Error(message, hint=hint, id="timeline.E002")]
    return []


@checks.register(TAG)
def check_allowed_hosts(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A production site names its hosts; a local one that names others is probably meant to be one."""
    if settings.PRODUCTION:
        if settings.ALLOWED_HOSTS:
            return []
        hint = "Set the environment variable ALLOWED_HOSTS, for example: ALLOWED_HOSTS=timeline.example.org"
        return [checks.Error("ALLOWED_HOSTS is not set.", hint=hint, id="timeline.E003")]
    others = sorted(set(settings.ALLOWED_HOSTS) - LOCAL_HOSTS)
    if not others:
        return []
    return [
        checks.Warning(
            f"ALLOWED_HOSTS names {', '.join(others)}, but TIMELINE_ENV is not 'production'.",
            hint="A public site sets TIMELINE_ENV=production: secure cookies, HTTPS only, HSTS.",
            id="timeline.W001",
        )
    ]


@checks.register(TAG)
def check_debug(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Django's error pages show settings and data."""
    if settings.PRODUCTION and settings.DEBUG:
        hint = "Unset the environment variable DEBUG."
        return [checks.Error("DEBUG is on in production.", hint=hint, id="timeline.E004")]
    return []


@checks.register(TAG)
def check_proxies(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A production site stands behind a proxy; uncounted, all clients are one, with one limit."""
    if not settings.PRODUCTION or settings.NUM_PROXIES:
        return []
    return [
        checks.Warning(
            "NUM_PROXIES is 0: behind a proxy all clients have one address, and share the limits of one.",
            hint="Set NUM_PROXIES to the number of proxies that add to X-Forwarded-For, for example 1.",
            id="timeline.W002",
        )
    ]


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured with everything that the checks above call an error."""
    errors = [message for message in checks.run_checks(tags=[TAG]) if message.is_serious()]
    if errors:
        raise ImproperlyConfigured("\n".join(str(error) for error in errors))
