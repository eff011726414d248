"""What is cleared away of apps: one-time codes that are long over."""

from vestibule.apps import codes
from vestibule.kernel.database import Database


async def forget_ended(database: Database) -> int:
    """Delete the codes that ended a day ago. Gives their number."""
    async with database.transaction() as tx:
        return await codes.forget_ended(tx)
