"""What the house tidies up by itself about the trail: entries that are past the retention."""

from vestibule.audit import actions as audit
from vestibule.kernel.database import Database

BATCH = 1000


async def forget_old(database: Database) -> int:
    """Delete what is past the retention that the database's owner set. Gives how many."""
    total = 0
    while True:
        async with database.transaction() as tx:
            count = await audit.forget(tx, at_most=BATCH)
        total += count
        if count < BATCH:
            return total
