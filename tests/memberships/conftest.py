"""The app *Rounds*, and the organization *Analytical*, in a transaction that is rolled back."""

import pytest

from tests import world as cast
from tests.client import Mailbox
from tests.memberships.cast import Stage
from tests.memberships.hall import Hall
from vestibule.kernel.database import Transaction
from vestibule.messages.model import Outbox


@pytest.fixture
async def stage(tx: Transaction, outbox: Outbox) -> Stage:
    """The app, published by Ada."""
    made = Stage(tx, await cast.make(tx), outbox)
    await made.build()
    return made


@pytest.fixture
async def hall(tx: Transaction, outbox: Outbox, mailbox: Mailbox) -> Hall:
    """The organization, with Ada as its owner, Bo admin, Cy manager, Di viewer."""
    return Hall(tx, await cast.make(tx), outbox, mailbox)
