"""Statements about many pending invitations of a place at once: whose sender or role has changed.

The place is held, so that nobody invites or accepts there meanwhile; decline they may.
"""

from uuid import UUID

from vestibule.invitations.model import Invitation
from vestibule.invitations.queries import COLUMNS, PLACE, invitation_from_row
from vestibule.kernel.database import Transaction


async def hold_pending_of(tx: Transaction, place_id: UUID, inviter_id: UUID) -> list[Invitation]:
    """Give the pending invitations that this inviter answers for, expired ones too, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.inviter_id = $2 AND i.state = 'pending'
         ORDER BY i.id FOR UPDATE
        """,
        place_id,
        inviter_id,
    )
    return [invitation_from_row(row) for row in rows]


async def hold_pending_with(tx: Transaction, place_id: UUID, role: str) -> list[Invitation]:
    """Give the pending invitations that carry this role, expired ones too, held."""
    rows = await tx.fetch_all(
        f"""
        SELECT {COLUMNS} FROM invitations i
         WHERE {PLACE} = $1 AND i.role = $2 AND i.state = 'pending'
         ORDER BY i.id FOR UPDATE
        """,
        place_id,
        role,
    )
    return [invitation_from_row(row) for row in rows]


async def set_role(tx: Transaction, invitation_ids: list[UUID], role: str) -> None:
    """Have held pending invitations carry another role."""
    await tx.execute(
        "UPDATE invitations SET role = $2 WHERE id = ANY($1) AND state = 'pending'",
        invitation_ids,
        role,
    )
