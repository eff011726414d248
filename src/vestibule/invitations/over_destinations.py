"""Who is in the way of coming in anew: a member there whose time is over, not cleared away yet."""

from typing import TypeAlias, assert_never

from vestibule.apps import ends as app_ends
from vestibule.apps.model import AppMember
from vestibule.invitations.model import Invitation, ToApp, ToOrganization
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AccountId, AppMemberId, UserId
from vestibule.organizations import ends as organization_ends
from vestibule.organizations.model import Member

AnyOver: TypeAlias = Member | AppMember


async def find_in_the_way(
    reader: Reader, invitation: Invitation, account: AccountId | None
) -> AnyOver | None:
    """Give who the joining account was there, if their time, or that of a role, is over.

    No account: who had one in the app that the invited address is as none with.
    """
    match invitation.destination:
        case ToOrganization(organization_id, _):
            if account is None:
                return None
            return await organization_ends.find_over(reader, organization_id, UserId(account))
        case ToApp(_, app_id, _):
            if account is None:
                return await app_ends.find_over_of_address(reader, app_id, invitation.email)
            return await app_ends.find_over(reader, app_id, AppMemberId(account))
        case _:
            assert_never(invitation.destination)
