"""What pending invitations a change of a place would concern."""

from collections.abc import Mapping
from uuid import UUID

from vestibule.invitations.queries import PLACE
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import ApiKeyId, OrganizationId, UserId

# What somebody ($2) sent in an organization ($1), or an API key of theirs. An id alone does not say
# of what it is.
SENT_BY = """
    (i.inviter_kind, i.inviter_id) IN (
        SELECT 'user', $2::uuid
         UNION ALL
        SELECT 'app_member', $2
         UNION ALL
        SELECT 'api_key', k.id FROM api_keys k WHERE k.organization_id = $1 AND k.user_id = $2)
"""
# Somebody can still answer it: what it leads to was not deleted.
_IS_OPEN = """
    i.organization_id IN (SELECT o.id FROM open_organizations o)
    AND (i.app_id IS NULL OR i.app_id IN (SELECT a.id FROM open_apps a))
"""


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


async def count_pending_of(reader: Reader, user_id: UserId) -> int:
    """Give the number of pending invitations that a user sent, expired ones too, anywhere.

    Those that their API keys sent are theirs as well.
    """
    number: int = await reader.fetch_value(
        f"""
        SELECT count(*) FROM invitations i
         WHERE i.state = 'pending' AND {_IS_OPEN} AND (i.inviter_kind, i.inviter_id) IN (
               SELECT 'user', $1::uuid
                UNION ALL
               SELECT 'api_key', k.id FROM api_keys k
                WHERE k.organization_id = i.organization_id AND k.user_id = $1)
        """,
        user_id,
    )
    return number


async def count_pending_by(reader: Reader, organization_id: OrganizationId, user_id: UserId) -> int:
    """Give the number of those that a user sent, by API keys too, in an organization."""
    number: int = await reader.fetch_value(
        f"""
        SELECT count(*) FROM invitations i
         WHERE i.organization_id = $1 AND i.state = 'pending' AND {_IS_OPEN} AND {SENT_BY}
        """,
        organization_id,
        user_id,
    )
    return number


async def count_pending_by_key(
    reader: Reader, organization_id: OrganizationId, key_id: ApiKeyId
) -> int:
    """Give the number of those that an API key of an organization sent."""
    number: int = await reader.fetch_value(
        f"""
        SELECT count(*) FROM invitations i
         WHERE i.organization_id = $1 AND i.state = 'pending' AND {_IS_OPEN}
           AND i.inviter_kind = 'api_key' AND i.inviter_id = $2
        """,
        organization_id,
        key_id,
    )
    return number
