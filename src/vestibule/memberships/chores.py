"""What the house does by itself about access that ends: tell of it, and clear away what is over."""

import logging
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.errors import NotFound, Unavailable
from vestibule.memberships import ending, telling
from vestibule.messages.model import Outbox

log = logging.getLogger("vestibule.memberships")

T = TypeVar("T")


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
