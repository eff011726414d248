"""What is cleared away of accounts: sessions whose time is over."""

from vestibule.accounts import sessions
from vestibule.kernel.database import Database


async def forget_ended_sessions(database: Database) -> int:
    """Delete the sessions that ended. Gives their number."""
    async with database.transaction() as tx:
        return await sessions.forget_ended(tx)
