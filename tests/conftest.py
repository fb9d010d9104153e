"""What every test stands on."""

import os

import pytest
from django.core.cache import cache
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

# The same examples in every run, and no verdict by the clock of a busy machine. `HYPOTHESIS_PROFILE=search
# pytest tests/dates` looks for new counterexamples.
hypothesis_settings.register_profile(
    "steady", derandomize=True, deadline=None, max_examples=100, database=None
)
hypothesis_settings.register_profile("search", deadline=None, max_examples=5000)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "steady"))


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    """A password hash is slow on purpose; a suite that makes many users need not be."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def counted_from_zero() -> None:
    """All tests ask from one address; each has the rates of the settings to itself."""
    cache.clear()
