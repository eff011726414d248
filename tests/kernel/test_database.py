"""The database as all rooms see it: transactions, and faults that become our own."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.kernel.things import add, add_and, count, ensure_well
from vestibule.kernel.database import Database
from vestibule.kernel.errors import Conflict, InvalidRequest, Unavailable


async def test_a_transaction_commits_at_the_end_of_its_block(own: Database) -> None:
    async with own.transaction() as tx:
        assert await add(tx, 1) == 1
        assert await count(own) == 0
    assert await count(own) == 1


@pytest.mark.parametrize(
    "fault",
    [Conflict(), RuntimeError("x"), KeyboardInterrupt(), asyncio.CancelledError()],
    ids=repr,
)
async def test_any_exception_rolls_back(own: Database, fault: BaseException) -> None:
    async def add_and_fail() -> None:
        async with own.transaction() as tx:
            await add(tx, 1)
            raise fault

    with pytest.raises(type(fault)):
        await add_and_fail()
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_task_that_is_cancelled_in_a_statement_rolls_back(own: Database) -> None:
    task = asyncio.create_task(add_and(own, "SELECT pg_sleep(5)"))
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
        await add_and(own, "SET LOCAL statement_timeout = '50ms'", "SELECT pg_sleep(5)")
    assert await count(own) == 0
    await ensure_well(own)


async def wait_for_the_same(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("SET LOCAL lock_timeout = '50ms'")
        await add(tx, 1)


async def test_a_lock_that_is_not_to_be_had_is_given_up(own: Database) -> None:
    async with own.transaction() as holder:
        await add(holder, 1)
        with pytest.raises(Unavailable):
            await wait_for_the_same(own)
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
        await add_and(own, "INSERT INTO things VALUES (1)")
    assert await count(own) == 0
    await ensure_well(own)


async def test_a_fault_is_logged_by_its_kind_alone(
    own: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable):
        await add_and(own, "SET LOCAL statement_timeout = '20ms'", "SELECT pg_sleep(5), 'hush'")
    assert "QueryCanceledError" in caplog.text
    assert "hush" not in caplog.text
