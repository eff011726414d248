"""What would go with an organization or an app."""

from vestibule.deletion.model import AppExtent, Extent
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AppId, OrganizationId


async def measure_organization(reader: Reader, organization_id: OrganizationId) -> Extent:
    """Count what is in the organization and its apps."""
    row = await reader.fetch_one(
        """
        SELECT (SELECT count(*) FROM present_members WHERE organization_id = $1) AS members,
               (SELECT count(*) FROM invitations
                 WHERE organization_id = $1 AND state = 'pending'
                   AND (app_id IS NULL OR app_id IN (SELECT id FROM open_apps))) AS invitations,
               (SELECT count(*) FROM open_apps WHERE organization_id = $1) AS apps,
               (SELECT count(*) FROM present_app_members m JOIN open_apps a ON a.id = m.app_id
                 WHERE a.organization_id = $1) AS app_members
        """,
        organization_id,
    )
    return Extent(**row) if row else Extent()


async def measure_app(reader: Reader, organization_id: OrganizationId, app_id: AppId) -> AppExtent:
    """Count what is in the app."""
    row = await reader.fetch_one(
        """
        SELECT (SELECT count(*) FROM present_app_members WHERE app_id = $2) AS members,
               (SELECT count(*) FROM invitations
                 WHERE organization_id = $1 AND app_id = $2 AND state = 'pending') AS invitations
        """,
        organization_id,
        app_id,
    )
    return AppExtent(**row) if row else AppExtent()
