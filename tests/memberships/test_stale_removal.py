"""Removing and handing over as one saw it: who became something else meanwhile is not removed."""

import pytest

from tests.client import API, Client
from tests.world import World
from vestibule.kernel.database import Database

MEMBERS = "organizations/analytical/members"


async def role(database: Database, user_id: object) -> str | None:
    async with database.reader() as reader:
        found: str | None = await reader.fetch_value(
            "SELECT role FROM members WHERE user_id = $1", user_id
        )
    return found


async def test_who_was_seen_as_something_else_is_not_removed(
    client: Client, world: World, database: Database
) -> None:
    ada, di = client.as_(world.ada), world.di
    at = f"{API}/{MEMBERS}/{di.public_id}"
    assert (await ada.patch(at, {"role": "owner"})).status_code == 200

    stale = await ada.delete(f"{at}?expected_role=viewer")
    assert (stale.status_code, stale.json()["code"]) == (409, "role_changed")
    page = await ada.submit(f"/{MEMBERS}/{di.public_id}/remove", {"expected_role": "viewer"})
    assert page.status_code == 409
    assert await role(database, di.id) == "owner"

    assert (await ada.delete(f"{at}?expected_role=owner")).status_code == 204
    assert await role(database, di.id) is None


async def test_the_page_removes_who_it_showed(
    client: Client, world: World, database: Database
) -> None:
    ada, di = client.as_(world.ada), world.di
    page = await ada.get(f"/{MEMBERS}/{di.public_id}")
    form = page.text.partition("/remove")[2].partition("</form>")[0]
    assert '<input type="hidden" name="expected_role" value="viewer">' in form
    done = await ada.submit(f"/{MEMBERS}/{di.public_id}/remove", {"expected_role": "viewer"})
    assert done.status_code == 303
    assert await role(database, di.id) is None


@pytest.mark.parametrize("word", ["", "0", "off", "no"])
async def test_only_a_ticked_box_makes_who_hands_over_leave(
    client: Client, world: World, database: Database, word: str
) -> None:
    ada = client.as_(world.ada)
    done = await ada.submit(f"/{MEMBERS}/{world.bo.public_id}/hand-over", {"leave": word})
    assert done.status_code == 303
    assert await role(database, world.ada.id) == "admin"


async def test_who_hands_over_with_a_ticked_box_leaves(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    await ada.submit(f"/{MEMBERS}/{world.bo.public_id}/hand-over", {"leave": "on"})
    assert await role(database, world.ada.id) is None
