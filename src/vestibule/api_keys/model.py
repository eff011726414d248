"""What an API key is: what a program shows, whose it is, and for how long it is good. Pure."""

import zlib
from base64 import urlsafe_b64encode
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from vestibule.kernel.errors import Conflict, InvalidField, NotFound
from vestibule.kernel.i18n import mark
from vestibule.kernel.ids import ApiKeyId, AppId, OrganizationId, UserId
from vestibule.organizations.caller_model import Program, named
from vestibule.organizations.model import NotPermitted, RoleNotAllowed
from vestibule.organizations.permission_model import CHOOSABLE, Permission

PREFIX = "vsk_"
# Between the prefix and the check digits stand 256 random bits.
TOKEN_LETTERS, CHECK_LETTERS = 43, 6
SECRET_LETTERS = len(PREFIX) + TOKEN_LETTERS + CHECK_LETTERS
HINT_LETTERS = 4

SHORTEST = timedelta(hours=1)
LONGEST = timedelta(days=365)
USUAL = timedelta(days=90)
# A time that was right when the request was written may be a little out of bounds by our clock.
CLOCK_SKEW = timedelta(minutes=1)
# By then every invitation that it sent has ended: none lives longer than 30 days.
FORGOTTEN_AFTER = timedelta(days=31)

MOST_NAME = 60
# Of one member in one organization: with the membership they all end at once.
MOST_KEYS = 100

# A key makes no keys: only people do, and answer for them.
GIVEABLE = tuple(one for one in CHOOSABLE if one is not Permission.KEYS_MANAGE)
# What means something to a key of one app: whoever manages an app may all that is to be done there.
GIVEABLE_IN_APPS = (Permission.APPS_READ, Permission.APPS_MANAGE)


class ApiKeyNotFound(NotFound):
    """No such API key here."""

    sentence = mark("There is no such API key. It may have been revoked.")


class PeopleOnly(NotPermitted):
    """A program asks for what people do themselves. Is `not_permitted`."""

    sentence = mark("No API key can do this: only people who are signed in can.")

    @classmethod
    def code(cls) -> str:
        """Give the code of everything that one may not."""
        return NotPermitted.code()


class TooManyApiKeys(Conflict):
    """Somebody has as many keys here as a member may have."""

    sentence = mark(
        "You have {most} API keys here, and nobody may have more; those that expired count for a "
        "month. Revoke one that you no longer need."
    )


class InvalidApiKeyExpiry(InvalidField):
    """Out of bounds: 1 hour to 365 days from now."""

    sentence = mark("An API key lives from 1 hour to 365 days. Choose a time in between.")


class PermissionBeyondReach(RoleNotAllowed):
    """Somebody would give a key what they may not do themselves. Is `role_not_allowed`."""

    sentence = mark("You may not do this yourself, so no API key of yours may: {permissions}.")

    @classmethod
    def code(cls) -> str:
        """Give the code of everything that one may not grant."""
        return RoleNotAllowed.code()


class ApiKeyBeyondReach(RoleNotAllowed):
    """Somebody would revoke another's key that may more than they. Is `role_not_allowed`."""

    sentence = mark("This API key may more than you, and is not yours to revoke. Ask an owner.")

    @classmethod
    def code(cls) -> str:
        """Give the code of everything that one may not take back."""
        return RoleNotAllowed.code()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as people see it. `hint` is how its secret ends; `is_expired` by the database's clock.

    `app_id` None: for the organization and all its apps. It may what its maker may at present,
    within `permissions`.
    """

    id: ApiKeyId
    organization_id: OrganizationId
    app_id: AppId | None
    maker_id: UserId
    maker_name: str
    name: str
    hint: str
    permissions: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    is_expired: bool

    @property
    def shown_name(self) -> str:
        """Give what people see of it where it has done something."""
        return named(self.name, self.maker_name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """When a key ends: `at` a time, or `after` so long by the database's clock."""

    at: datetime | None = None
    after: timedelta | None = USUAL

    @classmethod
    def at_time(cls, at: datetime, *, now: datetime) -> "Expiry":
        """Make one of a time. Raises InvalidApiKeyExpiry."""
        _ensure_lives(at - now, path="expires_at")
        return cls(at=at, after=None)

    @classmethod
    def in_days(cls, days: float) -> "Expiry":
        """Make one of a number of days. Raises InvalidApiKeyExpiry."""
        after = timedelta(days=days)
        _ensure_lives(after, path="expires_in_days")
        return cls(after=min(max(after, SHORTEST), LONGEST))


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApiKey:
    """A key to be made. `permissions` as they were sent. `form`: tells one sent a second time."""

    name: str
    permissions: Collection[str]
    app_id: AppId | None = None
    form: UUID | None = None
    expiry: Expiry = field(default_factory=Expiry)


@dataclass(frozen=True, slots=True)
class Made:
    """A new key, and its secret, which nobody is told again."""

    key: ApiKey
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Calling:
    """A program that calls, and whether it is to be noted that its key was used."""

    program: Program
    is_to_be_noted: bool


def secret_of(token: str) -> str:
    """Give the secret that these random letters make: what is shown, once, of a new key."""
    secret = PREFIX + token
    return secret + _check_letters(secret)


def is_meant(token: str) -> bool:
    """Tell whether a bearer token claims to be of a key; a session's may begin so by chance."""
    return token.startswith(PREFIX) and len(token) != TOKEN_LETTERS


def is_whole(token: str) -> bool:
    """Tell whether a token can be of a key: none that was mistyped or cut off is looked up."""
    head, check = token[:-CHECK_LETTERS], token[-CHECK_LETTERS:]
    return len(token) == SECRET_LETTERS and token.isascii() and check == _check_letters(head)


def _check_letters(text: str) -> str:
    """Give 6 letters by which whoever scans for lost keys knows one without asking us."""
    return urlsafe_b64encode(zlib.crc32(text.encode()).to_bytes(4, "big")).decode()[:CHECK_LETTERS]


def _ensure_lives(lifetime: timedelta, *, path: str) -> None:
    if not SHORTEST - CLOCK_SKEW <= lifetime <= LONGEST + CLOCK_SKEW:
        raise InvalidApiKeyExpiry(path=path)
