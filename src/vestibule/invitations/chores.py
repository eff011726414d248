"""What the house tidies up by itself about invitations."""

from datetime import timedelta

from vestibule.invitations import forgetting
from vestibule.kernel.database import Database


async def forget_ended(database: Database, *, retention: timedelta) -> int:
    """Delete what was closed, or expired, longer ago than the retention. Gives how many."""
    total = 0
    while True:
        async with database.transaction() as tx:
            count = await forgetting.forget_ended(tx, retention=retention)
        total += count
        if count < forgetting.BATCH:
            return total
