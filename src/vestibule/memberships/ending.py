"""What the clock does to memberships that are over: they are cleared away, and what goes with them.

Nobody is a member past their end, whether or not this has run: it only tidies up.
"""

from collections.abc import Sequence

from vestibule.apps import ends as app_ends
from vestibule.apps.end_queries import Whose as WhoseInApp
from vestibule.audit.model import SERVER
from vestibule.invitations import consequences, ends
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import AppMemberId, MembershipId
from vestibule.memberships import end_queries as queries
from vestibule.memberships.end_queries import LeftBehind
from vestibule.organizations import actions as organizations
from vestibule.organizations import ends as organization_ends
from vestibule.organizations.end_queries import Whose

BATCH = 200


async def list_over(reader: Reader, after: MembershipId | None) -> Sequence[Whose]:
    """Give memberships of organizations that are over, by id."""
    return await organization_ends.list_over(reader, after=after, at_most=BATCH)


async def list_over_in_apps(reader: Reader, after: AppMemberId | None) -> Sequence[WhoseInApp]:
    """Give members of apps who have a role that is over, by id."""
    return await app_ends.list_over(reader, after=after, at_most=BATCH)


async def list_left_behind(reader: Reader) -> Sequence[LeftBehind]:
    """Give members of apps who are gone, and whose invitations tell of them still."""
    return await queries.list_left_behind(reader, at_most=BATCH)


async def clear(tx: Transaction, whose: Whose) -> bool:
    """Clear a membership away. False: somebody was faster. Raises NotFound in a closed place."""
    await organizations.lock_for_change(tx, whose.organization_id)
    over = await organization_ends.find_over(tx, whose.organization_id, whose.user_id)
    if over is not None:
        await ends.end(tx, over)
    return over is not None


async def clear_in_app(tx: Transaction, whose: WhoseInApp) -> bool:
    """Clear away the roles that are over; without any left, the member. As `clear`."""
    await app_ends.hold_place(tx, whose)
    over = await app_ends.find_over(tx, whose.app_id, whose.app_member_id)
    if over is not None:
        await ends.end(tx, over)
    return over is not None


async def forget_left_behind(tx: Transaction, gone: LeftBehind) -> bool:
    """Revoke what somebody sent who is gone, and forget them. As `clear`."""
    await organizations.lock_for_change(tx, gone.organization_id)
    await consequences.revoke_sent(tx, gone.organization_id, gone.person_id, by=SERVER)
    await consequences.forget_person(tx, gone.person_id, by=SERVER)
    return True
