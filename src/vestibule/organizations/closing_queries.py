"""How organizations that were closed are read, by who was in them."""

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import UserId
from vestibule.organizations.queries import Reference


async def find_closed_name(reader: Reader, user_id: UserId, reference: Reference) -> str | None:
    """Give the name of a closed organization that the user was a member of."""
    name: str | None = await reader.fetch_value(
        """
        SELECT o.name FROM organizations o
          JOIN present_members m ON m.organization_id = o.id AND m.user_id = $1
         WHERE o.closed_at IS NOT NULL AND (o.id = $2 OR o.slug = $3)
        """,
        user_id,
        reference.id,
        reference.slug,
    )
    return name
