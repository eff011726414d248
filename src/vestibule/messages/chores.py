"""What is cleared away of messages: those that were settled long ago."""

from vestibule.kernel.database import Database
from vestibule.messages import actions as messages


async def forget_old(database: Database) -> int:
    """Delete the messages that were settled 90 days ago. Gives their number."""
    async with database.transaction() as tx:
        return await messages.forget_old(tx)
