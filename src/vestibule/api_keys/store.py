"""Every statement that writes or locks an API key."""

from collections.abc import Sequence

from vestibule.accounts.model import SESSION_TOUCHED_EVERY
from vestibule.api_keys.model import HINT_LETTERS, NewApiKey
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import ApiKeyId, OrganizationId, UserId, new_id
from vestibule.organizations.permission_model import Permission


async def insert(
    tx: Transaction,
    organization_id: OrganizationId,
    maker_id: UserId,
    new: NewApiKey,
    *,
    secret: tuple[str, bytes],
) -> ApiKeyId | None:
    """Add the key. `secret`: itself and its hash, which alone is kept with its end.

    None: its form made one already, and the transaction lives on.
    """
    shown, secret_hash = secret
    key_id: ApiKeyId | None = await tx.fetch_value(
        """
        INSERT INTO api_keys (id, organization_id, app_id, user_id, name, secret_hash, hint,
                              permissions, expires_at, made_by_form)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
                coalesce($9::timestamptz, clock_timestamp() + $10::interval), $11)
        ON CONFLICT ON CONSTRAINT api_keys_one_for_each_form DO NOTHING
        RETURNING id
        """,
        new_id(),
        organization_id,
        new.app_id,
        maker_id,
        new.name,
        secret_hash,
        shown[-HINT_LETTERS:],
        [one for one in Permission if one in new.permissions],
        new.expiry.at,
        new.expiry.after,
        new.form,
    )
    return key_id


async def note_use(tx: Transaction, key_id: ApiKeyId) -> None:
    """Note that the key was used, unless that was noted a moment ago."""
    await tx.execute(
        """
        UPDATE api_keys SET last_used_at = clock_timestamp()
         WHERE id = $1
           AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - $2::interval)
        """,
        key_id,
        SESSION_TOUCHED_EVERY,
    )


async def delete(tx: Transaction, key_ids: Sequence[ApiKeyId]) -> int:
    """Delete the keys. Gives the number of those that were there."""
    return await tx.execute("DELETE FROM api_keys WHERE id = ANY($1)", list(key_ids))
