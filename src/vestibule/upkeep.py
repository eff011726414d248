"""What runs beside the requests: the worker that delivers mail, and the chores."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from vestibule.accounts import chores as account_chores
from vestibule.apps import chores as app_chores
from vestibule.audit import chores as audit_chores
from vestibule.bootstrap import House
from vestibule.deletion import chores as deletion_chores
from vestibule.invitations import chores as invitation_chores
from vestibule.kernel import limits
from vestibule.keys import chores as key_chores
from vestibule.memberships import chores as membership_chores
from vestibule.messages import chores as message_chores
from vestibule.messages import delivery
from vestibule.messages.delivery import Courier
from vestibule.messages.smtp import Server
from vestibule.organizations import chores as organization_chores
from vestibule.programs import chores as program_chores

log = logging.getLogger("vestibule.upkeep")

CHORES_EVERY = timedelta(minutes=30)


async def run(house: House, stop: asyncio.Event) -> None:
    """Deliver mail and do the chores until `stop`."""
    chores = asyncio.create_task(_go_round(house, stop))
    try:
        await delivery.work(house.database, make_courier(house), stop)
    finally:
        stop.set()
        await chores


def make_courier(house: House) -> Courier | None:
    """Give who takes mail to the mail server; None while none is set up. Raises ValueError."""
    settings = house.settings
    if settings.smtp_url is None:
        return None
    greeting = urlsplit(settings.base_url).hostname or "localhost"
    return Courier.of(house.writer, Server.from_url(settings.smtp_url, greeting=greeting))


async def _go_round(house: House, stop: asyncio.Event) -> None:
    """Go round until `stop`. A chore that fails is noted, and keeps no other from its turn."""
    retention = timedelta(days=house.settings.retention_days)
    database = house.database
    rounds: tuple[Callable[[], Awaitable[int]], ...] = (
        lambda: message_chores.withdraw_gone(database),
        lambda: deletion_chores.clear_closed(database),
        lambda: organization_chores.forget_rests(database),
        lambda: program_chores.forget_expired_keys(database),
        lambda: membership_chores.clear_over(database),
        lambda: membership_chores.tell_of_ends(database, outbox=house.outbox),
        lambda: account_chores.forget_ended_sessions(database),
        lambda: invitation_chores.forget_ended(database, retention=retention),
        lambda: app_chores.forget_ended(database),
        lambda: key_chores.forget_ended(database),
        lambda: message_chores.forget_old(database),
        lambda: audit_chores.forget_old(database),
        lambda: limits.forget_ended(database),
    )
    while not stop.is_set():
        for chore in rounds:
            try:
                await chore()
            except Exception as fault:
                log.warning("a chore was put off: %s", type(fault).__name__)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), CHORES_EVERY.total_seconds())
