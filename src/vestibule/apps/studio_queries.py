"""What the studio's list of apps shows beside their names."""

from collections.abc import Mapping, Sequence

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AppId


async def count_members(reader: Reader, app_ids: Sequence[AppId]) -> Mapping[AppId, int]:
    """Give the number of members of each of these apps that has any."""
    rows = await reader.fetch_all(
        """
        SELECT app_id, count(*) AS number FROM present_app_members
         WHERE app_id = ANY($1) GROUP BY app_id
        """,
        list(app_ids),
    )
    return {AppId(row["app_id"]): row["number"] for row in rows}
