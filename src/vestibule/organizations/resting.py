"""Slugs that were given up rest: what still leads there must not lead to somebody else.

Whoever takes a slug inserts or updates first, which waits for who gives it up at this moment, and
asks only then, by a statement of its own, whether it rests.
"""

from collections.abc import Mapping
from uuid import UUID

from vestibule.kernel.database import Transaction
from vestibule.organizations import resting_store
from vestibule.organizations.model import SlugTaken
from vestibule.organizations.resting_model import RESTS, SlugKind


async def give_up(tx: Transaction, kind: SlugKind, slug: str, *, by: UUID) -> None:
    """Let a slug rest from now on. `by`: who may have it back, if they live on."""
    await give_up_all(tx, kind, {slug: by})


async def give_up_all(tx: Transaction, kind: SlugKind, slugs: Mapping[str, UUID]) -> None:
    """Let these slugs rest from now on. To each belongs who may have it back, if they live on."""
    await resting_store.insert(tx, kind, slugs, lasts=RESTS)


async def ensure_free(tx: Transaction, kind: SlugKind, slug: str, *, by: UUID) -> None:
    """Raise SlugTaken if a slug that was just taken rests, unless its taker gave it up."""
    if await resting_store.find_resting(tx, kind, slug, but_for=by) is not None:
        raise SlugTaken


async def forget_over(tx: Transaction) -> int:
    """Forget the rests that are over. Gives their number."""
    return await resting_store.delete_over(tx)
