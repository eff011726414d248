"""Every statement that writes a session."""

from collections.abc import Sequence

from vestibule.accounts.model import (
    MOST_SESSIONS,
    SESSION_IDLE,
    SESSION_LONGEST,
    SESSION_TOUCHED_EVERY,
    Account,
)
from vestibule.audit.model import Actor
from vestibule.kernel.database import Row, Transaction
from vestibule.kernel.ids import AccountId, RealmId, SessionId, new_id


async def insert(tx: Transaction, account: Account, token_hash: bytes, *, origin: Actor) -> Row:
    """Add a session; give its id and when it ends at the latest."""
    row = await tx.fetch_one(
        """
        INSERT INTO sessions (id, realm_id, account_id, token_hash, expires_at, network, user_agent)
        VALUES ($1, $2, $3, $4, clock_timestamp() + $5, $6, $7)
        RETURNING id, expires_at
        """,
        new_id(),
        account.realm_id,
        account.id,
        token_hash,
        SESSION_LONGEST,
        origin.network,
        origin.user_agent,
    )
    assert row is not None  # noqa: S101  an insert without a condition returns its row
    return row


async def delete_beyond_most(tx: Transaction, account_id: AccountId) -> None:
    """End the account's oldest sessions beyond the number that one may have."""
    await tx.execute(
        """
        DELETE FROM sessions
         WHERE id IN (SELECT id FROM sessions WHERE account_id = $1 ORDER BY created_at DESC, id
         DESC OFFSET $2)
        """,
        account_id,
        MOST_SESSIONS,
    )


async def delete(tx: Transaction, account_id: AccountId, session_id: SessionId) -> bool:
    """End one session of the account. False if it has no such."""
    count = await tx.execute(
        "DELETE FROM sessions WHERE account_id = $1 AND id = $2", account_id, session_id
    )
    return count == 1


async def delete_all(tx: Transaction, account_id: AccountId, *, except_: SessionId | None) -> int:
    """End the account's sessions, all or all but one. Gives their number."""
    return await tx.execute(
        "DELETE FROM sessions WHERE account_id = $1 AND id IS DISTINCT FROM $2", account_id, except_
    )


async def delete_presented(tx: Transaction, realm_id: RealmId, token_hash: bytes) -> Row | None:
    """End the session of this token; give its id and account."""
    return await tx.fetch_one(
        "DELETE FROM sessions WHERE realm_id = $1 AND token_hash = $2 RETURNING id, account_id",
        realm_id,
        token_hash,
    )


async def delete_these(tx: Transaction, session_ids: Sequence[SessionId]) -> None:
    """End these sessions, whosever they are."""
    await tx.execute("DELETE FROM sessions WHERE id = ANY($1)", list(session_ids))


async def touch(tx: Transaction, session_id: SessionId) -> None:
    """Note that the session was seen, unless that was noted a moment ago."""
    await tx.execute(
        """
        UPDATE sessions SET last_seen_at = clock_timestamp()
         WHERE id = $1 AND last_seen_at < clock_timestamp() - $2::interval
        """,
        session_id,
        SESSION_TOUCHED_EVERY,
    )


async def delete_ended(tx: Transaction) -> int:
    """Delete the sessions whose time is over. Gives their number."""
    return await tx.execute(
        """
        DELETE FROM sessions
         WHERE expires_at < clock_timestamp() OR last_seen_at < clock_timestamp() - $1::interval
        """,
        SESSION_IDLE,
    )
