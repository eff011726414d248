"""What pages say alike of the apps in which a user is somebody as well, before they go."""

from vestibule.accounts.guards import Desk
from vestibule.apps import ties
from vestibule.apps.tie_model import Tie
from vestibule.kernel.ids import OrganizationId, UserId


async def list_ties(
    desk: Desk, user_id: UserId, organization_id: OrganizationId
) -> list[dict[str, str | bool]]:
    """Give the apps of an organization in which a user is somebody, as templates take them."""
    async with desk.database.reader() as reader:
        return [describe(tie) for tie in await ties.list_of(reader, user_id, organization_id)]


def describe(tie: Tie) -> dict[str, str | bool]:
    """Give an app's name, and whether the account there stays: it has a password of its own."""
    return {"name": tie.name, "stays": tie.has_password}
