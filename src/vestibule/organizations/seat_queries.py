"""How many seats are taken: counted, by the clock, whenever somebody asks."""

from collections.abc import Collection, Mapping

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import OrganizationId
from vestibule.organizations.seat_model import Seating


async def count_seats(
    reader: Reader, organization_ids: Collection[OrganizationId]
) -> Mapping[OrganizationId, Seating]:
    """Give the seats of each of these organizations. One that is no more has none."""
    rows = await reader.fetch_all(
        """
        SELECT asked.id, o.seat_limit,
               (SELECT count(*) FROM present_members m WHERE m.organization_id = o.id) AS members,
               (SELECT count(*) FROM reserved_seats r WHERE r.organization_id = o.id) AS invited
          FROM unnest($1::uuid[]) AS asked (id) LEFT JOIN organizations o ON o.id = asked.id
        """,
        list(organization_ids),
    )
    return {
        OrganizationId(row["id"]): Seating(
            members=row["members"], invited=row["invited"], limit=row["seat_limit"]
        )
        for row in rows
    }
