"""A pool of two connections, on a database with one table."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.kernel import things
from tests.postgres import Postgres
from vestibule.kernel.database import Database


@pytest.fixture(scope="module")
async def things_url(postgres: Postgres) -> AsyncIterator[str]:
    """An empty database, with one table."""
    name = await postgres.clone(template="template0")
    connection = await asyncpg.connect(postgres.owner_url(name))
    await connection.execute(things.TABLE)
    await connection.close()
    yield postgres.owner_url(name)
    await postgres.drop(name)


@pytest.fixture
async def own(things_url: str) -> AsyncIterator[Database]:
    """A pool of two connections on it; the table is empty."""
    database = await Database.connect(things_url, size=2)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM things")
    yield database
    await database.close()
