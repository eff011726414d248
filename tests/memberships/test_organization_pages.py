"""The pages of one member, of leaving an organization, and of deleting an account."""

from datetime import UTC, datetime
from html import unescape

import httpx
import pytest

from tests import ends
from tests.client import API, Client, Mailbox
from tests.world import Person, World
from vestibule.kernel.database import Database

HOME = "/organizations/analytical"
MEMBERS = f"{HOME}/members"
LEAVE = f"{HOME}/leave"
DELETE = "/profile/delete"


def at(person: Person) -> str:
    return f"{MEMBERS}/{person.public_id}"


def read(answer: httpx.Response) -> str:
    return " ".join(unescape(answer.text).split())


async def role(database: Database, person: Person) -> str | None:
    async with database.reader() as reader:
        sql = "SELECT role FROM members WHERE user_id = $1"
        found: str | None = await reader.fetch_value(sql, person.id)
        return found


async def make_owner(database: Database, person: Person) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET role = 'owner' WHERE user_id = $1", person.id)


async def test_nobody_is_led_to_sign_in(client: Client, world: World) -> None:
    for path in (at(world.di), LEAVE, DELETE):
        answer = await client.get(path)
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=")


async def test_strangers_find_nothing(client: Client, world: World) -> None:
    eve = client.as_(world.eve)
    for path in (at(world.di), LEAVE):
        assert (await eve.get(path)).status_code == 404
    ada = client.as_(world.ada)
    for person in (world.eve, world.flo):
        assert (await ada.get(at(person))).status_code == 404
    assert (await ada.get(f"{MEMBERS}/ada")).status_code == 404
    elsewhere = f"/organizations/elsewhere/members/{world.di.public_id}"
    assert (await eve.get(elsewhere)).status_code == 404


@pytest.mark.parametrize(
    ("name", "changeable"),
    [("ada", {"bo", "cy", "di"}), ("bo", {"cy", "di"}), ("cy", set()), ("di", set())],
)
async def test_the_list_leads_to_whom_one_may_change(
    client: Client, world: World, name: str, changeable: set[str]
) -> None:
    somebody = client.as_(getattr(world, name))
    listed = read(await somebody.get(MEMBERS))
    for who in world.roles.values():
        assert f'href="{at(who)}"' in listed
        assert (f"Change {who.name}" in listed) is (who.first_name.lower() in changeable)
        page = read(await somebody.get(at(who)))
        may = who.first_name.lower() in changeable
        assert ('name="expected_role"' in page) is may
        assert ("Remove from Analytical" in page) is may
        assert ("Hand over to" in page) is (name == "ada" and who != world.ada)


async def test_an_admin_is_offered_no_more_than_they_may_grant(
    client: Client, world: World
) -> None:
    page = read(await client.as_(world.bo).get(at(world.di)))
    assert '<option value="admin"' in page
    assert '<option value="owner"' not in page


async def test_a_role_is_saved(client: Client, world: World, database: Database) -> None:
    ada = client.as_(world.ada)
    form = {"role": "manager", "expected_role": "viewer"}
    answer = await ada.submit(at(world.di), form, page=at(world.di))
    assert answer.status_code == 303
    assert "The role is saved" in read(await ada.get(answer.headers["location"]))
    assert await role(database, world.di) == "manager"


async def test_what_is_as_it_was_tells_nobody(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    ada = client.as_(world.ada)
    form = {"role": "viewer", "expected_role": "viewer"}
    for path, sent in ((at(world.di), form), (f"{at(world.di)}/end", {"member_until": ""})):
        answer = await ada.submit(path, sent, page=at(world.di))
        shown = read(await ada.get(answer.headers["location"]))
        assert "Nothing was changed." in shown
        assert "told by mail" not in shown
    async with database.reader() as reader:
        assert await mailbox.letters(reader) == []


async def test_an_owner_who_is_alone_is_led_to_who_could_come_or_to_the_end(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    page = read(await ada.get(LEAVE))
    assert f'href="{MEMBERS}">Choose a member' in page
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM members WHERE role <> 'owner'")
    page = read(await ada.get(LEAVE))
    assert "Choose a member" not in page
    assert f'href="{HOME}/invitations#email">Invite somebody' in page
    assert f'href="{HOME}/delete">Delete this organization' in page


async def test_who_saw_another_role_is_shown_the_present_one(
    client: Client, world: World, database: Database
) -> None:
    form = {"role": "viewer", "expected_role": "viewer"}
    answer = await client.as_(world.ada).submit(at(world.cy), form, page=at(world.cy))
    assert answer.status_code == 409
    assert "Somebody else changed this role meanwhile" in read(answer)
    assert 'name="expected_role" value="manager"' in answer.text
    assert await role(database, world.cy) == "manager"


@pytest.mark.parametrize("wish", ["", "king", "OWNER"])
async def test_what_is_no_role_is_refused(client: Client, world: World, wish: str) -> None:
    form = {"role": wish, "expected_role": "viewer"}
    answer = await client.as_(world.ada).submit(at(world.di), form, page=at(world.di))
    assert answer.status_code == 422
    assert "Choose a role" in read(answer)


async def test_who_may_not_is_refused_however_they_ask(
    client: Client, world: World, database: Database
) -> None:
    for name, target in (("bo", world.ada), ("bo", world.bo), ("cy", world.di)):
        somebody = client.as_(getattr(world, name))
        page = at(target)
        form = {"role": "viewer", "expected_role": "viewer"}
        assert (await somebody.submit(at(target), form, page=page)).status_code == 403
        assert (await somebody.submit(f"{at(target)}/remove", page=page)).status_code == 403
        assert (await somebody.submit(f"{at(target)}/hand-over", page=page)).status_code == 403
    assert await role(database, world.ada) == "owner"


async def test_a_member_is_removed_and_what_they_sent_may_be_kept(
    client: Client, world: World, database: Database
) -> None:
    ada, bo = client.as_(world.ada), client.as_(world.bo)
    assert "Keep the invitations" not in read(await ada.get(at(world.bo)))
    invitation = {"email": "ana@example.com", "role": "viewer"}
    sent = await bo.post(f"{API}/organizations/analytical/invitations", invitation)
    assert "Keep the invitations" in read(await ada.get(at(world.bo)))

    path = at(world.bo)
    answer = await ada.submit(f"{path}/remove", {"keep": "on", "expected_role": "admin"}, page=path)

    assert answer.status_code == 303
    assert "The person is removed" in read(await ada.get(answer.headers["location"]))
    assert await role(database, world.bo) is None
    shown = await ada.get(f"{API}/organizations/analytical/invitations/{sent.json()['id']}")
    assert shown.json()["inviter"]["name"] == "Ada Abel"
    assert (await bo.get(HOME)).status_code == 404


async def test_an_owner_hands_over_and_stays_or_leaves(
    client: Client, world: World, database: Database
) -> None:
    ada, path = client.as_(world.ada), at(world.cy)
    answer = await ada.submit(f"{path}/hand-over", {"leave": "0"}, page=path)
    assert "You are an admin now" in read(await ada.get(answer.headers["location"]))
    assert (await role(database, world.ada), await role(database, world.cy)) == ("admin", "owner")

    cy, path = client.as_(world.cy), at(world.di)
    answer = await cy.submit(f"{path}/hand-over", {"leave": "on"}, page=path)
    assert "is handed over, and you have left it" in read(await cy.get(answer.headers["location"]))
    assert await role(database, world.cy) is None
    assert await role(database, world.di) == "owner"


async def test_everybody_leaves_by_their_own_button(
    client: Client, world: World, database: Database
) -> None:
    di = client.as_(world.di)
    assert f'href="{LEAVE}"' in read(await di.get(HOME))
    assert "You no longer see" in read(await di.get(LEAVE))
    answer = await di.submit(LEAVE, page=LEAVE)
    assert answer.status_code == 303
    assert "You have left" in read(await di.get(answer.headers["location"]))
    assert await role(database, world.di) is None


async def test_the_last_owner_is_told_to_hand_over_first(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    page = read(await ada.get(LEAVE))
    assert "You are its only owner" in page
    assert f'href="{MEMBERS}"' in page
    answer = await ada.submit(LEAVE, page="/profile/delete")
    assert answer.status_code == 409
    assert "Hand it over" in read(answer)
    assert await role(database, world.ada) == "owner"


async def test_the_page_to_delete_says_what_stands_in_the_way(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    assert f'href="{DELETE}"' in read(await ada.get("/profile"))
    page = read(await ada.get(DELETE))
    assert f'href="{MEMBERS}"' in page
    assert 'name="password"' not in page
    answer = await ada.submit(DELETE, {"password": world.ada.password}, page="/profile")
    assert answer.status_code == 409
    assert "You are the only owner of Analytical" in read(answer)


async def test_an_account_is_deleted_with_its_password(client: Client, world: World) -> None:
    bo = client.as_(world.bo)
    assert "Analytical" in read(await bo.get(DELETE))
    wrong = await bo.submit(DELETE, {"password": "another"}, page=DELETE)
    assert wrong.status_code == 403
    assert "This is not your present password" in read(wrong)

    answer = await bo.submit(DELETE, {"password": world.bo.password}, page=DELETE)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")
    assert "Your account is deleted." in read(await bo.get(answer.headers["location"]))
    assert (await bo.get("/profile")).status_code == 303


async def test_names_are_shown_as_text(client: Client, world: World, database: Database) -> None:
    async with database.transaction() as tx:
        sql = "UPDATE users SET first_name = '<b>Di' WHERE id = $1"
        await tx.execute(sql, world.di.id)
        await tx.execute("UPDATE organizations SET name = '<i>x' WHERE slug = 'analytical'")
    for path in (at(world.di), LEAVE):
        page = (await client.as_(world.di).get(path)).text
        assert "<b>Di" not in page
        assert "<i>x" not in page


async def test_who_is_a_member_for_a_while_sees_until_when_and_later_that_it_is_over(
    client: Client, world: World, database: Database
) -> None:
    di, cy = client.as_(world.di), client.as_(world.cy)
    async with database.transaction() as tx:
        until = datetime(2034, 3, 3, 23, 59, 59, tzinfo=UTC)
        sql = "UPDATE members SET member_until = $2 WHERE user_id = $1"
        await tx.execute(sql, world.di.id, until)
    assert "3 March 2034, at the end of the day (UTC)" in read(await di.get(HOME))
    assert "your access ends on 3 March 2034 (UTC)" in read(await di.get("/"))
    assert "access ends" not in read(await cy.get("/")) + read(await cy.get(HOME))

    async with database.transaction() as tx:
        await ends.let_end(tx, world.di.id)
    for path in (HOME, MEMBERS):
        answer = await di.get(path)
        assert answer.status_code == 404
        assert "<h1>Your access has ended</h1>" in read(answer)
        assert "Your access to Analytical ended on " in read(answer)
    assert "Analytical" not in read(await client.as_(world.eve).get(HOME))
