"""Clearing away what was deleted: in small steps, by several servers, stopped at any moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from tests import invariants
from tests import world as cast
from tests.memberships.hall import Hall
from tests.world import World, calling
from vestibule.apps import actions as apps
from vestibule.audit.model import OPERATOR
from vestibule.kernel.database import Database, Transaction
from vestibule.memberships import app_deletion, chores, clearing, organization_deletion
from vestibule.messages import actions as messages
from vestibule.messages import chores as message_chores
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations
from vestibule.organizations import closing_store

NOW = timedelta(0)
# Everything in which an id or a name of the organization or its apps could stand.
OF_ANALYTICAL = (
    *("organizations", "members", "apps", "app_members", "app_member_roles"),
    *("app_definitions", "invitations", "api_keys", "app_codes", "app_continuations"),
)


@dataclass(frozen=True, slots=True)
class Yard:
    """A database with the cast, real commits, and what is cleared away in it."""

    database: Database
    world: World
    outbox: Outbox = field(repr=False)

    async def value(self, sql: str, *values: object) -> int:
        async with self.database.reader() as reader:
            return int(await reader.fetch_value(sql, *values))

    async def execute(self, sql: str, *values: object) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(sql, *values)

    async def delete_organization(self) -> None:
        async with self.database.transaction() as tx:
            held = await organizations.lock_for_change(tx, self.world.analytical.id)
            await organization_deletion.delete(tx, held, by=OPERATOR, outbox=self.outbox)

    async def delete_app(self) -> None:
        async with self.database.transaction() as tx:
            caller = await calling(tx, self.world.ada.id)
            seat = await apps.lock_for_managing(tx, caller, "shifts")
            await app_deletion.delete(tx, seat.app, by=OPERATOR, outbox=self.outbox)

    async def step(self, *, at_most: int = 1) -> bool:
        async with self.database.transaction() as tx:
            return await clearing.clear_some(tx, after=NOW, at_most=at_most)

    async def left(self) -> dict[str, int]:
        """Give how many rows of *Analytical* each table has."""
        sql = "SELECT count(*) FROM {} WHERE {} = $1"
        return {
            table: await self.value(
                sql.format(table, "id" if table == "organizations" else "organization_id"),
                self.world.analytical.id,
            )
            for table in OF_ANALYTICAL
        }

    async def fill(self) -> None:
        """Put into the organization, and its app, whatever there can be."""
        async with self.database.transaction() as tx:
            hall = Hall(tx, self.world, self.outbox, None)  # type: ignore[arg-type]
            for number in range(3):
                await hall.invited(f"{number}@x.example.com", "viewer", by=self.world.ada)
                await hall.invited(
                    f"{number}@x.example.com", "Employee", by=self.world.ada, app="shifts"
                )
            await tx.execute(FILLING, self.world.analytical.id, self.world.shifts.id)


FILLING = """
WITH who AS (SELECT $1::uuid AS organization_id, $2::uuid AS app_id,
                    (SELECT id FROM app_members WHERE name = 'Mia') AS mia,
                    (SELECT id FROM users WHERE first_name = 'Ada') AS ada),
key AS (INSERT INTO api_keys (id, organization_id, user_id, name, secret_hash, hint, permissions,
                              expires_at)
        SELECT gen_random_uuid(), organization_id, ada, 'Import', sha256('x'), 'abcd',
               ARRAY['members:read'], clock_timestamp() + interval '1 day' FROM who),
code AS (INSERT INTO app_codes (code_hash, app_id, organization_id, account_id, redirect_url,
                                challenge, issued_in, expires_at)
         SELECT sha256('c'), app_id, organization_id, mia, 'https://x.test', 'x',
                gen_random_uuid(), clock_timestamp() + interval '1 minute' FROM who),
going_on AS (INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
             SELECT s.id, app_id, organization_id, ada
               FROM who JOIN sessions s ON s.account_id = who.mia),
resets AS (INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
           SELECT gen_random_uuid(), app_id, 'sign_up', n::text, sha256(n::text::bytea),
                  clock_timestamp() + interval '1 day' FROM who, generate_series(1, 3) AS n)
UPDATE users SET default_organization_id = (SELECT organization_id FROM who)
 WHERE first_name IN ('Ada', 'Bo')
"""


@pytest.fixture
async def yard(database: Database, outbox: Outbox) -> Yard:
    async with database.transaction() as tx:
        world = await cast.make(tx)
    made = Yard(database, world, outbox)
    await made.fill()
    return made


async def ensure_sound(yard: Yard) -> None:
    async with yard.database.reader() as reader:
        await invariants.ensure(reader)


async def test_nothing_is_left_of_an_organization_but_the_trail(yard: Yard) -> None:
    assert 0 not in (await yard.left()).values()
    await yard.delete_organization()
    assert await chores.clear_closed(yard.database, after=NOW) > 0

    assert set((await yard.left()).values()) == {0}
    assert await yard.value("SELECT count(*) FROM realms WHERE id = $1", yard.world.shifts.id) == 0
    for table in ("accounts", "keys", "sessions"):
        sql = f"SELECT count(*) FROM {table} WHERE realm_id = $1"
        assert await yard.value(sql, yard.world.shifts.id) == 0, table
    assert await yard.value("SELECT count(*) FROM keys") == 0
    assert await yard.value("SELECT count(*) FROM messages WHERE about IS NOT NULL") == 0
    landing = "SELECT count(*) FROM users WHERE default_organization_id = $1"
    assert await yard.value(landing, yard.world.analytical.id) == 0
    trail = "SELECT count(*) FROM audit WHERE organization_id = $1"
    assert await yard.value(trail, yard.world.analytical.id) > 1
    await ensure_sound(yard)


async def test_people_and_other_organizations_stay(yard: Yard) -> None:
    await yard.delete_organization()
    await chores.clear_closed(yard.database, after=NOW)
    assert await yard.value("SELECT count(*) FROM users") == len(yard.world.people)
    assert await yard.value("SELECT count(*) FROM members") == 1
    assert await yard.value("SELECT count(*) FROM app_members") == 1
    assert await yard.value("SELECT count(*) FROM apps") == 1


async def test_an_app_goes_and_its_organization_stays(yard: Yard) -> None:
    await yard.delete_app()
    await chores.clear_closed(yard.database, after=NOW)
    left = await yard.left()
    assert {table for table, count in left.items() if count} == {
        *("organizations", "members", "invitations", "api_keys"),
    }
    assert left["invitations"] == 3
    assert await yard.value("SELECT count(*) FROM realms WHERE id = $1", yard.world.shifts.id) == 0
    await ensure_sound(yard)


async def test_what_must_always_hold_holds_between_all_steps(yard: Yard) -> None:
    await yard.delete_organization()
    await ensure_sound(yard)
    steps = 0
    while await yard.step():
        steps += 1
        await ensure_sound(yard)
    # 6 invitations, 3 app members, 3 keys, 2 definitions and the app; 4 members and the rest.
    assert steps == 3 + 3 + 3 + 2 + 1 + 3 + 4 + 1


async def test_no_step_takes_more_rows_than_it_may(yard: Yard) -> None:
    await yard.delete_organization()
    before = await yard.left()
    while await yard.step(at_most=2):
        after = await yard.left()
        assert before["members"] - after["members"] <= 2
        assert before["invitations"] - after["invitations"] <= 2
        assert before["app_members"] - after["app_members"] <= 2
        assert before["app_definitions"] - after["app_definitions"] <= 2
        before = after


async def test_the_oldest_go_first(yard: Yard) -> None:
    await yard.delete_app()
    await yard.step()
    sql = "SELECT count(*) FROM invitations WHERE app_id IS NOT NULL AND address LIKE '0@%'"
    assert await yard.value(sql) == 0
    sql = "SELECT count(*) FROM invitations WHERE app_id IS NOT NULL"
    assert await yard.value(sql) == 2


async def test_it_is_left_alone_as_long_as_dead_links_tell_why(yard: Yard) -> None:
    await yard.delete_organization()
    before = await yard.left()
    assert await chores.clear_closed(yard.database) == 0
    assert await yard.left() == before

    await yard.execute("UPDATE organizations SET closed_at = closed_at - interval '25 hours'")
    assert await chores.clear_closed(yard.database) > 0
    assert (await yard.left())["organizations"] == 0


async def test_who_stops_between_two_steps_goes_on_later(yard: Yard) -> None:
    await yard.delete_organization()
    for _ in range(4):
        await yard.step()
    with pytest.raises(KilledHere):
        await killed_in_a_step(yard)
    await ensure_sound(yard)
    await chores.clear_closed(yard.database, after=NOW)
    assert set((await yard.left()).values()) == {0}


class KilledHere(Exception):
    """The end of a server in the middle of a step."""


async def killed_in_a_step(yard: Yard) -> None:
    async with yard.database.transaction() as tx:
        await clearing.clear_some(tx, after=NOW, at_most=1)
        raise KilledHere


async def test_several_servers_clear_at_once(yard: Yard) -> None:
    async with yard.database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO organizations (id, name, slug, closed_at)
            SELECT gen_random_uuid(), 'Old', 'old-' || n, clock_timestamp() - n * interval '1 hour'
              FROM generate_series(1, 8) AS n
            """
        )
    await yard.delete_organization()

    async def server() -> None:
        while await yard.step():
            pass

    await asyncio.gather(*(server() for _ in range(4)))
    await chores.clear_closed(yard.database, after=NOW)
    assert set((await yard.left()).values()) == {0}
    assert await yard.value("SELECT count(*) FROM organizations") == 1
    await ensure_sound(yard)


@asynccontextmanager
async def another_server_at_it(yard: Yard) -> AsyncIterator[Transaction]:
    async with yard.database.transaction() as tx:
        assert await closing_store.hold_closed(tx, after=NOW) == yard.world.analytical.id
        yield tx


async def test_what_another_server_is_at_is_left_to_it(yard: Yard) -> None:
    await yard.delete_organization()
    async with another_server_at_it(yard):
        assert not await asyncio.wait_for(yard.step(), 2)
    assert await yard.step()


async def test_who_deletes_their_account_leaves_what_is_closed_as_well(yard: Yard) -> None:
    await yard.delete_organization()
    async with yard.database.transaction() as tx:
        hall = Hall(tx, yard.world, yard.outbox, None)  # type: ignore[arg-type]
        await hall.delete(yard.world.ada)
        await hall.delete(yard.world.di)
    await ensure_sound(yard)
    assert (await yard.left())["members"] == 2
    await chores.clear_closed(yard.database, after=NOW)
    assert set((await yard.left()).values()) == {0}


LATE = """
INSERT INTO messages (id, template, recipient, locale, parameters, state, not_after, place_id)
VALUES (gen_random_uuid(), 'accounts/password_reset', 'mia@crew.example.com', 'en', '{}', 'queued',
        clock_timestamp() + interval '1 hour', $1)
"""


async def test_a_mail_that_is_queued_too_late_does_not_leave(yard: Yard) -> None:
    await yard.delete_organization()
    await yard.execute(LATE, yard.world.shifts.id)
    async with yard.database.transaction() as tx:
        claimed = await messages.claim(tx, at_most=10, lease=timedelta(seconds=1))
    assert [one.mail.template for one in claimed] == ["memberships/organization_deleted"]
    await ensure_sound(yard)

    assert await message_chores.withdraw_gone(yard.database) == 1
    late = "SELECT count(*) FROM messages WHERE state = 'queued' AND place_id IS NOT NULL"
    assert await yard.value(late) == 0


async def test_what_is_too_much_to_withdraw_at_once_does_not_leave_either(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "MOST_AT_ONCE", 2)
    await yard.delete_organization()
    waiting = "SELECT count(*) FROM messages WHERE state = 'not_configured'"
    # Those of three invitations to each, but two, and the mail to the owner.
    assert await yard.value(waiting) == 6 - 2 + 1
    async with yard.database.transaction() as tx:
        claimed = await messages.claim(tx, at_most=10, lease=timedelta(seconds=1))
    assert [one.mail.template for one in claimed] == ["memberships/organization_deleted"]
    await message_chores.withdraw_gone(yard.database)
    assert await yard.value(waiting) == 1


async def test_a_place_that_is_cleared_away_is_forgotten(yard: Yard) -> None:
    await yard.delete_organization()
    assert await yard.value("SELECT count(*) FROM gone_places") == 2
    await chores.clear_closed(yard.database, after=NOW)
    assert await yard.value("SELECT count(*) FROM gone_places") == 0


async def test_a_thousand_members_go_in_steps(yard: Yard) -> None:
    """With the measure of each: the figures for 100 000 stand in docs/operating.md."""
    await yard.execute(CROWD, yard.world.analytical.id, 2500)
    await yard.delete_organization()
    longest = 0.0
    clock = asyncio.get_running_loop().time
    began = clock()
    while await yard.step(at_most=clearing.BATCH):
        longest, began = max(longest, clock() - began), clock()
    assert longest < 1.0
    assert set((await yard.left()).values()) == {0}


CROWD = """
WITH made AS (
    INSERT INTO accounts (id, realm_id, address, address_canonical)
    SELECT gen_random_uuid(), r.id, n || '@crowd.test', n || '@crowd.test'
      FROM realms r, generate_series(1, $2::integer) AS n WHERE r.kind = 'platform'
    RETURNING id
), people AS (
    INSERT INTO users (id, first_name, last_name, default_organization_id)
    SELECT id, 'One', 'Many', $1 FROM made RETURNING id
)
INSERT INTO members (id, organization_id, user_id, role)
SELECT gen_random_uuid(), $1, id, 'viewer' FROM people
"""
