"""Roles of one app member end shortly after each other, while they are cleared away."""

import asyncio

import pytest

from tests import ends
from tests.client import API, Client
from tests.world import World
from vestibule.apps import ends as app_ends
from vestibule.kernel.database import Database
from vestibule.kernel.ids import AccountId, AppId, AppMemberId
from vestibule.memberships import chores

SHIFTS = f"{API}/apps/shifts"
WAITING = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


async def count(database: Database, sql: str) -> int:
    async with database.reader() as reader:
        return int(await reader.fetch_value(f"SELECT count(*) FROM {sql}"))


@pytest.fixture
async def half_over(world: World, database: Database) -> World:
    """Emil of Shifts has two roles, and the time of one is over."""
    async with database.transaction() as tx:
        sql = """
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            SELECT id, 'Manager', app_id, organization_id FROM app_members WHERE id = $1
        """
        await tx.execute(sql, world.emil.id)
        await ends.let_role_end(tx, world.emil.id, "Manager")
    return world


async def test_nobody_is_left_without_a_role_when_the_last_one_ends_meanwhile(
    client: Client, half_over: World, database: Database
) -> None:
    emil = half_over.emil
    async with database.transaction() as tx:
        await tx.execute("SELECT FROM app_members WHERE id = $1 FOR SHARE", emil.id)
        clearing = asyncio.create_task(chores.clear_over(database))
        for _ in range(1000):
            if await count(database, WAITING):
                break
            await asyncio.sleep(0.01)
        assert not clearing.done()
        async with database.transaction() as other:
            await ends.let_role_end(other, emil.id, "Employee")
    await clearing
    assert await count(database, "accounts WHERE address LIKE 'emil@%'") == 0
    assert await count(database, "audit WHERE event = 'app_member.ended'") == 1
    assert (await client.as_(emil).get(f"{SHIFTS}/me")).status_code == 401


async def test_what_was_left_to_them_is_not_taken_when_it_ends_that_moment(
    half_over: World, database: Database
) -> None:
    emil_id = AppMemberId(AccountId(half_over.emil.id))
    async with database.transaction() as tx:
        found = await app_ends.find_over(tx, AppId(half_over.shifts.id), emil_id)
        assert found is not None
        over = await app_ends.hold_over(tx, found)
        assert over is not None
        await ends.let_role_end(tx, emil_id, "Employee")
        await app_ends.take_over_roles(tx, over)
    assert await count(database, f"app_member_roles WHERE app_member_id = '{emil_id}'") == 1
    assert await chores.clear_over(database) == 1
    assert await count(database, "accounts WHERE address LIKE 'emil@%'") == 0


async def test_who_has_no_role_at_all_is_out(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        sql = "DELETE FROM app_member_roles WHERE app_member_id = $1"
        await tx.execute(sql, world.emil.id)
    assert (await client.as_(world.emil).get(f"{SHIFTS}/me")).status_code == 401
    body = {"email": world.emil.email, "password": world.emil.password}
    assert (await client.post(f"{SHIFTS}/sessions", body)).status_code == 401
