"""Which members of apps are linked to users, who go on as them from the studio."""

from collections.abc import Sequence

from vestibule.apps.member_queries import MEMBER, member_from_row
from vestibule.apps.model import AppMember
from vestibule.apps.tie_model import Tie
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import OrganizationId, UserId


async def list_ties(
    reader: Reader, user_id: UserId, organization_id: OrganizationId | None = None
) -> Sequence[Tie]:
    """Give the apps in which a user is somebody, by name: of one organization, or all."""
    rows = await reader.fetch_all(
        """
        SELECT a.id AS app_id, a.name, a.slug, c.password_hash IS NOT NULL AS has_password
          FROM app_members m
          JOIN open_apps a ON a.id = m.app_id
          JOIN accounts c ON c.id = m.id
         WHERE m.user_id = $1 AND ($2::uuid IS NULL OR m.organization_id = $2)
         ORDER BY lower(a.name), a.id
        """,
        user_id,
        organization_id,
    )
    return [Tie(**row) for row in rows]


async def list_linked(
    reader: Reader, user_ids: Sequence[UserId], organization_ids: Sequence[OrganizationId]
) -> Sequence[AppMember]:
    """Give the members that are linked to these users in the organizations' apps, by id.

    Those as well whose time there is over.
    """
    rows = await reader.fetch_all(
        f"""
        SELECT {MEMBER}
          FROM app_members m
          JOIN open_apps a ON a.id = m.app_id
          JOIN accounts c ON c.id = m.id
         WHERE m.user_id = ANY($1) AND m.organization_id = ANY($2)
         ORDER BY m.id
        """,
        list(user_ids),
        list(organization_ids),
    )
    return [member_from_row(row) for row in rows]
