"""Giving the members of an app other roles, and what follows from that in the same transaction."""

from vestibule.apps import actions as apps
from vestibule.apps import members
from vestibule.apps.model import AppMember, AppSeat
from vestibule.audit.model import Actor
from vestibule.invitations import consequences
from vestibule.kernel.database import Transaction
from vestibule.memberships import app_mails as mails
from vestibule.memberships import app_policy as policy
from vestibule.memberships.model import RoleChange
from vestibule.messages.model import Outbox


async def change(
    tx: Transaction, seat: AppSeat, wanted: RoleChange, *, by: Actor, outbox: Outbox
) -> AppMember:
    """Give the member exactly these roles; they are told by mail. No change leaves no trace.

    What they invited to and may no longer grant is revoked. The seat is of
    `lock_for_managing_members`. Raises AppMemberNotFound, NotPermitted for oneself, InvalidRequest,
    RoleBeyondReach, RoleChanged.
    """
    before = await apps.lock_member(tx, seat.app.id, wanted.member_id)
    policy.ensure_somebody_else(seat, before)
    roles = policy.clean_roles(seat, wanted.roles)
    changed = set(before.roles) ^ set(roles)
    policy.ensure_may_manage(seat, changed)
    if not changed:
        return before
    policy.ensure_found(before, wanted.found)

    await members.set_roles(tx, before, roles, by=by)
    grantable = seat.definition.invitable_by(roles) if seat.definition else frozenset()
    await consequences.revoke_beyond(tx, seat.app.id, before.id, grantable=grantable, by=by)
    after = await apps.get_member(tx, seat.app.id, wanted.member_id)
    await mails.tell_roles_changed(tx, seat.app, member=after, by=by, outbox=outbox)
    return after
