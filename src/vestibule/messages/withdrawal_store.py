"""Giving up mails that are not sent yet: link, place or reader is gone, or their time is over.

What a worker is writing at this moment may still arrive.
"""

from collections.abc import Sequence
from uuid import UUID

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId

# What no mail server has ever been asked to take keeps them, for the mailbox of such a machine.
DROPPED = """settled_at = clock_timestamp(), key_seed = NULL,
               parameters = CASE WHEN state = 'not_configured' THEN parameters ELSE '{}' END"""


async def withdraw(tx: Transaction, about: UUID, *, reason: str) -> int:
    """Give up those about it that carry a key and are not sent yet. Gives their number."""
    return await tx.execute(
        f"""
        UPDATE messages
           SET state = 'failed', reason = $2, {DROPPED}
         WHERE about = $1
           AND key_seed IS NOT NULL
           AND state IN ('queued', 'deferred', 'not_configured')
        """,
        about,
        reason,
    )


async def withdraw_for(
    tx: Transaction, account_id: AccountId, place_ids: Sequence[UUID], *, reason: str
) -> None:
    """Give up what is of these places, for the owner of the account, and not sent yet."""
    await tx.execute(
        f"""
        UPDATE messages
           SET state = 'failed', reason = $3, {DROPPED}
         WHERE id = ANY(ARRAY(
               SELECT id FROM messages
                WHERE account_id = $1 AND place_id = ANY($2)
                  AND state IN ('queued', 'deferred', 'not_configured')
                ORDER BY id FOR UPDATE))
        """,
        account_id,
        list(place_ids),
        reason,
    )


async def insert_gone(tx: Transaction, place_ids: Sequence[UUID]) -> None:
    """Note places that are gone: nothing of theirs is claimed any more."""
    await tx.execute(
        "INSERT INTO gone_places (place_id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING",
        list(place_ids),
    )


async def withdraw_gone(tx: Transaction, *, reason: str, at_most: int) -> int:
    """Give up what is of places that are gone and not sent yet. Gives the number.

    What a worker is writing at this moment is left alone.
    """
    return await tx.execute(
        f"""
        UPDATE messages
           SET state = 'failed', reason = $1, {DROPPED}
         WHERE id = ANY(ARRAY(
               SELECT m.id FROM gone_places g JOIN messages m ON m.place_id = g.place_id
                WHERE m.state IN ('queued', 'deferred', 'not_configured')
                LIMIT $2
                  FOR UPDATE OF m SKIP LOCKED))
        """,
        reason,
        at_most,
    )


async def delete_gone(tx: Transaction, place_id: UUID) -> None:
    """Forget a place of which nothing is left."""
    await tx.execute("DELETE FROM gone_places WHERE place_id = $1", place_id)


async def give_up_late(tx: Transaction, *, reason: str) -> int:
    """Give up what nobody is sending and nobody wants any more. Gives the number."""
    return await tx.execute(
        f"""
        UPDATE messages
           SET state = 'failed', reason = $1, {DROPPED}
         WHERE state IN ('queued', 'deferred', 'not_configured')
           AND due_at <= (SELECT clock_timestamp())
           AND not_after <= clock_timestamp()
        """,
        reason,
    )
