"""Setting until when somebody has their roles in an app."""

from vestibule.accounts import queries as accounts
from vestibule.apps import actions as apps
from vestibule.apps import ends
from vestibule.apps.model import AppMember, AppSeat
from vestibule.audit.model import Actor
from vestibule.kernel.database import Transaction
from vestibule.memberships import app_policy as policy
from vestibule.memberships import end_mails as mails
from vestibule.memberships.model import NewAppEnd
from vestibule.messages import actions as messages
from vestibule.messages.model import Outbox
from vestibule.organizations.end_model import ensure_end


async def change(
    tx: Transaction, seat: AppSeat, wanted: NewAppEnd, *, by: Actor, outbox: Outbox
) -> AppMember:
    """Set, change or clear the end of all the roles of somebody else; they are told by mail.

    No change leaves no trace. The seat is of `lock_for_managing_members`. Raises AppMemberNotFound,
    NotPermitted for oneself, RoleBeyondReach, InvalidMemberUntil.
    """
    before = await apps.lock_member(tx, seat.app.id, wanted.member_id)
    policy.ensure_somebody_else(seat, before)
    policy.ensure_may_manage(seat, before.roles)
    if all(before.ends.get(role) == wanted.until for role in before.roles):
        return before
    ensure_end(wanted.until, now=await accounts.read_clock(tx))

    after = await ends.change(tx, before, wanted.until, by=by)
    await messages.forget_about(tx, [before.id])
    await mails.tell_app_member_of_change(tx, seat.app, member=after, by=by, outbox=outbox)
    return after
