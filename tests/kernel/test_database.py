"""The database as all rooms see it: transactions, our own faults, and a pool that stays well."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.postgres import Postgres
from vestibule.kernel.database import SERVER_SETTINGS, Database, Transaction
from vestibule.kernel.errors import Conflict, InvalidRequest, Problem, Unavailable

WAKING_SECONDS = 3.0


@pytest.fixture(scope="module")
async def url(postgres: Postgres) -> AsyncIterator[str]:
    """An empty database, with one table."""
    name = await postgres.clone(template="template0")
    connection = await asyncpg.connect(postgres.url(name))
    await connection.execute("CREATE TABLE things (id integer PRIMARY KEY, word text, facts jsonb)")
    await connection.close()
    yield postgres.url(name)
    await postgres.drop(name)


@pytest.fixture
async def own(url: str) -> AsyncIterator[Database]:
    """A pool of two connections on it; the table is empty."""
    database = await Database.connect(url, size=2)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM things")
    yield database
    await database.close()


async def add(tx: Transaction, number: int, word: str = "x", facts: object = None) -> int:
    return await tx.execute("INSERT INTO things VALUES ($1, $2, $3)", number, word, facts)


async def count(database: Database) -> int:
    async with database.reader() as reader:
        return int(await reader.fetch_value("SELECT count(*) FROM things"))


async def ensure_well(database: Database) -> None:
    """Both connections work, and neither is left in a transaction."""
    for _ in range(4):
        async with database.reader() as one, database.reader() as other:
            for reader in (one, other):
                began = [await reader.fetch_value("SELECT now()") for _ in range(2)]
                assert began[0] < began[1], "both statements are of one transaction"


async def test_a_transaction_commits_at_the_end_of_its_block(own: Database) -> None:
    async with own.transaction() as tx:
        assert await add(tx, 1) == 1
        assert await count(own) == 0
    assert await count(own) == 1


@pytest.mark.parametrize(
    "fault", [Conflict(), RuntimeError("x"), KeyboardInterrupt(), asyncio.CancelledError()], ids=repr
)
async def test_any_exception_rolls_back(own: Database, fault: BaseException) -> None:
    with pytest.raises(type(fault)):
        async with own.transaction() as tx:
            await add(tx, 1)
            raise fault
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_task_that_is_cancelled_in_a_statement_rolls_back(own: Database) -> None:
    async def write_slowly() -> None:
        async with own.transaction() as tx:
            await add(tx, 1)
            await tx.execute("SELECT pg_sleep(5)")

    task = asyncio.create_task(write_slowly())
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_transaction_gives_rows_values_and_numbers(own: Database) -> None:
    async with own.transaction() as tx:
        assert [await add(tx, number, "ab"[number % 2]) for number in range(4)] == [1] * 4
        rows = await tx.fetch_all("SELECT id FROM things ORDER BY id")
        assert [row["id"] for row in rows] == [0, 1, 2, 3]
        assert await tx.fetch_one("SELECT id, word FROM things WHERE id = $1", 9) is None
        one = await tx.fetch_one("SELECT id, word FROM things WHERE id = $1", 1)
        assert one
        assert {**one} == {"id": 1, "word": "b"}
        assert await tx.fetch_value("SELECT word FROM things WHERE id = $1", 9) is None
        assert await tx.execute("UPDATE things SET word = 'c' WHERE word = 'a'") == 2
        assert await tx.execute("DELETE FROM things WHERE id > 9") == 0
        assert await tx.execute("SET LOCAL enable_seqscan = on") == 0


@pytest.mark.parametrize(
    "facts",
    [
        {"a": [1, 2.5, None, True, "é \" ' \\ \n"], "b": {"c": {}}},
        [],
        "text",
        0,
        {"when": "2026-11-20T00:00:00Z"},
        {"big": 2**53 + 1},
    ],
)
async def test_json_comes_back_as_it_went(own: Database, facts: object) -> None:
    async with own.transaction() as tx:
        await add(tx, 1, facts=facts)
    async with own.reader() as reader:
        assert await reader.fetch_value("SELECT facts FROM things") == facts
        assert await reader.fetch_value("SELECT $1::jsonb", facts) == facts


async def test_times_are_aware_and_in_utc(own: Database) -> None:
    async with own.reader() as reader:
        at = await reader.fetch_value("SELECT clock_timestamp()")
    assert at.utcoffset() == timedelta(0)
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("sql", "value"),
    [
        ("SELECT $1::text", "a\x00b"),
        ("SELECT $1::text", "\ud800"),
        ("SELECT $1::integer", 2**31),
        ("SELECT $1::bigint", 2**63),
        ("SELECT 1 / $1::integer", 0),
        ("SELECT $1::text::integer", "many"),
        ("SELECT $1::text::timestamptz", "tomorrowish"),
        ("SELECT $1::text::jsonb", "{"),
        ("SELECT $1::jsonb", "a\x00b"),
        ("SELECT repeat('9', $1::integer)::bigint", 40),
    ],
)
async def test_what_cannot_be_kept_is_a_fault_of_the_request(
    own: Database, sql: str, value: object
) -> None:
    for lend in (own.transaction, own.reader):
        with pytest.raises(InvalidRequest) as refusal:
            async with lend() as reader:
                await reader.fetch_value(sql, value)
        assert str(value) not in refusal.value.errors[0].message
    await ensure_well(own)


async def test_a_statement_that_takes_too_long_is_given_up(own: Database) -> None:
    with pytest.raises(Unavailable):
        async with own.transaction() as tx:
            await add(tx, 1)
            await tx.execute("SET LOCAL statement_timeout = '50ms'")
            await tx.execute("SELECT pg_sleep(5)")
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_lock_that_is_not_to_be_had_is_given_up(own: Database) -> None:
    async with own.transaction() as holder:
        await add(holder, 1)
        with pytest.raises(Unavailable):
            async with own.transaction() as tx:
                await tx.execute("SET LOCAL lock_timeout = '50ms'")
                await add(tx, 1)
    await ensure_well(own)


async def test_of_two_that_wait_for_each_other_one_is_told_so(own: Database) -> None:
    async with own.transaction() as tx:
        await add(tx, 1)
        await add(tx, 2)
    met = asyncio.Barrier(2)

    async def cross(one: int, other: int) -> str:
        try:
            async with own.transaction() as tx:
                await tx.execute("UPDATE things SET word = 'y' WHERE id = $1", one)
                await met.wait()
                await tx.execute("UPDATE things SET word = 'y' WHERE id = $1", other)
        except Unavailable:
            return "told"
        return "done"

    assert sorted(await asyncio.gather(cross(1, 2), cross(2, 1))) == ["done", "told"]
    await ensure_well(own)


async def test_a_broken_rule_of_the_schema_is_nobodys_fault_but_ours(own: Database) -> None:
    with pytest.raises(asyncpg.UniqueViolationError):
        async with own.transaction() as tx:
            await add(tx, 1)
            await add(tx, 1)
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_fault_is_logged_by_its_kind_alone(
    own: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable):
        async with own.transaction() as tx:
            await tx.execute("SET LOCAL statement_timeout = '20ms'")
            await tx.fetch_value("SELECT pg_sleep(5), $1::text", "hush")
    assert "QueryCanceledError" in caplog.text
    assert "hush" not in caplog.text


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
    try:
        assert await count(database) == 0
    except Unavailable:
        pass


async def test_one_that_is_killed_in_a_transaction_is_told_so_and_nothing_is_kept(
    own: Database,
) -> None:
    with pytest.raises(Problem) as told:
        async with own.transaction() as tx:
            await add(tx, 1)
            process = await tx.fetch_value("SELECT pg_backend_pid()")
            async with own.reader() as reader:
                await reader.fetch_value("SELECT pg_terminate_backend($1, 1000)", process)
            await add(tx, 2)
    assert isinstance(told.value, Unavailable)
    assert await count(own) == 0
    await ensure_well(own)


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


async def test_a_pool_that_is_closed_is_unavailable(url: str) -> None:
    database = await Database.connect(url, size=1)
    async with database.reader() as reader:
        await reader.fetch_value("SELECT 1")
    await database.close()
    with pytest.raises(Unavailable):
        await count(database)
