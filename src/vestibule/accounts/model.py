"""What an account and a session are, and what they refuse.

Knows no names, roles, organizations or apps.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated, Any, Generic, Literal, Protocol, TypeAlias, TypeVar

import msgspec

from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.addresses import Address
from vestibule.kernel.errors import Conflict, Forbidden, NotAuthenticated, NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import AccountId, RealmId, SessionId, encode
from vestibule.kernel.wire import Time, Until, said, typed_id

B = TypeVar("B")

SESSION_IDLE = timedelta(days=14)
SESSION_LONGEST = timedelta(days=30)
SESSION_TOUCHED_EVERY = timedelta(minutes=5)
MOST_SESSIONS = 20

RESET_LIVES = timedelta(hours=1)
ADDRESS_CHANGE_LIVES = timedelta(hours=1)
SIGN_UP_LIVES = timedelta(hours=24)


class InvalidCredentials(NotAuthenticated):
    """No account of this realm has this address and password. Says nothing of which is wrong."""

    sentence = mark("This address and password do not belong together. Check both and try again.")


class WrongPassword(Forbidden):
    """Somebody who is signed in gave a password that is not theirs."""

    sentence = mark("This is not your present password. Check it and try again.")


class PasswordNotSet(Forbidden):
    """Somebody who is signed in has no password that they could give."""

    sentence = mark(
        "Your account has no password yet. Choose one first: say that you forgot your password, "
        "and a link is mailed to you."
    )


class AccountExists(Conflict):
    """The address has an account in this realm."""

    sentence = mark("This address has an account already. Sign in with it.")


class AddressTaken(Conflict):
    """Another account got the address before this one."""

    sentence = mark("Another account has this address by now. Your address stays as it is.")


class OtherSession(Forbidden):
    """An address is changed in the session that asked for it, and in no other."""

    sentence = mark("Open this link in the browser in which you asked for the change, signed in.")


class AccountNotFound(NotFound):
    """No such account."""


class SessionNotFound(NotFound):
    """The account has no such session."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What can sign in to its realm."""

    id: AccountId
    realm_id: RealmId
    address: Address
    locale: str
    created_at: datetime

    def as_actor(self, origin: Actor) -> Actor:
        """Give the origin of a request as this account."""
        return origin.acting_as(ActorKind.ACCOUNT, self.id, self.address.typed)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """An account to be made. Without a password, it is signed in to by a reset or not at all."""

    realm_id: RealmId
    address: Address
    password_hash: str | None = field(repr=False)
    locale: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """An account, and the hash that its password is checked against, if it has one."""

    account: Account
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A new session. Its token is shown here for the only time."""

    id: SessionId
    account_id: AccountId
    token: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A live session, as its owner sees it in a list."""

    id: SessionId
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    network: str | None
    user_agent: str | None


class Person(Protocol):
    """Whom a page greets."""

    @property
    def name(self) -> str:
        """Give what they are called."""

    @property
    def email(self) -> str:
        """Give their address as they typed it."""


class Holder(Protocol):
    """Who holds a session: a user on the platform, an app member in an app."""

    @property
    def account_id(self) -> AccountId:
        """Give the account that is signed in."""

    @property
    def session_id(self) -> SessionId:
        """Give the session that this request came with."""

    @property
    def person(self) -> Person:
        """Give the person behind the account."""

    def actor(self, origin: Actor) -> Actor:
        """Give the origin of the request as this person."""


# The person behind an account, as their realm's API shows them. Which type that is, the router says
# that mounts the realm (`signature_namespace`), since rooms above know it.
Described: TypeAlias = Any


class NewSessionBody(msgspec.Struct, Generic[B], frozen=True, kw_only=True):
    """A session that was just started. The only answer that ever holds a token."""

    object: Literal["session"]
    id: Annotated[str, typed_id("ses")]
    token: Annotated[
        str,
        said(
            "Send it as `Authorization: Bearer …`. It is shown here only.",
            example="k3JQx0w2v5dYyq1C8mZbH4nT7rLsUeAiPgVfXoKjRtE",
        ),
    ]
    expires_at: Annotated[Until, said("At the latest; sooner if it is not used for 14 days.")]
    user: B


class SessionBody(msgspec.Struct, frozen=True, kw_only=True):
    """A place where its owner is signed in."""

    object: Literal["session"]
    id: Annotated[str, typed_id("ses")]
    created_at: Time
    last_seen_at: Annotated[Time, said("To five minutes.")]
    expires_at: Annotated[Until, said("At the latest; sooner if it is not used for 14 days.")]
    network: Annotated[str | None, said("From where it was started.", example="192.0.2.7")]
    user_agent: Annotated[
        str | None, said("What the program that started it calls itself.", example="curl/8.14.1")
    ]
    is_current: Annotated[bool, said("Whether this very call was made in it.")]


def present_session(started: Started, user: B) -> NewSessionBody[B]:
    """Show a new session to the program that started it.

    The only answer that ever holds a token.
    """
    return NewSessionBody(
        object="session",
        id=encode("ses", started.id),
        token=started.token,
        expires_at=started.expires_at,
        user=user,
    )
