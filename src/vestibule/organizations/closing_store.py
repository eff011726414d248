"""Every statement that closes an organization, or clears away what is left of a closed one."""

from collections.abc import Sequence
from datetime import timedelta

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId


async def close(tx: Transaction, organization_id: OrganizationId) -> None:
    """Close the held organization: it is gone for all who read."""
    await tx.execute(
        "UPDATE organizations SET closed_at = clock_timestamp() WHERE id = $1", organization_id
    )


async def hold_closed(tx: Transaction, *, after: timedelta) -> OrganizationId | None:
    """Hold the organization that was closed first, longer ago than that.

    One that another server holds is left to it.
    """
    organization_id: OrganizationId | None = await tx.fetch_value(
        """
        SELECT o.id FROM organizations o
         WHERE o.closed_at < (SELECT clock_timestamp()) - $1::interval
         ORDER BY o.closed_at
         LIMIT 1
           FOR UPDATE OF o SKIP LOCKED
        """,
        after,
    )
    return organization_id


async def list_oldest(
    tx: Transaction, organization_id: OrganizationId, *, at_most: int
) -> Sequence[tuple[MembershipId, UserId]]:
    """Give the memberships that were made first, and whose they are."""
    rows = await tx.fetch_all(
        "SELECT id, user_id FROM members WHERE organization_id = $1 ORDER BY id LIMIT $2",
        organization_id,
        at_most,
    )
    return [(row["id"], row["user_id"]) for row in rows]


async def delete_members(tx: Transaction, membership_ids: Sequence[MembershipId]) -> int:
    """Delete memberships, with the API keys that their members made. Gives their number."""
    return await tx.execute("DELETE FROM members WHERE id = ANY($1)", list(membership_ids))


async def delete_members_of(tx: Transaction, user_id: UserId) -> None:
    """Delete what a user was in organizations that are closed."""
    await tx.execute(
        """
        DELETE FROM members m USING organizations o
         WHERE m.user_id = $1 AND o.id = m.organization_id AND o.closed_at IS NOT NULL
        """,
        user_id,
    )


async def delete(tx: Transaction, organization_id: OrganizationId) -> None:
    """Delete a held organization in which nobody is left."""
    await tx.execute("DELETE FROM organizations WHERE id = $1", organization_id)
