"""Every statement that writes or locks an invitation.

Each change is a compare-and-set: it repeats that the invitation is pending, and by the clock of the
moment. A statement that waits for a lock reads the clock of what it has locked, `held`, afterwards:
else it would judge by the time before the wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from vestibule.invitations.model import Invitation, Inviter
from vestibule.invitations.offer_model import Expiry, Host
from vestibule.invitations.queries import COLUMNS, invitation_from_row
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Row, Transaction
from vestibule.kernel.ids import AccountId, InvitationId, new_id

# $3: the hashes of the key that was presented, one of which must be the live one; or NULL.
_IS_PROVEN = """
    ($3::bytea[] IS NULL OR EXISTS (
        SELECT FROM keys k
         WHERE k.key_hash = ANY($3) AND k.subject = i.id::text AND k.superseded_at IS NULL))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered, and by whom: what a renewal replaces."""

    role: str
    inviter: Inviter
    locale: str
    expiry: Expiry
    redirect_url: str | None
    metadata: dict[str, Any]
    member_until: datetime | None


async def insert(tx: Transaction, host: Host, email: Address, terms: Terms) -> Invitation | None:
    """Add a pending invitation, unless one is pending for this destination and address."""
    row = await tx.fetch_one(
        f"""
        INSERT INTO invitations AS i
               (id, organization_id, app_id, address, address_canonical, role, inviter_kind,
                inviter_id, inviter_name, locale, redirect_url, metadata, member_until, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::timestamptz,
                least(coalesce($14::timestamptz, clock_timestamp() + $15::interval), $13))
        ON CONFLICT (organization_id, app_id, address_canonical) WHERE state = 'pending' DO NOTHING
        RETURNING {COLUMNS}
        """,
        new_id(),
        host.organization_id,
        host.app_id,
        email.typed,
        email.canonical,
        *_bound(terms),
    )
    return invitation_from_row(row) if row else None


async def hold_pending(tx: Transaction, host: Host, email: Address) -> Invitation | None:
    """Give the pending invitation of this destination and address, held for a change."""
    row = await tx.fetch_one(
        f"""
        WITH held AS (
            SELECT * FROM invitations
             WHERE organization_id = $1 AND app_id IS NOT DISTINCT FROM $2
               AND address_canonical = $3 AND state = 'pending'
               FOR UPDATE
        )
        SELECT {COLUMNS} FROM held i
        """,
        host.organization_id,
        host.app_id,
        email.canonical,
    )
    return invitation_from_row(row) if row else None


async def hold(tx: Transaction, invitation_id: InvitationId) -> Invitation | None:
    """Give the invitation, held for a change."""
    row = await tx.fetch_one(
        f"""
        WITH held AS (SELECT * FROM invitations WHERE id = $1 FOR UPDATE)
        SELECT {COLUMNS} FROM held i
        """,
        invitation_id,
    )
    return invitation_from_row(row) if row else None


async def renew(
    tx: Transaction, invitation_id: InvitationId, terms: Terms, *, is_mailed: bool
) -> Invitation:
    """Replace the terms of a held pending invitation; it expires a lifetime from now.

    Or with what it offers, if that ends before.
    """
    row = await tx.fetch_one(
        f"""
        UPDATE invitations AS i
           SET role = $2, inviter_kind = $3, inviter_id = $4, inviter_name = $5, locale = $6,
               redirect_url = $7, metadata = $8, member_until = $9::timestamptz,
               expires_at =
                   least(coalesce($10::timestamptz, clock_timestamp() + $11::interval), $9),
               send_count = send_count + CASE WHEN $12 THEN 1 ELSE 0 END,
               last_sent_at = CASE WHEN $12 THEN clock_timestamp() ELSE last_sent_at END
         WHERE id = $1 AND state = 'pending'
        RETURNING {COLUMNS}
        """,
        invitation_id,
        *_bound(terms),
        is_mailed,
    )
    return invitation_from_row(_changed(row))


async def edit(
    tx: Transaction,
    invitation: Invitation,
    *,
    locale: str,
    expiry: Expiry | None,
    inviter: Inviter,
) -> Invitation:
    """Write role, end, language and expiry (None: as it is) of a held pending invitation."""
    row = await tx.fetch_one(
        f"""
        UPDATE invitations AS i
           SET role = $2, locale = $3,
               member_until = $9::timestamptz,
               expires_at = least(coalesce($4::timestamptz, clock_timestamp() + $5::interval,
                                           expires_at), $9),
               inviter_kind = $6, inviter_id = $7, inviter_name = $8
         WHERE id = $1 AND state = 'pending'
        RETURNING {COLUMNS}
        """,
        invitation.id,
        invitation.destination.role,
        locale,
        expiry.at if expiry else None,
        expiry.after if expiry else None,
        inviter.kind,
        inviter.id,
        inviter.name,
        invitation.member_until,
    )
    return invitation_from_row(_changed(row))


async def find(tx: Transaction, invitation_id: InvitationId) -> Invitation | None:
    """Give the invitation, not held."""
    row = await tx.fetch_one(f"SELECT {COLUMNS} FROM invitations i WHERE id = $1", invitation_id)
    return invitation_from_row(row) if row else None


async def accept(
    tx: Transaction, invitation_id: InvitationId, *, by: AccountId, proof: Sequence[bytes] | None
) -> Invitation | None:
    """Close it as accepted, if it is open at this very moment and the key is the newest.

    proof: the hashes of the key that was presented; None when the address itself is the proof.
    """
    row = await tx.fetch_one(
        f"""
        WITH moment AS MATERIALIZED (SELECT clock_timestamp() AS at)
        UPDATE invitations AS i
           SET state = 'accepted', accepted_by = $2, closed_at = moment.at
          FROM moment
         WHERE id = $1 AND state = 'pending' AND expires_at > moment.at AND {_IS_PROVEN}
        RETURNING {COLUMNS}
        """,
        invitation_id,
        by,
        proof,
    )
    return invitation_from_row(row) if row else None


async def decline(
    tx: Transaction,
    invitation_id: InvitationId,
    *,
    reason: str | None,
    proof: Sequence[bytes] | None,
) -> Invitation | None:
    """Close it as declined, if it is open at this very moment and the key is the newest."""
    row = await tx.fetch_one(
        f"""
        UPDATE invitations AS i
           SET state = 'declined', closed_at = clock_timestamp(), decline_reason = $2
         WHERE id = $1 AND state = 'pending' AND expires_at > clock_timestamp() AND {_IS_PROVEN}
        RETURNING {COLUMNS}
        """,
        invitation_id,
        reason,
        proof,
    )
    return invitation_from_row(row) if row else None


async def revoke(tx: Transaction, invitation_id: InvitationId) -> Invitation:
    """Close a held invitation as revoked, expired or not."""
    row = await tx.fetch_one(
        f"""
        UPDATE invitations AS i SET state = 'revoked', closed_at = clock_timestamp()
         WHERE id = $1 AND state = 'pending'
        RETURNING {COLUMNS}
        """,
        invitation_id,
    )
    return invitation_from_row(_changed(row))


async def count_asking(
    tx: Transaction, invitation_id: InvitationId, *, most: int, pause: timedelta
) -> bool:
    """Note that a new one was asked for. False: that was done too often, and nothing is noted."""
    touched = await tx.execute(
        """
        UPDATE invitations SET asked_count = asked_count + 1, asked_at = clock_timestamp()
         WHERE id = $1 AND state <> 'declined' AND asked_count < $2
           AND (asked_at IS NULL OR asked_at <= clock_timestamp() - $3::interval)
        """,
        invitation_id,
        most,
        pause,
    )
    return touched == 1


async def delete_ended(tx: Transaction, *, after: timedelta, at_most: int) -> list[UUID]:
    """Delete invitations that were closed, or expired, so long ago. Gives their ids."""
    rows = await tx.fetch_all(
        """
        DELETE FROM invitations
         WHERE id IN (SELECT id FROM invitations
                       WHERE coalesce(closed_at, expires_at)
                             < (SELECT clock_timestamp()) - $1::interval
                       ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED)
        RETURNING id
        """,
        after,
        at_most,
    )
    return [row["id"] for row in rows]


def _bound(terms: Terms) -> tuple[object, ...]:
    """Give the values of terms, in the order in which the statements number them."""
    return (
        terms.role,
        terms.inviter.kind,
        terms.inviter.id,
        terms.inviter.name,
        terms.locale,
        terms.redirect_url,
        terms.metadata,
        terms.member_until,
        terms.expiry.at,
        terms.expiry.after,
    )


def _changed(row: Row | None) -> Row:
    """Give the row that a compare-and-set changed. None is a fault of ours: we held it, pending."""
    if row is None:
        raise RuntimeError("an invitation was changed without being held")
    return row
