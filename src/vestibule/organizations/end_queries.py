"""How memberships are read that end, or have ended and are not cleared away yet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vestibule.kernel.database import Reader
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations.model import Member
from vestibule.organizations.queries import MEMBER, NAMES, Reference, member_from_row


@dataclass(frozen=True, slots=True)
class Whose:
    """A membership by whose it is, and where."""

    id: MembershipId
    organization_id: OrganizationId
    user_id: UserId


@dataclass(frozen=True, slots=True)
class Ended:
    """An organization that somebody was a member of, and until when."""

    name: str
    member_until: datetime


async def find_over(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Member | None:
    """Give the user as the member that they were, if their time is over."""
    row = await reader.fetch_one(
        f"""
        SELECT {MEMBER} FROM members m {NAMES}
         WHERE m.organization_id = $1 AND m.user_id = $2 AND m.member_until <= clock_timestamp()
        """,
        organization_id,
        user_id,
    )
    return member_from_row(row) if row else None


async def list_ends(reader: Reader, user_id: UserId) -> Mapping[OrganizationId, datetime]:
    """Give when the user's access ends, for each organization where it does."""
    rows = await reader.fetch_all(
        """
        SELECT organization_id, member_until FROM present_members
         WHERE user_id = $1 AND member_until IS NOT NULL
        """,
        user_id,
    )
    return {row["organization_id"]: row["member_until"] for row in rows}


async def find_ended(reader: Reader, user_id: UserId, reference: Reference) -> Ended | None:
    """Give what the user was a member of until their time was over."""
    row = await reader.fetch_one(
        """
        SELECT o.name, m.member_until
          FROM open_organizations o
          JOIN members m ON m.organization_id = o.id AND m.user_id = $1
         WHERE (o.id = $2 OR o.slug = $3) AND m.member_until <= clock_timestamp()
        """,
        user_id,
        reference.id,
        reference.slug,
    )
    return Ended(**row) if row else None


async def list_over(reader: Reader, *, after: MembershipId | None, at_most: int) -> Sequence[Whose]:
    """Give memberships whose time is over, by id."""
    rows = await reader.fetch_all(
        """
        SELECT m.id, m.organization_id, m.user_id
          FROM members m JOIN open_organizations o ON o.id = m.organization_id
         WHERE m.member_until <= (SELECT clock_timestamp()) AND ($1::uuid IS NULL OR m.id > $1)
         ORDER BY m.id LIMIT $2
        """,
        after,
        at_most,
    )
    return [Whose(**row) for row in rows]
