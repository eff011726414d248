"""Every statement that sets the end of a membership, or holds one because of its end."""

from datetime import datetime

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations.end_model import TOLD_BEFORE


async def set_end(tx: Transaction, membership_id: MembershipId, until: datetime | None) -> None:
    """Write until when a held membership lasts. Of an end within a week nobody is told again."""
    await tx.execute(
        """
        UPDATE members
           SET member_until = $2::timestamptz,
               told_of_end_at =
                   CASE WHEN $2 <= clock_timestamp() + $3::interval THEN clock_timestamp() END
         WHERE id = $1
        """,
        membership_id,
        until,
        TOLD_BEFORE,
    )


async def hold_over(
    tx: Transaction, organization_id: OrganizationId, user_id: UserId
) -> MembershipId | None:
    """Give the user's membership whose time is over, held: of two who clear it away, one waits."""
    membership_id: MembershipId | None = await tx.fetch_value(
        """
        SELECT id FROM members
         WHERE organization_id = $1 AND user_id = $2 AND member_until <= clock_timestamp()
           FOR UPDATE
        """,
        organization_id,
        user_id,
    )
    return membership_id


async def claim_ending(tx: Transaction, *, at_most: int) -> list[MembershipId]:
    """Note of memberships that end within a week that people are told, and give them.

    Those that somebody else holds at this moment are left for the next time.
    """
    rows = await tx.fetch_all(
        """
        UPDATE members AS m SET told_of_end_at = clock_timestamp()
          FROM (SELECT e.id
                  FROM members e JOIN open_organizations o ON o.id = e.organization_id
                 WHERE e.told_of_end_at IS NULL AND e.member_until > clock_timestamp()
                   AND e.member_until <= (SELECT clock_timestamp()) + $1::interval
                 ORDER BY e.id LIMIT $2
                   FOR NO KEY UPDATE OF e SKIP LOCKED) AS due
         WHERE m.id = due.id
        RETURNING m.id
        """,
        TOLD_BEFORE,
        at_most,
    )
    return sorted(row["id"] for row in rows)
