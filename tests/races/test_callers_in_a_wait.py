"""Who calls is out by the time that they get what they waited for, or in the middle of a batch."""

import asyncio
from typing import Any

import pytest

from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.apps.test_codes import NEW_PASSWORD
from tests.apps.test_continuing import link
from tests.client import API, Client, Mailbox
from tests.races.test_ends import Track
from tests.waiting import HOLD_ORGANIZATION, waiting
from tests.world import World
from vestibule.kernel.database import Database

SHIFTS = f"{API}/apps/shifts"
HOLD_MEMBER = "SELECT FROM app_members WHERE id = $1 FOR NO KEY UPDATE"
# Of Bo, who goes on as Bea. She has a password of her own, so she stays.
ENDS = {
    "removed": "DELETE FROM members WHERE user_id = $1",
    "lowered": "UPDATE members SET role = 'manager' WHERE user_id = $1",
    "a new password": NEW_PASSWORD,
    "ended": """
        DELETE FROM sessions WHERE id IN
               (SELECT session_id FROM app_continuations WHERE user_id = $1)
    """,
}


@pytest.fixture
def track(client: Client, world: World, database: Database, mailbox: Mailbox) -> Track:
    return Track(client, world, database, mailbox)


async def go_on(client: Client, world: World, database: Database) -> dict[str, str]:
    """Have Bo go on as Bea; gives the headers of that session."""
    async with database.transaction() as tx:
        await link(tx, world, "bo", "bea")
    begun = await client.as_(world.bo).post(f"{SHIFTS}/sessions", {"as": "me"})
    return {"Authorization": f"Bearer {begun.json()['token']}"}


async def gather(*calls: Any) -> list[tuple[int, str | None]]:  # noqa: ANN401
    answers = await asyncio.gather(*calls)
    return [(one.status_code, one.json().get("code")) for one in answers]


@pytest.mark.parametrize("end", ENDS)
async def test_who_goes_on_as_a_member_does_no_more_when_that_ends_while_they_wait(
    client: Client, world: World, database: Database, end: str
) -> None:
    headers = await go_on(client, world, database)
    body = {"email": "ana@example.com", "role": "Employee"}
    calls = gather(
        client.post(f"{SHIFTS}/invitations", body, headers=headers),
        client.delete(f"{SHIFTS}/members/{world.emil.public_id}", headers=headers),
    )
    async with waiting(database, calls, HOLD_ORGANIZATION, world.analytical.id, crowd=2) as (
        tx,
        answers,
    ):
        await tx.execute(ENDS[end], world.bo.id)
    assert answers.result() == [(401, "not_authenticated")] * 2


@pytest.mark.parametrize("end", ENDS)
async def test_nor_says_anything_of_the_member(
    client: Client, world: World, database: Database, end: str
) -> None:
    headers = await go_on(client, world, database)
    calls = gather(client.patch(f"{SHIFTS}/me", {"name": "Not Bea"}, headers=headers))
    async with waiting(database, calls, HOLD_MEMBER, world.bea.id) as (tx, answers):
        await tx.execute(ENDS[end], world.bo.id)
    assert answers.result() == [(401, "not_authenticated")]


async def test_the_member_themselves_is_not_asked_for_what_a_user_may(
    client: Client, world: World, database: Database
) -> None:
    await go_on(client, world, database)
    body = {"email": "ana@example.com", "role": "Employee"}
    calls = gather(client.as_(world.bea).post(f"{SHIFTS}/invitations", body))
    async with waiting(database, calls, HOLD_ORGANIZATION, world.analytical.id) as (tx, answers):
        await tx.execute(ENDS["removed"], world.bo.id)
    assert answers.result() == [(201, None)]


# What people and programs are told: who shows a key cannot sign in.
SESSION_ENDED = "This session is not known here, or has ended. Sign in again."
KEY_ENDED = (
    "This API key is mistyped, expired or revoked, or its maker is no longer there. Make another "
    "one."
)
SIGNED_OUT = "DELETE FROM sessions WHERE account_id = $1"
REVOKED = "DELETE FROM api_keys WHERE user_id = $1"


@pytest.mark.parametrize(
    ("who", "end", "statuses"),
    [
        ("bo", SIGNED_OUT, [201, 401, 401]),
        ("bo", ENDS["removed"], [403, 404, 404]),
        ("mia", SIGNED_OUT, [201, 401, 401]),
        ("a program", REVOKED, [401, 401, 401]),
        ("bo as bea", ENDS["removed"], [401, 401, 401]),
        ("bo as bea", ENDS["ended"], [401, 401, 401]),
    ],
)
async def test_a_batch_stops_where_its_caller_does(
    track: Track, who: str, end: str, statuses: list[int]
) -> None:
    """The first row waits, and the end comes meanwhile."""
    world, headers = track.world, await headers_of(track, who)
    rows = [{"email": f"p{number}@example.com", "role": "Employee"} for number in range(3)]
    batch = track.client.post(f"{SHIFTS}/invitations/batch", {"invitations": rows}, headers=headers)
    whose = world.mia.id if who == "mia" else world.bo.id
    async with waiting(track.database, batch, HOLD_ORGANIZATION, world.analytical.id) as (
        tx,
        answer,
    ):
        await tx.execute(end, whose)

    data = answer.result().json()["data"]
    assert [row["status"] for row in data] == statuses
    told = KEY_ENDED if who == "a program" else SESSION_ENDED
    ended = {(row["code"], row["detail"]) for row in data if row["status"] == 401}
    assert ended <= {("not_authenticated", told)}


@pytest.mark.parametrize(
    ("who", "end", "told"),
    [("bo", SIGNED_OUT, SESSION_ENDED), ("a program", REVOKED, KEY_ENDED)],
)
async def test_who_is_out_is_told_so_before_what_is_wrong_with_their_row(
    track: Track, who: str, end: str, told: str
) -> None:
    headers = await headers_of(track, who)
    rows = [{"email": "p@example.com", "role": "Employee"}, {"email": "no address"}]
    batch = track.client.post(f"{SHIFTS}/invitations/batch", {"invitations": rows}, headers=headers)
    async with waiting(track.database, batch, HOLD_ORGANIZATION, track.world.analytical.id) as (
        tx,
        answer,
    ):
        await tx.execute(end, track.world.bo.id)

    last = answer.result().json()["data"][1]
    assert (last["status"], last["code"], last["detail"]) == (401, "not_authenticated", told)


async def test_a_program_whose_key_ends_while_it_waits_is_told_that_it_was_the_key(
    track: Track,
) -> None:
    headers = await headers_of(track, "a program")
    body = {"email": "ana@example.com", "role": "Employee"}
    call = track.client.post(f"{SHIFTS}/invitations", body, headers=headers)
    async with waiting(track.database, call, HOLD_ORGANIZATION, track.world.analytical.id) as (
        tx,
        answer,
    ):
        await tx.execute(REVOKED, track.world.bo.id)
    refused = answer.result().json()
    assert (refused["status"], refused["code"]) == (401, "not_authenticated")
    assert refused["detail"] == KEY_ENDED


async def headers_of(track: Track, who: str) -> dict[str, str]:
    if who == "bo as bea":
        return await go_on(track.client, track.world, track.database)
    if who == "a program":
        world = track.world
        async with track.database.transaction() as tx:
            bot = Bot(1, maker=world.bo, app=world.shifts, permissions=ALL_IN_APPS)
            return (await add_key(tx, bot)).headers
    return track.world.mia.headers if who == "mia" else track.world.bo.headers
