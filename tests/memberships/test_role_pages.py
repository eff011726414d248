"""The pages of an organization's roles."""

from html import unescape
from typing import Any

import httpx
import pytest

from tests.client import Client
from tests.world import Person, World
from vestibule.kernel.database import Database

HOME = "/organizations/analytical"
ROLES = f"{HOME}/roles"
NEW = f"{HOME}/new-role"
CLERK = f"{ROLES}/Billing%20clerk"


def read(answer: httpx.Response) -> str:
    return " ".join(unescape(answer.text).split())


async def kept(database: Database) -> dict[str, Any]:
    async with database.reader() as reader:
        sql = "SELECT custom_roles FROM organizations WHERE slug = 'analytical'"
        found: dict[str, Any] = await reader.fetch_value(sql)
        return found


async def make(client: Client, person: Person, *permissions: str) -> None:
    ticked = dict.fromkeys(permissions or ("members:read",), "on")
    answer = await client.as_(person).submit(NEW, {"name": "Billing clerk", **ticked}, page=NEW)
    assert answer.status_code == 303


async def give(database: Database, person: Person) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'Billing clerk' WHERE user_id = $1", person.id)


async def test_nobody_is_led_to_sign_in(client: Client, world: World) -> None:
    for path in (ROLES, NEW, CLERK):
        answer = await client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


async def test_strangers_find_nothing(client: Client, world: World) -> None:
    await make(client, world.ada)
    for path in (ROLES, NEW, CLERK):
        assert (await client.as_(world.eve).get(path)).status_code == 404


async def test_members_see_what_each_role_allows_and_admins_change_them(
    client: Client, world: World
) -> None:
    await make(client, world.ada, "keys:manage")
    for name in ("ada", "bo", "cy", "di"):
        somebody = client.as_(getattr(world, name))
        page = read(await somebody.get(ROLES))
        for words in ("Owner", "Viewer", "Billing clerk", "Make and revoke API keys", "(yours)"):
            assert words in page
        may = name in {"ada", "bo"}
        assert ("Make a role" in page) is may
        assert (f'href="{CLERK}"' in page) is may
        for path in (NEW, CLERK):
            assert (await somebody.get(path)).status_code == (200 if may else 403)


async def test_a_role_is_made_with_what_was_ticked(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada, "apps:manage", "audit:read")
    assert await kept(database) == {"Billing clerk": ["apps:read", "apps:manage", "audit:read"]}
    shown = read(await client.as_(world.ada).get(f"{ROLES}?done=made"))
    assert "The role is made." in shown


async def test_what_was_filled_in_wrongly_stays_with_a_sentence(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada)
    ada = client.as_(world.ada)
    for form, status, sentence in (
        ({"name": "x", "members:read": "on"}, 422, "Use 2 to 40 characters"),
        ({"name": "OWNER", "members:read": "on"}, 409, "There is a role of this name."),
        ({"name": "Another"}, 422, "Choose at least one permission"),
    ):
        answer = await ada.submit(NEW, form, page=NEW)
        assert answer.status_code == status
        assert sentence in read(answer)
        assert f'value="{form["name"]}"' in answer.text
        assert ('name="members:read" type="checkbox" checked' in " ".join(answer.text.split())) is (
            "members:read" in form
        )
    assert list(await kept(database)) == ["Billing clerk"]


async def test_a_role_that_allows_nothing_is_told_at_its_boxes(
    client: Client, world: World
) -> None:
    await make(client, world.ada)
    ada = client.as_(world.ada)
    for path, form in ((NEW, {"name": "Another"}), (f"{ROLES}/Billing%20clerk", {})):
        page = read(await ada.submit(path, form, page=path))
        assert '<a href="#permissions">Choose at least one permission.</a>' in page
        assert 'id="permissions" role="group"' in page
        assert 'id="fault-permissions">Choose at least one permission.<' in page


async def test_nobody_is_offered_more_than_they_may(
    client: Client, world: World, database: Database
) -> None:
    bo = client.as_(world.bo)
    assert "organization:delete" not in (await bo.get(NEW)).text
    assert "organization:own" not in (await client.as_(world.ada).get(NEW)).text
    form = {"name": "Another", "organization:delete": "on"}
    answer = await bo.submit(NEW, form, page=NEW)
    assert answer.status_code == 403
    assert await kept(database) == {}


async def test_a_role_is_changed_by_its_boxes(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada, "members:read", "audit:read")
    ada = client.as_(world.ada)
    page = " ".join((await ada.get(CLERK)).text.split())
    assert 'name="expected" value="audit:read members:read"' in page
    assert 'name="audit:read" type="checkbox" checked' in page
    assert 'name="apps:read" type="checkbox" checked' not in page
    form = {"expected": "audit:read members:read", "members:read": "on", "apps:read": "on"}
    answer = await ada.submit(CLERK, form, page=CLERK)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{ROLES}?done=changed")
    assert await kept(database) == {"Billing clerk": ["members:read", "apps:read"]}


async def test_who_saw_something_else_is_shown_what_is_now(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada, "members:read")
    form = {"expected": "audit:read", "apps:read": "on"}
    answer = await client.as_(world.ada).submit(CLERK, form, page=CLERK)
    assert answer.status_code == 409
    assert "Somebody else changed this role meanwhile." in read(answer)
    assert 'name="expected" value="members:read"' in answer.text
    assert await kept(database) == {"Billing clerk": ["members:read"]}


async def test_a_role_that_nobody_has_is_deleted_after_asking(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada)
    ada = client.as_(world.ada)
    assert "Nobody has this role." in read(await ada.get(CLERK))
    answer = await ada.submit(f"{CLERK}/delete", {"to": ""}, page=CLERK)
    assert answer.headers["location"] == f"{ROLES}?done=deleted"
    assert await kept(database) == {}


async def test_it_is_asked_what_becomes_of_who_has_it(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada)
    await give(database, world.di)
    ada = client.as_(world.ada)
    page = read(await ada.get(CLERK))
    assert "1 member has the role Billing clerk." in page
    assert '<option value="manager"' in page
    assert '<option value="owner"' not in page
    answer = await ada.submit(f"{CLERK}/delete", {"to": ""}, page=CLERK)
    assert answer.status_code == 409
    assert "Say what becomes of them." in read(answer)
    answer = await ada.submit(f"{CLERK}/delete", {"to": "manager"}, page=CLERK)
    assert answer.status_code == 303
    assert "manager" in read(await ada.get(f"{HOME}/members/{world.di.public_id}"))


@pytest.mark.parametrize("path", ["Owner", "owner", "nothing", "billing%20clerk", "%00", "a%2Fb"])
async def test_what_is_no_role_of_their_own_is_not_there(
    client: Client, world: World, path: str
) -> None:
    await make(client, world.ada)
    ada = client.as_(world.ada)
    assert (await ada.get(f"{ROLES}/{path}")).status_code == 404
    assert (await ada.submit(f"{ROLES}/{path}", {}, page=NEW)).status_code == 404
    assert (await ada.submit(f"{ROLES}/{path}/delete", {}, page=NEW)).status_code == 404


async def test_every_place_that_shows_a_role_shows_its_name(
    client: Client, world: World, database: Database
) -> None:
    await make(client, world.ada)
    ada = client.as_(world.ada)
    member = f"{HOME}/members/{world.di.public_id}"
    assert '<option value="Billing clerk"' in (await ada.get(member)).text
    invitations = f"{HOME}/invitations"
    assert '<option value="Billing clerk"' in (await ada.get(invitations)).text
    form = {"email": world.flo.email, "role": "Billing clerk", "expires_in_days": ""}
    assert (await ada.submit(invitations, form, page=invitations)).status_code == 303
    assert "Billing clerk" in read(await ada.get(invitations))
    assert "Billing clerk" in read(await client.as_(world.flo).get("/"))
    await give(database, world.di)
    for path in (f"{HOME}/members", member, HOME):
        assert "Billing clerk" in read(await ada.get(path)), path
    assert "Billing clerk" in read(await client.as_(world.di).get("/"))
    trail = read(await ada.get(f"{HOME}/audit"))
    assert "Ada Abel made the role Billing clerk, which allows: members:read." in trail
    assert "as Billing clerk." in trail
