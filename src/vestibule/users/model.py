"""What a user is: a person on the platform, thin over an account of its realm."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel import names
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import Forbidden, InvalidField, NotAuthenticated, NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, OrganizationId, SessionId, UserId, encode
from vestibule.kernel.wire import Email, FirstName, LastName, Locale, Phone, Time, said, typed_id

LEAST_DIGITS, MOST_DIGITS = 6, 15  # of a phone number: E.164, 6.2.1

_PHONE = re.compile(r"(\+|00)?[0-9 ()./\u2010-\u2015-]*")


class UserNotFound(NotFound):
    """No such user."""

    sentence = mark("There is no such user here. Check the address.")


class TokenNotGood(NotAuthenticated):
    """The token of a session is not known, or the session has ended. Is `not_authenticated`."""

    sentence = mark("This session is not known here, or has ended. Sign in again.")

    @classmethod
    def code(cls) -> str:
        """Give the code of everybody who is not known."""
        return NotAuthenticated.code()


class SignUpsClosed(Forbidden):
    """The operator lets nobody in without an invitation."""

    sentence = mark("Accounts are made by invitation here. Ask somebody to invite you.")


class InvalidPhone(InvalidField):
    """The text is not a phone number."""

    sentence = mark("Enter a phone number, such as +44 20 7946 0018, or leave it empty.")


class NotYourOrganization(InvalidField):
    """Only an organization that one belongs to can be where one lands."""

    sentence = mark("Choose an organization that you belong to.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What people say of themselves, as it is kept. Made by `Profile.clean` only."""

    first_name: str
    last_name: str
    phone: str | None = None

    @classmethod
    def clean(
        cls, first_name: str, last_name: str, phone: str | None, *, within: str = ""
    ) -> "Profile":
        """Read what was typed.

        `within` is the path of the object that holds the fields (`account.`).

        Raises InvalidName, InvalidPhone.
        """
        return cls(
            first_name=names.clean(first_name, path=f"{within}first_name"),
            last_name=names.clean(last_name, path=f"{within}last_name"),
            phone=clean_phone(phone, path=f"{within}phone"),
        )

    @property
    def name(self) -> str:
        """Give what they are called."""
        return f"{self.first_name} {self.last_name}"

    @property
    def words(self) -> tuple[str, ...]:
        """Give what a password may not be made of."""
        return (self.first_name, self.last_name, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person on the platform. Their id is their account's."""

    id: UserId
    address: Address
    first_name: str
    last_name: str
    phone: str | None
    locale: str
    default_organization_id: OrganizationId | None
    created_at: datetime

    @property
    def name(self) -> str:
        """Give what they are called."""
        return f"{self.first_name} {self.last_name}"

    @property
    def email(self) -> str:
        """Give their address as they typed it."""
        return self.address.typed

    def as_actor(self, origin: Actor) -> Actor:
        """Give the origin of a request as this user."""
        return origin.acting_as(ActorKind.USER, self.id, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """A user, and the session that their request came with."""

    user: User
    session_id: SessionId
    is_to_be_touched: bool = False

    @property
    def account_id(self) -> AccountId:
        """Give the account that is signed in."""
        return self.user.id

    @property
    def person(self) -> User:
        """Give the person behind the account."""
        return self.user

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the request as this user."""
        return self.user.as_actor(origin)


@dataclass(frozen=True, slots=True)
class ActedFor:
    """A user in whose name the operator acts from the command line, by the user's own right."""

    user: User

    @property
    def account_id(self) -> AccountId:
        """Give the user's account."""
        return self.user.id

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the command as this user."""
        return self.user.as_actor(origin)


@dataclass(frozen=True, slots=True)
class Place:
    """An organization that a user belongs to, and could land in after signing in."""

    id: OrganizationId
    name: str


# Gives every organization of a user. Which those are, a room above users knows.
Places = Callable[[Any, UserId], Awaitable[Sequence[Place]]]


class UserBody(msgspec.Struct, frozen=True, kw_only=True):
    """A person on the platform, as they see themselves."""

    object: Literal["user"]
    id: Annotated[str, typed_id("user")]
    email: Email
    first_name: FirstName
    last_name: LastName
    phone: Phone
    locale: Annotated[Locale, said("The language of mails to them, as BCP 47 names it.")]
    default_organization: Annotated[
        Annotated[str, typed_id("org")] | None, said("Where signing in leads; null: the console.")
    ]
    created_at: Time


def clean_phone(text: str | None, *, path: str = "phone") -> str | None:
    """Give a phone number as digits, with a + in front of an international one.

    Raises InvalidPhone.
    """
    if not text or not text.strip():
        return None
    if not _PHONE.fullmatch(text.strip()):
        raise InvalidPhone(path=path)
    digits = "".join(letter for letter in text if letter.isdigit())
    is_international = text.strip().startswith(("+", "00"))
    digits = digits.removeprefix("00")
    if not LEAST_DIGITS <= len(digits) <= MOST_DIGITS:
        raise InvalidPhone(path=path)
    return f"+{digits}" if is_international else digits


def present_user(user: User) -> UserBody:
    """Show a user to themselves, as the API does."""
    default = user.default_organization_id
    return UserBody(
        object="user",
        id=encode("user", user.id),
        email=user.address.typed,
        first_name=user.first_name,
        last_name=user.last_name,
        phone=user.phone,
        locale=user.locale,
        default_organization=encode("org", default) if default else None,
        created_at=user.created_at,
    )
