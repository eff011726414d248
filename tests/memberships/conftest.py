"""The app *Rounds*, in a transaction that is rolled back."""

import pytest

from tests import world as cast
from tests.memberships.cast import Stage
from vestibule.kernel.database import Transaction
from vestibule.messages.model import Outbox


@pytest.fixture
async def stage(tx: Transaction, outbox: Outbox) -> Stage:
    """The app, published by Ada."""
    made = Stage(tx, await cast.make(tx), outbox)
    await made.build()
    return made
