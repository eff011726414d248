"""How often somebody may try a password or a key, and how many mails an address gets.

A limit is spent before the work that it limits. Its name is kept with the counters, for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

from vestibule.accounts.guards import Desk
from vestibule.accounts.realms import Realm
from vestibule.kernel import addresses
from vestibule.kernel.addresses import Address
from vestibule.kernel.database import Transaction
from vestibule.kernel.errors import RateLimited
from vestibule.kernel.ids import SessionId
from vestibule.kernel.limits import Limit
from vestibule.keys.model import KeyNotFound

PASSWORD_BY_ACCOUNT = Limit("password-by-account", 10, timedelta(minutes=15))
PASSWORD_BY_SESSION = Limit("password-by-session", 10, timedelta(minutes=15))
PASSWORD_BY_NETWORK = Limit("password-by-network", 60, timedelta(minutes=5))
MAIL_BY_ADDRESS_DAY = Limit("mail-by-address-day", 5, timedelta(hours=24))
MAIL_BY_ADDRESS_WEEK = Limit("mail-by-address-week", 10, timedelta(days=7))
NEWS_BY_ADDRESS_DAY = Limit("news-by-address-day", 5, timedelta(hours=24))
NEWS_BY_ADDRESS_WEEK = Limit("news-by-address-week", 10, timedelta(days=7))
RESET_BY_ADDRESS = Limit("reset-by-address", 5, timedelta(hours=24))
MAIL_BY_NETWORK = Limit("mail-by-network", 40, timedelta(hours=1))
KEY_MISS_BY_NETWORK = Limit("key-miss-by-network", 20, timedelta(minutes=10))

# Longer than any way through an answer that must not tell which way it took.
EVEN_SECONDS = 0.06


async def spend_password_try(desk: Desk, realm: Realm, address: Address) -> None:
    """Count a try of a password, before it is checked. Raises RateLimited.

    One after the other: a network that is stopped must not use up the tries of others' accounts.
    """
    await desk.limiter.spend(PASSWORD_BY_NETWORK, desk.network)
    await desk.limiter.spend(PASSWORD_BY_ACCOUNT, _account(realm, address))


async def spend_session_password_try(desk: Desk, session_id: SessionId) -> None:
    """Count a try of who is signed in: strangers who try the account do not keep them from it."""
    await desk.limiter.spend(PASSWORD_BY_NETWORK, desk.network)
    await desk.limiter.spend(PASSWORD_BY_SESSION, str(session_id))


async def forget_password_tries(desk: Desk, realm: Realm, address: Address) -> None:
    """Start anew: the owner showed up."""
    await desk.limiter.forget(PASSWORD_BY_ACCOUNT, _account(realm, address))


async def spend_mail_by_network(desk: Desk) -> None:
    """Count a mail that somebody unknown asks for. Raises RateLimited."""
    await desk.limiter.spend(MAIL_BY_NETWORK, desk.network)


async def spend_mail(desk: Desk, tries: Sequence[tuple[Limit, str]]) -> None:
    """Count a mail in each of these. Raises RateLimited when its reader got enough.

    One after the other: what was refused for the day was not mailed, and does not count for the
    week.
    """
    for limit, subject in tries:
        await desk.limiter.spend(limit, subject)


def mail_tries(address: Address) -> list[tuple[Limit, str]]:
    """Give what a mail counts in that its reader may not have asked for."""
    recipient = addresses.folded(address)
    return [(MAIL_BY_ADDRESS_DAY, recipient), (MAIL_BY_ADDRESS_WEEK, recipient)]


def news_tries(address: Address) -> list[tuple[Limit, str]]:
    """Give what a mail counts in that tells a member of a change: none keeps them from invitations.

    Nor do invitations keep them from news.
    """
    recipient = addresses.folded(address)
    return [(NEWS_BY_ADDRESS_DAY, recipient), (NEWS_BY_ADDRESS_WEEK, recipient)]


def reset_tries(address: Address) -> list[tuple[Limit, str]]:
    """Give what a forgotten password counts in: nobody's invitations use up the way back in."""
    return [(RESET_BY_ADDRESS, addresses.folded(address))]


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
    desk: Desk,
    tries: Sequence[tuple[Limit, str]],
    ask: Callable[[Transaction], Awaitable[object]],
) -> None:
    """Let `ask` queue a mail, in its transaction, for an address of which we are to tell nothing.

    Whether it is known, or got enough mails, makes no difference to the answer, nor to its time.
    Raises RateLimited when the network asked too often.
    """
    await spend_mail_by_network(desk)
    async with _answering_evenly():
        try:
            await spend_mail(desk, tries)
        except RateLimited:
            return
        async with desk.database.transaction() as tx:
            await ask(tx)


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
