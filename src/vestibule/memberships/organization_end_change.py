"""Setting until when somebody is a member of an organization."""

from vestibule.accounts import queries as accounts
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.memberships import end_mails as mails
from vestibule.memberships import organization_rights as rights
from vestibule.memberships.model import NewEnd
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations import ends, members
from vestibule.organizations.end_model import OwnersHaveNoEnd, ensure_end
from vestibule.organizations.model import Member, Seat


async def change(
    tx: Transaction, seat: Seat, wanted: NewEnd, *, by: Actor, outbox: Outbox
) -> Member:
    """Set, change or clear somebody else's end; they are told by mail. No change leaves no trace.

    The seat is of `lock_for_managing_members`. Raises MemberNotFound, NotPermitted for oneself,
    MemberBeyondReach, OwnersHaveNoEnd, InvalidMemberUntil.
    """
    before = await members.lock(tx, seat.organization.id, wanted.user_id)
    rights.ensure_somebody_else(seat, wanted.user_id)
    rights.ensure_may_change(seat, before.role)
    if wanted.until == before.member_until:
        return before
    if before.role.owns:
        raise OwnersHaveNoEnd(path="member_until")
    ensure_end(wanted.until, now=await accounts.read_clock(tx))

    after = await ends.change(tx, before, wanted.until, by=by)
    await messages.forget_about(tx, [before.id])
    await mails.tell_member_of_change(tx, after, by=by, outbox=outbox)
    return after
