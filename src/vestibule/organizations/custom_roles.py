"""The roles of an organization's own: made, changed, dropped, and taken from members.

The seat is of `lock_for_settings`. What follows for members and invitations is in `memberships/`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.organizations import custom_role_queries, custom_role_store, policy, role_policy
from vestibule.organizations.custom_role_store import Moved
from vestibule.organizations.model import Organization, Seat
from vestibule.organizations.permission_model import Permission, Role
from vestibule.organizations.role_model import (
    RoleNotFound,
    clean_name,
    ensure_free,
    find_own,
    read_permissions,
)


async def make(
    tx: Transaction, seat: Seat, name: str, permissions: Iterable[str], *, by: Actor
) -> Role:
    """Make a role that members can be given from now on.

    Raises InvalidRoleName, RoleNameTaken, TooManyRoles, InvalidRequest, NoPermission,
    RoleBeyondYours.
    """
    organization = seat.organization
    role = Role(clean_name(name), read_permissions(permissions))
    ensure_free(role.name, organization.custom_roles)
    role_policy.ensure_may_make(seat.role, role)

    await _save(tx, organization, (*organization.custom_roles, role))
    details = {"role": role.name, "after": _told(role)}
    await audit.record(tx, _entry("organization.role_made", organization, by=by, details=details))
    return role


def get_own(organization: Organization, name: str) -> Role:
    """Give a role of the organization's own. Raises RoleNotFound."""
    role = find_own(organization.custom_roles, name)
    if role is None:
        raise RoleNotFound
    return role


def may_make(seat: Seat) -> bool:
    """Tell whether the caller may make roles at all."""
    return policy.may(seat.role, Permission.SETTINGS_MANAGE)


def may_change(seat: Seat, role: Role) -> bool:
    """Tell whether the role is one of the organization's own that the caller may change."""
    is_own = find_own(seat.organization.custom_roles, role.name) is not None
    return is_own and may_make(seat) and role_policy.may_change(seat.role, role)


def get_changeable(seat: Seat, name: str) -> Role:
    """Give the role to who may change or delete it. Raises RoleNotFound, RoleNotYours."""
    role = get_own(seat.organization, name)
    role_policy.ensure_may_change(seat.role, role)
    return role


async def set_permissions(
    tx: Transaction, seat: Seat, role: Role, permissions: frozenset[Permission], *, by: Actor
) -> Role:
    """Have a changeable role allow this and nothing else. Raises RoleBeyondYours."""
    organization, after = seat.organization, replace(role, permissions=permissions)
    role_policy.ensure_may_make(seat.role, after)

    roles = tuple(after if one.name == role.name else one for one in organization.custom_roles)
    await _save(tx, organization, roles)
    details = {"role": role.name, "before": _told(role), "after": _told(after)}
    entry = _entry("organization.role_changed", organization, by=by, details=details)
    await audit.record(tx, entry)
    return after


async def drop(
    tx: Transaction, organization: Organization, role: Role, *, to: Role | None, by: Actor
) -> None:
    """Take away a role that nobody has any more. `to` is what is the default in its place."""
    left = tuple(one for one in organization.custom_roles if one.name != role.name)
    is_default = organization.default_role == role.name
    default = to.name if is_default and to else organization.default_role
    await _save(tx, replace(organization, default_role=default), left)
    details: dict[str, Any] = {"role": role.name, "before": _told(role)}
    if to is not None:
        details |= {"to": to.name, "was_default": is_default}
    entry = _entry("organization.role_deleted", organization, by=by, details=details)
    await audit.record(tx, entry)


async def move_members(
    tx: Transaction, organization: Organization, role: Role, to: Role, *, by: Actor
) -> Sequence[UserId]:
    """Give everybody who has the role another one. Gives those who are present."""
    moved = await custom_role_store.move_members(tx, organization.id, role.name, to.name)
    for member in moved:
        details = {"before": role.name, "after": to.name}
        await audit.record(tx, _moved(organization.id, member, by=by, details=details))
    return [member.user_id for member in moved if member.is_present]


async def list_users_with(
    tx: Transaction, organization_id: OrganizationId, role: Role
) -> Sequence[UserId]:
    """Give who has the role."""
    return await custom_role_store.list_users_with(tx, organization_id, role.name)


async def count_members_by_role(
    reader: Reader, organization_id: OrganizationId
) -> Mapping[str, int]:
    """Give the number of members of each role, by its name."""
    return await custom_role_queries.count_members_by_role(reader, organization_id)


async def _save(tx: Transaction, organization: Organization, roles: Sequence[Role]) -> None:
    await custom_role_store.save(tx, organization.id, roles, default_role=organization.default_role)


def _told(role: Role) -> list[str]:
    return [str(one) for one in Permission if one in role.permissions]


def _entry(
    event: str, organization: Organization, *, by: Actor, details: Mapping[str, Any]
) -> Entry:
    return Entry(
        event=event,
        by=by,
        subject_kind="organization",
        subject_id=organization.id,
        subject_name=organization.name,
        organization_id=organization.id,
        details=dict(details),
    )


def _moved(
    organization_id: OrganizationId, member: Moved, *, by: Actor, details: Mapping[str, Any]
) -> Entry:
    return Entry(
        event="member.role_changed",
        by=by,
        subject_kind="user",
        subject_id=member.user_id,
        subject_name=member.name,
        organization_id=organization_id,
        details={"membership": member.membership_id, **details},
    )
