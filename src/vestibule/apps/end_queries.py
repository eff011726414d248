"""How members of apps are read who have a role whose time is over, not cleared away yet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from vestibule.apps.member_queries import MEMBER, member_from_row
from vestibule.apps.model import AppMember
from vestibule.kernel.database import Reader, Row
from vestibule.kernel.ids import AppId, AppMemberId, InvitationId, OrganizationId

_IS_PRESENT = "EXISTS (SELECT FROM present_app_members p WHERE p.id = m.id)"
_OVER = f"""
    SELECT {MEMBER}, {_IS_PRESENT} AS is_present
      FROM app_members m JOIN accounts c ON c.id = m.id
     WHERE (NOT {_IS_PRESENT}
            OR EXISTS (SELECT FROM app_member_roles o
                        WHERE o.app_member_id = m.id AND o.member_until <= clock_timestamp()))
"""


@dataclass(frozen=True, slots=True)
class Whose:
    """A member who has a role whose time is over, and where."""

    organization_id: OrganizationId
    app_id: AppId
    app_member_id: AppMemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingRole:
    """A role that ends within a week, and by which invitation it was given, if by one."""

    app_id: AppId
    app_member_id: AppMemberId
    role: str
    member_until: datetime
    invitation_id: InvitationId | None


async def find_over(reader: Reader, app_id: AppId, member_id: AppMemberId) -> AppMember | None:
    """Give the member, with the roles that are left to them, if the time of one is over.

    None is left to who is out: also to who was in for managing the app, and does so no more.
    """
    row = await reader.fetch_one(f"{_OVER} AND m.app_id = $1 AND m.id = $2", app_id, member_id)
    return _over_from_row(row) if row else None


async def find_over_of_address(reader: Reader, app_id: AppId, canonical: str) -> AppMember | None:
    """Give the member of this address, as `find_over` does."""
    row = await reader.fetch_one(
        f"{_OVER} AND c.realm_id = $1 AND c.address_canonical = $2", app_id, canonical
    )
    return _over_from_row(row) if row else None


async def list_over(reader: Reader, *, after: AppMemberId | None, at_most: int) -> Sequence[Whose]:
    """Give whose time, in a role of theirs, is over, by id."""
    rows = await reader.fetch_all(
        """
        SELECT DISTINCT r.organization_id, r.app_id, r.app_member_id
          FROM app_member_roles r JOIN open_apps a ON a.id = r.app_id
         WHERE r.member_until <= (SELECT clock_timestamp())
           AND ($1::uuid IS NULL OR r.app_member_id > $1)
         ORDER BY r.app_member_id LIMIT $2
        """,
        after,
        at_most,
    )
    return [Whose(**row) for row in rows]


def _over_from_row(row: Row) -> AppMember:
    member = member_from_row(row)
    return member if row["is_present"] else replace(member, roles=(), ends={})
