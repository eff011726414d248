"""Whether an invitation is for whoever sends it: nobody raises or prolongs themselves.

A program is its maker. In an app, a user is also the member whom they continue as.
"""

from typing import assert_never

from vestibule.apps import actions as apps
from vestibule.invitations import answering_destinations as answering
from vestibule.invitations import destinations
from vestibule.invitations.model import (
    Destination,
    Invitation,
    InvitationToOneself,
    ToApp,
    ToOrganization,
)
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AccountId, AppMemberId
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import AlreadyMember


async def ensure_lacks(
    reader: Reader, destination: Destination, email: Address, *, by: AccountId | None
) -> None:
    """Raise unless whose address this is lacks what is offered, and is somebody else.

    AlreadyMember to who is there, in an app with that very role; InvitationToOneself.
    """
    match destination:
        case ToOrganization(organization_id, _):
            user_id = await organizations.find_member_of_address(reader, organization_id, email)
            if user_id is not None:
                raise AlreadyMember
        case ToApp(_, app_id, role):
            member = await apps.find_member_of_address(reader, app_id, email)
            if member is not None and member.is_of(by):
                raise InvitationToOneself
            if member is not None and role in member.roles:
                raise AlreadyMember
        case _:
            assert_never(destination)


async def ensure_to_another(
    reader: Reader, invitation: Invitation, *, by: AccountId | None
) -> None:
    """Raise InvitationToOneself if it is to an address of who answers for it from now on."""
    account = await destinations.find_account(reader, invitation)
    if account is not None:
        await _ensure_another(reader, invitation, account.id, by)


async def ensure_by_another(reader: Reader, invitation: Invitation, account: AccountId) -> None:
    """Raise InvitationToOneself if who joins sent it: to an address that is theirs by now."""
    inviter = invitation.inviter
    organization_id = invitation.destination.organization_id
    user_id = await answering.find_user(reader, organization_id, inviter)
    by = user_id or answering.member_id(inviter)
    await _ensure_another(reader, invitation, account, by)


async def _ensure_another(
    reader: Reader, invitation: Invitation, account: AccountId, by: AccountId | None
) -> None:
    """Raise InvitationToOneself if the account, of those that count there, is of who acts."""
    match invitation.destination:
        case ToOrganization():
            if account == by:
                raise InvitationToOneself
        case ToApp(_, app_id, _):
            member = await apps.find_member(reader, app_id, AppMemberId(account))
            if member is not None and member.is_of(by):
                raise InvitationToOneself
        case _:
            assert_never(invitation.destination)
