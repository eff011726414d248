"""How memberships are read that end, or have ended and are not cleared away yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations.queries import MEMBER, NAMES, Member, member_from_row


@dataclass(frozen=True, slots=True)
class Whose:
    """A membership by whose it is, and where."""

    id: MembershipId
    organization_id: OrganizationId
    user_id: UserId


async def find_over(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Member | None:
    """Give the user as the member that they were, if their time is over."""
    row = await reader.fetch_one(
        f"""
        SELECT {MEMBER} FROM members m {NAMES}
         WHERE m.organization_id = $1 AND m.user_id = $2 AND m.member_until <= clock_timestamp()
        """,
        organization_id,
        user_id,
    )
    return member_from_row(row) if row else None


async def list_over(reader: Reader, *, after: MembershipId | None, at_most: int) -> Sequence[Whose]:
    """Give memberships whose time is over, by id."""
    rows = await reader.fetch_all(
        """
        SELECT m.id, m.organization_id, m.user_id
          FROM members m JOIN open_organizations o ON o.id = m.organization_id
         WHERE m.member_until <= (SELECT clock_timestamp()) AND ($1::uuid IS NULL OR m.id > $1)
         ORDER BY m.id LIMIT $2
        """,
        after,
        at_most,
    )
    return [Whose(**row) for row in rows]
