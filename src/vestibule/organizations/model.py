"""What an organization is, who belongs to it as what, and how it is named. Pure.

Who may do what stands in `policy`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vestibule.kernel.errors import Conflict, Forbidden, InvalidField, InvalidRequest, NotFound
from vestibule.kernel.i18n import gettext, mark
from vestibule.kernel.ids import AccountId, InvitationId, MembershipId, OrganizationId, UserId
from vestibule.messages.model import Addressee
from vestibule.organizations.permission_model import BUILT_IN, VIEWER, Role, find_role

LEAST_LIFETIME = timedelta(hours=1)
MOST_LIFETIME = timedelta(days=30)

LEAST_SLUG = 3
MOST_SLUG = 40
RESERVED_SLUGS = frozenset({"new"})  # pages of the product stand where an organization's would
_SLUG = re.compile(r"[a-z0-9-]{3,40}")
_NAMELESS_SLUG = "organization"
_SUFFIX_ROOM = 7  # a hyphen and six letters must fit behind a suggestion


class OrganizationNotFound(NotFound):
    """There is no such organization, or the caller is no member and may not know of it."""

    sentence = mark("There is no such organization, or you are not a member of it.")


class MemberNotFound(NotFound):
    """No such membership here."""

    sentence = mark("This person is no member.")


class NotPermitted(Forbidden):
    """A member asks for what their role does not allow."""

    sentence = mark("Your role does not allow this. Ask somebody who may.")


class RoleNotAllowed(Forbidden):
    """Somebody would give, or take back, a role that they may not grant."""

    sentence = mark("You may not grant this role. Choose another, or ask an owner.")


class FoundingClosed(Forbidden):
    """Only the operator founds organizations on this server."""

    sentence = mark(
        "New organizations are made by the operator of this server. Ask them, or ask to be invited."
    )


class SlugTaken(Conflict):
    """Another organization has this slug."""

    sentence = mark("That web name (slug) is taken. Choose another.")


class AlreadyMember(Conflict):
    """The person is in this organization already."""

    sentence = mark("This person is a member already.")


class InvalidSlug(InvalidField):
    """A slug is not made of what stands in an address, or is kept for a page of ours."""

    sentence = mark(
        "Use {least} to {most} small letters a to z, digits and hyphens, and not a reserved word."
    )


class InvalidInvitationLifetime(InvalidField):
    """Invitations would live shorter than an hour or longer than 30 days."""

    sentence = mark("Let invitations live for at least 1 hour and at most 30 days.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """A tenant. `invitation_lifetime`: how long its invitations live, unless one says otherwise.

    `custom_roles` are those that it has beside the four that every organization has. Who comes in
    has an address of one of the `allowed_domains` (none: any), and the `default_role` unless their
    invitation says another; `takes_other_accounts`: with another account than the invited one, too.
    """

    id: OrganizationId
    name: str
    slug: str
    invitation_lifetime: timedelta
    requires_sign_in: bool
    allowed_domains: tuple[str, ...] = ()
    default_role: str = VIEWER.name
    takes_other_accounts: bool = True
    custom_roles: tuple[Role, ...] = ()
    seat_limit: int | None = None
    created_at: datetime

    @property
    def roles(self) -> tuple[Role, ...]:
        """Give every role that there is, those that allow least first."""
        every = [*reversed(BUILT_IN), *self.custom_roles]
        return tuple(sorted(every, key=lambda role: len(role.permissions)))

    def role(self, name: str) -> Role:
        """Give the role of this name as it is now. One that is no more allows nothing."""
        return find_role(self.custom_roles, name) or Role(name)

    def get_role(
        self, name: str, *, path: str = "role", offered: Sequence[Role] | None = None
    ) -> Role:
        """Give the role that somebody chose. Raises InvalidRequest unless it is one of these.

        `offered` are those to choose from, if they are fewer.
        """
        role = find_role(self.custom_roles, name)
        if role is None:
            choices = ", ".join(each.name for each in offered or self.roles)
            message = gettext("Choose a role: {choices}.").format(choices=choices)
            raise InvalidRequest.at(path, message)
        return role


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That somebody belongs, as what, and how they came in: invited at an address, or founding.

    `role` is the name of one. Past `member_until` they are out, by the database's clock.
    """

    id: MembershipId
    organization_id: OrganizationId
    user_id: UserId
    role: str
    invitation_id: InvitationId | None
    invited_address: str | None
    member_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership with the names that go with it. `email` is the account's present address."""

    id: MembershipId
    organization_id: OrganizationId
    organization_name: str
    organization_slug: str
    user_id: UserId
    first_name: str
    last_name: str
    email: str
    role: Role
    invited_address: str | None
    member_until: datetime | None
    created_at: datetime

    @property
    def name(self) -> str:
        """Give the member's whole name."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """An owner, and how to write to them."""

    user_id: UserId
    name: str
    address: str
    locale: str

    @property
    def addressee(self) -> Addressee:
        """Give them as whom a mail is for."""
        return Addressee(self.user_id, self.address, self.locale)


@dataclass(frozen=True, slots=True)
class Seat:
    """An organization, and what the caller is in it: the object that authorization gives.

    `account_id`: whose it is, by a program its maker's; None: the operator's.
    """

    organization: Organization
    role: Role
    account_id: AccountId | None


@dataclass(frozen=True, slots=True)
class Hosting:
    """An organization that lets somebody in, and what the one who invited them is in it now."""

    organization: Organization
    inviter_role: Role | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrganization:
    """An organization to be founded. Without a slug, one is made from the name."""

    name: str
    founder: UserId
    slug: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Founded:
    """A new organization, and the membership of its first owner."""

    organization: Organization
    membership: Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Somebody to be let in. `invited_address` is as typed by the inviter.

    `role` is the name of one; past `member_until` they are out again.
    """

    organization_id: OrganizationId
    user_id: UserId
    role: str
    invitation_id: InvitationId | None = None
    invited_address: str | None = None
    member_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """New settings of an organization; None leaves one as it is."""

    name: str | None = None
    slug: str | None = None
    invitation_lifetime: timedelta | None = None
    requires_sign_in: bool | None = None
    allowed_domains: Sequence[str] | None = None
    default_role: str | None = None
    takes_other_accounts: bool | None = None


def clean_slug(text: str) -> str:
    """Give the slug, if it is one. Raises InvalidSlug.

    No slug reads as an id: an id has an underscore after its prefix.
    """
    if not _SLUG.fullmatch(text) or text in RESERVED_SLUGS:
        raise InvalidSlug(path="slug", least=LEAST_SLUG, most=MOST_SLUG)
    return text


def suggest_slug(name: str, *, otherwise: str = _NAMELESS_SLUG) -> str:
    """Make a slug of a name, with room for a suffix: `Ada & Söhne` gives `ada-sohne`."""
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    slug = words[: MOST_SLUG - _SUFFIX_ROOM].strip("-")
    return slug if _SLUG.fullmatch(slug) and slug not in RESERVED_SLUGS else otherwise


def ensure_lifetime(lifetime: timedelta) -> None:
    """Raise InvalidInvitationLifetime unless invitations may live that long."""
    if not LEAST_LIFETIME <= lifetime <= MOST_LIFETIME:
        raise InvalidInvitationLifetime(path="invitation_lifetime")
