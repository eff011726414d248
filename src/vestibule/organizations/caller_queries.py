"""How it is read whether a program may still call. The view is what this room knows of keys."""

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import ApiKeyId

GOOD_KEY = "SELECT id, expires_at FROM good_keys WHERE id = $1"


async def find_good_key(reader: Reader, key_id: ApiKeyId) -> ApiKeyId | None:
    """Give the key if it is there, and has not expired."""
    found: ApiKeyId | None = await reader.fetch_value(GOOD_KEY, key_id)
    return found
