"""An organization has as many seats as its operator says: an invitation takes one until it ends."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.client import API
from tests.invitations.api_kit import ANA, HERE, THERE, Api, assert_problem
from tests.world import OPERATOR
from vestibule.kernel.database import Transaction
from vestibule.kernel.ids import decode

ORG = f"{API}/organizations/analytical"
LIMIT = f"{API}/operator/organizations/analytical"
CAT = "cat@example.com"
MEMBERS = 4  # of the cast


@pytest.fixture
async def full(api: Api) -> Api:
    """Analytical with a seat for everybody in it, and one, which is Ana's."""
    await limit(api, MEMBERS + 1)
    await api.invite(api.world.ada)
    return api


async def limit(api: Api, number: int | None) -> None:
    answer = await api.client.as_(OPERATOR).patch(LIMIT, {"seat_limit": number})
    assert answer.status_code == 200, answer.text


async def seats(api: Api) -> tuple[int, int, int | None]:
    told = (await api.client.as_(api.world.di).get(ORG)).json()["seats"]
    return told["members"], told["invited"], told["limit"]


async def ask(api: Api, email: str = CAT, **more: Any) -> httpx.Response:  # noqa: ANN401
    sent = {"email": email, "role": "viewer", **more}
    return await api.client.as_(api.world.ada).post(HERE, sent)


async def one(api: Api, email: str = ANA) -> str:
    """The path of the newest invitation to an address."""
    found = await api.client.as_(api.world.ada).get(f"{HERE}?email={email}")
    return f"{HERE}/{found.json()['data'][0]['id']}"


async def expire(api: Api, email: str = ANA) -> None:
    sql = "UPDATE invitations SET expires_at = clock_timestamp() WHERE address = $1"
    await api.run(sql, email)


async def renew(api: Api, way: str) -> httpx.Response:
    """Renew Ana's invitation in one of the ways that there are."""
    ada, path = api.client.as_(api.world.ada), await one(api)
    match way:
        case "invite again":
            return await ask(api, ANA)
        case "resend":
            return await ada.post(f"{path}/resend")
        case _:
            until = datetime.now(UTC) + timedelta(days=2)
            return await ada.patch(path, {"expires_at": until.isoformat()})


async def test_a_full_organization_invites_nobody_more_and_says_what_to_do(full: Api) -> None:
    answer = await ask(full)

    assert_problem(answer, 409, "seat_limit_reached")
    said = answer.json()["detail"]
    assert "4 members and 1 invited, of 5" in said
    assert "Revoke an invitation" in said
    assert "operator" in said
    assert await seats(full) == (4, 1, 5)
    async with full.database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM invitations") == 1
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 1


async def test_who_is_invited_already_counts_once(full: Api) -> None:
    for _ in range(3):
        assert (await ask(full, ANA)).status_code == 200
    assert await seats(full) == (4, 1, 5)


async def test_accepting_never_fails_for_want_of_a_seat(full: Api) -> None:
    await limit(full, 1)
    accepted = await full.client.post(
        f"{API}/invitations/accept",
        {
            "key": await full.key(),
            "account": {"first_name": "Ana", "last_name": "Ahn", "password": "seven swans asleep"},
        },
    )
    assert accepted.status_code == 200
    assert await seats(full) == (5, 0, 1)


async def test_an_invitation_that_expired_frees_its_seat_at_once(full: Api) -> None:
    await expire(full)
    assert await seats(full) == (4, 0, 5)
    assert (await ask(full)).status_code == 201
    assert await seats(full) == (4, 1, 5)


@pytest.mark.parametrize("way", ["invite again", "resend", "edit"])
async def test_renewing_an_expired_one_needs_a_free_seat(full: Api, way: str) -> None:
    await expire(full)
    await ask(full)

    refused = await renew(full, way)
    assert_problem(refused, 409, "seat_limit_reached")
    assert "4 members and 1 invited, of 5" in refused.json()["detail"]
    assert await seats(full) == (4, 1, 5)

    await full.client.as_(full.world.ada).post(f"{await one(full, CAT)}/revoke")
    assert (await renew(full, way)).status_code == 200
    assert await seats(full) == (4, 1, 5)


async def test_an_expired_one_is_edited_without_a_seat_while_it_stays_so(full: Api) -> None:
    await expire(full)
    await ask(full)
    await limit(full, 2)
    answer = await full.client.as_(full.world.ada).patch(await one(full), {"role": "manager"})
    assert (answer.status_code, answer.json()["state"]) == (200, "expired")
    assert await seats(full) == (4, 1, 2)


async def test_asking_for_a_new_one_takes_no_seat(full: Api) -> None:
    key = {"key": await full.key()}
    await expire(full)
    await ask(full)
    assert (await full.client.post(f"{API}/invitations/request-new", key)).status_code == 202
    assert await seats(full) == (4, 1, 5)


async def test_one_that_did_not_expire_keeps_its_seat_even_when_there_are_fewer(full: Api) -> None:
    await limit(full, 2)
    ada, path = full.client.as_(full.world.ada), await one(full)
    for answer in (
        await ask(full, ANA, role="manager"),
        await ada.post(f"{path}/resend"),
        await ada.patch(path, {"role": "viewer"}),
    ):
        assert answer.status_code == 200, answer.text
    assert await seats(full) == (4, 1, 2)


async def test_a_limit_below_what_is_taken_throws_nobody_out(full: Api) -> None:
    await limit(full, 2)
    assert_problem(await ask(full), 409, "seat_limit_reached")
    assert await seats(full) == (4, 1, 2)

    ada = full.client.as_(full.world.ada)
    await ada.post(f"{await one(full)}/revoke")
    for person in (full.world.bo, full.world.cy):
        assert_problem(await ask(full), 409, "seat_limit_reached")
        await ada.delete(f"{ORG}/members/{person.public_id}")
    assert_problem(await ask(full), 409, "seat_limit_reached")
    await full.client.as_(full.world.di).post(f"{ORG}/leave")
    assert (await ask(full)).status_code == 201


@pytest.mark.parametrize("way", ["revoke", "decline", "remove", "leave", "end"])
async def test_whoever_goes_frees_a_seat(full: Api, way: str) -> None:
    ada = full.client.as_(full.world.ada)
    match way:
        case "revoke":
            await ada.post(f"{await one(full)}/revoke")
        case "decline":
            await full.client.post(f"{API}/invitations/decline", {"key": await full.key()})
        case "remove":
            await ada.delete(f"{ORG}/members/{full.world.cy.public_id}")
        case "leave":
            await full.client.as_(full.world.cy).post(f"{ORG}/leave")
        case _:
            sql = "UPDATE members SET member_until = clock_timestamp() WHERE user_id = $1"
            await full.run(sql, full.world.cy.id)
    assert (await ask(full)).status_code == 201
    assert sum((await seats(full))[:2]) == 5


async def test_invitations_to_apps_take_no_seat(full: Api) -> None:
    answer = await full.client.as_(full.world.ada).post(THERE, {"email": CAT, "role": "Employee"})
    assert answer.status_code == 201
    assert await seats(full) == (4, 1, 5)


async def test_a_member_is_said_to_be_one_before_there_is_no_seat(full: Api) -> None:
    assert_problem(await ask(full, full.world.bo.email), 409, "already_member")


async def test_of_many_each_is_told_by_itself(full: Api) -> None:
    await limit(full, MEMBERS + 2)
    rows = [{"email": f"n{number}@example.com", "role": "viewer"} for number in range(3)]
    sent = {"invitations": [*rows, {"email": ANA, "role": "viewer"}, {"email": "none"}]}
    answer = await full.client.as_(full.world.ada).post(f"{HERE}/batch", sent)

    told = [(row["status"], row.get("code")) for row in answer.json()["data"]]
    late = (409, "seat_limit_reached")
    assert told == [(201, None), late, late, (200, None), (422, "invalid_email")]
    assert await seats(full) == (4, 2, 6)


async def test_the_seats_of_another_organization_are_its_own(full: Api) -> None:
    eve = full.client.as_(full.world.eve)
    elsewhere = f"{API}/organizations/elsewhere"
    for number in range(3):
        sent = {"email": f"n{number}@example.com", "role": "viewer"}
        assert (await eve.post(f"{elsewhere}/invitations", sent)).status_code == 201
    told = (await eve.get(elsewhere)).json()["seats"]
    assert told == {"members": 1, "invited": 3, "limit": None}
    assert await seats(full) == (4, 1, 5)


async def test_without_a_limit_there_is_always_room(full: Api) -> None:
    await limit(full, None)
    assert (await ask(full)).status_code == 201
    assert await seats(full) == (4, 2, None)


@pytest.mark.parametrize(
    ("before", "after", "status"), [(None, 5, 409), (5, None, 201), (5, 6, 201), (None, 9, 201)]
)
async def test_a_limit_that_moves_while_an_inviter_waits_is_the_one_that_counts(
    full: Api, before: int | None, after: int | None, status: int
) -> None:
    await limit(full, before)
    async with full.database.transaction() as tx:
        sql = "UPDATE organizations SET seat_limit = $1 WHERE slug = 'analytical'"
        await tx.execute(sql, after)
        asking = asyncio.create_task(ask(full))
        await _until_somebody_waits(tx)
    answer = await asking
    assert answer.status_code == status, answer.text


async def test_without_a_limit_inviters_do_not_wait_for_each_other(api: Api) -> None:
    async with api.database.transaction() as tx:
        await tx.execute("SELECT FROM organizations WHERE slug = 'analytical' FOR SHARE")
        assert (await ask(api)).status_code == 201


async def test_an_invitation_that_is_taken_back_waits_for_nobody(full: Api) -> None:
    """Declining holds no organization: who counts meanwhile counts it, or not."""
    invitation = decode("inv", (await one(full)).rpartition("/")[2])
    async with full.database.transaction() as tx:
        await tx.execute("SELECT FROM organizations WHERE slug = 'analytical' FOR NO KEY UPDATE")
        key = {"key": await full.key()}
        assert (await full.client.post(f"{API}/invitations/decline", key)).status_code == 204
        state = "SELECT state FROM invitations WHERE id = $1"
        assert await tx.fetch_value(state, invitation) == "declined"


async def _until_somebody_waits(tx: Transaction) -> None:
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
    async with asyncio.timeout(5):
        while not await tx.fetch_value(waiting):
            await tx.execute("SELECT pg_sleep(0.01)")
