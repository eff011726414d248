"""Every statement that holds, or unties, what links members of apps to users."""

from collections.abc import Sequence

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppMemberId, OrganizationId, UserId


async def hold_apps(
    tx: Transaction, user_ids: Sequence[UserId], organization_ids: Sequence[OrganizationId]
) -> None:
    """Hold for a change, in the order of their ids, the apps in which these users are somebody."""
    await tx.execute(
        """
        SELECT a.id FROM open_apps a
         WHERE a.id IN (SELECT m.app_id FROM app_members m
                         WHERE m.user_id = ANY($1) AND m.organization_id = ANY($2))
         ORDER BY a.id FOR NO KEY UPDATE OF a
        """,
        list(user_ids),
        list(organization_ids),
    )


async def unlink(tx: Transaction, member_id: AppMemberId) -> None:
    """Let no user continue as this member any longer."""
    await tx.execute("UPDATE app_members SET user_id = NULL WHERE id = $1", member_id)
