"""What the house does by itself about API keys: forget those that expired long ago."""

from vestibule.kernel.database import Database
from vestibule.programs import revoking


async def forget_expired_keys(database: Database) -> int:
    """Forget API keys that expired long ago, each in a transaction of its own. Gives how many."""
    total = 0
    while True:
        async with database.reader() as reader:
            keys = await revoking.list_forgettable(reader)
        forgotten = 0
        for key in keys:
            async with database.transaction() as tx:
                forgotten += await revoking.forget(tx, key.organization_id, key.id)
        total += forgotten
        if not forgotten or len(keys) < revoking.BATCH:
            return total
