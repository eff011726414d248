"""What pending invitations a change of a place would concern."""

from collections.abc import Mapping
from uuid import UUID

from vestibule.invitations.queries import PLACE
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import OrganizationId


async def count_pending_by_role(reader: Reader, place_id: UUID) -> Mapping[str, int]:
    """Give the number of pending invitations, expired ones too, that carry each role."""
    rows = await reader.fetch_all(
        f"""
        SELECT i.role, count(*) AS number FROM invitations i
         WHERE {PLACE} = $1 AND i.state = 'pending' GROUP BY i.role
        """,
        place_id,
    )
    return {row["role"]: row["number"] for row in rows}


async def count_pending_of(reader: Reader, inviter_id: UUID) -> int:
    """Give the number of pending invitations that somebody sent, expired ones too, anywhere."""
    number: int = await reader.fetch_value(
        "SELECT count(*) FROM invitations WHERE inviter_id = $1 AND state = 'pending'", inviter_id
    )
    return number


async def count_pending_by(
    reader: Reader, organization_id: OrganizationId, inviter_id: UUID
) -> int:
    """Give the number of those that somebody sent in an organization and its apps."""
    number: int = await reader.fetch_value(
        """
        SELECT count(*) FROM invitations
         WHERE inviter_id = $2 AND state = 'pending' AND organization_id = $1
        """,
        organization_id,
        inviter_id,
    )
    return number
