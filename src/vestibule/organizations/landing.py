"""Where a user lands, and where they may choose to: told to the rooms below organizations."""

from collections.abc import Sequence

from vestibule.kernel import lists
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AccountId, SessionId, UserId
from vestibule.organizations import queries
from vestibule.organizations.queries import Reference
from vestibule.users import actions as users
from vestibule.users.model import Place

CONSOLE = "/"


async def find_landing(reader: Reader, account_id: AccountId, _: SessionId) -> str:
    """Give the page where signing in leads: the default organization's, or the console."""
    user = await users.get(reader, UserId(account_id))
    if user.default_organization_id is None:
        return CONSOLE
    reference = Reference(id=user.default_organization_id)
    seat = await queries.find_seat(reader, user.id, reference)
    return f"/organizations/{seat.organization.slug}" if seat else CONSOLE


async def list_places(reader: Reader, user_id: UserId) -> Sequence[Place]:
    """Give the organizations that the user may land in: the newest hundred of theirs."""
    window = lists.Window(scope="places", limit=lists.MOST)
    seats = await queries.list_seats(reader, user_id, window)
    return [Place(id=seat.organization.id, name=seat.organization.name) for seat in seats]
