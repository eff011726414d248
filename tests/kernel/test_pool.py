"""The pool stays well: connections that die, that are left in the middle, that listen."""

import asyncio
from contextlib import suppress

import asyncpg
import pytest

from tests.kernel.things import add, count, ensure_well
from vestibule.kernel.database import SERVER_SETTINGS, Database
from vestibule.kernel.errors import Unavailable

WAKING_SECONDS = 3.0


async def test_connections_that_were_killed_are_replaced(own: Database) -> None:
    async with own.reader() as one, own.reader() as other:
        ours = [await each.fetch_value("SELECT pg_backend_pid()") for each in (one, other)]
    administrator = await asyncpg.connect(own.url)
    for process in ours:
        assert await administrator.fetchval("SELECT pg_terminate_backend($1, 1000)", process)
    await administrator.close()

    for _ in range(3):
        await _attempt(own)
    await ensure_well(own)
    await own.ping()


async def _attempt(database: Database) -> None:
    """One that finds a dead connection may be told that the server is busy, and no worse."""
    with suppress(Unavailable):
        assert await count(database) == 0


async def test_one_that_is_killed_in_a_transaction_is_told_so_and_nothing_is_kept(
    own: Database,
) -> None:
    with pytest.raises(Unavailable):
        await _add_and_be_killed(own)
    assert await count(own) == 0
    await ensure_well(own)


async def _add_and_be_killed(database: Database) -> None:
    async with database.transaction() as tx:
        await add(tx, 1)
        process = await tx.fetch_value("SELECT pg_backend_pid()")
        async with database.reader() as reader:
            await reader.fetch_value("SELECT pg_terminate_backend($1, 1000)", process)
        await add(tx, 2)


async def test_no_state_goes_from_one_use_to_the_next(own: Database) -> None:
    async with own.transaction() as tx:
        await tx.execute("SET LOCAL statement_timeout = '1s'")
    for _ in range(3):
        async with own.transaction() as tx, own.reader() as reader:
            for each in (tx, reader):
                shown = await each.fetch_value("SHOW statement_timeout")
                assert shown == "7s"
                assert await each.fetch_value("SHOW timezone") == SERVER_SETTINGS["timezone"]
                assert await each.fetch_value("SHOW transaction_isolation") == "read committed"


async def test_a_transaction_that_was_left_open_is_rolled_back(own: Database) -> None:
    for _ in range(2):
        async with own.reader() as reader:
            await reader.fetch_value("SELECT 1")
            await reader.connection.execute("BEGIN")  # type: ignore[attr-defined]
            await reader.connection.execute("INSERT INTO things VALUES (1)")  # type: ignore[attr-defined]
    assert await count(own) == 0
    await ensure_well(own)


async def test_whoever_listens_is_woken_when_it_is_committed(own: Database) -> None:
    woken = asyncio.Event()
    async with own.listen("news", woken.set):
        async with own.transaction() as tx:
            await tx.execute("NOTIFY news")
            await asyncio.sleep(0.05)
            assert not woken.is_set()
        await asyncio.wait_for(woken.wait(), WAKING_SECONDS)
        woken.clear()
        async with own.transaction() as tx:
            await tx.execute("NOTIFY others")
        await asyncio.sleep(0.05)
        assert not woken.is_set()


async def test_whoever_listens_is_woken_when_the_connection_is_lost(own: Database) -> None:
    woken = asyncio.Event()
    async with own.listen("news", woken.set):
        async with own.reader() as reader:
            await reader.fetch_value(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                 WHERE query LIKE 'LISTEN%' AND datname = current_database()
                """
            )
        await asyncio.wait_for(woken.wait(), WAKING_SECONDS)


@pytest.mark.parametrize("place", ["127.0.0.1:1", "192.0.2.1:x", "nowhere.invalid"])
async def test_a_database_that_is_not_there_is_unavailable(place: str) -> None:
    with pytest.raises((Unavailable, ValueError)):
        await Database.connect(f"postgresql://nobody@{place}/nothing")


async def test_when_every_connection_is_lent_the_next_waits_its_turn(own: Database) -> None:
    async def hold() -> int:
        async with own.reader() as reader:
            return int(await reader.fetch_value("SELECT 1 FROM pg_sleep(0.05)"))

    assert sum(await asyncio.gather(*(hold() for _ in range(8)))) == 8


async def test_a_pool_that_is_closed_is_unavailable(things_url: str) -> None:
    database = await Database.connect(things_url, size=1)
    async with database.reader() as reader:
        await reader.fetch_value("SELECT 1")
    await database.close()
    with pytest.raises(Unavailable):
        await count(database)
