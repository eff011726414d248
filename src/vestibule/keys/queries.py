"""How keys are read."""

from vestibule.kernel.database import Reader, Row
from vestibule.keys.model import Key, Purpose

COLUMNS = """id, realm_id, purpose, subject, particulars, expires_at,
             expires_at <= clock_timestamp() AS is_expired, spent_at IS NOT NULL AS is_spent,
             superseded_at IS NOT NULL AS is_superseded"""


async def find_by_hash(reader: Reader, key_hash: bytes) -> Key | None:
    """Give the key of this hash, usable or not."""
    row = await reader.fetch_one(f"SELECT {COLUMNS} FROM keys WHERE key_hash = $1", key_hash)
    return key_from_row(row) if row else None


def key_from_row(row: Row) -> Key:
    """Read the row of COLUMNS."""
    return Key(**{**row, "purpose": Purpose(row["purpose"])})
