"""Role changes mail, but not without end: an unsent mail gives way, and an address gets so many."""

from dataclasses import replace

import pytest

from tests.client import API, Client, Mailbox
from tests.world import World
from vestibule.accounts.limit_guards import NEWS_BY_ADDRESS_DAY
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.limits import Limiter

FLIPS = 12
COUNT = "SELECT count(*) FROM messages WHERE recipient = $1"
SENT = "UPDATE messages SET state = 'sent', settled_at = clock_timestamp()"


@pytest.fixture
def limited(house: House, database: Database) -> Client:
    """The same house, with its limits on."""
    return Client.of(replace(house, database=database, limiter=Limiter(database)))


async def flip(client: Client, world: World, number: int) -> None:
    """Make Di something else, and Emil in the app: each time what they were not."""
    ada = client.as_(world.ada)
    at = f"{API}/organizations/analytical/members/{world.di.public_id}"
    role = ("manager", "viewer")[number % 2]
    in_app = f"{API}/apps/shifts/members/{world.emil.public_id}"
    held = ("Manager", "Employee")[number % 2]
    assert (await ada.patch(at, {"role": role})).json()["role"] == role
    assert (await ada.patch(in_app, {"roles": [held]})).json()["roles"] == [held]


async def count(database: Database, email: str) -> int:
    async with database.reader() as reader:
        return int(await reader.fetch_value(COUNT, email))


async def test_a_mail_that_was_not_sent_gives_way_to_the_next(
    client: Client, world: World, database: Database
) -> None:
    for number in range(FLIPS):
        await flip(client, world, number)
    for person in (world.di, world.emil):
        assert await count(database, person.email) == 1
        async with database.reader() as reader:
            sql = "SELECT parameters::text FROM messages WHERE recipient = $1"
            assert await reader.fetch_value(sql, person.email)


async def test_the_mail_that_is_left_says_how_it_is(
    client: Client, world: World, database: Database
) -> None:
    for number in range(3):
        await flip(client, world, number)
    async with database.reader() as reader:
        sql = "SELECT parameters ->> 'role' FROM messages WHERE recipient = $1"
        assert await reader.fetch_value(sql, world.di.email) == "manager"
        sql = "SELECT parameters ->> 'roles' FROM messages WHERE recipient = $1"
        assert await reader.fetch_value(sql, world.emil.email) == "Manager"


async def test_an_address_gets_so_many_and_the_change_is_made_all_the_same(
    limited: Client, world: World, database: Database
) -> None:
    for number in range(FLIPS):
        await flip(limited, world, number)
        async with database.transaction() as tx:
            await tx.execute(SENT)
    for person in (world.di, world.emil):
        assert await count(database, person.email) == NEWS_BY_ADDRESS_DAY.most


async def test_news_keep_nobody_from_being_invited(limited: Client, world: World) -> None:
    for number in range(FLIPS):
        await flip(limited, world, number)
    body = {"email": world.di.email, "role": "Employee"}
    answer = await limited.as_(world.ada).post(f"{API}/apps/shifts/invitations", body)
    assert answer.status_code == 201, answer.text


async def test_who_may_not_change_a_role_uses_no_mails_up(
    limited: Client, world: World, database: Database
) -> None:
    at = f"{API}/organizations/analytical/members/{world.cy.public_id}"
    for _ in range(FLIPS):
        answer = await limited.as_(world.di).patch(at, {"role": "viewer"})
        assert answer.status_code == 403
    assert (await limited.as_(world.ada).patch(at, {"role": "viewer"})).status_code == 200
    assert await count(database, world.cy.email) == 1


async def test_an_unsent_invitation_names_who_answers_for_it_now(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    body = {"email": "ana@example.com", "role": "viewer"}
    organization = f"{API}/organizations/analytical"
    made = await client.as_(world.bo).post(f"{organization}/invitations", body)
    assert made.status_code == 201

    at = f"{organization}/members/{world.bo.public_id}?invitations=keep"
    assert (await client.as_(world.ada).delete(at)).status_code == 204

    async with database.reader() as reader:
        letter = await mailbox.last(reader, to="ana@example.com")
    assert "Ada Abel" in letter.text
    assert "Bo Berg" not in letter.text + letter.subject + letter.html
