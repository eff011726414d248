"""Changing and deleting a role of an organization's own, and what follows for who has it.

The seat is of `lock_for_settings`: organization and roles are held, so that nobody is given a role,
invited to it or let in with it meanwhile. Who waited reads the roles as they are then.
"""

from collections.abc import Iterable, Mapping

from vestibule.audit.model import Actor
from vestibule.invitations import consequences, departures
from vestibule.invitations.consequences_queries import count_pending_by_role
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.memberships import organization_mails as mails
from vestibule.memberships import organization_rights as rights
from vestibule.memberships.model import (
    PermissionsChanged,
    RoleDeletion,
    RoleInUse,
    RoleShape,
    RoleUse,
)
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import custom_roles, members
from vestibule.organizations.model import Organization, Seat
from vestibule.organizations.permission_model import Permission, Role
from vestibule.organizations.role_model import read_permissions


async def change(tx: Transaction, seat: Seat, wanted: RoleShape, *, by: Actor) -> Role:
    """Have a role allow this and nothing else, for all who have it. No change leaves no trace.

    What they began and may no longer do ends: what they invited to is revoked, and so is every
    invitation that carries more now than its inviter may grant, or than it did, to who acts.
    Raises RoleNotFound, RoleNotYours, InvalidRequest, NoPermission, RoleBeyondYours,
    PermissionsChanged.
    """
    before = custom_roles.get_changeable(seat, wanted.role)
    permissions = read_permissions(wanted.permissions)
    _ensure_expected(before, wanted.expected)
    if permissions == before.permissions:
        return before

    after = await custom_roles.set_permissions(tx, seat, before, permissions, by=by)
    await _end_continuing(tx, seat.organization, before, after, by=by)
    await consequences.revoke_raised(tx, seat.organization.id, before, after, by=by)
    await consequences.revoke_unentitled(tx, seat.organization.id, after, by=by)
    return after


async def delete(
    tx: Transaction, seat: Seat, wanted: RoleDeletion, *, by: Actor, outbox: Outbox
) -> None:
    """Delete a role. Who has it, or is invited to it, gets another; members are told by mail.

    What is pending for who acts themselves is revoked if the other role allows more.
    Raises RoleNotFound, RoleNotYours, RoleInUse (nothing is said of who has it), InvalidRequest for
    what cannot come in its place, RoleNotAllowed, MemberBeyondReach.
    """
    organization = seat.organization
    role = custom_roles.get_changeable(seat, wanted.role)
    use = (await list_uses(tx, organization))[role.name]
    if wanted.to is None:
        if use.is_any:
            raise RoleInUse([use])
        await custom_roles.drop(tx, organization, role, to=None, by=by)
        return

    heir = _get_heir(seat, role, wanted.to)
    if use.members:
        rights.ensure_may_change(seat, role)
    await _move(tx, organization, (role, heir), by=by, outbox=outbox)
    await custom_roles.drop(tx, organization, role, to=heir, by=by)
    await consequences.revoke_unentitled(tx, organization.id, heir, by=by)


async def list_uses(reader: Reader, organization: Organization) -> Mapping[str, RoleUse]:
    """Give how many have each role of the organization, built-in ones too, by its name."""
    held = await custom_roles.count_members_by_role(reader, organization.id)
    offered = await count_pending_by_role(reader, organization.id)
    return {
        role.name: RoleUse(
            role=role.name,
            members=held.get(role.name, 0),
            invitations=offered.get(role.name, 0),
            is_default=organization.default_role == role.name,
        )
        for role in organization.roles
    }


def heirs(seat: Seat, role: Role) -> list[Role]:
    """Give what the caller may put in the place of a role that goes. Nobody is made an owner so."""
    return [one for one in organizations.grantable(seat) if one != role and not one.owns]


def _get_heir(seat: Seat, role: Role, to: str) -> Role:
    """Give the role that comes in place of another. Raises InvalidRequest, RoleNotAllowed."""
    offered = heirs(seat, role)
    heir = seat.organization.get_role(to, path="to", offered=offered)
    if heir.name == role.name or heir.owns:
        choices = ", ".join(one.name for one in offered)
        message = gettext("Choose a role: {choices}.").format(choices=choices)
        raise InvalidRequest.at("to", message)
    rights.ensure_may_give(seat, heir)
    return heir


async def _move(
    tx: Transaction,
    organization: Organization,
    roles: tuple[Role, Role],
    *,
    by: Actor,
    outbox: Outbox,
) -> None:
    """Give who has the first role the second one, members and the invited."""
    role, heir = roles
    await _end_continuing(tx, organization, role, heir, by=by)
    moved = await custom_roles.move_members(tx, organization, role, heir, by=by)
    await consequences.revoke_raised(tx, organization.id, role, heir, by=by)
    await consequences.move_organization_role(tx, organization.id, role, heir, by=by)
    for user_id in moved:
        member = await members.find(tx, organization.id, user_id)
        if member is not None:
            await mails.tell_role_changed(tx, member, by=by, outbox=outbox)


async def _end_continuing(
    tx: Transaction, organization: Organization, before: Role, after: Role, *, by: Actor
) -> None:
    """End what those who had the role before began in apps that they no longer manage."""
    if Permission.APPS_MANAGE in before.permissions - after.permissions:
        users = await custom_roles.list_users_with(tx, organization.id, before)
        await departures.untie(tx, users, organization.id, by=by)


def _ensure_expected(before: Role, expected: Iterable[str] | None) -> None:
    if expected is not None and set(expected) != {str(one) for one in before.permissions}:
        raise PermissionsChanged
