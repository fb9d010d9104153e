"""Clients of the API: one that nobody knows, and one that may do everything and asks for no version."""

import pytest
from rest_framework.test import APIClient

from tests import factories


@pytest.fixture
def anyone(db: None) -> APIClient:
    return APIClient()


@pytest.fixture
def editor(db: None) -> APIClient:
    client = APIClient()
    client.force_authenticate(factories.an_editor())
    client.credentials(HTTP_IF_MATCH="*")
    return client
