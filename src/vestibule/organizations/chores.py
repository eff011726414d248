"""What the house does by itself about slugs that were given up: forget rests that are over."""

from vestibule.kernel.database import Database
from vestibule.organizations import resting


async def forget_rests(database: Database) -> int:
    """Forget the rests of slugs that are over. Gives their number."""
    async with database.transaction() as tx:
        return await resting.forget_over(tx)
