"""Every statement that sets the end of a role in an app, or clears away what is over."""

from collections.abc import Collection
from datetime import datetime

from vestibule.apps.end_queries import EndingRole
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppMemberId
from vestibule.organizations.end_model import TOLD_BEFORE


async def set_end(tx: Transaction, member_id: AppMemberId, until: datetime | None) -> None:
    """Write until when a held member has their roles; what is over stays so.

    Of an end within a week nobody is told again.
    """
    await tx.execute(
        """
        UPDATE app_member_roles
           SET member_until = $2::timestamptz,
               told_of_end_at =
                   CASE WHEN $2 <= clock_timestamp() + $3::interval THEN clock_timestamp() END
         WHERE app_member_id = $1
           AND (member_until IS NULL OR member_until > clock_timestamp())
        """,
        member_id,
        until,
        TOLD_BEFORE,
    )


async def hold(tx: Transaction, member_id: AppMemberId) -> bool:
    """Hold a member, be their time over or not. False: they are gone."""
    held = await tx.fetch_one("SELECT FROM app_members WHERE id = $1 FOR UPDATE", member_id)
    return held is not None


async def hold_roles(tx: Transaction, member_id: AppMemberId) -> bool:
    """Hold a member so that nobody takes a role from them, be their time over or not.

    False: they are gone. They may come by one more, as whoever accepts does with invitations held.
    """
    held = await tx.fetch_one("SELECT FROM app_members WHERE id = $1 FOR NO KEY UPDATE", member_id)
    return held is not None


async def delete_over(
    tx: Transaction, member_id: AppMemberId, *, left: Collection[str]
) -> list[str]:
    """Take the roles whose time is over from a held member, but not those. Gives them.

    One that was left to them when that was asked, and is over by now, is for the next time.
    """
    rows = await tx.fetch_all(
        """
        DELETE FROM app_member_roles
         WHERE app_member_id = $1 AND member_until <= clock_timestamp() AND role <> ALL($2)
        RETURNING role
        """,
        member_id,
        list(left),
    )
    return sorted(row["role"] for row in rows)


async def claim_ending(tx: Transaction, *, at_most: int) -> list[EndingRole]:
    """Note of roles that end within a week that people are told, and give them.

    Those that somebody else holds at this moment are left for the next time.
    """
    rows = await tx.fetch_all(
        """
        WITH due AS (
            SELECT e.app_member_id, e.role
              FROM app_member_roles e JOIN open_apps a ON a.id = e.app_id
             WHERE e.told_of_end_at IS NULL AND e.member_until > clock_timestamp()
               AND e.member_until <= (SELECT clock_timestamp()) + $1::interval
             ORDER BY e.app_member_id, e.role LIMIT $2
               FOR NO KEY UPDATE OF e SKIP LOCKED
        )
        UPDATE app_member_roles AS r SET told_of_end_at = clock_timestamp()
          FROM due WHERE r.app_member_id = due.app_member_id AND r.role = due.role
        RETURNING r.app_id, r.app_member_id, r.role, r.member_until, r.invitation_id
        """,
        TOLD_BEFORE,
        at_most,
    )
    return [EndingRole(**row) for row in rows]
