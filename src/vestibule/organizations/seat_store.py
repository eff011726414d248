"""Every statement that locks by, or writes, an organization's limit of seats."""

from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import OrganizationId, UserId
from vestibule.organizations.model import Seat
from vestibule.organizations.queries import (
    SEAT,
    STILL_PRESENT,
    Reference,
    find_seat,
    seat_from_row,
)
from vestibule.organizations.seat_model import SeatLimitMoved


async def share_or_hold_seat(tx: Transaction, user_id: UserId, reference: Reference) -> Seat | None:
    """Give the user's seat, locked for inviting: shared, or under a limit held by one at a time.

    Which, one statement chooses by what it finds, and each half asks again after waiting. A limit
    that came or went just then is in neither: raises SeatLimitMoved.
    """
    row = await tx.fetch_one(
        f"""
        WITH shared AS ({SEAT} AND o.seat_limit IS NULL FOR SHARE OF o, m),
             alone AS ({SEAT} AND o.seat_limit IS NOT NULL FOR NO KEY UPDATE OF o FOR SHARE OF m),
             held AS (SELECT * FROM shared UNION ALL SELECT * FROM alone)
        {STILL_PRESENT}
        """,
        user_id,
        reference.id,
        reference.slug,
    )
    if row is None and await find_seat(tx, user_id, reference) is not None:
        raise SeatLimitMoved
    return seat_from_row(row, user_id) if row else None


async def set_limit(tx: Transaction, organization_id: OrganizationId, limit: int | None) -> None:
    """Write a held organization's limit."""
    await tx.execute(
        "UPDATE organizations SET seat_limit = $2 WHERE id = $1", organization_id, limit
    )
