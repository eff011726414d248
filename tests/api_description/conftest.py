"""The description, as a program gets it."""

import pytest

from tests.api_description.promises import Document, read
from tests.client import Client


@pytest.fixture
async def document(client: Client) -> Document:
    return await read(client.http)
