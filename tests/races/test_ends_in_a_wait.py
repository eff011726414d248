"""Time goes on while somebody waits for what is merely held: whoever is out by then does no more.

PostgreSQL asks a condition anew only of a row that was changed. So these tests wait for the clock.
"""

import asyncio
from typing import Any

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.apps.test_continuing import link
from tests.client import API, Client, Mailbox
from tests.waiting import HOLD_ORGANIZATION, waiting
from tests.world import World
from vestibule.kernel.database import Database

ANALYTICAL = f"{API}/organizations/analytical"
SHIFTS = f"{API}/apps/shifts"
ENDS_SOON = "UPDATE members SET member_until = clock_timestamp() + interval '700 ms' WHERE "
PAST_THE_END = 0.8


async def gather(*calls: Any) -> list[tuple[int, str | None]]:  # noqa: ANN401
    answers = await asyncio.gather(*calls)
    return [(one.status_code, one.json().get("code")) for one in answers]


async def do(database: Database, sql: str, *values: object) -> None:
    async with database.transaction() as tx:
        await tx.execute(sql, *values)


@pytest.mark.parametrize("is_program", [False, True])
@pytest.mark.parametrize("seat_limit", [None, 50])
async def test_whose_time_ends_by_the_clock_while_they_wait_does_no_more(
    client: Client, world: World, database: Database, *, is_program: bool, seat_limit: int | None
) -> None:
    async with database.transaction() as tx:
        bot = await add_key(tx, Bot(1, maker=world.bo))
        await tx.execute("UPDATE organizations SET seat_limit = $1", seat_limit)
    caller, person = client.as_(bot if is_program else world.bo), {"email": "ana@example.com"}
    await do(database, f"{ENDS_SOON} user_id = $1", world.bo.id)
    calls = gather(
        caller.patch(ANALYTICAL, {"name": "Renamed by who is out"}),
        caller.post(f"{ANALYTICAL}/apps", {"name": "Nova", "slug": "nova"}),
        caller.post(f"{ANALYTICAL}/invitations", person | {"role": "viewer"}),
        caller.post(f"{SHIFTS}/invitations", person | {"role": "Employee"}),
    )
    async with waiting(database, calls, HOLD_ORGANIZATION, world.analytical.id, crowd=4) as (
        _,
        answers,
    ):
        await asyncio.sleep(PAST_THE_END)

    nowhere = (404, "organization_not_found")
    assert answers.result() == [nowhere] * 3 + [(403, "not_permitted")]


async def test_nor_does_a_program_whose_key_expires_meanwhile(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        bot = await add_key(tx, Bot(1))
        await tx.execute(
            """
            UPDATE api_keys SET last_used_at = clock_timestamp(),
                   expires_at = clock_timestamp() + interval '700 ms'
            """
        )
    calls = gather(client.as_(bot).patch(ANALYTICAL, {"name": "Renamed"}))
    held = "SELECT FROM api_keys WHERE id = $1 FOR UPDATE"
    async with waiting(database, calls, held, bot.id) as (_, answers):
        await asyncio.sleep(PAST_THE_END)
    assert answers.result() == [(401, "not_authenticated")]


async def test_nor_does_anybody_give_roles_to_a_member_of_an_app_who_is_out(
    client: Client, world: World, database: Database
) -> None:
    await do(
        database,
        """
        UPDATE app_member_roles SET member_until = clock_timestamp() + interval '700 ms'
         WHERE app_member_id = $1
        """,
        world.emil.id,
    )
    path = f"{SHIFTS}/members/{world.emil.public_id}"
    calls = gather(client.as_(world.ada).patch(path, {"roles": ["Manager"]}))
    held = "SELECT FROM app_members WHERE id = $1 FOR SHARE"
    async with waiting(database, calls, held, world.emil.id) as (_, answers):
        await asyncio.sleep(PAST_THE_END)
    assert answers.result() == [(404, "app_member_not_found")]


async def test_who_is_in_an_app_by_their_user_alone_lets_nobody_in_past_the_end_of_that(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    async with database.transaction() as tx:
        await link(tx, world, "bo", "bea")
    body = {"email": "ana@example.com", "role": "Employee"}
    assert (await client.as_(world.bea).post(f"{SHIFTS}/invitations", body)).status_code == 201
    async with database.transaction() as tx:
        key = await mailbox.last_key(tx, to="ana@example.com")
        await tx.execute("UPDATE accounts SET password_hash = NULL WHERE id = $1", world.bea.id)
        await tx.execute(f"{ENDS_SOON} user_id = $1", world.bo.id)

    account = {"password": world.ada.password}
    calls = gather(client.post(f"{API}/invitations/accept", {"key": key, "account": account}))
    held = "SELECT FROM app_members WHERE id = $1 FOR UPDATE"
    async with waiting(database, calls, held, world.bea.id) as (_, answers):
        await asyncio.sleep(PAST_THE_END)
    assert answers.result() == [(409, "inviter_not_entitled")]


@pytest.mark.parametrize("verb", ["edit", "invite anew"])
async def test_what_expires_while_it_is_waited_for_takes_its_seat_anew(
    client: Client, world: World, database: Database, verb: str
) -> None:
    ada, person = client.as_(world.ada), {"email": "ana@example.com", "role": "viewer"}
    made = await ada.post(f"{ANALYTICAL}/invitations", person)
    await do(database, "UPDATE organizations SET seat_limit = 4")
    await do(database, "UPDATE invitations SET expires_at = clock_timestamp() + interval '700 ms'")
    path = f"{ANALYTICAL}/invitations"
    call = (
        ada.patch(f"{path}/{made.json()['id']}", {"expires_at": made.json()["expires_at"]})
        if verb == "edit"
        else ada.post(path, person)
    )
    async with waiting(database, gather(call), "SELECT FROM invitations FOR UPDATE") as (
        _,
        answers,
    ):
        await asyncio.sleep(PAST_THE_END)
    assert answers.result() == [(409, "seat_limit_reached")]


async def test_a_mailed_key_that_expires_while_it_is_waited_for_opens_nothing(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    await client.post(f"{API}/password-resets", {"email": world.ada.email})
    async with database.transaction() as tx:
        key = await mailbox.last_key(tx, to=world.ada.email)
        await tx.execute("UPDATE keys SET expires_at = clock_timestamp() + interval '700 ms'")
    body = {"key": key, "password": "another lamp by the stairs"}
    calls = gather(client.post(f"{API}/password-resets/complete", body))
    async with waiting(database, calls, "SELECT FROM keys FOR UPDATE") as (_, answers):
        await asyncio.sleep(PAST_THE_END)
    assert answers.result() == [(410, "key_expired")]
