"""How the key of a program that calls is kept. The view is what this room knows of keys."""

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId
from vestibule.organizations.caller_queries import GOOD_KEY


async def share_key(tx: Transaction, key_id: ApiKeyId) -> bool:
    """Keep the key so until the transaction ends. False: it is not good any more."""
    kept = await tx.fetch_one(
        f"""
        WITH held AS ({GOOD_KEY} FOR KEY SHARE)
        SELECT FROM held WHERE expires_at > clock_timestamp()
        """,
        key_id,
    )
    return kept is not None
