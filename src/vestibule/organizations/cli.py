"""The operator's verbs about organizations; the audit trail says that it was the operator."""

from vestibule.audit.model import OPERATOR
from vestibule.kernel.database import Database
from vestibule.organizations import actions as organizations
from vestibule.organizations import seats
from vestibule.organizations.operator_presentation import OperatedOrganizationBody, present
from vestibule.organizations.seat_model import ensure_limit

NO_LIMIT = "none"
MOST_DIGITS = 9


def read_limit(text: str) -> int | None:
    """Read a limit as it is typed, `none` for none. Raises InvalidSeatLimit."""
    if text == NO_LIMIT:
        return None
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
    ensure_limit(limit)
    return limit


async def limit_seats(
    database: Database, organization: str, limit: int | None
) -> OperatedOrganizationBody:
    """Have the organization no more than so many seats. Gives it as the operator's API does.

    Raises OrganizationNotFound, InvalidSeatLimit.
    """
    async with database.transaction() as tx:
        found = await organizations.get_by_reference(tx, organization)
        held = await organizations.lock_for_change(tx, found.id)
        return present(held, await seats.set_limit(tx, held, limit, by=OPERATOR))
