"""What is cleared away of messages: those of places that are gone, or settled long ago."""

from vestibule.kernel.database import Database
from vestibule.messages import actions as messages

BATCH = 1000


async def withdraw_gone(database: Database) -> int:
    """Withdraw what was not sent of places that are gone. Gives the number."""
    total = 0
    while True:
        async with database.transaction() as tx:
            count = await messages.withdraw_gone(tx, at_most=BATCH)
        total += count
        if count < BATCH:
            return total


async def forget_old(database: Database) -> int:
    """Delete the messages that were settled 90 days ago. Gives their number."""
    async with database.transaction() as tx:
        return await messages.forget_old(tx)
