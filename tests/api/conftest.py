"""Clients of the API: one that nobody knows, and one that may do everything."""

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
    return client
