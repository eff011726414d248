"""The trail of the cast."""

import pytest

from tests.audit.trail import Trail
from tests.client import Client, Mailbox
from tests.world import World
from vestibule.kernel.database import Database


@pytest.fixture
def trail(client: Client, world: World, database: Database, mailbox: Mailbox) -> Trail:
    return Trail(client, world, database, mailbox)
