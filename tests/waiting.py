"""Letting somebody wait in the database for what a test holds, until the test lets go of it."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from vestibule.kernel.database import Database, Transaction

T = TypeVar("T")

HOLD_ORGANIZATION = "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE"
HOLD_ACCOUNT = "SELECT FROM accounts WHERE id = $1 FOR NO KEY UPDATE"
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
     WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def waiting(
    database: Database,
    second: Coroutine[Any, Any, T],
    holding: str,
    *values: object,
    crowd: int = 1,
) -> AsyncIterator[tuple[Transaction, asyncio.Task[T]]]:
    """Hold something by a statement; the block begins when the second waits for it.

    `crowd`: when that many do. At the block's end what was done in its transaction is there, and
    the second has its answer.
    """
    async with database.transaction() as tx:
        await tx.execute(holding, *values)
        task = asyncio.create_task(second)
        await until_somebody_waits(database, crowd)
        assert not task.done()
        yield tx, task
    await task


async def until_somebody_waits(database: Database, crowd: int = 1) -> None:
    """Look from outside of the transaction: who waits is told as of its first look there."""
    for _ in range(1000):
        async with database.reader() as reader:
            if await reader.fetch_value(_WAITING) >= crowd:
                return
        await asyncio.sleep(0.01)
    raise AssertionError("nobody waits")
