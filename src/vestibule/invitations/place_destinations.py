"""What a place is to who joins it: where it stands, who they are there, and how they get in."""

from typing import TypeAlias, assert_never

from vestibule.apps import actions as apps
from vestibule.apps import members
from vestibule.apps.entrance import PAGES
from vestibule.apps.model import Admission as AppAdmission
from vestibule.apps.model import App, AppMember, AppMemberNotFound
from vestibule.apps.presentation import AppMemberBody, present_member
from vestibule.audit.model import ActorKind
from vestibule.invitations import answering_destinations as answering
from vestibule.invitations import destinations
from vestibule.invitations.destination_model import (
    AnyMembershipId,
    Askable,
    Person,
    Place,
    Standing,
)
from vestibule.invitations.model import Destination, Invitation, Inviter, ToApp, ToOrganization
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import InvalidRequest, NotAuthenticated
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AccountId, AppMemberId, MembershipId, UserId
from vestibule.messages.model import Addressee
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Admission, Organization
from vestibule.organizations.presentation import MembershipBody, present_membership
from vestibule.users import actions as users

AnyMembershipBody: TypeAlias = MembershipBody | AppMemberBody


async def lock(tx: Transaction, destination: Destination, inviter: Inviter) -> Place:
    """Give the place, and the inviter's present right, kept so until the transaction ends.

    Raises NotFound if it is gone.
    """
    user = await answering.find_user(tx, destination.organization_id, inviter)
    match destination:
        case ToOrganization(organization_id, _):
            hosting = await organizations.lock_for_admitting(tx, organization_id, inviter=user)
            standing = Standing(
                organization_role=await answering.limited(
                    tx, organization_id, inviter, role=hosting.inviter_role
                ),
                custom_roles=hosting.organization.custom_roles,
            )
            return _organization_place(
                hosting.organization,
                is_inviter_entitled=destinations.may_grant(destination, inviter, standing),
            )
        case ToApp(organization_id, app_id, _):
            found = await apps.lock_for_admitting(
                tx,
                organization_id,
                app_id,
                user=user,
                member=answering.member_id(inviter),
            )
            standing = Standing(
                organization_role=await answering.limited(
                    tx, organization_id, inviter, role=found.organization_role
                ),
                app_roles=found.roles,
                definition=found.definition,
            )
            return _app_place(
                found.app,
                is_inviter_entitled=destinations.may_grant(destination, inviter, standing),
            )
        case _:
            assert_never(destination)


def recognise(
    destination: Destination, person: Person | None, *, as_me: bool = False
) -> Person | None:
    """Give who somebody signed in is there; None: they are as anybody.

    `as_me`: they want to join as themselves, though another address was invited. Raises
    NotAuthenticated to an app's member at an organization, InvalidRequest for `as_me` at an app.
    """
    match destination:
        case ToOrganization():
            if isinstance(person, AppMember):
                raise NotAuthenticated
            return person
        case ToApp(_, app_id, _):
            if as_me:
                message = gettext("Apps have accounts of their own. Leave this out.")
                raise InvalidRequest.at("as", message)
            is_theirs = isinstance(person, AppMember) and person.app_id == app_id
            return person if is_theirs else None
        case _:
            assert_never(destination)


async def list_askable(reader: Reader, invitation: Invitation, *, place: Place) -> list[Askable]:
    """Give who is asked for a new one: the inviter if they still may invite, else the owners."""
    asked = await find_inviter(reader, invitation) if place.is_inviter_entitled else None
    if asked is not None:
        is_inside = invitation.inviter.kind is ActorKind.APP_MEMBER
        path = place.inside_path if is_inside else place.studio_path
        return [Askable(Addressee(asked.id, asked.email, asked.locale), path)]
    owners = await organizations.list_owners(reader, invitation.destination.organization_id)
    return [Askable(owner.addressee, place.studio_path) for owner in owners]


async def find_inviter(reader: Reader, invitation: Invitation) -> Person | None:
    """Give who invited, or whose API key did: they are known to be there still."""
    user_id = await answering.find_user(
        reader, invitation.destination.organization_id, invitation.inviter
    )
    member_id = answering.member_id(invitation.inviter)
    match invitation.destination:
        case ToOrganization():
            return await users.get(reader, user_id) if user_id else None
        case ToApp(_, app_id, _):
            if member_id is not None:
                return await apps.get_member(reader, app_id, member_id)
            return await users.get(reader, user_id) if user_id else None
        case _:
            assert_never(invitation.destination)


async def find_membership(
    reader: Reader, destination: Destination, account: AccountId
) -> AnyMembershipId | None:
    """Give the account's membership there, with whatever role."""
    match destination:
        case ToOrganization(organization_id, _):
            membership = await organizations.find_membership(
                reader, organization_id, UserId(account)
            )
            return membership.id if membership else None
        case ToApp(_, app_id, _):
            member = await apps.find_member(reader, app_id, AppMemberId(account))
            return member.id if member else None
        case _:
            assert_never(destination)


async def holds_what_is_offered(
    reader: Reader, destination: Destination, account: AccountId
) -> bool:
    """Tell whether accepting would give the account nothing more than it has there."""
    match destination:
        case ToOrganization():
            return await find_membership(reader, destination, account) is not None
        case ToApp(_, app_id, role):
            member = await apps.find_member(reader, app_id, AppMemberId(account))
            return member is not None and role in member.roles
        case _:
            assert_never(destination)


async def describe_membership(
    reader: Reader, destination: Destination, membership: AnyMembershipId
) -> AnyMembershipBody:
    """Give the membership as the API shows it."""
    match destination:
        case ToOrganization():
            member = await organizations.get_member(reader, MembershipId(membership))
            return present_membership(member)
        case ToApp(_, app_id, _):
            app_member_id = AppMemberId(AccountId(membership))
            return present_member(
                await apps.get_made(reader, app_id),
                await apps.get_member(reader, app_id, app_member_id),
            )
        case _:
            assert_never(destination)


async def admit(tx: Transaction, account: AccountId, invitation: Invitation) -> AnyMembershipId:
    """Let them in, with the role that they were invited to hold.

    Raises AlreadyMember, or NotAuthenticated if their account has ended while they waited.
    """
    match invitation.destination:
        case ToOrganization(organization_id, role):
            admission = Admission(
                organization_id=organization_id,
                user_id=UserId(account),
                role=role,
                invitation_id=invitation.id,
                invited_address=invitation.email.typed,
                member_until=invitation.member_until,
            )
            return (await organizations.admit(tx, admission)).id
        case ToApp(organization_id, app_id, app_role):
            app_admission = AppAdmission(
                organization_id=organization_id,
                app_id=app_id,
                account_id=account,
                role=app_role,
                invitation_id=invitation.id,
                invited_address=invitation.email.typed,
                member_until=invitation.member_until,
            )
            try:
                return await members.admit(tx, app_admission)
            except AppMemberNotFound as fault:
                raise NotAuthenticated from fault
        case _:
            assert_never(invitation.destination)


def _organization_place(organization: Organization, *, is_inviter_entitled: bool) -> Place:
    path = f"/organizations/{organization.slug}"
    return Place(
        name=organization.name,
        organization_name=organization.name,
        path=path,
        studio_path=path,
        inside_path=path,
        requires_sign_in=organization.requires_sign_in,
        is_inviter_entitled=is_inviter_entitled,
        allowed_domains=organization.allowed_domains,
        takes_other_accounts=organization.takes_other_accounts,
    )


def _app_place(app: App, *, is_inviter_entitled: bool) -> Place:
    return Place(
        name=app.name,
        organization_name=app.organization_name,
        path=app.path + PAGES.profile,
        studio_path=app.studio_path,
        inside_path=app.path,
        home_url=app.home_url,
        is_inviter_entitled=is_inviter_entitled,
    )
