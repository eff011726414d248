"""The pages of an app's members, in the studio and in the app, and the page to leave by."""

from html import unescape

import httpx
import pytest

from tests.client import Client, Mailbox
from tests.world import Member, Person, World
from vestibule.kernel.database import Database

STUDIO = "/organizations/analytical/apps/shifts/members"
INSIDE = "/apps/shifts/members"
LEAVE = "/apps/shifts/profile/leave"
PLACES = pytest.mark.parametrize("place", [STUDIO, INSIDE])


def one(place: str, member: Member) -> str:
    return f"{place}/{member.public_id}"


def manager(world: World, place: str) -> Person | Member:
    """Give who may manage all in this place."""
    return world.bo if place == STUDIO else world.bea


def read(answer: httpx.Response) -> str:
    return " ".join(unescape(answer.text).split())


@pytest.mark.parametrize(
    ("path", "sign_in"),
    [
        (STUDIO, "/sign-in?next="),
        (INSIDE, "/apps/shifts/login?next="),
        (LEAVE, "/apps/shifts/login"),
    ],
)
async def test_nobody_is_led_to_sign_in(
    client: Client, world: World, path: str, sign_in: str
) -> None:
    answer = await client.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(sign_in)


async def test_strangers_find_nothing(client: Client, world: World) -> None:
    assert (await client.as_(world.eve).get(STUDIO)).status_code == 404
    assert (await client.as_(world.rob).get(INSIDE)).status_code == 303  # a session of another app
    assert (await client.as_(world.ada).get(INSIDE)).status_code == 303  # a session of the studio
    elsewhere = STUDIO.replace("analytical", "elsewhere")
    for person in (world.ada, world.eve):
        assert (await client.as_(person).get(elsewhere)).status_code == 404


async def test_who_may_not_look_is_told_so(client: Client, world: World) -> None:
    assert (await client.as_(world.di).get(STUDIO)).status_code == 403
    assert (await client.as_(world.emil).get(INSIDE)).status_code == 403


@PLACES
async def test_members_are_listed_searched_and_filtered(
    client: Client, world: World, place: str
) -> None:
    somebody = client.as_(manager(world, place))
    everybody = read(await somebody.get(place))
    for member in (world.bea, world.mia, world.emil):
        assert member.name in everybody
        assert one(place, member) in everybody
    assert world.rob.email not in everybody

    managers = read(await somebody.get(place, params={"role": "Manager"}))
    assert one(place, world.mia) in managers
    assert one(place, world.emil) not in managers
    found = read(await somebody.get(place, params={"q": "emil"}))
    assert one(place, world.emil) in found
    assert one(place, world.mia) not in found
    assert "Nobody found" in read(await somebody.get(place, params={"q": "zoe"}))


async def test_inside_the_app_the_form_to_invite_offers_what_one_may_grant(
    client: Client, world: World
) -> None:
    page = read(await client.as_(world.mia).get(INSIDE))
    assert 'action="/apps/shifts/invitations"' in page
    assert '<option value="Manager"' in page
    assert '<option value="Employee"' in page
    assert '<option value="Boss"' not in page

    invited = await client.as_(world.mia).submit(
        "/apps/shifts/invitations", {"email": "ana@example.com", "role": "Employee"}, page=INSIDE
    )
    assert invited.status_code == 303


async def test_the_studio_leads_to_the_invitations(client: Client, world: World) -> None:
    link = 'href="/organizations/analytical/apps/shifts/invitations#email"'
    assert link in read(await client.as_(world.ada).get(STUDIO))
    assert link not in read(await client.as_(world.cy).get(STUDIO))


async def test_a_manager_of_the_organization_only_looks(client: Client, world: World) -> None:
    page = read(await client.as_(world.cy).get(one(STUDIO, world.emil)))
    assert world.emil.email in page
    assert 'type="checkbox"' not in page
    assert "Remove" not in page
    cy = client.as_(world.cy)
    answer = await cy.submit(one(STUDIO, world.emil), {"role:Boss": "on"}, page=STUDIO)
    assert answer.status_code == 403


@PLACES
async def test_roles_are_ticked_and_saved(
    client: Client, world: World, database: Database, place: str
) -> None:
    somebody, path = client.as_(manager(world, place)), one(place, world.emil)

    answer = await somebody.submit(path, {"role:Boss": "on", "role:Manager": "on"}, page=path)

    assert answer.status_code == 303
    assert "The roles are saved" in read(await somebody.get(answer.headers["location"]))
    assert await roles(database, world.emil) == ["Boss", "Manager"]


@PLACES
async def test_what_is_as_it_was_tells_nobody(client: Client, world: World, place: str) -> None:
    somebody, path = client.as_(manager(world, place)), one(place, world.emil)
    held = {"role:Employee": "on"}
    for to, sent in ((path, held), (f"{path}/end", {"member_until": ""})):
        answer = await somebody.submit(to, sent, page=path)
        shown = read(await somebody.get(answer.headers["location"]))
        assert "Nothing was changed." in shown
        assert "told by mail" not in shown


async def test_roles_beyond_reach_are_shown_and_stay(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            VALUES ($1, 'Boss', $2, $3)
            """,
            world.emil.id,
            world.shifts.id,
            world.analytical.id,
        )
    mia, path = client.as_(world.mia), one(INSIDE, world.emil)
    page = read(await mia.get(path))
    assert 'name="role:Boss" type="checkbox" checked disabled' in page
    assert "Remove from" not in page

    answer = await mia.submit(path, {"role:Manager": "on"}, page=path)

    assert answer.status_code == 303
    assert await roles(database, world.emil) == ["Boss", "Manager"]


async def test_a_form_without_a_role_is_shown_again(client: Client, world: World) -> None:
    bo, path = client.as_(world.bo), one(STUDIO, world.emil)
    answer = await bo.submit(path, {}, page=path)
    assert answer.status_code == 422
    assert "Choose one role at least." in read(answer)


async def test_nobody_changes_or_removes_themselves(client: Client, world: World) -> None:
    mia, path = client.as_(world.mia), one(INSIDE, world.mia)
    page = read(await mia.get(path))
    assert "(you)" in page
    assert 'type="checkbox"' not in page

    for action in (path, f"{path}/remove"):
        answer = await mia.submit(action, {}, page=INSIDE)
        assert answer.status_code in {403, 422}
        assert world.mia.name in read(answer)


@PLACES
async def test_a_member_is_removed_and_told(
    client: Client, world: World, database: Database, mailbox: Mailbox, place: str
) -> None:
    somebody, path = client.as_(manager(world, place)), one(place, world.emil)
    assert "Remove Emil from Shifts?" in read(await somebody.get(path))

    answer = await somebody.submit(f"{path}/remove", page=path)

    assert answer.status_code == 303
    assert "The person is removed" in read(await somebody.get(answer.headers["location"]))
    assert (await somebody.get(path)).status_code == 404
    async with database.reader() as reader:
        assert await mailbox.letters(reader, to=world.emil.email)


async def test_names_are_shown_as_text(client: Client, world: World, database: Database) -> None:
    async with database.transaction() as tx:
        sql = "UPDATE app_members SET name = '<b>Emil' WHERE id = $1"
        await tx.execute(sql, world.emil.id)
    for path in (STUDIO, one(STUDIO, world.emil)):
        assert "<b>Emil" not in (await client.as_(world.ada).get(path)).text


async def test_leaving_asks_for_the_password_and_ends_the_cookie(
    client: Client, world: World
) -> None:
    emil = client.as_(world.emil)
    page = read(await emil.get(LEAVE))
    assert "Leave Shifts" in page
    assert world.emil.email in page

    wrong = await emil.submit(LEAVE, {"password": "not this one"}, page=LEAVE)
    assert wrong.status_code == 403
    assert "This is not your present password." in read(wrong)

    answer = await emil.submit(LEAVE, {"password": world.emil.password}, page=LEAVE)
    assert answer.status_code == 303
    assert "session_apps_shifts=;" in answer.headers["set-cookie"].replace('""', "")
    assert "You have left" in read(await emil.get(answer.headers["location"]))
    assert (await emil.get("/apps/shifts/profile")).status_code == 303


async def test_who_has_no_password_is_led_to_choosing_one(
    client: Client, world: World, database: Database
) -> None:
    async with database.transaction() as tx:
        sql = "UPDATE accounts SET password_hash = NULL, password_changed_at = NULL WHERE id = $1"
        await tx.execute(sql, world.emil.id)
    emil = client.as_(world.emil)

    answer = await emil.submit(LEAVE, {"password": "any"}, page=LEAVE)

    assert answer.status_code == 403
    assert "has no password yet" in read(answer)
    assert "/apps/shifts/forgotten-password" in answer.text


async def roles(database: Database, member: Member) -> list[str]:
    async with database.reader() as reader:
        rows = await reader.fetch_all(
            "SELECT role FROM app_member_roles WHERE app_member_id = $1 ORDER BY role", member.id
        )
    return [row["role"] for row in rows]
