"""Every statement that writes or locks a key.

A chore asks for the clock once, as `(SELECT …)`: a function whose value moves uses no index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import KeyId, RealmId, new_id
from vestibule.keys.model import Key, KeyNotFound, Purpose
from vestibule.keys.queries import COLUMNS, key_from_row


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key to be kept."""

    realm_id: RealmId
    purpose: Purpose
    subject: str
    key_hash: bytes
    lifetime: timedelta
    particulars: dict[str, Any]


async def insert_live(tx: Transaction, row: KeyRow) -> KeyId | None:
    """Add the key as the subject's live one; None if it has one, once that is certain."""
    key_id: KeyId | None = await tx.fetch_value(
        """
        INSERT INTO keys (id, realm_id, purpose, subject, key_hash, particulars, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, clock_timestamp() + $7::interval)
        ON CONFLICT (realm_id, purpose, subject)
              WHERE spent_at IS NULL AND superseded_at IS NULL DO NOTHING
        RETURNING id
        """,
        new_id(),
        row.realm_id,
        row.purpose,
        row.subject,
        row.key_hash,
        row.particulars,
        row.lifetime,
    )
    return key_id


async def lock_by_hash(tx: Transaction, key_hash: bytes) -> Key:
    """Give the key, held until the end of the transaction, by the clock after a wait.

    Raises KeyNotFound.
    """
    row = await tx.fetch_one(
        f"""
        WITH held AS (SELECT * FROM keys WHERE key_hash = $1 FOR UPDATE)
        SELECT {COLUMNS} FROM held
        """,
        key_hash,
    )
    if row is None:
        raise KeyNotFound
    return key_from_row(row)


async def spend(tx: Transaction, key_id: KeyId) -> None:
    """Mark the key as spent."""
    await tx.execute(
        "UPDATE keys SET spent_at = clock_timestamp() WHERE id = $1 AND spent_at IS NULL", key_id
    )


async def supersede(tx: Transaction, realm_id: RealmId, purpose: Purpose, subject: str) -> None:
    """End the subject's live key of this purpose, if there is one."""
    await tx.execute(
        """
        UPDATE keys SET superseded_at = clock_timestamp()
         WHERE realm_id = $1 AND purpose = $2 AND subject = $3
           AND spent_at IS NULL AND superseded_at IS NULL
        """,
        realm_id,
        purpose,
        subject,
    )


async def delete_ended(tx: Transaction, *, after: timedelta) -> int:
    """Delete keys whose time ended so long ago. Gives their number."""
    return await tx.execute(
        "DELETE FROM keys WHERE expires_at < (SELECT clock_timestamp()) - $1::interval", after
    )


async def delete_of(tx: Transaction, subjects: Sequence[str]) -> None:
    """Delete every key of these subjects."""
    await tx.execute("DELETE FROM keys WHERE subject = ANY($1)", list(subjects))


async def delete_of_realm(tx: Transaction, realm_id: RealmId, *, at_most: int) -> int:
    """Delete keys of the realm. Gives their number."""
    return await tx.execute(
        """
        DELETE FROM keys WHERE id = ANY(ARRAY(SELECT id FROM keys WHERE realm_id = $1 LIMIT $2))
        """,
        realm_id,
        at_most,
    )


async def delete_in(tx: Transaction, realm_id: RealmId, subject: str) -> None:
    """Delete every key of this subject in a realm."""
    await tx.execute("DELETE FROM keys WHERE realm_id = $1 AND subject = $2", realm_id, subject)
