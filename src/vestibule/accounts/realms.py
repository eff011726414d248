"""Where an account is good, and how one enters there.

The platform and each app are mounted from these facts.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote, urlencode
from uuid import UUID

from vestibule.accounts.model import Described
from vestibule.audit.model import Actor
from vestibule.kernel.database import Reader, Transaction
from vestibule.kernel.errors import Problem
from vestibule.kernel.ids import AccountId, RealmId, SessionId
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

    @property
    def place_id(self) -> UUID | None:
        """Give the app with which all that is of the realm goes; None: the platform stays."""
        return self.id if self.kind is RealmKind.APP else None


PLATFORM = Realm(RealmId(UUID("00000000-0000-7000-8000-000000000001")), RealmKind.PLATFORM)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageNames:
    """What the pages of a realm are called. The platform says `/sign-in`, an app `/login`.

    A sign-up's mail leads to `activation`, which goes on to `registration`/{key}; likewise
    `new_password` and `new_address`, each to itself.
    """

    home: str = "/"
    sign_in: str = "/sign-in"
    sign_up: str = "/sign-up"
    activation: str = "/activation"
    registration: str = "/activation"
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
# Who has just signed in, and in which session. It may write: a realm whose people go on to a site
# elsewhere makes what they take along.
Landing = Callable[[Transaction, AccountId, SessionId], Awaitable[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What pages of a realm wear beside its name: addresses on this server, or nothing."""

    logo: str | None = None
    stylesheet: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    """How a realm is mounted; made once for the platform, and per request for an app.

    `name` is what mails and pages call it, `path` stands before its pages; without a `look` they
    wear the house's.

    `describe` gives the person behind an account as the API shows them, `landing` where signing in
    leads: a path, or an address elsewhere, whose origin then is one of `may_leave_to`.
    `navigation` holds the way from a page of ours to others: paths and what they are called.

    `carried` is a query that goes along from page to page, encoded and known to be harmless.
    `sign_ups_closed` is what signing up is refused by; None: it is open.
    """

    realm: Realm
    name: str
    describe: Describe
    landing: Landing
    path: str = ""
    pages: PageNames = PLATFORM_PAGES
    navigation: Sequence[tuple[str, str]] = ()
    look: Look | None = None
    carried: str = ""
    may_leave_to: tuple[str, ...] = ()
    sign_ups_closed: type[Problem] | None = None
    shows_mailbox: bool = False

    @property
    def home(self) -> str:
        """Give where its name leads."""
        return self.to(self.pages.home)

    @property
    def takes_sign_ups(self) -> bool:
        """Tell whether people may make an account by themselves."""
        return self.sign_ups_closed is None

    def ensure_takes_sign_ups(self) -> None:
        """Raise what the realm refuses signing up by, if it does."""
        if self.sign_ups_closed is not None:
            raise self.sign_ups_closed

    def to(self, page: str) -> str:
        """Give the path of one of its pages from the root of the server."""
        return self.path + page

    def link(self, page: str, **query: str) -> str:
        """Give what a link from one of its pages to another holds; empty words are left out."""
        said = {name: value for name, value in query.items() if value}
        whole = "&".join(
            part for part in (urlencode(said, safe="/", quote_via=quote), self.carried) if part
        )
        return f"{self.to(page)}?{whole}" if whole else self.to(page)

    def sign_in_link(self, path: str) -> str:
        """Give where to sign in before `path` is shown."""
        return self.link(self.pages.sign_in, next=path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Under which circumstances an account is changed.

    In which realm, by whom, and where its mails are put down.
    """

    entrance: Entrance
    outbox: Outbox
    by: Actor
