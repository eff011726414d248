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
    """Give the number of pending invitations that somebody sent, expired ones too, anywhere.

    Those that their API keys sent are theirs as well.
    """
    number: int = await reader.fetch_value(
        """
        SELECT count(*) FROM invitations
         WHERE state = 'pending' AND inviter_id IN (
                SELECT $1::uuid UNION ALL SELECT k.id FROM api_keys k WHERE k.user_id = $1)
        """,
        inviter_id,
    )
    return number


async def count_pending_by(
    reader: Reader, organization_id: OrganizationId, inviter_id: UUID
) -> int:
    """Give the number of those that somebody sent, by API keys too, in an organization."""
    number: int = await reader.fetch_value(
        """
        SELECT count(*) FROM invitations
         WHERE organization_id = $1 AND state = 'pending' AND inviter_id IN (
                SELECT $2::uuid
                 UNION ALL
                SELECT k.id FROM api_keys k WHERE k.organization_id = $1 AND k.user_id = $2)
        """,
        organization_id,
        inviter_id,
    )
    return number
