"""Where an account is good, and how one enters there.

The platform and each app are mounted from these facts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from vestibule.accounts.model import Described
from vestibule.audit.model import Actor
from vestibule.kernel.database import Reader
from vestibule.kernel.ids import AccountId, RealmId
from vestibule.messages.model import Outbox


class RealmKind(StrEnum):
    """What a realm is the realm of."""

    PLATFORM = "platform"
    APP = "app"


@dataclass(frozen=True, slots=True)
class Realm:
    """An account signs in to its realm and to nothing else."""

    id: RealmId
    kind: RealmKind


PLATFORM = Realm(RealmId(UUID("00000000-0000-7000-8000-000000000001")), RealmKind.PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNames:
    """What the pages of a realm are called. The platform says `/sign-in`, an app `/login`."""

    sign_in: str = "/sign-in"
    sign_up: str = "/sign-up"
    sign_out: str = "/sign-out"
    forgotten: str = "/forgotten-password"
    new_password: str = "/new-password"  # noqa: S105  a path
    profile: str = "/profile"
    password: str = "/profile/password"  # noqa: S105  a path
    address: str = "/profile/address"
    new_address: str = "/new-address"
    sessions: str = "/profile/sessions"


PLATFORM_PAGES = PageNames()

Describe = Callable[[Reader, AccountId], Awaitable[Described]]
Landing = Callable[[Reader, AccountId], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How a realm is mounted.

    `name` is what mails and pages call it, `path` stands before its pages.

    `describe` gives the person behind an account as the API shows them, `landing` where signing in
    leads. `navigation` holds the way from a page of ours to others: paths and what they are called.
    """

    realm: Realm
    name: str
    describe: Describe
    landing: Landing
    path: str = ""
    pages: PageNames = PLATFORM_PAGES
    navigation: Sequence[tuple[str, str]] = ()
    takes_sign_ups: bool = True
    shows_mailbox: bool = False

    def to(self, page: str) -> str:
        """Give the path of one of its pages from the root of the server."""
        return self.path + page


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Under which circumstances an account is changed.

    In which realm, by whom, and where its mails are put down.
    """

    entrance: Entrance
    outbox: Outbox
    by: Actor
