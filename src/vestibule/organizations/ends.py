"""Memberships of organizations that end by the clock: their end set, told of, and come.

Thin, as `members`: what follows from an end is seen to in `memberships/`. Nobody is a member past
their end, whether or not what is left of it has been cleared away.
"""

from collections.abc import Sequence
from datetime import datetime

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import MembershipId, OrganizationId, UserId
from vestibule.organizations import end_queries, end_store, members, queries
from vestibule.organizations.end_queries import Whose
from vestibule.organizations.model import Member


async def change(tx: Transaction, member: Member, until: datetime | None, *, by: Actor) -> Member:
    """Set until when a held member of a held organization is one; None: for good."""
    await end_store.set_end(tx, member.id, until)
    await audit.record(tx, members.end_changed(member, until, by=by))
    return await members.get(tx, member.organization_id, member.user_id)


async def claim_ending(tx: Transaction, *, at_most: int) -> Sequence[Member]:
    """Give members whose time ends within a week, each once, so that people are told."""
    claimed = await end_store.claim_ending(tx, at_most=at_most)
    found = [await queries.find_member(tx, membership_id) for membership_id in claimed]
    return [member for member in found if member is not None]


async def list_over(reader: Reader, *, after: MembershipId | None, at_most: int) -> Sequence[Whose]:
    """Give memberships whose time is over and that are not cleared away, by id."""
    return await end_queries.list_over(reader, after=after, at_most=at_most)


async def find_over(
    reader: Reader, organization_id: OrganizationId, user_id: UserId
) -> Member | None:
    """Give the user as the member that they were, if their time is over."""
    return await end_queries.find_over(reader, organization_id, user_id)


async def hold_over(
    tx: Transaction, organization_id: OrganizationId, user_id: UserId
) -> Member | None:
    """Give the same, held; None if somebody else has cleared it away meanwhile."""
    if await end_store.hold_over(tx, organization_id, user_id) is None:
        return None
    return await end_queries.find_over(tx, organization_id, user_id)
