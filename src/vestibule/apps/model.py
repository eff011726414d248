"""What an app is, who belongs to it, and what either refuses. Pure.

Its roles and rules stand in its security definition: `definition_model`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

from vestibule.accounts.model import Account
from vestibule.audit.model import Actor, ActorKind
from vestibule.definitions.model import Definition
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import Conflict, Forbidden, InvalidField, NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import (
    AccountId,
    AppId,
    AppMemberId,
    InvitationId,
    OrganizationId,
    RealmId,
    SessionId,
    UserId,
)
from vestibule.organizations.caller_model import Program
from vestibule.organizations.permission_model import Role
from vestibule.users.model import ActedFor, SignedIn

MOST_URLS = 20


class AppNotFound(NotFound):
    """There is no such app, or the caller belongs neither to it nor to its organization."""

    sentence = mark("There is no such app, or you do not belong to it.")


class AppMemberNotFound(NotFound):
    """The app has no such member."""

    sentence = mark("This person is no member of the app.")


class DefinitionNotFound(NotFound):
    """The app has no definition of this number, or none at all."""

    sentence = mark("The app has no such definition. Write one first.")


class AppNotPublished(Conflict):
    """An app that was never published invites nobody and lets nobody in."""

    sentence = mark("This app is not published yet. Publish its security definition first.")


class SelfRegistrationDisabled(Forbidden):
    """The app takes in who is invited, and nobody else."""

    sentence = mark("Accounts here are made by invitation. Ask somebody to invite you.")


class InvalidUrl(InvalidField):
    """Neither https nor this machine, or not an address that stands for itself alone."""

    sentence = mark(
        "Write an https address (http for this machine alone), without a name, a password or #."
    )


class InvalidOrigin(InvalidField):
    """Not an origin: a scheme and a host, perhaps a port, and nothing behind."""

    sentence = mark("Write an origin, such as https://shifts.example.com, without a path.")


class TooManyUrls(InvalidField):
    """More addresses than are kept."""

    sentence = mark("At most {most} are kept.")


class InvalidProperties(InvalidField):
    """More than is kept with a member."""

    sentence = mark("Properties may hold at most 4 kB of plain JSON.")


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """Something that an organization gives people access to; a realm of its own.

    `version` is the number of its published definition; None: it lets nobody in. `logo_version`
    tells one picture from the next; None: there is none. `home_url` is where the app lives.
    """

    id: AppId
    organization_id: OrganizationId
    organization_name: str
    organization_slug: str
    name: str
    slug: str
    version: int | None
    colour: str | None
    logo_version: str | None
    home_url: str | None
    redirect_urls: tuple[str, ...]
    origins: tuple[str, ...]
    created_at: datetime

    @property
    def realm_id(self) -> RealmId:
        """Give the realm of its accounts: an app is one."""
        return RealmId(self.id)

    @property
    def path(self) -> str:
        """Give where its own pages stand."""
        return f"/apps/{self.slug}"

    @property
    def studio_path(self) -> str:
        """Give where it is managed."""
        return f"/organizations/{self.organization_slug}/apps/{self.slug}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp:
    """An app to be made. Without a slug, one is made from the name."""

    name: str
    slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that is set about an app outside of its definition. `logo` None: none, or as it is."""

    name: str
    slug: str
    colour: str | None
    home_url: str | None
    redirect_urls: tuple[str, ...]
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppMember:
    """A person in one app. Their id is their account's; they need no user.

    `user_id`: the user who continues as this member. `ends`: of roles that are not for good.
    """

    id: AppMemberId
    app_id: AppId
    organization_id: OrganizationId
    address: Address
    given_name: str | None
    locale: str
    roles: tuple[str, ...]
    ends: Mapping[str, datetime]
    properties: Mapping[str, Any]
    user_id: UserId | None
    created_at: datetime

    @property
    def member_until(self) -> datetime | None:
        """Give until when they are a member, with whichever role; None: for good."""
        is_for_good = len(self.ends) < len(self.roles)
        return None if is_for_good else max(self.ends.values(), default=None)

    @property
    def email(self) -> str:
        """Give their address as it was typed."""
        return self.address.typed

    @property
    def name(self) -> str:
        """Give what they are called: by their address if they gave no name."""
        return self.given_name or self.address.typed

    @property
    def account(self) -> Account:
        """Give the account that they sign in with."""
        return Account(
            id=self.id,
            realm_id=RealmId(self.app_id),
            address=self.address,
            locale=self.locale,
            created_at=self.created_at,
        )

    def is_of(self, account_id: AccountId | None) -> bool:
        """Tell whether it is the account's own, or of the user who continues as the member."""
        return account_id is not None and account_id in {self.id, self.user_id}

    def as_actor(self, origin: Actor) -> Actor:
        """Give the origin of a request as this member."""
        return origin.acting_as(ActorKind.APP_MEMBER, self.id, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedInMember:
    """An app member, and the session that their request came with.

    `continued_by`: the user of the studio who began it.
    """

    member: AppMember
    session_id: SessionId
    continued_by: UserId | None = None
    is_to_be_touched: bool = False

    @property
    def account_id(self) -> AccountId:
        """Give the account that is signed in."""
        return self.member.id

    @property
    def person(self) -> AppMember:
        """Give the person behind the account."""
        return self.member

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the request as this member."""
        return self.member.as_actor(origin)


# Who may call on an app: a user of its organization, a program of theirs, or one of its members.
Caller: TypeAlias = SignedIn | ActedFor | Program | SignedInMember


@dataclass(frozen=True, slots=True, kw_only=True)
class AppSeat:
    """An app in the hands of a caller: what authorization gives.

    `organization_role` is what a user is in the organization, `roles` what a member is in the app.
    `definition` is the published one. The caller may invite to `invitable`, and change or remove
    members by `manageable`. `account_id` is who they are, by a program its maker.
    """

    app: App
    account_id: AccountId
    definition: Definition | None
    organization_role: Role | None = None
    roles: tuple[str, ...] = ()
    invitable: frozenset[str] = frozenset()
    manageable: frozenset[str] = frozenset()

    @property
    def every_role(self) -> tuple[str, ...]:
        """Give the roles of the published definition, in its order."""
        return tuple(self.definition.roles) if self.definition else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Somebody to be let in with a role. `invited_address` is as typed by the inviter.

    Past `member_until` they have it no more.
    """

    organization_id: OrganizationId
    app_id: AppId
    account_id: AccountId
    role: str
    invitation_id: InvitationId | None = None
    invited_address: str | None = None
    member_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMember:
    """An app member to be made: with an address, perhaps a name, and no role yet.

    Without a password they are signed in by *Continue as …*, or after a reset.
    """

    app: App
    address: Address
    name: str | None
    password_hash: str | None = field(repr=False)
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDefinition:
    """One definition as it was written. `version` None: the draft."""

    id: UUID
    version: int | None
    source: str
    definition: Definition
    saved_at: datetime
    saved_by: str
