"""A key is spent once, in its time, for its purpose; and forgotten when it has been dead long."""

import asyncio
from datetime import timedelta

import pytest

from tests.accounts.cast import APP
from tests.keys.desk import ANA, RESET, Desk
from vestibule.kernel.errors import Problem
from vestibule.keys import actions as keys
from vestibule.keys import chores
from vestibule.keys.model import KeyExpired, KeyNotFound, KeySuperseded, KeyUsed, Purpose


async def spent(desk: Desk, key: str) -> str:
    try:
        await desk.spend(key)
    except Problem as problem:
        return problem.code()
    return "spent"


async def test_a_key_is_spent_once(desk: Desk) -> None:
    key = await desk.send()
    assert (await desk.spend(key)).subject == ANA
    with pytest.raises(KeyUsed):
        await desk.spend(key)
    assert (await desk.get(key)).is_spent


async def test_of_many_who_spend_a_key_at_once_one_does(desk: Desk) -> None:
    key = await desk.send()
    outcomes = await asyncio.gather(*(spent(desk, key) for _ in range(16)))
    assert sorted(outcomes) == ["key_used"] * 15 + ["spent"]


async def test_a_key_is_spent_or_superseded_and_never_both(desk: Desk) -> None:
    for _ in range(10):
        key = await desk.send()
        outcome, _ = await asyncio.gather(spent(desk, key), desk.send())
        found = await desk.get(key)
        assert outcome == ("spent" if found.is_spent else "key_superseded")
        assert found.is_spent != found.is_superseded


async def test_a_key_is_not_spent_by_what_is_rolled_back(desk: Desk) -> None:
    key = await desk.send()

    async def spend_and_fail() -> None:
        async with desk.database.transaction() as tx:
            await keys.spend(tx, RESET, key)
            raise LookupError

    with pytest.raises(LookupError):
        await spend_and_fail()
    await desk.spend(key)


async def test_a_key_expires_by_the_databases_clock(desk: Desk) -> None:
    key = await desk.send()
    await desk.pass_time(timedelta(minutes=59))
    assert not (await desk.get(key)).is_expired
    await desk.pass_time(timedelta(minutes=1))
    assert (await desk.get(key)).is_expired
    with pytest.raises(KeyExpired):
        await desk.spend(key)


async def test_a_key_that_expires_while_its_transaction_is_open_is_expired(desk: Desk) -> None:
    key = await desk.send(lifetime=timedelta(seconds=0.3))

    async def spend_late() -> None:
        async with desk.database.transaction() as tx:
            await tx.fetch_value("SELECT pg_sleep(0.4)")
            await keys.spend(tx, RESET, key)

    with pytest.raises(KeyExpired):
        await spend_late()


@pytest.mark.parametrize("other", [purpose for purpose in Purpose if purpose is not RESET])
async def test_a_key_of_one_purpose_is_none_of_another(desk: Desk, other: Purpose) -> None:
    key = await desk.send()
    with pytest.raises(KeyNotFound):
        await desk.get(key, other)
    with pytest.raises(KeyNotFound):
        await desk.spend(key, other)
    await desk.spend(key)


async def test_a_key_that_was_voided_is_superseded(desk: Desk) -> None:
    key, other = await desk.send(), await desk.send("bo@example.com")
    await desk.void()
    await desk.void()
    with pytest.raises(KeySuperseded):
        await desk.spend(key)
    await desk.spend(other)


async def test_what_was_spent_is_not_voided(desk: Desk) -> None:
    key = await desk.send()
    await desk.spend(key)
    await desk.void()
    assert not (await desk.get(key)).is_superseded


async def test_the_keys_of_a_subject_that_is_gone_are_forgotten(desk: Desk) -> None:
    gone = [await desk.send(), await desk.send(), await desk.send(realm=APP)]
    stays = await desk.send("bo@example.com")
    async with desk.database.transaction() as tx:
        await keys.forget(tx, [ANA, "nobody@example.com"])
    for key in gone:
        with pytest.raises(KeyNotFound):
            await desk.get(key)
    await desk.spend(stays)


async def test_a_dead_key_says_why_for_thirty_days_and_is_then_forgotten(desk: Desk) -> None:
    used, superseded = await desk.send("bo@example.com"), await desk.send()
    await desk.spend(used)
    await desk.send()
    await desk.pass_time(timedelta(days=30))
    assert await chores.forget_ended(desk.database) == 0
    assert await spent(desk, used) == "key_used"
    assert await spent(desk, superseded) == "key_superseded"

    young = await desk.send("cy@example.com")
    await desk.pass_time(timedelta(minutes=61))
    assert await chores.forget_ended(desk.database) == 3
    assert await chores.forget_ended(desk.database) == 0
    assert await spent(desk, used) == "key_not_found"
    assert await spent(desk, young) == "key_expired"
