"""The one verb of the trail."""

from vestibule.audit import store
from vestibule.audit.model import Entry
from vestibule.kernel.database import Transaction


async def record(tx: Transaction, entry: Entry) -> None:
    """Write down what this transaction changes. Never holds a key, a password or a token."""
    await store.insert(tx, entry)
