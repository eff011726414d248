"""API keys in the HTTP API: made once and shown once, listed, looked at, revoked."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.api_keys.cast import Bot, add_key
from tests.client import API, Client
from tests.world import CY, DI, World
from vestibule.api_keys.model import MOST_KEYS, is_whole
from vestibule.kernel.database import Database
from vestibule.programs import chores

HERE = f"{API}/organizations/analytical/api-keys"
SENT = {"name": "Deploy bot", "permissions": ["members:read", "invitations:manage"]}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def make(client: Client, **sent: Any) -> dict[str, Any]:  # noqa: ANN401
    answer = await client.post(HERE, {**SENT, **sent})
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    body: dict[str, Any] = answer.json()
    return body


async def give(database: Database, bot: Bot) -> Bot:
    async with database.transaction() as tx:
        return await add_key(tx, bot)


async def test_nobody_signed_in_is_asked_to(client: Client, world: World) -> None:
    assert code_of(await client.post(HERE, SENT)) == (401, "not_authenticated")


async def test_a_stranger_finds_nothing(client: Client, world: World) -> None:
    answer = await client.as_(world.eve).post(HERE, SENT)
    assert code_of(answer) == (404, "organization_not_found")


async def test_a_key_is_made_and_its_secret_shown_this_once(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    made = await make(ada)
    secret = made.pop("secret")
    assert is_whole(secret)
    assert made["hint"] == secret[-4:]
    assert made["permissions"] == ["members:read", "invitations:read", "invitations:manage"]
    assert made["made_by"] == {"id": world.ada.public_id, "name": "Ada Abel"}
    assert (made["app"], made["last_used_at"]) == (None, None)

    assert (await ada.get(f"{HERE}/{made['id']}")).json() == made
    assert (await ada.get(HERE)).json()["data"] == [made]


async def test_a_member_has_no_more_than_a_hundred_keys_in_an_organization(
    client: Client, world: World, database: Database
) -> None:
    for number in range(MOST_KEYS - 1):
        await give(database, Bot(number, expires_in=timedelta(days=number - 30)))
    ada = client.as_(world.ada)
    at_once = await asyncio.gather(*(ada.post(HERE, SENT) for _ in range(4)))
    assert sorted(answer.status_code for answer in at_once) == [201, 409, 409, 409]
    assert code_of(await ada.post(HERE, SENT)) == (409, "too_many_api_keys")
    await make(client.as_(world.bo))
    assert (await ada.delete(f"{HERE}/{Bot(0).public_id}")).status_code == 204
    await make(ada)


async def test_where_it_is_now_is_told(client: Client, world: World) -> None:
    answer = await client.as_(world.ada).post(HERE, SENT)
    location = f"{API}/organizations/{world.analytical.public_id}/api-keys/{answer.json()['id']}"
    assert answer.headers["Location"] == location


async def test_a_program_calls_with_it_and_that_is_noted(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    made = await make(ada)
    headers = {"Authorization": f"Bearer {made['secret']}"}
    seen = await client.get(f"{API}/organizations/analytical", headers=headers)
    assert (seen.status_code, seen.json()["role"]) == (200, "owner")
    assert seen.json()["permissions"] == made["permissions"]
    used = datetime.fromisoformat((await ada.get(HERE)).json()["data"][0]["last_used_at"])
    assert datetime.now(UTC) - used < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("said", "days"), [({}, 90), ({"expires_in_days": 7.5}, 7.5), ({"expires_in_days": 365}, 365)]
)
async def test_a_key_ends_when_it_was_said_or_in_90_days(
    client: Client, world: World, said: dict[str, Any], days: float
) -> None:
    made = await make(client.as_(world.ada), **said)
    lifetime = datetime.fromisoformat(made["expires_at"]) - datetime.now(UTC)
    assert abs(lifetime - timedelta(days=days)) < timedelta(minutes=1)


async def test_a_key_may_end_at_a_time(client: Client, world: World) -> None:
    at = (datetime.now(UTC) + timedelta(days=3)).replace(microsecond=0)
    made = await make(client.as_(world.ada), expires_at=at.isoformat())
    assert datetime.fromisoformat(made["expires_at"]) == at


@pytest.mark.parametrize(
    ("sent", "code", "path"),
    [
        ({"expires_in_days": 365.5}, "invalid_api_key_expiry", "expires_in_days"),
        ({"expires_in_days": 0.01}, "invalid_api_key_expiry", "expires_in_days"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "invalid_api_key_expiry", "expires_at"),
        ({"expires_at": "2030-01-01T00:00:00"}, "invalid_request", "expires_at"),
        (
            {"expires_at": "2030-01-01T00:00:00Z", "expires_in_days": 1},
            "invalid_request",
            "expires_at",
        ),
        ({"permissions": []}, "no_permission", "permissions"),
        ({"permissions": ["keys:manage"]}, "invalid_request", "permissions.0"),
        ({"permissions": ["organization:own"]}, "invalid_request", "permissions.0"),
        ({"permissions": ["members:write"]}, "invalid_request", "permissions.0"),
        ({"name": "  "}, "invalid_name", "name"),
        ({"name": "x" * 61}, "invalid_text", "name"),
    ],
)
async def test_what_no_key_can_be_is_refused(
    client: Client, world: World, sent: dict[str, Any], code: str, path: str
) -> None:
    answer = await client.as_(world.ada).post(HERE, {**SENT, **sent})
    assert answer.status_code == 422, answer.text
    assert [(each["code"], each["path"]) for each in answer.json()["errors"]] == [(code, path)]


async def test_nobody_gives_a_key_what_they_may_not_do(client: Client, world: World) -> None:
    wanted = {**SENT, "permissions": ["organization:delete"]}
    assert code_of(await client.as_(world.bo).post(HERE, wanted)) == (403, "role_not_allowed")
    await make(client.as_(world.ada), permissions=["organization:delete"])


async def test_a_key_for_one_app(client: Client, world: World) -> None:
    for reference in (world.shifts.slug, world.shifts.public_id):
        made = await make(client.as_(world.ada), app=reference, permissions=["apps:manage"])
        assert made["app"] == world.shifts.public_id
        assert made["permissions"] == ["apps:read", "apps:manage"]


async def test_a_key_for_another_organizations_app_is_not_made(
    client: Client, world: World
) -> None:
    sent = {**SENT, "app": "rota", "permissions": ["apps:read"]}
    assert code_of(await client.as_(world.ada).post(HERE, sent)) == (404, "app_not_found")
    sent = {**SENT, "app": "shifts"}
    assert code_of(await client.as_(world.ada).post(HERE, sent)) == (422, "invalid_request")


async def test_a_revoked_key_is_refused_at_once(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    made = await make(ada)
    assert (await ada.delete(f"{HERE}/{made['id']}")).status_code == 204
    headers = {"Authorization": f"Bearer {made['secret']}"}
    refused = await client.get(f"{API}/organizations/analytical", headers=headers)
    assert code_of(refused) == (401, "not_authenticated")
    assert "expired or revoked" in refused.json()["detail"]
    assert code_of(await ada.get(f"{HERE}/{made['id']}")) == (404, "api_key_not_found")
    assert code_of(await ada.delete(f"{HERE}/{made['id']}")) == (404, "api_key_not_found")


async def test_what_it_sent_is_revoked_or_kept(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    invitations = f"{API}/organizations/analytical/invitations"
    for what, state in (("revoke", "revoked"), ("keep", "pending")):
        made = await make(ada)
        headers = {"Authorization": f"Bearer {made['secret']}"}
        sent = {"email": f"{what}@example.com", "role": "viewer"}
        invited = (await client.post(invitations, sent, headers=headers)).json()
        gone = await ada.delete(f"{HERE}/{made['id']}", params={"invitations": what})
        assert gone.status_code == 204
        shown = (await ada.get(f"{invitations}/{invited['id']}")).json()
        assert shown["state"] == state
        assert shown["inviter"]["name"] == ("Ada Abel" if what == "keep" else "Deploy bot")


async def test_who_made_a_key_revokes_it_whatever_they_are_by_now(
    client: Client, world: World, database: Database
) -> None:
    bot = await give(database, Bot(1, maker=DI))
    di = client.as_(DI)
    assert code_of(await di.get(f"{HERE}/{bot.public_id}")) == (403, "not_permitted")
    assert (await di.delete(f"{HERE}/{bot.public_id}")).status_code == 204


async def test_others_revoke_it_only_if_it_may_no_more_than_they(
    client: Client, world: World, database: Database
) -> None:
    bot = await give(database, Bot(1, permissions=("organization:delete",)))
    where = f"{HERE}/{bot.public_id}"
    assert code_of(await client.as_(world.bo).delete(where)) == (403, "role_not_allowed")
    assert code_of(await client.as_(CY).delete(where)) == (403, "not_permitted")
    assert (await client.as_(world.ada).delete(where)).status_code == 204


async def test_keys_are_listed_page_by_page_expired_ones_too(
    client: Client, world: World, database: Database
) -> None:
    for number in (1, 2, 3):
        await give(database, Bot(number, expires_in=timedelta(days=number - 2)))
    ada = client.as_(world.ada)
    first = (await ada.get(HERE, params={"limit": 2})).json()
    after = first["list_metadata"]["after"]
    rest = (await ada.get(HERE, params={"limit": 2, "after": after})).json()
    listed = [key["id"] for page in (first, rest) for key in page["data"]]
    assert listed == [Bot(number).public_id for number in (3, 2, 1)]


async def test_a_cursor_of_another_organizations_keys_is_refused(
    client: Client, world: World, database: Database
) -> None:
    for number in (1, 2):
        await give(database, Bot(number, maker=world.eve, place=world.elsewhere))
    there = f"{API}/organizations/elsewhere/api-keys"
    page = (await client.as_(world.eve).get(there, params={"limit": 1})).json()
    after = page["list_metadata"]["after"]
    answer = await client.as_(world.ada).get(HERE, params={"after": after})
    assert code_of(answer) == (422, "invalid_request")


async def test_the_keys_of_a_deleted_app_end_with_it(
    client: Client, world: World, database: Database
) -> None:
    bot = await give(database, Bot(1, app=world.shifts, permissions=("apps:read", "apps:manage")))
    other = await give(database, Bot(2))
    assert (await client.as_(bot).delete(f"{API}/apps/shifts")).status_code == 204
    refused = await client.as_(bot).get(f"{API}/apps/shifts")
    assert code_of(refused) == (401, "not_authenticated")
    left = (await client.as_(world.ada).get(HERE)).json()["data"]
    assert [key["id"] for key in left] == [other.public_id]


async def test_long_expired_keys_are_cleared_away(
    client: Client, world: World, database: Database
) -> None:
    for number, days in enumerate((-32, -32, -30, 1), 1):
        await give(database, Bot(number, expires_in=timedelta(days=days)))
    assert await chores.forget_expired_keys(database) == 2
    assert await chores.forget_expired_keys(database) == 0
    left = (await client.as_(world.ada).get(HERE)).json()["data"]
    assert [key["id"] for key in left] == [Bot(4).public_id, Bot(3).public_id]


async def test_what_is_for_people_says_so_to_programs(
    client: Client, world: World, database: Database
) -> None:
    refused = await client.as_(await give(database, Bot(1))).get(f"{API}/me")
    assert code_of(refused) == (403, "not_permitted")
    assert "No API key" in refused.json()["detail"]
