"""Who holds a session: asked on every request."""

from dataclasses import dataclass, field

import pytest

from tests.accounts import cast
from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database, Reader, Row, Transaction
from vestibule.users import actions as users


@dataclass
class Counting:
    """A reader that counts what it is asked."""

    reader: Reader
    asked: list[str] = field(default_factory=list)

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        self.asked.append(sql)
        return await self.reader.fetch_one(sql, *values)

    async def fetch_all(self, sql: str, *values: object) -> list[Row]:
        self.asked.append(sql)
        return list(await self.reader.fetch_all(sql, *values))

    async def fetch_value(self, sql: str, *values: object) -> object:
        self.asked.append(sql)
        return await self.reader.fetch_value(sql, *values)


async def test_the_session_check_is_one_round_trip(world: World, database: Database) -> None:
    async with database.reader() as reader:
        counting = Counting(reader)
        found = await users.find_signed_in(counting, world.ada.token)

    assert found is not None
    assert (found.user.id, found.session_id) == (world.ada.id, world.ada.session_id)
    assert len(counting.asked) == 1


@pytest.mark.parametrize(
    "ended",
    [
        "expires_at = clock_timestamp()",
        "last_seen_at = clock_timestamp() - interval '14 days 1 second'",
    ],
)
async def test_a_session_that_is_over_is_nobody_s(
    world: World, database: Database, ended: str
) -> None:
    async with database.transaction() as tx:
        await tx.execute(f"UPDATE sessions SET {ended}")
        assert await users.find_signed_in(tx, world.ada.token) is None


async def test_a_session_of_an_app_signs_nobody_in_to_the_platform(tx: Transaction) -> None:
    started = await cast.start(tx, await cast.make(tx, realm=cast.APP))

    assert await users.find_signed_in(tx, started.token) is None


async def test_an_account_that_is_no_user_is_not_signed_in(tx: Transaction) -> None:
    started = await cast.start(tx, await cast.make(tx))

    assert await users.find_signed_in(tx, started.token) is None


async def test_a_request_notes_that_the_session_was_seen_once_in_five_minutes(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    age = (
        "SELECT clock_timestamp() - last_seen_at > interval '1 minute' FROM sessions WHERE id = $1"
    )
    for minutes, is_old in ((4, True), (6, False)):
        async with database.transaction() as tx:
            await tx.execute(
                "UPDATE sessions SET last_seen_at = clock_timestamp() - make_interval(mins => $1)",
                minutes,
            )
        assert (await ada.get(f"{API}/me")).status_code == 200
        async with database.reader() as reader:
            assert await reader.fetch_value(age, world.ada.session_id) is is_old
