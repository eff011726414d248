"""Every SQL statement that writes or locks messages.

A worker owns what it claimed until `due_at`, and writes a result only while `attempts` is still its
own: one that was paused past its lease finds the fence raised, and changes nothing. What looks for
many asks for the clock once, as `(SELECT …)`: a function whose value moves uses no index.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AccountId, MessageId
from vestibule.messages.model import LONGEST, DeliveryState, Mail, Message, Parameter
from vestibule.messages.queries import COLUMNS, message_from_row

# The parameters that name who did what is told.
NAMING = ["by_name", "inviter_name", "member_name"]
# Nothing is owed any more: what the key was made of goes, and the names that the mail spoke of.
SETTLED = "settled_at = clock_timestamp(), key_seed = NULL, parameters = '{}'"


async def insert(
    tx: Transaction, message_id: MessageId, mail: Mail, *, state: DeliveryState
) -> None:
    """Put a mail down, and wake the workers when the transaction commits."""
    await tx.execute(
        """
        WITH put AS (
            INSERT INTO messages (id, template, recipient, locale, parameters,
                                  link_path, key_purpose, key_seed, state, not_after, about,
                                  place_id, account_id, named_id, recipient_canonical)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
            RETURNING id
        )
        SELECT pg_notify('messages', '') FROM put
        """,
        message_id,
        mail.template,
        mail.recipient,
        mail.locale,
        dict(mail.parameters),
        mail.link_path,
        mail.key_purpose,
        mail.key_seed,
        state,
        mail.not_after,
        mail.about,
        mail.place_id,
        mail.account_id,
        mail.named_id,
        mail.mailbox,
    )


async def claim(tx: Transaction, *, at_most: int, lease: timedelta) -> list[Message]:
    """Take mails that are due, for the time of the lease, the longest due first."""
    rows = await tx.fetch_all(
        f"""
        UPDATE messages AS m
           SET attempts = m.attempts + 1,
               last_attempt_at = clock_timestamp(),
               due_at = clock_timestamp() + $2::interval
          FROM (SELECT id
                  FROM messages
                 WHERE state IN ('queued', 'deferred', 'not_configured')
                   AND due_at <= (SELECT clock_timestamp())
                   AND not_after > clock_timestamp()
                   AND NOT EXISTS (SELECT FROM gone_places g WHERE g.place_id = messages.place_id)
                 ORDER BY due_at
                 LIMIT $1
                   FOR UPDATE SKIP LOCKED) AS due
         WHERE m.id = due.id
        RETURNING {COLUMNS}
        """,
        at_most,
        lease,
    )
    return [message_from_row(row) for row in rows]


async def prolong(
    tx: Transaction, messages: Sequence[Message], *, lease: timedelta
) -> set[MessageId]:
    """Keep what is claimed for so long; no time at all gives it back. Gives those still held."""
    rows = await tx.fetch_all(
        """
        UPDATE messages AS m
           SET due_at = clock_timestamp() + $3::interval
          FROM unnest($1::uuid[], $2::integer[]) AS mine (id, attempts)
         WHERE m.id = mine.id
           AND m.attempts = mine.attempts
           AND m.state IN ('queued', 'deferred', 'not_configured')
        RETURNING m.id
        """,
        [message.id for message in messages],
        [message.attempts for message in messages],
        lease,
    )
    return {MessageId(row["id"]) for row in rows}


async def settle(
    tx: Transaction, message: Message, *, state: DeliveryState, reason: str | None
) -> bool:
    """Write what became of it, and wipe its seed. False if it is no longer the caller's."""
    touched = await tx.execute(
        f"""
        UPDATE messages
           SET state = $3, reason = $4, {SETTLED}
         WHERE id = $1
           AND attempts = $2
           AND state IN ('queued', 'deferred', 'not_configured')
        """,
        message.id,
        message.attempts,
        state,
        reason,
    )
    return touched == 1


async def defer(tx: Transaction, message: Message, *, wait: timedelta, reason: str) -> bool:
    """Put it off. False if it is no longer the caller's, or the next try would come too late."""
    touched = await tx.execute(
        """
        UPDATE messages
           SET state = 'deferred', reason = $3, due_at = clock_timestamp() + $4::interval
         WHERE id = $1
           AND attempts = $2
           AND state IN ('queued', 'deferred', 'not_configured')
           AND clock_timestamp() + $4::interval < least(not_after, created_at + $5::interval)
        """,
        message.id,
        message.attempts,
        reason,
        wait,
        LONGEST,
    )
    return touched == 1


async def delete_settled(tx: Transaction, *, older_than: timedelta) -> int:
    """Delete what was settled longer ago than that. What points at a message lets go of it."""
    return await tx.execute(
        "DELETE FROM messages WHERE settled_at < (SELECT clock_timestamp()) - $1::interval",
        older_than,
    )


async def delete_unsent(tx: Transaction, mail: Mail) -> int:
    """Delete what such a mail comes instead of. Gives the number."""
    return await tx.execute(
        """
        DELETE FROM messages
         WHERE account_id = $1 AND place_id = $2 AND template = $3
           AND state IN ('queued', 'deferred', 'not_configured')
        """,
        mail.account_id,
        mail.place_id,
        mail.template,
    )


async def correct(
    tx: Transaction,
    about: Sequence[UUID],
    parameters: Mapping[str, Parameter],
    *,
    named_id: UUID | None,
) -> None:
    """Have unsent mails about any of these say this instead, and name another, if one is given."""
    await tx.execute(
        """
        UPDATE messages SET parameters = parameters || $2::jsonb, named_id = coalesce($3, named_id)
         WHERE about = ANY($1) AND key_seed IS NOT NULL
           AND state IN ('queued', 'deferred', 'not_configured')
        """,
        list(about),
        dict(parameters),
        named_id,
    )


async def blank_names(tx: Transaction, named_ids: Sequence[UUID]) -> None:
    """Take the names out of mails that name any of these."""
    await tx.execute(
        """
        UPDATE messages m
           SET named_id = NULL,
               parameters = m.parameters || coalesce(
                   (SELECT jsonb_object_agg(name, '') FROM jsonb_object_keys(m.parameters) AS name
                     WHERE name = ANY($2)), '{}')
         WHERE m.named_id = ANY($1)
        """,
        list(named_ids),
        NAMING,
    )


async def adopt(
    tx: Transaction, account_id: AccountId, place_id: UUID | None, address: Address
) -> None:
    """Note of mails of a place to an address, that are about nothing, whose they are."""
    await tx.execute(
        """
        UPDATE messages SET account_id = $1
         WHERE place_id IS NOT DISTINCT FROM $2 AND recipient_canonical = $3 AND about IS NULL
           AND account_id IS NULL
        """,
        account_id,
        place_id,
        address.canonical,
    )


async def delete_for(tx: Transaction, account_ids: Sequence[AccountId]) -> None:
    """Delete the mails for the owners of these accounts, whatever they are about."""
    await tx.execute("DELETE FROM messages WHERE account_id = ANY($1)", list(account_ids))


async def delete_to(tx: Transaction, address: Address, *, except_below: str) -> None:
    """Delete the mails to an address that are about nothing, but for links below a path."""
    await tx.execute(
        """
        DELETE FROM messages
         WHERE (recipient_canonical = $1 OR recipient = $2) AND about IS NULL
           AND NOT starts_with(coalesce(link_path, ''), $3)
        """,
        address.canonical,
        address.typed,
        except_below,
    )


async def delete_of(tx: Transaction, place_id: UUID, address: Address) -> None:
    """Delete the mails of a place to an address that are about nothing."""
    await tx.execute(
        """
        DELETE FROM messages
         WHERE (recipient_canonical = $2 OR recipient = $3) AND about IS NULL AND place_id = $1
        """,
        place_id,
        address.canonical,
        address.typed,
    )


async def delete_about(tx: Transaction, about: Sequence[UUID]) -> None:
    """Delete the mails about any of these."""
    await tx.execute("DELETE FROM messages WHERE about = ANY($1)", list(about))
