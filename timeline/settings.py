"""The settings: one file, from the environment, and it works with nothing set.

TIMELINE_ENV is `local` (the default: plain HTTP on this machine, as `make demo` and a developer
want it) or `production`. docs/operations.md lists every variable. A value that cannot be read is
refused here; what a production site must set is checked in checks.py.
"""

import os
import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from timeline.dates import Conventions
from timeline.rates import Rate

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _choice(name: str, choices: tuple[str, ...]) -> str:
    """The variable's value, or the first choice where it is not set."""
    value = os.environ.get(name) or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(choices)}.")
    return value


def _flag(name: str) -> bool:
    # Not env.bool: to that, DEBUG=flase is a quiet False and DEBUG=ja as well.
    return _choice(name, ("false", "true", "0", "1")) in ("true", "1")


def _number(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be a whole number, 0 or more.")
    return int(value)


def _rate(name: str, default: str) -> Rate | None:
    try:
        return Rate.read(os.environ.get(name) or default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error


def _names(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


PRODUCTION = _choice("TIMELINE_ENV", ("local", "production")) == "production"
# Error pages with source and settings, for developers. Never on by itself, not even locally.
DEBUG = _flag("DEBUG")
# What this installation writes: the SQLite database, the local secret key, the collected static files.
DATA_DIR = Path(os.environ.get("DATA_DIR") or BASE_DIR / "var").absolute()


# --- Secrets and hosts ---


def _local_secret_key(path: Path) -> str:
    """The key in the file, which is written on the first run, readable by its owner only."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        # mkstemp gives mode 0600; the link makes a whole file appear at once, whoever comes first.
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was faster
        finally:
            os.unlink(draft)
    return path.read_text()


# Not env.str, which takes a value that begins with "$" for the name of another variable.
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY and not PRODUCTION:
    SECRET_KEY = _local_secret_key(DATA_DIR / "secret-key")

ALLOWED_HOSTS = _names("ALLOWED_HOSTS")
if not ALLOWED_HOSTS and not PRODUCTION:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


# --- Apps ---

INSTALLED_APPS = [
    "timeline",  # before the admin, whose templates it may replace
    "api",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
]
MIDDLEWARE = [
    # Before all others: what any of them answers to HEAD has no body.
    "timeline.head.without_bodies",
    # Then these, so that redirects, refusals and static files carry the headers too.
    "timeline.headers.ContentSecurityPolicy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "timeline.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "timeline.headers.CrossOrigin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "timeline.slashes.SlashMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
# Not in a cookie, which would be looked for in every request.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ROOT_URLCONF = "timeline.urls"
WSGI_APPLICATION = "timeline.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FIXTURE_DIRS = [BASE_DIR / "fixtures"]


# --- Users ---

AUTH_USER_MODEL = "timeline.User"
AUTHENTICATION_BACKENDS = ["timeline.permissions.PermissionBackend"]
KNOX_TOKEN_MODEL = "timeline.Token"
SESSION_ENGINE = "timeline.sessions"
# Knox's own migrations would make a table for the token model that ours replaces. Nothing uses it, and
# its key to the users stops `manage.py flush` on PostgreSQL.
MIGRATION_MODULES = {"knox": None}
# Who publishes a thing is somebody else than who wrote last or sent it to review.
REQUIRE_FOUR_EYES = _flag("REQUIRE_FOUR_EYES")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]


# --- Database ---

# WAL with IMMEDIATE transactions: measured, the defaults refuse most concurrent writes ("database is
# locked"), these settings none. Because a transaction takes the write lock at once, ATOMIC_REQUESTS
# stays off: with it every GET would wait for the writers. FULL: an acknowledged write survives a crash.
SQLITE_OPTIONS: dict[str, Any] = {
    # For this many seconds a transaction waits for its turn (timeline/waiting.py).
    "timeout": 60,
    "transaction_mode": "IMMEDIATE",
    # As much of the file is mapped as SQLite maps at most; a cache of 8 MB for each thread reads the rest.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA mmap_size=2147418112; "
    "PRAGMA cache_size=-8000;",
}


def _database() -> dict[str, Any]:
    """DATABASE_URL as Django wants it; without one, SQLite in DATA_DIR."""
    url = os.environ.get("DATABASE_URL", "")
    config: dict[str, Any]
    scheme, separator, _ = url.partition("://")
    if not url:
        DATA_DIR.mkdir(parents=True, exist_ok=True)
        config = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "timeline.sqlite3")}
    elif separator and scheme in ("sqlite", "postgres", "postgresql"):
        config = env.db_url_config(url)
    else:
        # The URL itself may hold a password and is not repeated.
        raise ImproperlyConfigured(
            "DATABASE_URL must begin with postgres:// or sqlite:///, for example "
            "postgres://user:password@localhost:5432/timeline or sqlite:////srv/timeline.sqlite3."
        )
    # One connection a thread, kept: psycopg2 has no pool in Django, and opening a file of SQLite takes longer
    # than most answers. Not tried before each request (CONN_HEALTH_CHECKS), which would cost a fifth of an
    # answer: the first request after a restart of PostgreSQL is told to try again.
    config["CONN_MAX_AGE"] = _number("CONN_MAX_AGE", 600)
    # Django's name for what a pool does not allow that gives each transaction another connection.
    config["DISABLE_SERVER_SIDE_CURSORS"] = _flag("TRANSACTION_POOLING")
    if config["ENGINE"] == "django.db.backends.sqlite3":
        return {**config, "OPTIONS": SQLITE_OPTIONS | config.get("OPTIONS", {})}
    return config


DATABASES = {"default": _database()}
# What a statement of a web request may take; 0: as long as it wants. timeline/limits.py keeps it.
STATEMENT_TIMEOUT_SECONDS = _number("STATEMENT_TIMEOUT_SECONDS", 5)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


# --- Language and time ---

LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
# What circa, early or late mean on this site; after a change run `manage.py restamp`.
DATE_CONVENTIONS = Conventions()


# --- Static files ---

STATIC_URL = "static/"
# Locally WhiteNoise serves straight from the packages; in production what `collectstatic` gathered,
# compressed and with a hash in each name, so that browsers may keep it for ever.
STATIC_ROOT = DATA_DIR / "static" if PRODUCTION else None
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}


# --- Security ---

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
# The proxy says that a request came by HTTPS; gunicorn believes it where FORWARDED_ALLOW_IPS says so.
# Django's SECURE_PROXY_SSL_HEADER would believe anybody.
SECURE_SSL_REDIRECT = PRODUCTION
SESSION_COOKIE_SECURE = PRODUCTION
CSRF_COOKIE_SECURE = PRODUCTION
SECURE_HSTS_SECONDS = _number("HSTS_SECONDS", 365 * 24 * 3600) if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
# Sites ask for an entry in the browsers' preload lists themselves: it binds a whole domain for months.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
# The API's bodies have their own limit; this one is for forms. A contract or an event with many
# participants and citations is a form of some hundred fields.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# Pages of any site may read what everybody may read; CORS_ALLOWED_ORIGINS names the only ones, or `none`.
# The browser sends no session along and shows the page no answer that it sent one with.
_ORIGINS = _names("CORS_ALLOWED_ORIGINS") or ["*"]
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_ALL_ORIGINS = _ORIGINS == ["*"]
CORS_ALLOWED_ORIGINS = [] if _ORIGINS in (["*"], ["none"]) else _ORIGINS
CORS_ALLOW_CREDENTIALS = False
CORS_ALLOW_METHODS = ["GET", "HEAD", "OPTIONS"]
CORS_ALLOW_HEADERS = ["accept", "authorization", "if-none-match"]
CORS_EXPOSE_HEADERS = ["ETag", "Retry-After"]
# How many proxies stand before this server: who the client is, the last of them says.
NUM_PROXIES = _number("NUM_PROXIES", 0)
# Reading without an account and wrong tokens or passwords count by address, writing counts by user.
RATES = {
    "anonymous": _rate("THROTTLE_ANONYMOUS", "1200/min"),
    "writing": _rate("THROTTLE_WRITING", "1200/min"),
    "failures": _rate("THROTTLE_FAILURES", "20/min"),
}
# Counters of rates, and nothing else yet: each process has its own.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}


# --- API ---

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenAuthentication",
        "api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["api.authentication.ModelPermissions"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttles.Anonymous", "api.throttles.Writing"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.OrjsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.renderers.NamedNegotiation",
    "DEFAULT_METADATA_CLASS": None,  # the schema tells more
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "EXCEPTION_HANDLER": "api.answers.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "TEST_REQUEST_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365)}
SPECTACULAR_SETTINGS = {
    "TITLE": "Timeline",
    "DESCRIPTION": "Dated, sourced events: who did what, when, and which source says so.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,  # a body takes slugs where an answer has objects
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": ["api.schema.complete"],
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},  # no badge from elsewhere
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}


# --- Logging ---

# To standard error, where a service manager picks it up. Django's own default says nothing about
# errors while DEBUG is off.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": _choice("LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR", "CRITICAL")),
    },
    "loggers": {"django": {"handlers": [], "propagate": True}},
}
