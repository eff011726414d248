"""All that differs between an invitation to an organization and one to an app.

Nothing else matches on the kind. A third destination is one type in `model.py` and one branch in
each function here: mypy names those that lack it.
"""
# long: one branch for each kind in each function, all in one place

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from vestibule.accounts import actions as accounts
from vestibule.accounts.model import Account, NewSessionBody, Started, present_session
from vestibule.accounts.realms import PLATFORM
from vestibule.audit.model import Actor, ActorKind
from vestibule.invitations.bodies_model import AnyDestination, OrganizationDestination
from vestibule.invitations.model import Destination, Invitation, Inviter, ToOrganization
from vestibule.invitations.offer_model import Host
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row, Transaction
from vestibule.kernel.errors import FieldError, InvalidRequest
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import (
    AccountId,
    InvitationId,
    MembershipId,
    OrganizationId,
    RealmId,
    UserId,
    encode,
)
from vestibule.keys.model import Purpose
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Admission, OrganizationRole, Seat
from vestibule.organizations.presentation import MembershipBody, present_membership
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, SignedIn, User, UserBody

ORGANIZATION_LINK = "/organization-invite"

ORGANIZATION_ROLES = tuple(reversed(OrganizationRole))
ROLE_LABELS = {
    OrganizationRole.OWNER: mark("Owner"),
    OrganizationRole.ADMIN: mark("Admin"),
    OrganizationRole.MANAGER: mark("Manager"),
    OrganizationRole.VIEWER: mark("Viewer"),
}

# Who may be signed in, and who that is.
Caller: TypeAlias = SignedIn
Person: TypeAlias = User
# What somebody says of themselves who makes an account on the way in.
AnyProfile: TypeAlias = Profile
AnyMembershipId: TypeAlias = MembershipId


@dataclass(frozen=True, slots=True)
class OfOrganization:
    """An organization as a caller names it: by its id or its slug."""

    reference: str


Whither: TypeAlias = OfOrganization


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A destination as who accepts meets it.

    `path` is where they go on to. `is_inviter_entitled`: by their present right.
    """

    name: str
    path: str
    requires_sign_in: bool
    is_inviter_entitled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody of the place whom a mail is for; `path` is where they see its invitations."""

    email: str
    locale: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether an inviter may invite: what they are in the place now, if anything."""

    organization_role: str | None = None


def standing_from_row(row: Row) -> Standing:
    """Read the column `inviter_role`."""
    return Standing(organization_role=row["inviter_role"])


def from_row(row: Row) -> Destination:
    """Read the columns `organization_id`, `app_id` and `role`."""
    return ToOrganization(OrganizationId(row["organization_id"]), OrganizationRole(row["role"]))


def with_role(destination: Destination, role: str) -> Destination:
    """Give the same destination with another of its roles."""
    match destination:
        case ToOrganization(organization_id, _):
            return ToOrganization(organization_id, OrganizationRole(role))
        case _:
            assert_never(destination)


def offered_by(host: Host, role: str) -> Destination:
    """Give the destination that the host offers with one of its roles."""
    return from_row({"organization_id": host.organization_id, "app_id": host.app_id, "role": role})


def role_label(destination: Destination) -> str:
    """Give what people call the role."""
    match destination:
        case ToOrganization(_, role):
            return gettext(ROLE_LABELS[role])
        case _:
            assert_never(destination)


def kind(destination: Destination) -> str:
    """Give the word for the kind, as pages and mails tell sentences apart."""
    match destination:
        case ToOrganization():
            return "organization"
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


def page_path(destination: Destination, slug: str, invitation_id: InvitationId) -> str:
    """Give the path of the invitation's page. `slug` is that of the place."""
    match destination:
        case ToOrganization():
            return f"{ORGANIZATION_LINK}/{encode('inv', invitation_id)}"
        case _:
            assert_never(destination)


def home_path(destination: Destination, slug: str) -> str:
    """Give where somebody who is in goes on to."""
    match destination:
        case ToOrganization():
            return f"/organizations/{slug}"
        case _:
            assert_never(destination)


def api_path(destination: Destination) -> str:
    """Give where the place stands in the API."""
    match destination:
        case ToOrganization(organization_id, _):
            return f"/organizations/{encode('org', organization_id)}"
        case _:
            assert_never(destination)


def describe(destination: Destination, name: str) -> AnyDestination:
    """Give the destination as the API shows it."""
    match destination:
        case ToOrganization(organization_id, _):
            return OrganizationDestination(id=encode("org", organization_id), name=name)
        case _:
            assert_never(destination)


def may_grant(destination: Destination, inviter: Inviter, standing: Standing) -> bool:
    """Tell whether an inviter may grant the invitation's role by what they are there now."""
    if inviter.kind is ActorKind.OPERATOR:
        return True
    match destination:
        case ToOrganization(_, role):
            present = standing.organization_role
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
                is_inviter_entitled=may_grant(
                    destination, inviter, Standing(organization_role=hosting.inviter_role)
                ),
            )
        case _:
            assert_never(destination)


async def host(tx: Transaction, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may invite there, kept so until the transaction ends.

    Raises NotFound to strangers, NotPermitted.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.lock_for_inviting(tx, caller.user.id, reference)
            return _organization_host(seat, _inviter(caller))
        case _:
            assert_never(whither)


async def ensure_may_invite(reader: Reader, whither: Whither, caller: Caller) -> None:
    """Raise what `host` would raise, without holding anything."""
    match whither:
        case OfOrganization(reference):
            await organizations.get_for_inviting(reader, caller.user.id, reference)
        case _:
            assert_never(whither)


async def view(reader: Reader, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may see its invitations; they may not hold any role to grant.

    Raises NotFound to strangers, NotPermitted.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.get_for_invitations(reader, caller.user.id, reference)
            return _organization_host(seat, _inviter(caller))
        case _:
            assert_never(whither)


async def host_for_operator(tx: Transaction, whither: Whither) -> Host:
    """Give the operator the place, with every role to grant. Raises NotFound."""
    inviter = Inviter(kind=ActorKind.OPERATOR, id=None, name=gettext("The operator"))
    match whither:
        case OfOrganization(reference):
            found = await organizations.get_by_reference(tx, reference)
            hosting = await organizations.lock_for_admitting(tx, found.id, inviter=None)
            return _organization_host(Seat(hosting.organization, OrganizationRole.OWNER), inviter)
        case _:
            assert_never(whither)


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


def recognise(
    destination: Destination, person: Person | None, *, as_me: bool = False
) -> Person | None:
    """Give who somebody signed in is there; None: they are as anybody.

    `as_me`: they want to join as themselves, though another address was invited.
    """
    match destination:
        case ToOrganization():
            return person
        case _:
            assert_never(destination)


def takes_own_account(destination: Destination) -> bool:
    """Tell whether somebody may choose to join with an account of another address."""
    match destination:
        case ToOrganization():
            return True
        case _:
            assert_never(destination)


def takes_key_alone(destination: Destination) -> bool:
    """Tell whether on its page, too, the key alone lets the account of the address in."""
    match destination:
        case ToOrganization():
            return False
        case _:
            assert_never(destination)


def making_step(destination: Destination) -> str:
    """Give the API's word for making an account on the way in."""
    match destination:
        case ToOrganization():
            return "create_account"
        case _:
            assert_never(destination)


def profile_fields(destination: Destination) -> tuple[str, ...]:
    """Give what a newcomer may say of themselves there."""
    match destination:
        case ToOrganization():
            return ("first_name", "last_name", "phone")
        case _:
            assert_never(destination)


def read_profile(
    destination: Destination, said: Mapping[str, str | None], *, within: str = ""
) -> AnyProfile:
    """Read what a newcomer says of themselves: all that is asked for there, and nothing else.

    `within` is the path of the object that holds the fields (`account.`). Raises InvalidRequest,
    InvalidName, InvalidPhone.
    """
    fields = profile_fields(destination)
    match destination:
        case ToOrganization():
            _ensure_said(said, fields, required=("first_name", "last_name"), within=within)
            return Profile.clean(
                said["first_name"] or "", said["last_name"] or "", said.get("phone"), within=within
            )
        case _:
            assert_never(destination)


async def make_account(
    tx: Transaction, invitation: Invitation, profile: AnyProfile, password_hash: str, *, by: Actor
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
                return [Addressee(email=inviter.email, locale=inviter.locale, path=place.path)]
            owners = await organizations.list_owners(reader, organization_id)
            return [
                Addressee(email=owner.address, locale=owner.locale, path=place.path)
                for owner in owners
            ]
        case _:
            assert_never(invitation.destination)


async def find_membership(
    reader: Reader, destination: Destination, account: AccountId
) -> AnyMembershipId | None:
    """Give the account's membership there, with the role that is offered if it may have several."""
    match destination:
        case ToOrganization(organization_id, _):
            membership = await organizations.find_membership(
                reader, organization_id, UserId(account)
            )
            return membership.id if membership else None
        case _:
            assert_never(destination)


async def describe_membership(
    reader: Reader, destination: Destination, membership: AnyMembershipId
) -> MembershipBody:
    """Give the membership as the API shows it."""
    match destination:
        case ToOrganization():
            return present_membership(await organizations.get_member(reader, membership))
        case _:
            assert_never(destination)


async def describe_session(
    reader: Reader, destination: Destination, started: Started
) -> NewSessionBody[UserBody]:
    """Give the session of a newcomer as the API shows it."""
    match destination:
        case ToOrganization():
            return present_session(started, await users.describe(reader, started.account_id))
        case _:
            assert_never(destination)


async def admit(tx: Transaction, account: AccountId, invitation: Invitation) -> AnyMembershipId:
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


def _organization_host(seat: Seat, inviter: Inviter) -> Host:
    organization = seat.organization
    return Host(
        organization_id=organization.id,
        app_id=None,
        name=organization.name,
        slug=organization.slug,
        path=f"/organizations/{organization.slug}",
        lifetime=organization.invitation_lifetime,
        roles=ORGANIZATION_ROLES,
        grantable=frozenset(organizations.grantable(seat.role)),
        inviter=inviter,
    )


def _inviter(caller: Caller) -> Inviter:
    user = caller.user
    return Inviter(kind=ActorKind.USER, id=user.id, name=user.name)


def _user_id(inviter: Inviter) -> UserId | None:
    if inviter.kind is not ActorKind.USER or inviter.id is None:
        return None
    return UserId(AccountId(inviter.id))


def _ensure_said(
    said: Mapping[str, str | None], fields: Sequence[str], *, required: Sequence[str], within: str
) -> None:
    """Raise InvalidRequest, with every fault, unless all that is required is there, and no more."""
    faults = {name: gettext("This is not asked for here.") for name in said if name not in fields}
    faults |= {name: gettext("This is asked for here.") for name in required if name not in said}
    if faults:
        raise InvalidRequest(
            [
                FieldError(path=within + name, code=InvalidRequest.code(), message=message)
                for name, message in faults.items()
            ]
        )
