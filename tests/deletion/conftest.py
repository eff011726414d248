"""What is deleted: *Analytical*, in a transaction that is rolled back, or committed and filled."""

import pytest

from tests import world as cast
from tests.deletion.yard import Yard
from tests.memberships.conftest import hall
from vestibule.kernel.database import Database
from vestibule.messages.model import Outbox

__all__ = ["hall"]


@pytest.fixture
async def yard(database: Database, outbox: Outbox) -> Yard:
    """The organization and its app, committed, with something of everything in them."""
    async with database.transaction() as tx:
        world = await cast.make(tx)
    made = Yard(database, world, outbox)
    await made.fill()
    return made
