"""Clearing away what was deleted: in small steps, by several servers, stopped at any moment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from tests.deletion.yard import NOW, Yard
from tests.memberships.hall import Hall
from vestibule.deletion import chores, clearing
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages
from vestibule.messages import chores as message_chores
from vestibule.organizations import closing_store


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
    await yard.ensure_sound()


async def test_the_mails_for_the_accounts_of_an_app_go_with_them(yard: Yard) -> None:
    await yard.execute(
        "UPDATE messages SET account_id = $1 WHERE place_id = $2",
        yard.world.mia.id,
        yard.world.analytical.id,
    )
    await yard.delete_app()
    await chores.clear_closed(yard.database, after=NOW)
    theirs = "SELECT count(*) FROM messages WHERE account_id = $1"
    assert await yard.value(theirs, yard.world.mia.id) == 0


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
    await yard.ensure_sound()


async def test_what_must_always_hold_holds_between_all_steps(yard: Yard) -> None:
    await yard.delete_organization()
    await yard.ensure_sound()
    steps = 0
    while await yard.step():
        steps += 1
        await yard.ensure_sound()
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


async def test_nobody_lands_there_any_more_before_the_last_step(yard: Yard) -> None:
    await yard.delete_organization()
    while (await yard.left())["members"]:
        assert await yard.step(at_most=100)
    assert (await yard.left())["organizations"] == 1
    landing = "SELECT count(*) FROM users WHERE default_organization_id = $1"
    assert await yard.value(landing, yard.world.analytical.id) == 0


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
    await yard.ensure_sound()
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
    await yard.ensure_sound()


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
    await yard.ensure_sound()
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
    assert [one.mail.template for one in claimed] == ["deletion/organization_deleted"]
    await yard.ensure_sound()

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
    assert [one.mail.template for one in claimed] == ["deletion/organization_deleted"]
    await message_chores.withdraw_gone(yard.database)
    assert await yard.value(waiting) == 1


async def test_a_place_that_is_cleared_away_is_forgotten(yard: Yard) -> None:
    await yard.delete_organization()
    assert await yard.value("SELECT count(*) FROM gone_places") == 2
    await chores.clear_closed(yard.database, after=NOW)
    assert await yard.value("SELECT count(*) FROM gone_places") == 0
