"""How apps that were closed are read, and what is left of them."""

from collections.abc import Mapping
from uuid import UUID

from vestibule.apps.queries import Reference
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AppId, OrganizationId, UserId


async def find_closed_name(
    reader: Reader, reference: Reference, *, user_id: UserId | None
) -> str | None:
    """Give the name of an app that is closed, alone or with its organization.

    To a member of the organization; None: to anybody, if its pages were everybody's.
    """
    name: str | None = await reader.fetch_value(
        """
        SELECT a.name FROM apps a JOIN organizations o ON o.id = a.organization_id
         WHERE (a.id = $1 OR a.slug = $2)
           AND (a.closed_at IS NOT NULL OR o.closed_at IS NOT NULL)
           AND CASE WHEN $3::uuid IS NULL THEN a.version IS NOT NULL
                    ELSE EXISTS (SELECT FROM present_members m
                                  WHERE m.organization_id = o.id AND m.user_id = $3) END
        """,
        reference.id,
        reference.slug,
        user_id,
    )
    return name


async def list_slugs(reader: Reader, organization_id: OrganizationId) -> Mapping[str, UUID]:
    """Give the slugs of all apps of the organization, closed ones too, and whose each is."""
    rows = await reader.fetch_all(
        "SELECT slug, id FROM apps WHERE organization_id = $1", organization_id
    )
    return {row["slug"]: row["id"] for row in rows}


async def find_any(reader: Reader, organization_id: OrganizationId) -> AppId | None:
    """Give an app of the organization, open or closed, if one is left."""
    app_id: AppId | None = await reader.fetch_value(
        "SELECT id FROM apps WHERE organization_id = $1 ORDER BY id LIMIT 1", organization_id
    )
    return app_id
