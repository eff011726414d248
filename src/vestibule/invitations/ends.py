"""Access that ends: until when it may be offered, and what goes with it when its time is over.

Past the end nothing counts, whether or not it is cleared away. Clearing away is for the chore in
`memberships/`, and for whoever lets somebody in anew; nobody is told. What is pending for who was a
member stays, unlike at a removal: it was offered since.
"""

from datetime import datetime
from typing import assert_never

from vestibule.accounts import queries as accounts
from vestibule.apps import ends as app_ends
from vestibule.apps import queries as app_queries
from vestibule.apps.model import AppMember
from vestibule.audit.model import SERVER
from vestibule.invitations import consequences, departures, destinations
from vestibule.invitations.departure_model import Going
from vestibule.invitations.model import Destination, Invitation
from vestibule.invitations.over_destinations import AnyOver, find_in_the_way
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AccountId, OrganizationId, UserId
from vestibule.organizations import ends as organization_ends
from vestibule.organizations.end_model import ensure_end
from vestibule.organizations.model import Member


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

    The place is kept as it is, the invitation not held yet: those that they sent are held here, and
    revoked. No account: they make one.
    """
    over = await find_in_the_way(tx, invitation, account)
    if over is not None:
        await end(tx, over)


async def clear_membership(
    tx: Transaction, organization_id: OrganizationId, user_id: UserId
) -> None:
    """Clear away a membership of a held organization that is over, if there is one."""
    over = await organization_ends.find_over(tx, organization_id, user_id)
    if over is not None:
        await end(tx, over)


async def end(tx: Transaction, over: AnyOver) -> None:
    """Clear away what is over, with all that ends with it. Of two who do so at once, one does."""
    match over:
        case Member():
            await _end_member(tx, over)
        case AppMember():
            await _end_roles(tx, over)
        case _:
            assert_never(over)


async def _end_member(tx: Transaction, over: Member) -> None:
    leaver = await departures.hold_member(tx, over)
    if await organization_ends.hold_over(tx, over.organization_id, over.user_id):
        await departures.end_member(tx, over, leaver, Going.ENDED, by=SERVER)


async def _end_roles(tx: Transaction, found: AppMember) -> None:
    """Take the roles whose time is over. `over.roles` are those that are left; none: all goes.

    The member is held before that is read: one more may end while we wait. As an inviter is held
    with the place, they are held before invitations.
    """
    over = await app_ends.hold_over(tx, found)
    if over is None:
        return
    if not over.roles:
        await departures.end_app_member(tx, over, Going.ENDED, by=SERVER)
        return
    definition = await app_queries.find_definition(tx, over.app_id)
    grantable = definition.invitable_by(over.roles) if definition else frozenset[str]()
    await consequences.revoke_beyond(tx, over.app_id, over.id, grantable=grantable, by=SERVER)
    await app_ends.take_over_roles(tx, over)
