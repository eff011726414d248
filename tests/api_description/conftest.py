"""The description, as a program gets it."""

import pytest

from tests.api_description.promises import Document
from tests.client import API, Client


@pytest.fixture
async def document(client: Client) -> Document:
    answer = await client.get(f"{API}/openapi.json")
    assert answer.status_code == 200
    return Document(answer.json())
