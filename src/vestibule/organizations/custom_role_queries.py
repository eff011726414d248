"""How many members have which role."""

from collections.abc import Mapping

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import OrganizationId


async def count_members_by_role(
    reader: Reader, organization_id: OrganizationId
) -> Mapping[str, int]:
    """Give the number of members of each role, those past their end too: they still have it."""
    rows = await reader.fetch_all(
        "SELECT role, count(*) AS number FROM members WHERE organization_id = $1 GROUP BY role",
        organization_id,
    )
    return {row["role"]: row["number"] for row in rows}
