"""How the key of a program that calls is kept. The view is what this room knows of keys."""

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId
from vestibule.organizations.caller_queries import GOOD_KEY


async def share_key(tx: Transaction, key_id: ApiKeyId) -> bool:
    """Keep the key so until the transaction ends. False: it is not good any more."""
    return await tx.fetch_value(f"{GOOD_KEY} FOR KEY SHARE", key_id) is not None
