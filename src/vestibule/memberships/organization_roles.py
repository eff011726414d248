"""Giving a member of an organization another role, and what follows from that."""

from vestibule.audit.model import Actor
from vestibule.invitations import consequences, departures
from vestibule.kernel.database import Transaction
from vestibule.memberships import end_mails
from vestibule.memberships import organization_mails as mails
from vestibule.memberships import organization_rights as rights
from vestibule.memberships.model import NewRole
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import members
from vestibule.organizations.model import Member, Seat
from vestibule.organizations.permission_model import Role


async def change(
    tx: Transaction, seat: Seat, wanted: NewRole, *, by: Actor, outbox: Outbox
) -> Member:
    """Give somebody else this role; they are told by mail. No change leaves no trace.

    What they invited to and may no longer grant is revoked. The seat is of
    `lock_for_managing_members`. Raises MemberNotFound, NotPermitted for oneself, RoleNotAllowed,
    MemberBeyondReach, RoleChanged, LastOwner, InvalidRequest for no role of theirs.
    """
    before = await members.lock(tx, seat.organization.id, wanted.user_id)
    rights.ensure_somebody_else(seat, wanted.user_id)
    rights.ensure_may_change(seat, before.role)
    role = seat.organization.get_role(wanted.role)
    rights.ensure_may_give(seat, role)
    rights.ensure_expected(before.role, wanted.expected)
    if role.name == before.role.name:
        return before
    rights.ensure_expected(before.role, wanted.found)

    after = await give(tx, before, role, by=by)
    await mails.tell_role_changed(tx, after, by=by, outbox=outbox)
    return after


async def give(tx: Transaction, member: Member, role: Role, *, by: Actor) -> Member:
    """Give a held member another role, and end what they may no longer do. Raises LastOwner."""
    if not role.owns:
        owners = await members.count_owners(tx, member.organization_id)
        rights.ensure_owner_stays(member.role, owners=owners)

    if not organizations.may_manage_apps(role):
        await departures.untie(tx, [member.user_id], member.organization_id, by=by)
    await consequences.revoke_of_user(tx, member.organization_id, member.user_id, role=role, by=by)
    if role.owns:
        await messages.forget_about(tx, [member.id])  # that it ends
        await end_mails.withdraw_change(tx, member, by=by)
    return await members.set_role(tx, member, role, by=by)
