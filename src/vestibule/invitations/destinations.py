"""All that differs between an invitation to an organization and one to an app.

Nothing else matches on the kind. A third destination is one type in `model.py` and one branch in
each function here: mypy names those that lack it.
"""
# long: one branch for each kind in each function, all in one place

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeAlias, TypeVar, assert_never
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from vestibule.accounts import actions as accounts
from vestibule.accounts.model import Account, Started
from vestibule.accounts.realms import PLATFORM
from vestibule.apps import actions as apps
from vestibule.apps import members, studio
from vestibule.apps.definition_model import Definition
from vestibule.apps.entrance import PAGES
from vestibule.apps.model import Admission as AppAdmission
from vestibule.apps.model import (
    App,
    AppMember,
    AppMemberNotFound,
    AppSeat,
    NewMember,
    SignedInMember,
)
from vestibule.apps.presentation import AppMemberBody, present_member
from vestibule.audit.model import Actor, ActorKind
from vestibule.invitations.bodies_model import (
    AnyDestination,
    AppDestination,
    OrganizationDestination,
    OrganizationOfDestination,
)
from vestibule.invitations.model import (
    AppRole,
    Destination,
    Invitation,
    Inviter,
    ToApp,
    ToOrganization,
)
from vestibule.invitations.offer_model import Host
from vestibule.kernel import names
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Reader, Row, Transaction
from vestibule.kernel.errors import FieldError, InvalidRequest, NotAuthenticated
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import (
    AccountId,
    AppId,
    AppMemberId,
    InvitationId,
    MembershipId,
    OrganizationId,
    RealmId,
    UserId,
    encode,
)
from vestibule.kernel.wire import Until, said, typed_id
from vestibule.keys.model import Purpose
from vestibule.organizations import actions as organizations
from vestibule.organizations.model import Admission, Organization, OrganizationRole, Seat
from vestibule.organizations.presentation import MembershipBody, present_membership
from vestibule.users import actions as users
from vestibule.users.actions import NewUser
from vestibule.users.model import Profile, SignedIn, User, UserBody

P = TypeVar("P", "Profile", "MemberProfile")

ORGANIZATION_LINK = "/organization-invite"
APP_LINK = "/app-invite"

ORGANIZATION_ROLES = tuple(reversed(OrganizationRole))
ROLE_LABELS = {
    OrganizationRole.OWNER: mark("Owner"),
    OrganizationRole.ADMIN: mark("Admin"),
    OrganizationRole.MANAGER: mark("Manager"),
    OrganizationRole.VIEWER: mark("Viewer"),
}

# Who may be signed in, and who that is.
Caller: TypeAlias = SignedIn | SignedInMember
Person: TypeAlias = User | AppMember


@dataclass(frozen=True, slots=True)
class OfOrganization:
    """An organization as a caller names it: by its id or its slug."""

    reference: str


@dataclass(frozen=True, slots=True)
class OfApp:
    """An app as a caller names it: by its id or its slug, perhaps `within` its organization."""

    reference: str
    within: str | None = None


Whither: TypeAlias = OfOrganization | OfApp


@dataclass(frozen=True, slots=True)
class MemberProfile:
    """What an app's newcomer says of themselves: a name, or nothing."""

    name: str | None

    @property
    def words(self) -> tuple[str, ...]:
        """Give what a password may not be made of."""
        return (self.name, *self.name.split()) if self.name else ()


# What somebody says of themselves who makes an account on the way in.
AnyProfile: TypeAlias = Profile | MemberProfile
AnyMembershipId: TypeAlias = MembershipId | AppMemberId
AnyMembershipBody: TypeAlias = MembershipBody | AppMemberBody


class NewcomerSessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """The session of somebody who has just made an account on the way in."""

    object: Literal["session"] = "session"
    id: Annotated[str, typed_id("ses")]
    token: Annotated[
        str,
        said(
            "Send it as `Authorization: Bearer …`. It is shown here only.",
            example="k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtE",
        ),
    ]
    expires_at: Annotated[Until, said("At the latest; sooner if it is not used for 14 days.")]
    user: Annotated[UserBody | UnsetType, said("For an organization.")] = UNSET
    member: Annotated[AppMemberBody | UnsetType, said("For an app.")] = UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A destination as who accepts meets it.

    `path` is where they go on to here, `home_url` where the place itself lives, if elsewhere. Who
    looks after it does so below `studio_path`, or `inside_path` as one of its own members.
    `is_inviter_entitled`: by their present right.
    """

    name: str
    organization_name: str
    path: str
    studio_path: str
    inside_path: str
    home_url: str | None = None
    requires_sign_in: bool = False
    is_inviter_entitled: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """Somebody of the place whom a mail is for; `path` is where they see its invitations."""

    email: str
    locale: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether an inviter may invite: what they are in the place now, if anything.

    An app's roles mean what its published `definition` says.
    """

    organization_role: OrganizationRole | None = None
    app_roles: tuple[str, ...] = ()
    definition: Definition | None = None


def standing_from_row(row: Row) -> Standing:
    """Read the columns `inviter_role`, `inviter_roles` and `definition`."""
    role, definition = row["inviter_role"], row["definition"]
    return Standing(
        organization_role=OrganizationRole(role) if role else None,
        app_roles=tuple(row["inviter_roles"]),
        definition=Definition.from_json(definition) if definition else None,
    )


def from_row(row: Row) -> Destination:
    """Read the columns `organization_id`, `app_id` and `role`."""
    organization_id = OrganizationId(row["organization_id"])
    if row["app_id"] is None:
        return ToOrganization(organization_id, OrganizationRole(row["role"]))
    return ToApp(organization_id, AppId(row["app_id"]), AppRole(row["role"]))


def with_role(destination: Destination, role: str) -> Destination:
    """Give the same destination with another of its roles."""
    match destination:
        case ToOrganization(organization_id, _):
            return ToOrganization(organization_id, OrganizationRole(role))
        case ToApp(organization_id, app_id, _):
            return ToApp(organization_id, app_id, AppRole(role))
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
        case ToApp(_, _, name):
            return name
        case _:
            assert_never(destination)


def kind(destination: Destination) -> str:
    """Give the word for the kind, as pages and mails tell sentences apart."""
    match destination:
        case ToOrganization():
            return "organization"
        case ToApp():
            return "app"
        case _:
            assert_never(destination)


def purpose(destination: Destination) -> Purpose:
    """Give what the keys of such invitations are good for."""
    match destination:
        case ToOrganization():
            return Purpose.ORGANIZATION_INVITATION
        case ToApp():
            return Purpose.APP_INVITATION
        case _:
            assert_never(destination)


def link_path(destination: Destination) -> str:
    """Give the path that the mailed link leads to."""
    match destination:
        case ToOrganization():
            return ORGANIZATION_LINK
        case ToApp():
            return APP_LINK
        case _:
            assert_never(destination)


def page_path(destination: Destination, slug: str, invitation_id: InvitationId) -> str:
    """Give the path of the invitation's page. `slug` is that of the place."""
    match destination:
        case ToOrganization():
            return f"{ORGANIZATION_LINK}/{encode('inv', invitation_id)}"
        case ToApp():
            return f"/apps/{slug}{PAGES.activation}/{encode('inv', invitation_id)}"
        case _:
            assert_never(destination)


def home_path(destination: Destination, slug: str) -> str:
    """Give where somebody who is in goes on to."""
    match destination:
        case ToOrganization():
            return f"/organizations/{slug}"
        case ToApp():
            return f"/apps/{slug}{PAGES.profile}"
        case _:
            assert_never(destination)


def api_path(destination: Destination) -> str:
    """Give where the place stands in the API."""
    match destination:
        case ToOrganization(organization_id, _):
            return f"/organizations/{encode('org', organization_id)}"
        case ToApp(_, app_id, _):
            return f"/apps/{encode('app', app_id)}"
        case _:
            assert_never(destination)


def describe(destination: Destination, name: str, organization_name: str) -> AnyDestination:
    """Give the destination as the API shows it."""
    match destination:
        case ToOrganization(organization_id, _):
            return OrganizationDestination(id=encode("org", organization_id), name=name)
        case ToApp(organization_id, app_id, _):
            organization = OrganizationOfDestination(
                id=encode("org", organization_id), name=organization_name
            )
            return AppDestination(id=encode("app", app_id), name=name, organization=organization)
        case _:
            assert_never(destination)


def may_grant(destination: Destination, inviter: Inviter, standing: Standing) -> bool:
    """Tell whether an inviter may grant the invitation's role by what they are there now."""
    is_operator = inviter.kind is ActorKind.OPERATOR
    match destination:
        case ToOrganization(_, role):
            present = standing.organization_role
            return is_operator or (present is not None and organizations.may_grant(present, role))
        case ToApp(_, _, app_role):
            if standing.definition is None:
                return False
            every = frozenset(standing.definition.roles)
            return app_role in (every if is_operator else _invitable(standing))
        case _:
            assert_never(destination)


def may_still_grant(destination: Destination, role: OrganizationRole | None) -> bool:
    """Tell whether a user who is this in the organization now may grant the invitation's role.

    None: they are no member any more. An app's roles are for whoever manages its apps.
    """
    if role is None:
        return False
    match destination:
        case ToOrganization(_, offered):
            return organizations.may_grant(role, offered)
        case ToApp():
            return organizations.may_manage_apps(role)
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
            standing = Standing(organization_role=hosting.inviter_role)
            return _organization_place(
                hosting.organization,
                is_inviter_entitled=may_grant(destination, inviter, standing),
            )
        case ToApp(organization_id, app_id, _):
            found = await apps.lock_for_admitting(
                tx,
                organization_id,
                app_id,
                user=_user_id(inviter),
                member=_member_id(inviter),
            )
            standing = Standing(
                organization_role=found.organization_role,
                app_roles=found.roles,
                definition=found.definition,
            )
            return _app_place(
                found.app, is_inviter_entitled=may_grant(destination, inviter, standing)
            )
        case _:
            assert_never(destination)


async def host(tx: Transaction, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may invite there, kept so until the transaction ends.

    Raises NotFound to strangers, NotPermitted, AppNotPublished.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.lock_for_inviting(tx, _user(caller).id, reference)
            return _organization_host(seat, _inviter(caller))
        case OfApp(reference, within):
            found = _within(await apps.lock_for_inviting(tx, caller, reference), within)
            return await _app_host(tx, found, caller)
        case _:
            assert_never(whither)


async def ensure_may_invite(reader: Reader, whither: Whither, caller: Caller) -> None:
    """Raise what `host` would raise, without holding anything."""
    match whither:
        case OfOrganization(reference):
            await organizations.get_for_inviting(reader, _user(caller).id, reference)
        case OfApp(reference, within):
            _within(await apps.get_for_inviting(reader, caller, reference), within)
        case _:
            assert_never(whither)


async def view(reader: Reader, whither: Whither, caller: Caller) -> Host:
    """Give the place to somebody who may see its invitations; they may not hold any role to grant.

    Raises NotFound to strangers, NotPermitted.
    """
    match whither:
        case OfOrganization(reference):
            seat = await organizations.get_for_invitations(reader, _user(caller).id, reference)
            return _organization_host(seat, _inviter(caller))
        case OfApp(reference, within):
            found = _within(await apps.get_for_invitations(reader, caller, reference), within)
            return await _app_host(reader, found, caller)
        case _:
            assert_never(whither)


async def host_for_operator(tx: Transaction, reference: str) -> Host:
    """Give the operator an organization, with every role to grant. Raises OrganizationNotFound."""
    inviter = Inviter(kind=ActorKind.OPERATOR, id=None, name=gettext("The operator"))
    found = await organizations.get_by_reference(tx, reference)
    hosting = await organizations.lock_for_admitting(tx, found.id, inviter=None)
    return _organization_host(Seat(hosting.organization, OrganizationRole.OWNER), inviter)


def is_of(destination: Destination, host: Host) -> bool:
    """Tell whether the invitation leads to what the host has in hand."""
    match destination:
        case ToOrganization(organization_id, _):
            return organization_id == host.organization_id and host.app_id is None
        case ToApp(_, app_id, _):
            return app_id == host.app_id
        case _:
            assert_never(destination)


def realm_id(destination: Destination) -> RealmId:
    """Give the realm whose accounts such an invitation lets in."""
    match destination:
        case ToOrganization():
            return PLATFORM.id
        case ToApp(_, app_id, _):
            return RealmId(app_id)
        case _:
            assert_never(destination)


async def find_member(reader: Reader, destination: Destination, email: Address) -> AccountId | None:
    """Give the account of this address, if it is there already, in an app with that very role."""
    match destination:
        case ToOrganization(organization_id, _):
            return await organizations.find_member_of_address(reader, organization_id, email)
        case ToApp(_, app_id, role):
            member = await apps.find_member_of_address(reader, app_id, email)
            return member.id if member and role in member.roles else None
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


def takes_own_account(destination: Destination) -> bool:
    """Tell whether somebody may choose to join with an account of another address."""
    match destination:
        case ToOrganization():
            return True
        case ToApp():
            return False
        case _:
            assert_never(destination)


def takes_key_alone(destination: Destination) -> bool:
    """Tell whether on its page, too, the key alone lets the account of the address in."""
    match destination:
        case ToOrganization():
            return False
        case ToApp():
            return True
        case _:
            assert_never(destination)


def making_step(destination: Destination) -> str:
    """Give the API's word for making an account on the way in."""
    match destination:
        case ToOrganization():
            return "create_account"
        case ToApp():
            return "activate"
        case _:
            assert_never(destination)


def profile_fields(destination: Destination) -> tuple[str, ...]:
    """Give what a newcomer may say of themselves there."""
    match destination:
        case ToOrganization():
            return ("first_name", "last_name", "phone")
        case ToApp():
            return ("name",)
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
        case ToApp():
            _ensure_said(said, fields, required=(), within=within)
            name = (said.get("name") or "").strip()
            return MemberProfile(names.clean(name, path=f"{within}name") if name else None)
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
                profile=_of_kind(Profile, profile),
                password_hash=password_hash,
                locale=invitation.locale,
                default_organization_id=organization_id,
            )
            return users.account_of(await users.make(tx, new, by=by))
        case ToApp(_, app_id, _):
            member = NewMember(
                app=await apps.get_made(tx, app_id),
                address=invitation.email,
                name=_of_kind(MemberProfile, profile).name,
                password_hash=password_hash,
                locale=invitation.locale,
            )
            return (await members.make(tx, member, by=by)).account
        case _:
            assert_never(invitation.destination)


async def list_askable(reader: Reader, invitation: Invitation, *, place: Place) -> list[Addressee]:
    """Give who is asked for a new one: the inviter if they still may invite, else the owners."""
    asked = await find_inviter(reader, invitation) if place.is_inviter_entitled else None
    if asked is not None:
        is_inside = invitation.inviter.kind is ActorKind.APP_MEMBER
        path = place.inside_path if is_inside else place.studio_path
        return [Addressee(email=asked.email, locale=asked.locale, path=path)]
    owners = await organizations.list_owners(reader, invitation.destination.organization_id)
    return [
        Addressee(email=owner.address, locale=owner.locale, path=place.studio_path)
        for owner in owners
    ]


async def find_inviter(reader: Reader, invitation: Invitation) -> Person | None:
    """Give who invited, if that was a person: they are known to be there still."""
    user_id, member_id = _user_id(invitation.inviter), _member_id(invitation.inviter)
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
    """Give the account's membership there, with the role that is offered if it may have several."""
    match destination:
        case ToOrganization(organization_id, _):
            membership = await organizations.find_membership(
                reader, organization_id, UserId(account)
            )
            return membership.id if membership else None
        case ToApp(_, app_id, role):
            try:
                member = await apps.get_member(reader, app_id, AppMemberId(account))
            except AppMemberNotFound:
                return None
            return member.id if role in member.roles else None
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


async def describe_session(
    reader: Reader, destination: Destination, started: Started
) -> NewcomerSessionBody:
    """Give the session of a newcomer as the API shows it."""
    body = NewcomerSessionBody(
        id=encode("ses", started.id), token=started.token, expires_at=started.expires_at
    )
    match destination:
        case ToOrganization():
            user = await users.describe(reader, started.account_id)
            return msgspec.structs.replace(body, user=user)
        case ToApp(_, app_id, _):
            app = await apps.get_made(reader, app_id)
            member = await apps.get_member(reader, app_id, AppMemberId(started.account_id))
            return msgspec.structs.replace(body, member=present_member(app, member))
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
        case ToApp(organization_id, app_id, app_role):
            return await members.admit(
                tx,
                AppAdmission(
                    organization_id=organization_id,
                    app_id=app_id,
                    account_id=account,
                    role=app_role,
                    invitation_id=invitation.id,
                    invited_address=invitation.email.typed,
                ),
            )
        case _:
            assert_never(invitation.destination)


def traced(destination: Destination) -> dict[str, UUID]:
    """Give what the audit trail notes of a place beside its organization."""
    match destination:
        case ToOrganization():
            return {}
        case ToApp(_, app_id, _):
            return {"app": app_id}
        case _:
            assert_never(destination)


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


async def _app_host(reader: Reader, seat: AppSeat, caller: Caller) -> Host:
    """Give an app into a caller's hands. Its invitations live as long as its organization says."""
    app, every = seat.app, seat.definition
    organization = await organizations.get_by_reference(reader, encode("org", app.organization_id))
    return Host(
        organization_id=app.organization_id,
        app_id=app.id,
        name=app.name,
        slug=app.slug,
        path=app.studio_path if isinstance(caller, SignedIn) else app.path,
        lifetime=organization.invitation_lifetime,
        roles=_lowest_first(every) if every else (),
        grantable=seat.invitable,
        inviter=_inviter(caller),
    )


def _lowest_first(definition: Definition) -> tuple[str, ...]:
    """Give the roles of an app, those that hold fewest others first."""
    return tuple(sorted(definition.roles, key=lambda role: len(definition.held_by([role]))))


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


def _within(seat: AppSeat, organization: str | None) -> AppSeat:
    """Give the seat, if its app is the organization's that was named. Raises AppNotFound."""
    return studio.seat_in(seat, organization) if organization is not None else seat


def _invitable(standing: Standing) -> frozenset[str]:
    return apps.invitable(standing.definition, standing.organization_role, standing.app_roles)


def _user(caller: Caller) -> User:
    """Give the user who calls. Raises NotAuthenticated: who is in an app alone is nobody here."""
    if not isinstance(caller, SignedIn):
        raise NotAuthenticated
    return caller.user


def _inviter(caller: Caller) -> Inviter:
    kind = ActorKind.USER if isinstance(caller, SignedIn) else ActorKind.APP_MEMBER
    return Inviter(kind=kind, id=caller.account_id, name=caller.person.name)


def _user_id(inviter: Inviter) -> UserId | None:
    if inviter.kind is not ActorKind.USER or inviter.id is None:
        return None
    return UserId(AccountId(inviter.id))


def _member_id(inviter: Inviter) -> AppMemberId | None:
    if inviter.kind is not ActorKind.APP_MEMBER or inviter.id is None:
        return None
    return AppMemberId(AccountId(inviter.id))


def _of_kind(kind: type[P], profile: AnyProfile) -> P:
    """Give the profile as what it is: it was read for the very destination."""
    if not isinstance(profile, kind):
        raise TypeError("a profile was read for another kind of destination")
    return profile


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
