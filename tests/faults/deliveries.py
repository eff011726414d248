"""What the tests of the worker share: a worker for the length of a block, and the truth by SQL."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from tests.messages import mailroom
from tests.smtp_sink import Caught
from vestibule.kernel.database import Database
from vestibule.kernel.ids import MessageId
from vestibule.messages import actions
from vestibule.messages.delivery import Pace, work
from vestibule.messages.model import Mail
from vestibule.messages.smtp import Timeouts

QUICK = Pace(lease=5, heartbeat=1, poll=0.1, grace=1)
PATIENT = Timeouts(connect=2, command=5, data=5, quit=1, pause=0)


@asynccontextmanager
async def working(
    database: Database, url: str | None, *, pace: Pace = QUICK, timeouts: Timeouts = PATIENT
) -> AsyncIterator[None]:
    """Run a worker for as long as the block, and see that it stops when it is told to."""
    stop = asyncio.Event()
    courier = mailroom.courier(url, timeouts=timeouts) if url else None
    task = asyncio.create_task(work(database, courier, stop, pace=pace))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(task, pace.grace + 5)


async def queue(database: Database, *mails: Mail) -> list[MessageId]:
    async with database.transaction() as tx:
        return [await actions.queue(tx, mail, outbox=mailroom.OUTBOX) for mail in mails]


async def states(database: Database) -> dict[str, int]:
    async with database.reader() as reader:
        rows = await reader.fetch_all("SELECT state, count(*) AS n FROM messages GROUP BY state")
    return {row["state"]: row["n"] for row in rows}


async def outcome(database: Database, message_id: MessageId) -> tuple[str, int, str | None]:
    async with database.reader() as reader:
        row = await reader.fetch_one(
            "SELECT state, attempts, reason FROM messages WHERE id = $1", message_id
        )
    assert row is not None
    return row["state"], row["attempts"], row["reason"]


async def until(
    condition: Callable[[], Awaitable[bool]], *, seconds: float = 15, every: float = 0.03
) -> None:
    ends_at = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < ends_at, "it did not come to pass"
        await asyncio.sleep(every)


async def until_states(database: Database, expected: dict[str, int]) -> None:
    async def reached() -> bool:
        return await states(database) == expected

    await until(reached)


async def make_due(database: Database) -> None:
    """Let the time of a deferred mail come."""
    async with database.transaction() as tx:
        await tx.execute("UPDATE messages SET due_at = clock_timestamp() WHERE state = 'deferred'")


def fingerprints(mails: Sequence[Caught]) -> set[bytes]:
    return {mail.content for mail in mails}
