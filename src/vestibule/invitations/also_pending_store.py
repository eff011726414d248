"""Holding what else is pending for who joins."""

from uuid import UUID

from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import InvitationId


async def hold(
    tx: Transaction, invitation_id: InvitationId, place_id: UUID, address: Address
) -> None:
    """Hold the invitation, and what is pending in the place for the address, in id order."""
    await tx.execute(
        """
        SELECT i.id FROM invitations i
         WHERE i.id IN (SELECT $1::uuid
                         UNION
                        SELECT w.id FROM invitations w
                         WHERE coalesce(w.app_id, w.organization_id) = $2
                           AND w.address_canonical = $3 AND w.state = 'pending')
         ORDER BY i.id FOR UPDATE OF i
        """,
        invitation_id,
        place_id,
        address.canonical,
    )
