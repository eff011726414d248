"""Every statement that changes or ends a membership. The organization is held (NO KEY UPDATE)."""

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId


async def hold_all_of(tx: Transaction, user_id: UserId) -> list[OrganizationId]:
    """Hold every organization of the user for a change, in the order of their ids.

    Those as well where their time is over, and that is not cleared away yet.
    """
    rows = await tx.fetch_all(
        """
        SELECT o.id FROM open_organizations o
         WHERE o.id IN (SELECT m.organization_id FROM members m WHERE m.user_id = $1)
         ORDER BY o.id FOR NO KEY UPDATE OF o
        """,
        user_id,
    )
    return [row["id"] for row in rows]


async def hold(
    tx: Transaction, organization_id: OrganizationId, user_id: UserId
) -> MembershipId | None:
    """Give the user's membership in a held organization, held as well."""
    membership_id: MembershipId | None = await tx.fetch_value(
        """
        SELECT id FROM present_members WHERE organization_id = $1 AND user_id = $2 FOR NO KEY UPDATE
        """,
        organization_id,
        user_id,
    )
    return membership_id


async def set_role(tx: Transaction, membership_id: MembershipId, role: str) -> None:
    """Give a held membership another role. Who owns has no end."""
    await tx.execute(
        """
        UPDATE members
           SET role = $2, member_until = CASE WHEN $2 <> 'owner' THEN member_until END
         WHERE id = $1
        """,
        membership_id,
        role,
    )


async def delete(tx: Transaction, membership_id: MembershipId) -> None:
    """End a held membership."""
    await tx.execute("DELETE FROM members WHERE id = $1", membership_id)
