"""Every statement about the roles of an organization's own. The organization is held for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations.permission_model import Permission, Role


@dataclass(frozen=True, slots=True)
class Moved:
    """A member who has another role now. Not present: they are past their end."""

    membership_id: MembershipId
    user_id: UserId
    name: str
    is_present: bool


async def save(
    tx: Transaction, organization_id: OrganizationId, roles: Sequence[Role], *, default_role: str
) -> None:
    """Write all roles that the organization has of its own, and which one is its default."""
    kept = {
        role.name: [str(one) for one in Permission if one in role.permissions] for role in roles
    }
    await tx.execute(
        "UPDATE organizations SET custom_roles = $2, default_role = $3 WHERE id = $1",
        organization_id,
        kept,
        default_role,
    )


async def list_users_with(
    tx: Transaction, organization_id: OrganizationId, role: str
) -> list[UserId]:
    """Give who has the role."""
    rows = await tx.fetch_all(
        "SELECT user_id FROM members WHERE organization_id = $1 AND role = $2 ORDER BY id",
        organization_id,
        role,
    )
    return [UserId(row["user_id"]) for row in rows]


async def move_members(
    tx: Transaction, organization_id: OrganizationId, role: str, to: str
) -> list[Moved]:
    """Give everybody who has the role another one, those past their end too."""
    rows = await tx.fetch_all(
        """
        UPDATE members AS m SET role = $3 FROM users u
         WHERE m.organization_id = $1 AND m.role = $2 AND u.id = m.user_id
        RETURNING m.id AS membership_id, m.user_id, u.first_name || ' ' || u.last_name AS name,
                  m.member_until IS NULL OR m.member_until > clock_timestamp() AS is_present
        """,
        organization_id,
        role,
        to,
    )
    return sorted((Moved(**row) for row in rows), key=_membership_id)


def _membership_id(moved: Moved) -> MembershipId:
    return moved.membership_id
