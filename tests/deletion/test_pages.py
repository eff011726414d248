"""The pages where an organization or an app is deleted, and what is said once it is gone."""

from collections.abc import Awaitable, Callable
from html import unescape

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import Person, World
from vestibule.kernel.database import Database

HOME = "/organizations/analytical"
APP = f"{HOME}/apps/shifts"
DELETE, DELETE_APP = f"{HOME}/delete", f"{APP}/delete"


def read(answer: httpx.Response) -> str:
    return " ".join(unescape(answer.text).split())


async def is_open(database: Database, view: str, slug: str) -> bool:
    async with database.reader() as reader:
        return bool(await reader.fetch_value(f"SELECT count(*) FROM {view} WHERE slug = $1", slug))


Invite = Callable[[str, str], Awaitable[str]]


@pytest.fixture
def invite(client: Client, world: World, database: Database, mailbox: Mailbox) -> Invite:
    """Has Ana invited to a place, in a role, and gives the key."""

    async def by_ada(to: str, role: str) -> str:
        sent = {"email": "ana@example.com", "role": role}
        made = await client.as_(world.ada).post(f"{API}{to}/invitations", sent)
        assert made.status_code == 201, made.text
        async with database.reader() as reader:
            return await mailbox.last_key(reader, to="ana@example.com")

    return by_ada


async def test_nobody_is_led_to_sign_in(client: Client, world: World) -> None:
    for path in (DELETE, DELETE_APP):
        answer = await client.get(path)
        assert answer.headers["location"].startswith("/sign-in?next="), path


async def test_strangers_find_nothing(client: Client, world: World) -> None:
    eve = client.as_(world.eve)
    for path in (DELETE, DELETE_APP):
        assert (await eve.get(path)).status_code == 404
    # Nor the app under an organization that is theirs.
    assert (await eve.get("/organizations/elsewhere/apps/shifts/delete")).status_code == 404


@pytest.mark.parametrize(("name", "places"), [("ada", 2), ("bo", 1), ("cy", 0), ("di", 0)])
async def test_who_may_finds_the_way(client: Client, world: World, name: str, places: int) -> None:
    somebody = client.as_(getattr(world, name))
    statuses = [(await somebody.get(path)).status_code for path in (DELETE_APP, DELETE)]
    assert statuses == [200] * places + [403] * (2 - places)
    front = read(await somebody.get(HOME))
    assert (f'href="{DELETE}"' in front) is (name == "ada")
    if places:
        assert f'href="{DELETE_APP}"' in read(await somebody.get(f"{APP}/settings"))
        assert (f'href="{DELETE}"' in read(await somebody.get(f"{HOME}/settings"))) is (
            name == "ada"
        )


async def test_it_says_what_goes_along(client: Client, world: World, invite: Invite) -> None:
    ada = client.as_(world.ada)
    await invite(HOME, "viewer")
    page = read(await ada.get(DELETE))
    for said in (
        "4 members, who keep their accounts",
        "1 open invitation, whose link then says that it was deleted",
        "1 app, with 3 members and their accounts there",
        "Nobody else gets its web name for 90 days",
        "Type Analytical to confirm",
    ):
        assert said in page
    page = read(await ada.get(DELETE_APP))
    assert "3 members, with their accounts there" in page
    assert "open invitation" not in page


async def test_it_says_who_is_told(client: Client, world: World, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'owner' WHERE user_id = $1", world.bo.id)
    for page, others in ((DELETE, "The other owner is"), (DELETE_APP, "The other owner of")):
        said = read(await client.as_(world.ada).get(page))
        assert others in said
        assert "told by mail. Nobody else gets its web name" in said


async def test_it_counts_no_invitations_of_apps_that_are_gone(
    client: Client, world: World, database: Database, invite: Invite
) -> None:
    await invite(HOME, "viewer")
    await invite("/apps/shifts", "Employee")
    ada = client.as_(world.ada)
    assert "2 open invitations" in read(await ada.get(DELETE))
    await ada.submit(DELETE_APP, {"name": "Shifts"}, page=DELETE_APP)
    assert not await is_open(database, "open_apps", "shifts")
    assert "1 open invitation," in read(await ada.get(DELETE))


async def test_only_owners_whom_there_are_are_told(
    client: Client, world: World, database: Database
) -> None:
    ada, bo = client.as_(world.ada), client.as_(world.bo)
    told = "owner of the organization is told by mail"
    assert "told by mail" not in read(await ada.get(DELETE))
    assert "told by mail" not in read(await ada.get(DELETE_APP))
    assert told in read(await bo.get(DELETE_APP))
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'owner' WHERE user_id = $1", world.bo.id)
    assert "The other owner is told by mail." in read(await ada.get(DELETE))
    assert told in read(await ada.get(DELETE_APP))


@pytest.mark.parametrize("typed", ["", "analytical", "Analytica", "Analytical!", "yes"])
async def test_another_name_deletes_nothing(
    client: Client, world: World, database: Database, typed: str
) -> None:
    ada = client.as_(world.ada)
    answer = await ada.submit(DELETE, {"name": typed}, page=DELETE)
    assert answer.status_code == 422
    assert "Type its name, Analytical, exactly as it stands above." in read(answer)
    assert f'value="{typed}"' in read(answer) or not typed
    assert await is_open(database, "open_organizations", "analytical")

    answer = await ada.submit(DELETE_APP, {"name": typed}, page=DELETE_APP)
    assert answer.status_code == 422
    assert "Type its name, Shifts, exactly as it stands above." in read(answer)
    assert f'value="{typed}"' in read(answer) or not typed
    assert await is_open(database, "open_apps", "shifts")


async def test_who_may_not_is_refused_though_they_know_the_name(
    client: Client, world: World, database: Database
) -> None:
    bo, cy = client.as_(world.bo), client.as_(world.cy)
    assert (await bo.submit(DELETE, {"name": "Analytical"}, page=HOME)).status_code == 403
    assert (await cy.submit(DELETE_APP, {"name": "Shifts"}, page=HOME)).status_code == 403
    eve = client.as_(world.eve)
    wrong = "/organizations/elsewhere/apps/shifts/delete"
    assert (await eve.submit(wrong, {"name": "Shifts"}, page="/")).status_code == 404
    ada = client.as_(world.ada)
    assert (await ada.submit(wrong, {"name": "Shifts"}, page="/")).status_code == 404
    assert await is_open(database, "open_organizations", "analytical")
    assert await is_open(database, "open_apps", "shifts")


async def delete(client: Client, by: Person) -> httpx.Response:
    return await client.as_(by).submit(DELETE, {"name": " Analytical "}, page=DELETE)


async def test_an_organization_is_deleted_by_its_name(client: Client, world: World) -> None:
    answer = await delete(client, world.ada)
    assert answer.status_code == 303
    console = read(await client.as_(world.ada).get(answer.headers["location"]))
    assert "The organization is deleted." in console
    assert "Analytical" not in console


async def test_an_app_is_deleted_by_its_name(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    answer = await ada.submit(DELETE_APP, {"name": "Shifts"}, page=DELETE_APP)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/apps?done=deleted")
    shown = read(await ada.get(answer.headers["location"]))
    assert "The app is deleted." in shown
    assert "Shifts" not in shown
    for path in (APP, f"{APP}/members", f"{APP}/settings"):
        gone = await ada.get(path)
        assert gone.status_code == 404
        assert "Shifts was deleted" in read(gone)


async def test_a_former_member_is_told_and_a_stranger_is_not(client: Client, world: World) -> None:
    await delete(client, world.ada)
    for person in (world.ada, world.di):
        for path in (HOME, f"{HOME}/members", f"{HOME}/settings", f"{HOME}/leave", DELETE):
            answer = await client.as_(person).get(path)
            assert answer.status_code == 404
            assert "<h1>This organization was deleted</h1>" in read(answer), path
            assert "Analytical was deleted" in read(answer), path
    answer = await client.as_(world.eve).get(HOME)
    assert answer.status_code == 404
    assert "Analytical" not in read(answer)


async def test_the_pages_of_the_app_say_that_it_is_gone(client: Client, world: World) -> None:
    mia = client.as_(world.mia)
    assert (await mia.get("/apps/shifts/profile")).status_code == 200
    await delete(client, world.ada)
    for somebody in (mia, client):
        for page in ("login", "register", "profile", "members", "forgotten-password"):
            answer = await somebody.get(f"/apps/shifts/{page}")
            assert answer.status_code == 404, page
            assert "<h1>This app was deleted</h1>" in read(answer), page
            assert "Shifts was deleted" in read(answer), page
    for file in ("logo", "look.css"):
        assert (await client.get(f"/apps/shifts/{file}")).status_code == 404


@pytest.mark.parametrize("kind", ["organization", "app"])
async def test_an_invitations_link_says_that_its_place_was_deleted(
    client: Client, world: World, invite: Invite, kind: str
) -> None:
    is_app = kind == "app"
    key = await (invite("/apps/shifts", "Employee") if is_app else invite(HOME, "viewer"))
    name, link = "Shifts" if is_app else "Analytical", f"/{kind}-invite?key={key}"
    ana = client.as_(None)
    opened = (await ana.get(link)).headers["location"]
    assert (await ana.get(opened)).status_code == 200

    await delete(client, world.ada)
    for browser in (ana, client.as_(None)):
        answer = await browser.get(link)
        assert answer.status_code == 410
        assert f"{name} was deleted." in read(answer)
        assert "Ask for a new invitation" not in read(answer)
    # Who had the page open already, and goes on there.
    there = await ana.get(opened)
    assert there.status_code == (404 if is_app else 410)
    assert f"{name} was deleted" in read(there)


async def test_the_page_to_delete_an_account_leads_to_the_end_of_what_stands_in_the_way(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    page = read(await ada.get("/profile/delete"))
    assert f'href="{DELETE}"' in page
    assert 'name="password"' not in page
    # What goes along is said already.
    assert "is deleted for good" in page
    await delete(client, world.ada)
    assert 'name="password"' in read(await ada.get("/profile/delete"))


async def test_names_are_shown_as_text(client: Client, world: World, database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE organizations SET name = '<i>x' WHERE slug = 'analytical'")
        await tx.execute("UPDATE apps SET name = '<b>y' WHERE slug = 'shifts'")
    ada = client.as_(world.ada)
    for path in (DELETE, DELETE_APP):
        page = (await ada.get(path)).text
        assert "<i>x" not in page
        assert "<b>y" not in page
    answer = await ada.submit(DELETE, {"name": "<i>x"}, page=DELETE)
    assert answer.status_code == 303
    gone = (await ada.get(HOME)).text
    assert "&lt;i&gt;x was deleted" in gone
