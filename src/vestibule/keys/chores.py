"""What is cleared away of keys: those that nobody needs to be told about any more."""

from vestibule.kernel.database import Database
from vestibule.keys import actions as keys


async def forget_ended(database: Database) -> int:
    """Delete the keys whose time ended long ago. Gives their number."""
    async with database.transaction() as tx:
        return await keys.forget_ended(tx)
