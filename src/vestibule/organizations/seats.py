"""The seats of an organization: counted, kept within their limit, and limited by the operator.

Whoever asks for a seat holds the organization, so that no two count the same free one.
"""

from dataclasses import replace

from vestibule.audit import actions as audit
from vestibule.audit.model import Actor, Entry
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.ids import OrganizationId
from vestibule.organizations import seat_queries, seat_store
from vestibule.organizations.model import Organization
from vestibule.organizations.seat_model import Seating, SeatLimitReached, ensure_limit


async def count(reader: Reader, organization_id: OrganizationId) -> Seating:
    """Give who takes the organization's seats."""
    counted = await seat_queries.count_seats(reader, [organization_id])
    return counted[organization_id]


async def ensure_seated(tx: Transaction, organization_id: OrganizationId) -> None:
    """Raise SeatLimitReached if the seat that was taken in this transaction was not there.

    The organization is held, unless it has no limit.
    """
    after = await count(tx, organization_id)
    if after.is_exceeded:
        before = replace(after, invited=after.invited - 1)
        raise SeatLimitReached(taken=before.explain())


async def set_limit(
    tx: Transaction, organization: Organization, limit: int | None, *, by: Actor
) -> Seating:
    """Have the organization of `lock_for_change` no more than so many seats; None: no limit.

    One below what is taken throws nobody out. Raises InvalidSeatLimit.
    """
    ensure_limit(limit)
    before = await count(tx, organization.id)
    after = replace(before, limit=limit)
    if after != before:
        await seat_store.set_limit(tx, organization.id, limit)
        await audit.record(tx, _entry(organization, before, after, by=by))
    return after


def _entry(organization: Organization, before: Seating, after: Seating, *, by: Actor) -> Entry:
    return Entry(
        event="organization.seat_limit_changed",
        by=by,
        subject_kind="organization",
        subject_id=organization.id,
        subject_name=organization.name,
        organization_id=organization.id,
        details={
            "before": before.limit,
            "after": after.limit,
            "members": after.members,
            "invited": after.invited,
        },
    )
