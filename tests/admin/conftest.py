"""Who is at the admin."""

import pytest
from django.test import Client

from tests.factories import an_editor


@pytest.fixture
def client(db: None) -> Client:
    """A browser in which an editor with all rights has logged in."""
    client = Client()
    client.force_login(an_editor())
    return client
