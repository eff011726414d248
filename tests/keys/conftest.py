"""Two realms to mail keys in: the platform's, and an app's."""

import pytest

from tests.accounts.cast import APP
from tests.keys.desk import Desk
from vestibule.kernel.database import Database
from vestibule.messages.model import Outbox


@pytest.fixture
async def desk(database: Database, outbox: Outbox) -> Desk:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO realms (id, kind) VALUES ($1, 'app')", APP.id)
    return Desk(database, outbox)
