"""Nobody prolongs or raises the app member whom they continue as, by a program neither."""

from datetime import timedelta
from typing import Any

import pytest

from tests import ends
from tests.api_keys.cast import ALL_IN_APPS, Bot, add_key
from tests.apps.test_continuing import SHIFTS, link
from tests.client import Client
from tests.world import World
from vestibule.kernel.database import Database

MEMBERS = f"{SHIFTS}/members"
DAY = timedelta(days=1)
PAGE = "/organizations/analytical/apps/shifts/members"


@pytest.fixture(autouse=True)
async def linked(world: World, database: Database) -> Bot:
    """Bo continues as Mia, a manager there for ten days; the bot is of Bo."""
    async with database.transaction() as tx:
        await link(tx, world, "bo", "mia")
        await ends.let_end(tx, world.mia.id, ago=-10 * DAY)
        return await add_key(tx, Bot(2, maker=world.bo, app=world.shifts, permissions=ALL_IN_APPS))


@pytest.fixture(params=["person", "program"])
def caller(request: pytest.FixtureRequest, client: Client, world: World, linked: Bot) -> Client:
    """Bo, or their bot."""
    return client.as_(world.bo if request.param == "person" else linked)


@pytest.mark.parametrize(
    "changes",
    [{"member_until": None}, {"roles": ["Boss"]}, {"roles": ["Boss"], "member_until": None}],
)
async def test_they_get_no_other_end_and_no_other_roles(
    caller: Client, world: World, changes: dict[str, Any]
) -> None:
    refused = await caller.patch(f"{MEMBERS}/{world.mia.public_id}", changes)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    kept = (await caller.get(f"{MEMBERS}/{world.mia.public_id}")).json()
    assert kept["roles"] == ["Manager"]
    assert kept["member_until"] is not None


async def test_others_do_that(client: Client, caller: Client, world: World) -> None:
    changed = await caller.patch(f"{MEMBERS}/{world.emil.public_id}", {"roles": ["Boss"]})
    assert changed.status_code == 200
    changed = await client.as_(world.ada).patch(
        f"{MEMBERS}/{world.mia.public_id}", {"member_until": None}
    )
    assert changed.status_code == 200


async def test_they_are_not_invited(caller: Client, world: World) -> None:
    for role in ("Boss", "Manager"):
        refused = await caller.post(
            f"{SHIFTS}/invitations", {"email": world.mia.email, "role": role}
        )
        assert (refused.status_code, refused.json()["code"]) == (409, "already_member")
        assert "yourself" in refused.json()["detail"]


async def test_what_others_invite_them_to_is_neither_changed_nor_sent_again(
    client: Client, caller: Client, world: World
) -> None:
    offer = {"email": world.mia.email, "role": "Boss"}
    made = (await client.as_(world.ada).post(f"{SHIFTS}/invitations", offer)).json()
    here = f"{SHIFTS}/invitations/{made['id']}"
    for refused in (
        await caller.patch(here, {"role": "Employee"}),
        await caller.post(f"{here}/resend"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (409, "already_member")


async def test_users_alone_remove_them(client: Client, world: World, linked: Bot) -> None:
    here = f"{MEMBERS}/{world.mia.public_id}"
    refused = await client.as_(linked).delete(here)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_permitted")
    assert (await client.as_(world.bo).delete(here)).status_code == 204


async def test_their_page_offers_to_remove_them_and_nothing_else(
    client: Client, world: World
) -> None:
    page = (await client.as_(world.bo).get(f"{PAGE}/{world.mia.public_id}")).text
    assert f"{world.mia.public_id}/remove" in page
    assert f"{world.mia.public_id}/end" not in page
    assert 'name="role:' not in page

    page = (await client.as_(world.ada).get(f"{PAGE}/{world.mia.public_id}")).text
    assert f"{world.mia.public_id}/end" in page
    assert 'name="role:' in page
