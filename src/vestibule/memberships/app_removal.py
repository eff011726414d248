"""Ending a membership of an app: somebody is removed, or leaves.

What ends with it, whoever or whatever ends it, stands in `departures`.
"""

from vestibule.accounts import password_change
from vestibule.accounts.model import Credentials
from vestibule.apps import actions as apps
from vestibule.apps import members
from vestibule.apps.model import AppMember, AppSeat
from vestibule.audit.model import Actor
from vestibule.invitations import departures
from vestibule.invitations.departure_model import Going
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import AppMemberId
from vestibule.memberships import app_mails as mails
from vestibule.memberships import app_policy as policy
from vestibule.messages.model import Outbox


async def remove(
    tx: Transaction, seat: AppSeat, member_id: AppMemberId, *, by: Actor, outbox: Outbox
) -> None:
    """Take somebody out of the app, with account, sessions and keys; they are told by mail.

    The seat is of `lock_for_managing_members`. Raises AppMemberNotFound, NotPermitted for oneself,
    RoleBeyondReach.
    """
    member = await apps.lock_member(tx, seat.app.id, member_id)
    if not policy.is_own_way_out(member, by):
        policy.ensure_somebody_else(seat, member)
    policy.ensure_may_manage(seat, member.roles)

    await departures.end_app_member(tx, member, Going.REMOVED, by=by)
    await mails.tell_removed(tx, seat.app, member=member, by=by, outbox=outbox)


async def leave(tx: Transaction, found: AppMember, checked: Credentials, *, by: Actor) -> None:
    """Let a member go who has given their password: `checked` is what it was compared with.

    Raises AppMemberNotFound, WrongPassword if it was changed since.
    """
    member = await members.lock_for_leaving(tx, found)
    await password_change.lock_checked(tx, checked)
    await departures.end_app_member(tx, member, Going.LEFT, by=by)
