"""What the house does by itself about deleted places: clear them away."""

from datetime import timedelta

from vestibule.deletion import clearing
from vestibule.kernel.database import Database
from vestibule.organizations.closing_model import TOLD_FOR


async def clear_closed(database: Database, *, after: timedelta = TOLD_FOR) -> int:
    """Clear away what was closed longer ago than that. Gives the number of steps that it took."""
    steps = 0
    while True:
        async with database.transaction() as tx:
            if not await clearing.clear_some(tx, after=after):
                return steps
        steps += 1
