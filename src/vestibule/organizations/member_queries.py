"""How memberships are read where they change: whose they are, and who owns beside them."""

from collections.abc import Sequence
from dataclasses import dataclass

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.organizations.model import Member, Seat
from vestibule.organizations.queries import MEMBERS, ORGANIZATION, member_from_row, seat_from_row


@dataclass(frozen=True, slots=True)
class Belonging:
    """What somebody is in an organization, and whether nobody else owns it."""

    seat: Seat
    is_only_owner: bool


async def find_member_of_user(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Member | None:
    """Give the user as a member of the organization."""
    row = await reader.fetch_one(
        f"{MEMBERS} WHERE m.organization_id = $1 AND m.user_id = $2", organization_id, user_id
    )
    return member_from_row(row) if row else None


async def count_owners(reader: Reader, organization_id: OrganizationId) -> int:
    """Give the number of owners."""
    number: int = await reader.fetch_value(
        "SELECT count(*) FROM present_members WHERE organization_id = $1 AND role = 'owner'",
        organization_id,
    )
    return number


async def list_belongings(reader: Reader, user_id: UserId) -> Sequence[Belonging]:
    """Give every organization of the user, by name."""
    rows = await reader.fetch_all(
        f"""
        SELECT {ORGANIZATION}, m.role,
               m.role = 'owner' AND NOT EXISTS (
                    SELECT FROM present_members e
                     WHERE e.organization_id = o.id AND e.role = 'owner' AND e.id <> m.id
               ) AS is_only_owner
          FROM present_members m
          JOIN open_organizations o ON o.id = m.organization_id
         WHERE m.user_id = $1
         ORDER BY lower(o.name), o.id
        """,
        user_id,
    )
    return [Belonging(seat_from_row(row, user_id), row["is_only_owner"]) for row in rows]
