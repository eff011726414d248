"""What is cleared away: organizations and apps that were deleted, slugs at rest, old API keys."""

from datetime import timedelta

from vestibule.kernel.database import Database
from vestibule.memberships import api_key_revoking, clearing
from vestibule.organizations import resting
from vestibule.organizations.closing_model import TOLD_FOR


async def clear_closed(database: Database, *, after: timedelta = TOLD_FOR) -> int:
    """Clear away what was closed longer ago than that. Gives the number of steps that it took."""
    steps = 0
    while True:
        async with database.transaction() as tx:
            if not await clearing.clear_some(tx, after=after):
                return steps
        steps += 1


async def forget_rests(database: Database) -> int:
    """Forget the rests of slugs that are over. Gives their number."""
    async with database.transaction() as tx:
        return await resting.forget_over(tx)


async def forget_expired_keys(database: Database) -> int:
    """Forget API keys that expired long ago, each in a transaction of its own. Gives how many."""
    total = 0
    while True:
        async with database.reader() as reader:
            keys = await api_key_revoking.list_forgettable(reader)
        forgotten = 0
        for key in keys:
            async with database.transaction() as tx:
                forgotten += await api_key_revoking.forget(tx, key.organization_id, key.id)
        total += forgotten
        if not forgotten or len(keys) < api_key_revoking.BATCH:
            return total
