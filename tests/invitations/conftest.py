"""Each kind of destination, and the life of invitations to it."""

import pytest

from tests import world as cast
from tests.client import Client, Mailbox
from tests.invitations.api_kit import Api
from tests.invitations.kinds import KINDS, Kind
from tests.invitations.life import Life
from tests.world import World
from vestibule.kernel.database import Database, Transaction
from vestibule.messages.model import Outbox


@pytest.fixture(params=KINDS)
def destination(request: pytest.FixtureRequest) -> Kind:
    """A place of each kind."""
    return KINDS[request.param](World())


@pytest.fixture
async def life(tx: Transaction, destination: Kind, outbox: Outbox, mailbox: Mailbox) -> Life:
    """The life of invitations to the destination, in a transaction that is rolled back."""
    world = await cast.make(tx)
    await destination.prepare(tx)
    return Life(tx, world, destination, outbox, mailbox)


@pytest.fixture
def api(client: Client, world: World, database: Database, mailbox: Mailbox) -> Api:
    """The API, with the cast behind it."""
    return Api(client, world, database, mailbox)
