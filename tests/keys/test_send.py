"""A key is mailed: the newest of its realm, purpose and subject is the one that lives."""

import asyncio
from datetime import timedelta

import pytest

from tests.accounts.cast import APP
from tests.keys.desk import ANA, RESET, Desk
from vestibule.accounts.realms import PLATFORM
from vestibule.keys.model import KeyNotFound, KeySuperseded, Purpose


async def test_a_key_is_what_was_asked_for(desk: Desk) -> None:
    key = await desk.get(await desk.send(asked_by="ana", deep={"x": [1, None]}))

    assert (key.realm_id, key.purpose, key.subject) == (PLATFORM.id, RESET, ANA)
    assert key.particulars == {"asked_by": "ana", "deep": {"x": [1, None]}}
    assert [key.is_spent, key.is_superseded, key.is_expired] == [False] * 3
    [row] = await desk.rows()
    assert row["expires_at"] - row["created_at"] > timedelta(minutes=59)


async def test_the_newer_key_supersedes_the_older(desk: Desk) -> None:
    older, newer = await desk.send(), await desk.send()

    assert older != newer
    with pytest.raises(KeySuperseded):
        await desk.spend(older)
    assert (await desk.get(older)).is_superseded
    await desk.spend(newer)


async def test_one_key_lives_for_each_realm_purpose_and_subject(desk: Desk) -> None:
    keys = [
        (await desk.send(), RESET),
        (await desk.send(realm=APP), RESET),
        (await desk.send("bo@example.com"), RESET),
        (await desk.send(purpose=Purpose.SIGN_UP), Purpose.SIGN_UP),
        (await desk.send(purpose=Purpose.ADDRESS_CHANGE), Purpose.ADDRESS_CHANGE),
    ]
    assert await desk.live() == 5
    await desk.send()
    assert await desk.live() == 5
    for key, purpose in keys[1:]:
        await desk.spend(key, purpose)


async def test_the_same_address_in_two_realms_is_two_subjects(desk: Desk) -> None:
    here, there = await desk.send(), await desk.send(realm=APP)
    assert (await desk.get(here)).realm_id == PLATFORM.id
    assert (await desk.get(there)).realm_id == APP.id

    await desk.void(realm=APP)
    assert not (await desk.get(here)).is_superseded
    assert (await desk.get(there)).is_superseded
    await desk.spend(here)


async def test_of_forty_at_once_one_lives_and_none_fails(desk: Desk) -> None:
    keys = await asyncio.gather(*(desk.send() for _ in range(40)))

    assert len(set(keys)) == 40
    assert await desk.live() == 1
    found = [await desk.get(key) for key in keys]
    assert [each.is_superseded for each in found].count(False) == 1


async def test_a_spent_key_makes_room_for_another(desk: Desk) -> None:
    first = await desk.send()
    await desk.spend(first)
    second = await desk.send()
    assert (await desk.get(first)).is_spent
    assert not (await desk.get(first)).is_superseded
    await desk.spend(second)


async def test_an_expired_key_is_superseded_like_any(desk: Desk) -> None:
    old = await desk.send()
    await desk.pass_time(timedelta(hours=2))
    await desk.send()
    assert (await desk.get(old)).is_superseded
    assert await desk.live() == 1


async def test_a_key_is_nowhere_in_the_database(desk: Desk) -> None:
    keys = [await desk.send(f"{number}@example.com", asked_by=number) for number in range(5)]
    async with desk.database.reader() as reader:
        tables = await reader.fetch_all(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        )
        texts = [
            row["line"]
            for table in tables
            for row in await reader.fetch_all(f"SELECT t::text AS line FROM {table['tablename']} t")
        ]
    everything = "\n".join(texts)
    assert "1@example.com" in everything
    for key in keys:
        assert key not in everything
        assert key.encode().hex() not in everything
        assert key[:20] not in everything


async def test_no_text_that_the_database_holds_is_a_key(desk: Desk) -> None:
    key = await desk.send()
    [row] = await desk.rows()
    async with desk.database.reader() as reader:
        seed = await reader.fetch_value("SELECT key_seed FROM messages")
    held = [row["key_hash"].hex(), str(row["id"]), seed.hex(), row["key_hash"].decode("latin-1")]
    for text in [*held, key[:-1], f"{key}x", key.swapcase(), "", "\x00", "\ud800", "x" * 100_000]:
        with pytest.raises(KeyNotFound):
            await desk.get(text)
        with pytest.raises(KeyNotFound):
            await desk.spend(text)
