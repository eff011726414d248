"""How organizations and their members are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from vestibule.kernel import names
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import MembershipId, OrganizationId, RealmId, UserId
from vestibule.kernel.lists import Window
from vestibule.organizations.model import Member, Membership, Organization, Owner, Seat
from vestibule.organizations.permission_model import read_role, read_roles

MAX_SEARCH = 100

ORGANIZATION = (
    "o.id, o.name, o.slug, o.invitation_seconds, o.requires_sign_in, o.allowed_domains, "
    "o.default_role, o.takes_other_accounts, o.custom_roles, o.seat_limit, "
    "o.created_at"
)
MEMBERSHIP = (
    "m.id, m.organization_id, m.user_id, m.role, m.invitation_id, m.invited_address, "
    "m.member_until, m.created_at"
)

# $1: whose seat; $2: the organization's id, or $3: its slug. Nobody's seat is no row.
SEAT = f"""
    SELECT {ORGANIZATION}, m.role, m.member_until
      FROM open_organizations o
      JOIN present_members m ON m.organization_id = o.id AND m.user_id = $1
     WHERE o.id = coalesce($2::uuid, (SELECT s.id FROM open_organizations s WHERE s.slug = $3))
"""
# What a statement gives of the seats that it locked, `held`. After a wait PostgreSQL asks anew only
# of a row that was changed; if it was merely held, an end may have passed meanwhile.
STILL_PRESENT = "SELECT * FROM held WHERE member_until IS NULL OR member_until > clock_timestamp()"

MEMBER = f"""
    {MEMBERSHIP}, o.name AS organization_name, o.slug AS organization_slug,
    o.custom_roles, u.first_name, u.last_name, a.address AS email
"""
NAMES = """
      JOIN open_organizations o ON o.id = m.organization_id
      JOIN users u ON u.id = m.user_id
      JOIN accounts a ON a.id = m.user_id
"""
MEMBERS = f"SELECT {MEMBER} FROM present_members m {NAMES}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """How an organization is called from outside: by its id, or by its slug."""

    id: OrganizationId | None = None
    slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSearch:
    """Which members are asked for. `text` is found in names and addresses; None asks for all."""

    text: str | None = None
    role: str | None = None

    @classmethod
    def of(cls, text: str | None, role: str | None) -> Self:
        """Read what was asked for; an empty text asks for all. Raises InvalidText."""
        line = names.clean_line(text or "", path="q", maximum=MAX_SEARCH)
        return cls(text=line or None, role=role)


async def find_seat(reader: Reader, user_id: UserId, reference: Reference) -> Seat | None:
    """Give the user's seat in the organization."""
    row = await reader.fetch_one(SEAT, user_id, reference.id, reference.slug)
    return seat_from_row(row, user_id) if row else None


async def list_seats(reader: Reader, user_id: UserId, window: Window) -> Sequence[Seat]:
    """Give up to `limit + 1` organizations of the user, by their id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        SELECT {ORGANIZATION}, m.role
          FROM present_members m
          JOIN open_organizations o ON o.id = m.organization_id
         WHERE m.user_id = $1
           AND ($2::uuid IS NULL OR o.id > $2) AND ($3::uuid IS NULL OR o.id < $3)
         ORDER BY o.id {window.order}
         LIMIT $4
        """,
        user_id,
        window.before,
        window.after,
        window.limit + 1,
    )
    return [seat_from_row(row, user_id) for row in rows]


async def list_members(
    reader: Reader, organization_id: OrganizationId, search: MemberSearch, window: Window
) -> Sequence[Member]:
    """Give up to `limit + 1` members, by the membership's id in the window's order."""
    rows = await reader.fetch_all(
        f"""
        {MEMBERS}
         WHERE m.organization_id = $1
           AND ($2::uuid IS NULL OR m.id > $2) AND ($3::uuid IS NULL OR m.id < $3)
           AND ($4::text IS NULL OR m.role = $4)
           AND ($5::text IS NULL OR u.first_name || ' ' || u.last_name ILIKE $5
                OR a.address ILIKE $5 OR a.address_canonical ILIKE $5)
         ORDER BY m.id {window.order}
         LIMIT $6
        """,
        organization_id,
        window.before,
        window.after,
        search.role,
        _containing(search.text) if search.text else None,
        window.limit + 1,
    )
    return [member_from_row(row) for row in rows]


async def find_member(reader: Reader, membership_id: MembershipId) -> Member | None:
    """Give the member of this membership."""
    row = await reader.fetch_one(f"{MEMBERS} WHERE m.id = $1", membership_id)
    return member_from_row(row) if row else None


async def find_membership(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Membership | None:
    """Give the user's membership in the organization."""
    row = await reader.fetch_one(
        f"""
        SELECT {MEMBERSHIP} FROM present_members m
         WHERE m.organization_id = $1 AND m.user_id = $2
        """,
        organization_id,
        user_id,
    )
    return membership_from_row(row) if row else None


async def find_member_of_address(
    reader: Reader, organization_id: OrganizationId, realm_id: RealmId, canonical: str
) -> UserId | None:
    """Give the member whose account of this realm has the address."""
    found: UserId | None = await reader.fetch_value(
        """
        SELECT m.user_id
          FROM accounts a
          JOIN present_members m ON m.user_id = a.id
         WHERE a.realm_id = $2 AND a.address_canonical = $3 AND m.organization_id = $1
        """,
        organization_id,
        realm_id,
        canonical,
    )
    return found


async def find_organization(reader: Reader, reference: Reference) -> Organization | None:
    """Give the organization, whoever asks."""
    row = await reader.fetch_one(
        f"""
        SELECT {ORGANIZATION} FROM open_organizations o
         WHERE o.id = coalesce($1::uuid, (SELECT s.id FROM open_organizations s WHERE s.slug = $2))
        """,
        reference.id,
        reference.slug,
    )
    return organization_from_row(row) if row else None


async def list_owners(reader: Reader, organization_id: OrganizationId) -> Sequence[Owner]:
    """Give every owner, the oldest first."""
    rows = await reader.fetch_all(
        """
        SELECT u.id AS user_id, u.first_name || ' ' || u.last_name AS name, a.address, a.locale
          FROM present_members m
          JOIN users u ON u.id = m.user_id
          JOIN accounts a ON a.id = m.user_id
         WHERE m.organization_id = $1 AND m.role = 'owner'
           AND EXISTS (SELECT FROM open_organizations o WHERE o.id = $1)
         ORDER BY m.id
        """,
        organization_id,
    )
    return [Owner(**row) for row in rows]


async def count_members_of_each(
    reader: Reader, organization_ids: Sequence[OrganizationId]
) -> Mapping[OrganizationId, int]:
    """Give the number of members of each of these organizations."""
    rows = await reader.fetch_all(
        """
        SELECT organization_id, count(*) AS number FROM present_members
         WHERE organization_id = ANY($1) GROUP BY organization_id
        """,
        list(organization_ids),
    )
    return {row["organization_id"]: row["number"] for row in rows}


def organization_from_row(row: Row) -> Organization:
    """Read the columns of ORGANIZATION."""
    return Organization(
        id=OrganizationId(row["id"]),
        name=row["name"],
        slug=row["slug"],
        invitation_lifetime=timedelta(seconds=row["invitation_seconds"]),
        requires_sign_in=row["requires_sign_in"],
        allowed_domains=tuple(row["allowed_domains"]),
        default_role=row["default_role"],
        takes_other_accounts=row["takes_other_accounts"],
        custom_roles=read_roles(row["custom_roles"]),
        seat_limit=row["seat_limit"],
        created_at=row["created_at"],
    )


def membership_from_row(row: Row) -> Membership:
    """Read the columns of MEMBERSHIP."""
    return Membership(**row)


def seat_from_row(row: Row, user_id: UserId) -> Seat:
    """Read the columns of SEAT, which is this user's."""
    organization = organization_from_row(row)
    return Seat(organization, organization.role(row["role"]), user_id)


def member_from_row(row: Row) -> Member:
    """Read the columns of MEMBERS."""
    left_out = ("invitation_id", "custom_roles")
    known = {name: value for name, value in row.items() if name not in left_out}
    return Member(**{**known, "role": read_role(row["custom_roles"], row["role"])})


def _containing(text: str) -> str:
    """Give the pattern of what contains the text: its own wildcards stand for themselves."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
