"""What pages and API do alike with the roles of an organization."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vestibule.accounts.guards import Desk
from vestibule.kernel.database import Reader
from vestibule.memberships import role_changes
from vestibule.memberships.model import RoleDeletion, RoleShape, RoleUse
from vestibule.organizations import actions as organizations
from vestibule.organizations import custom_roles
from vestibule.organizations.caller_model import Caller
from vestibule.organizations.model import Seat
from vestibule.organizations.permission_model import Role, find_role
from vestibule.organizations.role_model import RoleNotFound


@dataclass(frozen=True, slots=True)
class Listed:
    """The roles of an organization as a member sees them, and how many have each."""

    seat: Seat
    uses: Mapping[str, RoleUse]

    @property
    def roles(self) -> Sequence[Role]:
        """Give every role, those that allow most first."""
        return self.seat.organization.roles[::-1]


@dataclass(frozen=True, slots=True)
class Used:
    """One role, and how many have it."""

    seat: Seat
    role: Role
    use: RoleUse


async def list_roles(desk: Desk, caller: Caller, org: str) -> Listed:
    """Give the roles to who may see the members. Raises OrganizationNotFound, NotPermitted."""
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_members(reader, caller, org)
        return Listed(seat, await role_changes.list_uses(reader, seat.organization))


async def get_role(desk: Desk, caller: Caller, org: str, name: str) -> Used:
    """Give any role to who may see the members. Raises as `list_roles`, RoleNotFound."""
    listed = await list_roles(desk, caller, org)
    role = find_role(listed.seat.organization.custom_roles, name)
    if role is None:
        raise RoleNotFound
    return Used(listed.seat, role, listed.uses[role.name])


async def get_for_making(desk: Desk, caller: Caller, org: str) -> Seat:
    """Give the organization to who may make roles. Raises OrganizationNotFound, NotPermitted."""
    async with desk.database.reader() as reader:
        return await organizations.get_for_settings(reader, caller, org)


async def get_for_changing(desk: Desk, caller: Caller, org: str, name: str) -> Used:
    """Give a role to who may change it.

    Raises OrganizationNotFound, NotPermitted, RoleNotFound, RoleNotYours.
    """
    async with desk.database.reader() as reader:
        seat = await organizations.get_for_settings(reader, caller, org)
        return await _used(reader, seat, custom_roles.get_changeable(seat, name))


async def make(
    desk: Desk, caller: Caller, org: str, *, name: str, permissions: Sequence[str]
) -> Used:
    """Make a role. Raises as `custom_roles.make`, and who may not."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_settings(tx, caller, org)
        role = await custom_roles.make(tx, seat, name, permissions, by=by)
        return Used(seat, role, RoleUse(role=role.name, members=0, invitations=0))


async def change(desk: Desk, caller: Caller, org: str, wanted: RoleShape) -> Used:
    """Have a role allow something else. Raises as `memberships.role_changes.change`."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_settings(tx, caller, org)
        role = await role_changes.change(tx, seat, wanted, by=by)
        return await _used(tx, seat, role)


async def delete(desk: Desk, caller: Caller, org: str, wanted: RoleDeletion) -> None:
    """Delete a role. Raises as `memberships.role_changes.delete`."""
    by = caller.actor(desk.origin)
    async with desk.database.transaction() as tx:
        seat = await organizations.lock_for_settings(tx, caller, org)
        await role_changes.delete(tx, seat, wanted, by=by, outbox=desk.outbox)


async def _used(reader: Reader, seat: Seat, role: Role) -> Used:
    return Used(seat, role, (await role_changes.list_uses(reader, seat.organization))[role.name])
