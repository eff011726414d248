"""What there is to say of each kind of destination: how it is named, who comes, what is so there.

What is done differently for each stands in `destinations.py` and its neighbours.
"""

from dataclasses import dataclass
from typing import TypeAlias

from vestibule.apps.model import AppMember, SignedInMember
from vestibule.definitions.model import Definition
from vestibule.kernel.addresses import Address
from vestibule.kernel.ids import AppMemberId, MembershipId
from vestibule.keys.model import Purpose
from vestibule.messages.model import Addressee
from vestibule.organizations import rules_model
from vestibule.organizations.caller_model import Program
from vestibule.organizations.permission_model import Role
from vestibule.users.model import Profile, SignedIn, User

ORGANIZATION_LINK = "/organization-invite"
APP_LINK = "/app-invite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is simply so for every destination of a kind.

    `kind` is its word in pages and mails, `link` where mailed links lead, `purpose` what keys are
    good for. A newcomer says `fields` of themselves, `required` ones always; `making` is the API's
    word for that. `takes_own_account`: somebody may choose to join with an account of another
    address. `takes_key_alone`: on its page, too, the key alone lets the account of the address in.
    """

    kind: str
    link: str
    purpose: Purpose
    making: str
    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    takes_own_account: bool
    takes_key_alone: bool


OF_ORGANIZATIONS = Facts(
    kind="organization",
    link=ORGANIZATION_LINK,
    purpose=Purpose.ORGANIZATION_INVITATION,
    making="create_account",
    fields=("first_name", "last_name", "phone"),
    required=("first_name", "last_name"),
    takes_own_account=True,
    takes_key_alone=False,
)
OF_APPS = Facts(
    kind="app",
    link=APP_LINK,
    purpose=Purpose.APP_INVITATION,
    making="activate",
    fields=("name",),
    takes_own_account=False,
    takes_key_alone=True,
)
EVERY_KIND = (OF_ORGANIZATIONS, OF_APPS)

# Who may be signed in, and who may call.
Visitor: TypeAlias = SignedIn | SignedInMember
Caller: TypeAlias = Visitor | Program
Person: TypeAlias = User | AppMember


def locale_of(caller: Caller) -> str:
    """Give the language of what the caller sends, unless it says otherwise."""
    return caller.locale if isinstance(caller, Program) else caller.person.locale


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A destination as who accepts meets it.

    `path` is where they go on to here, `home_url` where the place itself lives, if elsewhere. Who
    looks after it does so below `studio_path`, or `inside_path` as one of its own members.
    `is_inviter_entitled`: by their present right. `allowed_domains` (none: any) are those of the
    addresses that may come in; `takes_other_accounts`: than the one of the invited address.
    """

    name: str
    organization_name: str
    path: str
    studio_path: str
    inside_path: str
    home_url: str | None = None
    requires_sign_in: bool = False
    is_inviter_entitled: bool
    allowed_domains: tuple[str, ...] = ()
    takes_other_accounts: bool = False

    def takes(self, address: Address) -> bool:
        """Tell whether the address may come in, by the rules of the place."""
        return rules_model.is_allowed(address, self.allowed_domains)

    def ensure_takes(self, address: Address) -> None:
        """Raise DomainNotAllowed unless the address may come in."""
        rules_model.ensure_allowed(address, self.allowed_domains)


@dataclass(frozen=True, slots=True)
class Askable:
    """Somebody of the place who is asked to invite; `path` is where they see its invitations."""

    addressee: Addressee
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What decides whether an inviter may invite: what they are in the place now, if anything.

    `custom_roles` are those of the organization, as they are now. An app's roles mean what its
    published `definition` says.
    """

    organization_role: Role | None = None
    custom_roles: tuple[Role, ...] = ()
    app_roles: tuple[str, ...] = ()
    definition: Definition | None = None
