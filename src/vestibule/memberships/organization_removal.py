"""Ending a membership of an organization: somebody is removed, or leaves.

What ends with it, whoever or whatever ends it, stands in `departures`.
"""

from vestibule.audit.model import Actor
from vestibule.invitations import consequences, departures
from vestibule.invitations.departure_model import Going, SentInvitations
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import UserId
from vestibule.memberships import organization_mails as mails
from vestibule.memberships import organization_rights as rights
from vestibule.memberships.model import Removal
from vestibule.messages.model import Outbox
from vestibule.organizations import members
from vestibule.organizations.model import Member, Seat


async def remove(
    tx: Transaction, seat: Seat, wanted: Removal, *, by: Actor, outbox: Outbox
) -> None:
    """Take somebody else out of the organization; they are told by mail.

    What they invited to is revoked, or who removes answers for it from now on. The seat is of
    `lock_for_managing_members`. Raises MemberNotFound, NotPermitted for oneself,
    MemberBeyondReach, RoleChanged, LastOwner.
    """
    member = await members.lock(tx, seat.organization.id, wanted.user_id)
    rights.ensure_somebody_else(seat, wanted.user_id)
    rights.ensure_may_change(seat, member.role)
    rights.ensure_expected(member.role, wanted.expected)
    await _ensure_owner_stays(tx, member)

    leaver = await departures.hold_member(tx, member)
    if wanted.sent is SentInvitations.KEEP:
        await consequences.hand_on(
            tx, member.organization_id, member.user_id, role=seat.role, by=by
        )
    await departures.end_member(tx, member, leaver, Going.REMOVED, by=by)
    await mails.tell_removed(tx, member, by=by, outbox=outbox)


async def leave(tx: Transaction, seat: Seat, user_id: UserId, *, by: Actor) -> None:
    """Let a member go. The seat is of `lock_for_leaving`. Raises LastOwner."""
    await end_own(tx, await members.lock(tx, seat.organization.id, user_id), by=by)


async def end_own(tx: Transaction, member: Member, *, by: Actor) -> None:
    """End a held membership by the will of who has it. Raises LastOwner."""
    await _ensure_owner_stays(tx, member)
    leaver = await departures.hold_member(tx, member)
    await departures.end_member(tx, member, leaver, Going.LEFT, by=by)


async def _ensure_owner_stays(tx: Transaction, member: Member) -> None:
    owners = await members.count_owners(tx, member.organization_id)
    rights.ensure_owner_stays(member.role, owners=owners)
