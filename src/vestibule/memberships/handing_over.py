"""Handing an organization over: another member owns it, and the owner is less, or gone."""

from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.memberships import organization_mails as mails
from vestibule.memberships import organization_removal as removal
from vestibule.memberships import organization_rights as rights
from vestibule.memberships import organization_roles as roles
from vestibule.memberships.model import HandOver
from vestibule.messages.model import Outbox
from vestibule.organizations import members
from vestibule.organizations.model import Member, Seat
from vestibule.organizations.permission_model import ADMIN, OWNER


async def hand_over(
    tx: Transaction, seat: Seat, wanted: HandOver, *, by: Actor, outbox: Outbox
) -> Member:
    """Make another member an owner, who is told by mail; the giver becomes an admin, or leaves.

    The seat is of `lock_for_leaving`. Raises NotPermitted to who is no owner and for oneself,
    MemberNotFound.
    """
    rights.ensure_owner(seat)
    rights.ensure_somebody_else(seat, wanted.heir)
    heir = await members.lock(tx, seat.organization.id, wanted.heir)
    own = await members.lock(tx, seat.organization.id, wanted.giver)

    if not heir.role.owns:
        heir = await roles.give(tx, heir, OWNER, by=by)
        await mails.tell_role_changed(tx, heir, by=by, outbox=outbox)
    if wanted.leaves:
        await removal.end_own(tx, own, by=by)
    else:
        await roles.give(tx, own, ADMIN, by=by)
    return heir
