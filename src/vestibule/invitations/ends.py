"""Access that ends: until when it may be offered, and what goes with it when its time is over.

Past the end nothing counts, whether or not it is cleared away. Clearing away is for the chore in
`memberships/`, and for whoever lets somebody in anew. The place is held, or kept as it is.
"""

from datetime import datetime
from typing import assert_never

from vestibule.accounts import queries as accounts
from vestibule.api_keys import actions as api_keys
from vestibule.apps import codes
from vestibule.apps import ends as app_ends
from vestibule.apps import queries as app_queries
from vestibule.apps.model import AppMember
from vestibule.audit.model import SERVER
from vestibule.invitations import consequences, destinations
from vestibule.invitations.model import Destination, Invitation
from vestibule.invitations.over_destinations import AnyOver, find_in_the_way
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId
from vestibule.messages import actions as messages
from vestibule.organizations import ends as organization_ends
from vestibule.organizations import members
from vestibule.organizations.end_model import ensure_end
from vestibule.organizations.queries import Member


async def ensure_may_offer(
    reader: Reader, destination: Destination, until: datetime | None
) -> None:
    """Raise OwnersHaveNoEnd, or InvalidMemberUntil, unless access until then may be offered."""
    if until is None:
        return
    destinations.ensure_may_end(destination, until)
    ensure_end(until, now=await accounts.read_clock(reader))


async def clear_way(tx: Transaction, invitation: Invitation, account: AccountId | None) -> None:
    """Clear away what is over of who is about to join, so that they come in anew.

    Before the invitation is held: those that they sent are revoked. No account: they make one.
    """
    over = await find_in_the_way(tx, invitation, account)
    if over is not None:
        await end(tx, over)


async def end(tx: Transaction, over: AnyOver) -> None:
    """Clear away what is over, with all that ends with it, as removal does. Nobody is told."""
    match over:
        case Member():
            await _end_member(tx, over)
        case AppMember():
            await _end_app_member(tx, over)
        case _:
            assert_never(over)


async def _end_member(tx: Transaction, over: Member) -> None:
    organization_id, user_id = over.organization_id, over.user_id
    await consequences.revoke_sent(tx, organization_id, user_id, by=SERVER)
    member = await organization_ends.lock_over(tx, organization_id, user_id)
    if member is None:
        return
    for key in await api_keys.list_made_by(tx, organization_id, user_id):
        await api_keys.end(tx, key, "revoked", by=SERVER)
    await codes.end_continuing(tx, user_id, organization_id)
    await members.end(tx, member, "ended", by=SERVER)
    await messages.forget_about(tx, [member.id])


async def _end_app_member(tx: Transaction, over: AppMember) -> None:
    """Take the roles whose time is over; `over.roles` are those that are left."""
    if over.roles:
        definition = await app_queries.find_definition(tx, over.app_id)
        grantable = definition.invitable_by(over.roles) if definition else frozenset[str]()
        await consequences.revoke_beyond(tx, over.app_id, over.id, grantable=grantable, by=SERVER)
    else:
        await consequences.revoke_sent(tx, over.organization_id, over.id, by=SERVER)
        await consequences.forget_person(tx, over.id, by=SERVER)
    await app_ends.clear(tx, over)
    if not over.roles:
        await messages.forget_about(tx, [over.id])
