"""All that differs between an invitation to an organization and one to an app.

Nothing else matches on the kind. A third destination is one type in `model.py` and one branch in
each function here: mypy names those that lack it.
"""

from dataclasses import dataclass
from typing import assert_never

from vestibule.accounts import actions as accounts
from vestibule.accounts.model import Account
from vestibule.accounts.realms import PLATFORM
from vestibule.audit.model import Actor, ActorKind
from vestibule.invitations.bodies_model import OrganizationDestination
from vestibule.invitations.model import Destination, Invitation, Inviter, ToOrganization
from vestibule.invitations.offer_model import Host
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row, Transaction
from vestibule.kernel.errors import InvalidRequest
from vestibule.kernel.i18n import gettext
from vestibule.kernel.ids import AccountId, MembershipId, OrganizationId, RealmId, UserId, encode
from vestibule.keys.model import Purpose
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Admission, Organization, OrganizationRole
from vestibule.organizations.presentation import MembershipBody, present_membership
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, User

ORGANIZATION_LINK = "/organization-invite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A destination as who accepts meets it. `is_inviter_entitled`: by their present right."""

    name: str
    path: str
    requires_sign_in: bool
    is_inviter_entitled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody of the place whom a mail is for."""

    email: str
    locale: str


def from_row(row: Row) -> Destination:
    """Read the columns `organization_id`, `app_id` and `role`."""
    return ToOrganization(OrganizationId(row["organization_id"]), OrganizationRole(row["role"]))


def with_role(destination: Destination, role: str) -> Destination:
    """Give the same destination with another role. Raises InvalidRequest if there is none such."""
    match destination:
        case ToOrganization(organization_id, _):
            return ToOrganization(organization_id, _organization_role(role))
        case _:
            assert_never(destination)


def purpose(destination: Destination) -> Purpose:
    """Give what the keys of such invitations are good for."""
    match destination:
        case ToOrganization():
            return Purpose.ORGANIZATION_INVITATION
        case _:
            assert_never(destination)


def link_path(destination: Destination) -> str:
    """Give the path that the mailed link leads to."""
    match destination:
        case ToOrganization():
            return ORGANIZATION_LINK
        case _:
            assert_never(destination)


def describe(destination: Destination, name: str) -> OrganizationDestination:
    """Give the destination as the API shows it."""
    match destination:
        case ToOrganization(organization_id, _):
            return OrganizationDestination(id=encode("org", organization_id), name=name)
        case _:
            assert_never(destination)


def may_grant(destination: Destination, inviter: Inviter, present: str | None) -> bool:
    """Tell whether an inviter may grant the invitation's role by what they are there now."""
    if inviter.kind is ActorKind.OPERATOR:
        return True
    match destination:
        case ToOrganization(_, role):
            return present is not None and organizations.may_grant(OrganizationRole(present), role)
        case _:
            assert_never(destination)


async def lock(tx: Transaction, destination: Destination, inviter: Inviter) -> Place:
    """Give the place, and the inviter's present right, kept so until the transaction ends.

    Raises NotFound if it is gone.
    """
    match destination:
        case ToOrganization(organization_id, _):
            hosting = await organizations.lock_for_admitting(
                tx, organization_id, inviter=_user_id(inviter)
            )
            return Place(
                name=hosting.organization.name,
                path=f"/organizations/{hosting.organization.slug}",
                requires_sign_in=hosting.organization.requires_sign_in,
                is_inviter_entitled=may_grant(destination, inviter, hosting.inviter_role),
            )
        case _:
            assert_never(destination)


async def host_organization(tx: Transaction, by: User, reference: str) -> Host:
    """Give the organization of this id or slug to a user who may invite there, kept so meanwhile.

    Raises OrganizationNotFound, NotPermitted.
    """
    seat = await organizations.lock_for_inviting(tx, by.id, reference)
    inviter = Inviter(kind=ActorKind.USER, id=by.id, name=by.name)
    grantable = frozenset(organizations.grantable(seat.role))
    return _organization_host(seat.organization, grantable=grantable, inviter=inviter)


async def host_organization_for_operator(tx: Transaction, reference: str) -> Host:
    """Give the operator the organization, with every role to grant. Raises OrganizationNotFound."""
    organization = await organizations.get_by_reference(tx, reference)
    hosting = await organizations.lock_for_admitting(tx, organization.id, inviter=None)
    inviter = Inviter(kind=ActorKind.OPERATOR, id=None, name=gettext("The operator"))
    grantable = frozenset(OrganizationRole)
    return _organization_host(hosting.organization, grantable=grantable, inviter=inviter)


def is_of(destination: Destination, host: Host) -> bool:
    """Tell whether the invitation leads to what the host has in hand."""
    match destination:
        case ToOrganization(organization_id, _):
            return organization_id == host.organization_id and host.app_id is None
        case _:
            assert_never(destination)


def realm_id(destination: Destination) -> RealmId:
    """Give the realm whose accounts such an invitation lets in."""
    match destination:
        case ToOrganization():
            return PLATFORM.id
        case _:
            assert_never(destination)


async def find_member(reader: Reader, destination: Destination, email: Address) -> AccountId | None:
    """Give the account of this address, if it is there already."""
    match destination:
        case ToOrganization(organization_id, _):
            return await organizations.find_member_of_address(reader, organization_id, email)
        case _:
            assert_never(destination)


async def find_account(reader: Reader, invitation: Invitation) -> Account | None:
    """Give the account of the invited address, in the realm that counts there."""
    realm = realm_id(invitation.destination)
    return await accounts.find_by_address(reader, realm, invitation.email)


async def make_account(
    tx: Transaction, invitation: Invitation, profile: Profile, password_hash: str, *, by: Actor
) -> Account:
    """Make the account of the invited address, as the place wants it. Raises AccountExists."""
    match invitation.destination:
        case ToOrganization(organization_id, _):
            new = NewUser(
                address=invitation.email,
                profile=profile,
                password_hash=password_hash,
                locale=invitation.locale,
                default_organization_id=organization_id,
            )
            return users.account_of(await users.make(tx, new, by=by))
        case _:
            assert_never(invitation.destination)


async def list_askable(reader: Reader, invitation: Invitation, *, place: Place) -> list[Addressee]:
    """Give who is asked for a new one: the inviter if they still may invite, else the owners."""
    match invitation.destination:
        case ToOrganization(organization_id, _):
            user_id = _user_id(invitation.inviter)
            if place.is_inviter_entitled and user_id is not None:
                inviter = await users.get(reader, user_id)
                return [Addressee(email=inviter.email, locale=inviter.locale)]
            owners = await organizations.list_owners(reader, organization_id)
            return [Addressee(email=owner.address, locale=owner.locale) for owner in owners]
        case _:
            assert_never(invitation.destination)


async def find_membership(
    reader: Reader, destination: Destination, account: AccountId
) -> MembershipId | None:
    """Give the account's membership there."""
    match destination:
        case ToOrganization(organization_id, _):
            membership = await organizations.find_membership(
                reader, organization_id, UserId(account)
            )
            return membership.id if membership else None
        case _:
            assert_never(destination)


async def describe_membership(
    reader: Reader, destination: Destination, membership: MembershipId
) -> MembershipBody:
    """Give the membership as the API shows it."""
    match destination:
        case ToOrganization():
            return present_membership(await organizations.get_member(reader, membership))
        case _:
            assert_never(destination)


async def admit(tx: Transaction, account: AccountId, invitation: Invitation) -> MembershipId:
    """Let them in, with the role that they were invited to hold. Raises AlreadyMember."""
    match invitation.destination:
        case ToOrganization(organization_id, role):
            admission = Admission(
                organization_id=organization_id,
                user_id=UserId(account),
                role=role,
                invitation_id=invitation.id,
                invited_address=invitation.email.typed,
            )
            return (await organizations.admit(tx, admission)).id
        case _:
            assert_never(invitation.destination)


def _organization_host(
    organization: Organization, *, grantable: frozenset[str], inviter: Inviter
) -> Host:
    return Host(
        organization_id=organization.id,
        app_id=None,
        name=organization.name,
        lifetime=organization.invitation_lifetime,
        grantable=grantable,
        inviter=inviter,
    )


def _user_id(inviter: Inviter) -> UserId | None:
    if inviter.kind is not ActorKind.USER or inviter.id is None:
        return None
    return UserId(AccountId(inviter.id))


def _organization_role(word: str) -> OrganizationRole:
    try:
        return OrganizationRole(word)
    except ValueError:
        choices = ", ".join(reversed(OrganizationRole))
        message = gettext("Choose a role: {choices}.").format(choices=choices)
        raise InvalidRequest.at("role", message) from None
