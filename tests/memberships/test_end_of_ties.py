"""Who published an app first is in it for managing that: past their end, before the chore came.

Over the API, with real mails. *Nova* is Bo's: he is in it without a password.
"""

from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from tests import ends, invariants
from tests.client import API, Client, Mailbox
from tests.world import World, definition
from vestibule.kernel.database import Database
from vestibule.memberships import chores

ANALYTICAL = f"{API}/organizations/analytical"
NOVA = f"{API}/apps/nova"
OWN = "another lamp by the stairs"
MANAGER = {"email": "ana@example.com", "role": "Manager"}


@dataclass(frozen=True, slots=True)
class Nova:
    """The app, and what Bo does there."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    async def publish(self) -> None:
        bo = self.client.as_(self.world.bo)
        good(await bo.post(f"{ANALYTICAL}/apps", {"name": "Nova", "slug": "nova"}))
        good(await bo.put(f"{NOVA}/definition", definition("Nova")))
        good(await bo.post(f"{NOVA}/publish"))

    async def let_ana_in(self) -> None:
        """Have Ada invite Ana as another Manager, who joins."""
        good(await self.client.as_(self.world.ada).post(f"{NOVA}/invitations", MANAGER))
        body = {"key": await self.key(MANAGER["email"]), "account": {"password": OWN}}
        good(await self.client.post(f"{API}/invitations/accept", body))

    async def let_end(self, *, ago: timedelta = ends.SECOND) -> None:
        async with self.database.transaction() as tx:
            await ends.let_end(tx, self.world.bo.id, ago=ago)

    async def key(self, email: str) -> str:
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=email)

    async def ask_reset(self) -> None:
        body = {"email": self.world.bo.email}
        good(await self.client.post(f"{NOVA}/password-resets", body))

    async def reset(self, key: str) -> httpx.Response:
        body = {"key": key, "password": OWN}
        return await self.client.post(f"{NOVA}/password-resets/complete", body)

    async def sign_in(self) -> str:
        body = {"email": self.world.bo.email, "password": OWN}
        return word(await self.client.post(f"{NOVA}/sessions", body))

    async def count(self, sql: str, *values: object) -> int:
        async with self.database.reader() as reader:
            return int(await reader.fetch_value(f"SELECT count(*) FROM {sql}", *values))

    async def accounts(self) -> int:
        """Count those of Bo's address: one is the user's."""
        return await self.count("accounts WHERE address = $1", self.world.bo.email)


@pytest.fixture
async def nova(client: Client, world: World, database: Database, mailbox: Mailbox) -> Nova:
    made = Nova(client, world, database, mailbox)
    await made.publish()
    return made


def good(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, answer.text
    return answer


def word(answer: httpx.Response) -> str:
    return str(answer.status_code if answer.is_success else answer.json()["code"])


async def test_past_their_end_they_have_no_account_there_whose_password_to_choose(
    nova: Nova,
) -> None:
    await nova.ask_reset()
    key = await nova.key(nova.world.bo.email)
    mails = await nova.count("messages")
    await nova.let_end()

    await nova.ask_reset()
    assert await nova.count("messages") == mails
    assert word(await nova.reset(key)) == "key_not_found"
    assert await nova.sign_in() == "invalid_credentials"

    assert await chores.clear_over(nova.database) == 1
    assert await nova.accounts() == 1


async def test_a_password_from_after_the_end_keeps_nobody(nova: Nova) -> None:
    await nova.ask_reset()
    good(await nova.reset(await nova.key(nova.world.bo.email)))
    await nova.let_end(ago=timedelta(minutes=1))
    await chores.clear_over(nova.database)
    assert await nova.accounts() == 1


async def test_one_from_before_the_end_keeps_them_as_themselves_alone(nova: Nova) -> None:
    await nova.ask_reset()
    good(await nova.reset(await nova.key(nova.world.bo.email)))
    await nova.let_end(ago=timedelta(0))
    await chores.clear_over(nova.database)
    assert await nova.sign_in() == "201"
    assert await nova.count("app_members WHERE user_id IS NOT NULL") == 0


async def test_what_they_sent_as_that_member_lets_nobody_in_any_more(nova: Nova) -> None:
    started = good(await nova.client.as_(nova.world.bo).post(f"{NOVA}/sessions", {"as": "me"}))
    headers = {"Authorization": f"Bearer {started.json()['token']}"}
    good(await nova.client.post(f"{NOVA}/invitations", MANAGER, headers=headers))
    await nova.let_end()
    body = {"key": await nova.key(MANAGER["email"]), "account": {"password": OWN}}
    joined = await nova.client.post(f"{API}/invitations/accept", body)
    assert word(joined) == "inviter_not_entitled"


async def test_they_are_invited_and_come_in_anew_with_an_account_of_their_own(nova: Nova) -> None:
    email = nova.world.bo.email
    await nova.let_end()
    listed = good(await nova.client.as_(nova.world.ada).get(f"{NOVA}/members")).json()["data"]
    assert [one["email"] for one in listed] == []
    invited = {"email": email, "role": "Employee"}
    good(await nova.client.as_(nova.world.ada).post(f"{NOVA}/invitations", invited))
    body = {"key": await nova.key(email), "account": {"password": OWN}}
    good(await nova.client.post(f"{API}/invitations/accept", body))
    assert await nova.sign_in() == "201"

    await chores.clear_over(nova.database)
    assert await nova.sign_in() == "201"
    assert await nova.count("audit WHERE event = 'app_member.ended'") == 1
    async with nova.database.reader() as reader:
        faults = await invariants.broken(reader)
    assert not [name for name in faults if not name.startswith(("I28", "I26"))], faults


@pytest.mark.parametrize("whose", ["the user", "the member"])
async def test_a_publish_moves_the_role_of_who_is_out_all_the_same(nova: Nova, whose: str) -> None:
    ada = nova.client.as_(nova.world.ada)
    await nova.let_ana_in()
    async with nova.database.transaction() as tx:
        sql = "SELECT id FROM app_members WHERE user_id = $1"
        member_id = await tx.fetch_value(sql, nova.world.bo.id)
        await ends.let_end(tx, nova.world.bo.id if whose == "the user" else member_id)
    draft = definition("Nova")
    roles = draft["security"]["roles"]
    roles["Lead"] = roles.pop("Manager")
    roles["Boss"]["inherits"] = ["Lead"]
    draft["security"]["default"] = {"role": "Lead"}
    good(await ada.put(f"{NOVA}/definition", draft))
    good(await ada.post(f"{NOVA}/publish", {"roles": {"Manager": "Lead"}}))
