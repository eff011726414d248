"""What the house does by itself about places, API keys and memberships: clear away, forget, tell.

Cleared away are places that were deleted, and memberships that are over; who has one that ends is
told. Forgotten are slugs' rests and old API keys.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from datetime import timedelta
from typing import TypeVar

from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.errors import NotFound, Unavailable
from vestibule.memberships import api_key_revoking, clearing, ending, telling
from vestibule.messages.model import Outbox
from vestibule.organizations import resting
from vestibule.organizations.closing_model import TOLD_FOR

log = logging.getLogger("vestibule.memberships")

T = TypeVar("T")


async def clear_closed(database: Database, *, after: timedelta = TOLD_FOR) -> int:
    """Clear away what was closed longer ago than that. Gives the number of steps that it took."""
    steps = 0
    while True:
        async with database.transaction() as tx:
            if not await clearing.clear_some(tx, after=after):
                return steps
        steps += 1


async def forget_rests(database: Database) -> int:
    """Forget the rests of slugs that are over. Gives their number."""
    async with database.transaction() as tx:
        return await resting.forget_over(tx)


async def forget_expired_keys(database: Database) -> int:
    """Forget API keys that expired long ago, each in a transaction of its own. Gives how many."""
    total = 0
    while True:
        async with database.reader() as reader:
            keys = await api_key_revoking.list_forgettable(reader)
        forgotten = 0
        for key in keys:
            async with database.transaction() as tx:
                forgotten += await api_key_revoking.forget(tx, key.organization_id, key.id)
        total += forgotten
        if not forgotten or len(keys) < api_key_revoking.BATCH:
            return total


async def tell_of_ends(database: Database, *, outbox: Outbox) -> int:
    """Tell of what ends within a week, once. Gives the number of what was told of."""
    total = 0
    for tell in (telling.tell_some, telling.tell_some_in_apps):
        while True:
            async with database.transaction() as tx:
                count = await tell(tx, outbox=outbox)
            total += count
            if not count:
                break
    return total


async def clear_over(database: Database) -> int:
    """Clear away what is over, each in a transaction of its own. Gives how many there were."""
    total = 0
    after = None
    while True:
        async with database.reader() as reader:
            over = await ending.list_over(reader, after)
        total += await _each(database, over, ending.clear)
        if len(over) < ending.BATCH:
            break
        after = over[-1].id
    return total + await _clear_over_in_apps(database)


async def _clear_over_in_apps(database: Database) -> int:
    total = 0
    after = None
    while True:
        async with database.reader() as reader:
            over = await ending.list_over_in_apps(reader, after)
        total += await _each(database, over, ending.clear_in_app)
        if len(over) < ending.BATCH:
            break
        after = over[-1].app_member_id
    async with database.reader() as reader:
        gone = await ending.list_left_behind(reader)
    return total + await _each(database, gone, ending.forget_left_behind)


async def _each(
    database: Database, things: Iterable[T], clear: Callable[[Transaction, T], Awaitable[bool]]
) -> int:
    """Clear each of these. What cannot be cleared now keeps no other from its turn."""
    count = 0
    for thing in things:
        try:
            async with database.transaction() as tx:
                count += await clear(tx, thing)
        except (NotFound, Unavailable) as problem:
            log.warning("a membership that is over was put off: %s", type(problem).__name__)
    return count
