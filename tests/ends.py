"""Moving the ends of memberships about in the database: no test waits for a clock."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from vestibule.kernel.database import Transaction

SECOND = timedelta(seconds=1)


async def let_end(tx: Transaction, person_id: UUID, *, ago: timedelta = SECOND) -> None:
    """Let the time of a user, or of an app member, be over everywhere; negative: let it come."""
    await tx.execute(
        """
        UPDATE members SET member_until = clock_timestamp() - $2::interval
         WHERE user_id = $1 AND role <> 'owner'
        """,
        person_id,
        ago,
    )
    await tx.execute(
        """
        UPDATE app_member_roles
           SET member_until = (SELECT clock_timestamp() - $2::interval) WHERE app_member_id = $1
        """,
        person_id,
        ago,
    )


async def let_role_end(
    tx: Transaction, member_id: UUID, role: str, *, ago: timedelta = SECOND
) -> None:
    """Let one role of an app member be over; negative: let that come."""
    await tx.execute(
        """
        UPDATE app_member_roles SET member_until = clock_timestamp() - $3::interval
         WHERE app_member_id = $1 AND role = $2
        """,
        member_id,
        role,
        ago,
    )


async def ends_of(tx: Transaction, person_id: UUID) -> list[dict[str, Any]]:
    """Give role, end and whether they were told, of a user or an app member, wherever they are."""
    rows = await tx.fetch_all(
        """
        SELECT role, member_until, told_of_end_at FROM members WHERE user_id = $1
         UNION ALL
        SELECT role, member_until, told_of_end_at FROM app_member_roles WHERE app_member_id = $1
         ORDER BY role
        """,
        person_id,
    )
    return [dict(row) for row in rows]
