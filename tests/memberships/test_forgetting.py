"""A deleted account is gone from every table but the trail: whatever its addresses were.

Nia signs up, is mailed on every occasion, moves to another address, and deletes her account.
"""

from dataclasses import dataclass, field

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, World
from vestibule.kernel.database import Database

INVITATIONS = f"{API}/organizations/analytical/invitations"
PROFILE = {"first_name": "Nia", "last_name": "Nye", "password": PASSWORD}


@dataclass(frozen=True, slots=True)
class Nia:
    """Somebody with a life, and what is kept of it."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    async def key(self, email: str) -> str:
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=email)

    async def post(self, path: str, token: str = "", **body: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = await self.client.post(f"{API}{path}", body or None, headers=headers)
        assert answer.is_success, answer.text
        return answer

    async def sign_up(self, email: str) -> str:
        await self.post("/sign-ups", email=email)
        made = await self.post("/sign-ups/complete", key=await self.key(email), **PROFILE)
        return str(made.json()["token"])

    async def invited(self, email: str, role: str = "viewer") -> str:
        """Have Ada invite her; gives the key."""
        body = {"email": email, "role": role}
        answer = await self.client.as_(self.world.ada).post(INVITATIONS, body)
        assert answer.status_code == 201, answer.text
        return await self.key(email)

    async def move(self, token: str, email: str) -> None:
        await self.post("/me/address", token, email=email, password=PASSWORD)
        await self.post("/me/address/complete", token, key=await self.key(email))

    async def left(self, *words: str) -> set[str]:
        """Give every column of every table, but the trail, in which one of the words stands."""
        columns = """
            SELECT table_name, column_name FROM information_schema.columns c
              JOIN information_schema.tables t USING (table_schema, table_name)
             WHERE table_schema = 'public' AND table_name <> 'audit' AND table_type = 'BASE TABLE'
        """
        found = set()
        async with self.database.reader() as reader:
            for row in await reader.fetch_all(columns):
                table, column = row["table_name"], row["column_name"]
                sql = f'SELECT count(*) FROM "{table}" WHERE lower("{column}"::text) LIKE ANY ($1)'
                if await reader.fetch_value(sql, [f"%{word}%" for word in words]):
                    found.add(f"{table}.{column}")
        return found


@pytest.fixture
def nia(client: Client, world: World, database: Database, mailbox: Mailbox) -> Nia:
    return Nia(client, world, database, mailbox)


async def test_nothing_names_them_by_any_address_that_they_had(nia: Nia) -> None:
    token = await nia.sign_up("Nia@example.com")
    await nia.post("/sign-ups", email="NIA@EXAMPLE.COM")
    await nia.post("/invitations/accept", key=await nia.invited("nia@example.com"))
    await nia.move(token, "nia.new@example.com")
    await nia.post("/password-resets", email="Nia.New@Example.com")
    await nia.post("/me/address", token, email="nia.third@example.com", password=PASSWORD)
    assert await nia.left("nia") != set()

    await nia.post("/me/deletion", token, password=PASSWORD)

    assert await nia.left("nia") == set()


async def test_what_they_declined_is_gone_with_the_reason(nia: Nia) -> None:
    token = await nia.sign_up("nia@example.com")
    key = await nia.invited("Nia@example.com")
    await nia.post("/invitations/decline", key=key, reason="Too far from my aunt in Nidda")

    await nia.post("/me/deletion", token, password=PASSWORD)

    assert await nia.left("nia", "nidda") == set()


async def test_what_is_pending_for_the_address_stays(nia: Nia) -> None:
    token = await nia.sign_up("nia@example.com")
    key = await nia.invited("nia@example.com")
    await nia.post("/me/deletion", token, password=PASSWORD)
    joined = await nia.post("/invitations/accept", key=key, account=PROFILE)
    assert joined.json()["session"]["token"]


async def test_keys_of_a_sign_up_are_gone_with_the_address(nia: Nia) -> None:
    token = await nia.sign_up("nia@example.com")
    assert "keys.subject" in await nia.left("nia@example.com")
    await nia.move(token, "elsewhere@example.com")
    assert not {"keys.subject", "keys.particulars"} & await nia.left("nia@example.com")


async def test_a_mail_to_another_spelling_of_the_address_is_theirs_too(nia: Nia) -> None:
    await nia.post("/sign-ups", email="NIA@example.com")
    token = await nia.sign_up("nia@example.com")
    await nia.post("/me/deletion", token, password=PASSWORD)
    assert await nia.left("nia") == set()


async def test_mails_to_others_name_them_no_more(nia: Nia) -> None:
    token = await nia.sign_up("nia@example.com")
    joined = await nia.invited("nia@example.com", "admin")
    await nia.post("/invitations/accept", token, key=joined)
    here = "/organizations/analytical"
    may = ["members:read", "apps:read", "invitations:manage"]
    bot, old = [
        (await nia.post(f"{here}/api-keys", token, name=name, permissions=may)).json()
        for name in ("Bot", "Old bot")
    ]
    senders = {"ana": token, "bea": bot["secret"], "eva": old["secret"]}
    for name, sender in senders.items():
        email = f"{name}@example.com"
        await nia.post(f"{here}/invitations", sender, email=email, role="viewer")
    members, headers = f"{API}{here}/members", {"Authorization": f"Bearer {token}"}
    kept = f"{API}{here}/api-keys/{old['id']}?invitations=keep"  # she answers for it herself then
    assert (await nia.client.delete(kept, headers=headers)).is_success
    async with nia.database.reader() as reader:
        assert "Nia Nye" in (await nia.mailbox.last(reader, to="eva@example.com")).text
    di, cy = nia.world.di, nia.world.cy
    for told in (
        nia.client.patch(f"{members}/{di.public_id}", {"role": "manager"}, headers=headers),
        nia.client.delete(f"{members}/{cy.public_id}", headers=headers),
    ):
        assert (await told).is_success
    assert "messages.parameters" in await nia.left("nia nye")

    await nia.post("/me/deletion", token, password=PASSWORD)

    assert await nia.left("nia", "nye") == set()
    async with nia.database.reader() as reader:
        assert "A former member" in (await nia.mailbox.last(reader, to=di.email)).text
        assert "A former member" in (await nia.mailbox.last(reader, to=cy.email)).text
