"""What the edges that deal with accounts have at hand.

The desk, its limits, and clean addresses of pages.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from litestar import Request

from vestibule.accounts.model import Holder
from vestibule.accounts.passwords import Passwords
from vestibule.accounts.realms import Entrance, Occasion, Realm
from vestibule.audit.model import Actor
from vestibule.kernel import addresses
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.errors import RateLimited
from vestibule.kernel.i18n import gettext
from vestibule.kernel.limits import (
    KEY_MISS_BY_NETWORK,
    MAIL_BY_ADDRESS_DAY,
    MAIL_BY_ADDRESS_WEEK,
    MAIL_BY_NETWORK,
    PASSWORD_BY_ACCOUNT,
    PASSWORD_BY_NETWORK,
    Limiter,
)
from vestibule.keys.model import KeyNotFound
from vestibule.messages.model import Outbox
from vestibule.web import forms, peers
from vestibule.web.cookies import Jar
from vestibule.web.injected import Injected

# Longer than any way through an answer that must not tell which way it took.
EVEN_SECONDS = 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What it takes to let somebody try, and who tries: one per request."""

    database: Database
    limiter: Limiter
    passwords: Passwords
    outbox: Outbox
    origin: Actor

    @property
    def network(self) -> str:
        """Give what limits count by."""
        return peers.network_of(self.origin.network or "")

    def occasion(self, entrance: Entrance, by: Actor | None = None) -> Occasion:
        """Give the circumstances of a change; without `by`, by somebody whom we do not know."""
        return Occasion(entrance=entrance, outbox=self.outbox, by=by or self.origin)


@dataclass(frozen=True, slots=True)
class Browser:
    """A person's end of a request: what they sent, and the cookies that they carry."""

    request: Request[Any, Any, Any]
    jar: Jar

    async def form(self, *fields: str) -> dict[str, str]:
        """Give exactly these fields of the form. Raises InvalidRequest."""
        return await forms.read(self.request, *fields)

    def cookie(self, name: str) -> str | None:
        """Give what the browser carries under the name."""
        return self.jar.read(self.request, name)


def provide_browser(request: Request[Any, Any, Any], jar: Injected[Jar]) -> Browser:
    """Give the browser of a request."""
    return Browser(request, jar)


def provide_desk(
    database: Injected[Database],
    limiter: Injected[Limiter],
    passwords: Injected[Passwords],
    outbox: Injected[Outbox],
    origin: Injected[Actor],
) -> Desk:
    """Make the desk of a request."""
    return Desk(
        database=database, limiter=limiter, passwords=passwords, outbox=outbox, origin=origin
    )


async def spend_password_try(desk: Desk, realm: Realm, address: Address) -> None:
    """Count a try of a password, before it is checked. Raises RateLimited."""
    await desk.limiter.spend(PASSWORD_BY_NETWORK, desk.network)
    await desk.limiter.spend(PASSWORD_BY_ACCOUNT, _account(realm, address))


async def forget_password_tries(desk: Desk, realm: Realm, address: Address) -> None:
    """Start anew: the owner showed up."""
    await desk.limiter.forget(PASSWORD_BY_ACCOUNT, _account(realm, address))


async def spend_mail_by_network(desk: Desk) -> None:
    """Count a mail that somebody unknown asks for. Raises RateLimited."""
    await desk.limiter.spend(MAIL_BY_NETWORK, desk.network)


async def spend_mail(limiter: Limiter, address: Address) -> None:
    """Count a mail that its reader may not have asked for.

    Raises RateLimited when they got enough.
    """
    await limiter.spend(MAIL_BY_ADDRESS_DAY, addresses.folded(address))
    await limiter.spend(MAIL_BY_ADDRESS_WEEK, addresses.folded(address))


@asynccontextmanager
async def counting_misses(desk: Desk) -> AsyncIterator[None]:
    """Count keys that nobody mailed: who guesses is told to wait. Raises RateLimited.

    A key that was mailed is no guess, so it costs nothing and is never refused.
    """
    try:
        yield
    except KeyNotFound:
        await desk.limiter.spend(KEY_MISS_BY_NETWORK, desk.network)
        raise


async def mail_evenly(
    desk: Desk, address: Address, ask: Callable[[Transaction], Awaitable[object]]
) -> None:
    """Let `ask` queue a mail, in its transaction, for an address of whom we are to tell nothing.

    Whether it is known, or got enough mails, makes no difference to the answer, nor to its time.
    Raises RateLimited when the network asked too often.
    """
    await spend_mail_by_network(desk)
    async with _answering_evenly():
        try:
            await spend_mail(desk.limiter, address)
        except RateLimited:
            return
        async with desk.database.transaction() as tx:
            await ask(tx)


def frame(entrance: Entrance, visitor: Holder, *, current: str | None = None) -> dict[str, Any]:
    """Give what the studio's template needs around a page; None: one of the profile."""
    current = current or entrance.to(entrance.pages.profile)
    links = [
        {
            "href": entrance.to(path),
            "label": gettext(label),
            "current": entrance.to(path) == current,
        }
        for path, label in entrance.navigation
    ]
    return {"user": visitor.person, "navigation": links}


@asynccontextmanager
async def _answering_evenly() -> AsyncIterator[None]:
    """Take the same time whatever is found: it must not tell whether an address is known."""
    clock = asyncio.get_running_loop().time
    ends_at = clock() + EVEN_SECONDS
    try:
        yield
    finally:
        await asyncio.sleep(ends_at - clock())


def _account(realm: Realm, address: Address) -> str:
    return f"{realm.id}/{address.canonical}"
