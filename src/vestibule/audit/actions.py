"""The verbs of the trail: to record, and to forget what is past the retention."""

from collections.abc import Sequence

from vestibule.audit import store
from vestibule.audit.model import Entry
from vestibule.kernel.database import Transaction


async def record(tx: Transaction, entry: Entry) -> None:
    """Write down what this transaction changes. Never holds a key, a password or a token."""
    await store.insert(tx, [entry])


async def record_all(tx: Transaction, entries: Sequence[Entry]) -> None:
    """Write down many changes at once."""
    if entries:
        await store.insert(tx, entries)


async def forget(tx: Transaction, *, at_most: int) -> int:
    """Forget some of the entries whose time is over. Gives their number."""
    return await store.forget(tx, at_most=at_most)
