"""Users in the API: sign up, and what they say of themselves."""

from dataclasses import replace

import pytest

from tests.client import API, Client, Mailbox
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.settings import SignUps

PASSWORD = "seven swans on the lake"
ANA = {"first_name": "Ana", "last_name": "Berg", "password": PASSWORD}


async def key_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        return await mailbox.last_key(reader, to=email)


async def count(database: Database, table: str) -> int:
    async with database.reader() as reader:
        number: int = await reader.fetch_value(f"SELECT count(*) FROM {table}")
        return number


@pytest.fixture
def invited_only(house: House) -> Client:
    """A client of a house where nobody signs up by themselves."""
    return Client.of(replace(house, settings=replace(house.settings, sign_ups=SignUps.INVITED)))


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_nobody_signed_in_is_told_to_sign_in(client: Client, method: str) -> None:
    answer = await client.request(method, f"{API}/me", json={})

    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


async def test_one_signs_up_by_mail(client: Client, database: Database, mailbox: Mailbox) -> None:
    asked = await client.post(f"{API}/sign-ups", {"email": "Ana@example.com", "locale": "en"})
    key = await key_to(database, mailbox, "Ana@example.com")
    answer = await client.post(
        f"{API}/sign-ups/complete", {"key": key, **ANA, "phone": "+31 6 1234 5678"}
    )
    session = answer.json()

    assert (asked.status_code, answer.status_code) == (202, 201)
    headers = {"Authorization": f"Bearer {session['token']}"}
    me = (await client.get(f"{API}/me", headers=headers)).json()
    assert session["user"] == me
    assert me | {"id": "", "created_at": ""} == {
        "object": "user",
        "id": "",
        "email": "Ana@example.com",
        "first_name": "Ana",
        "last_name": "Berg",
        "phone": "+31612345678",
        "locale": "en",
        "default_organization": None,
        "created_at": "",
    }


async def test_signing_up_is_answered_alike_for_every_address(
    client: Client, world: World, database: Database
) -> None:
    known = await client.post(f"{API}/sign-ups", {"email": world.ada.email})
    unknown = await client.post(f"{API}/sign-ups", {"email": "nobody@example.com"})

    assert known.status_code == unknown.status_code == 202
    assert known.content == unknown.content
    assert set(known.headers) == set(unknown.headers)
    assert await count(database, "messages") == 2
    assert await count(database, "keys") == 1


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"first_name": ""}, ("first_name", "invalid_name")),
        ({"last_name": "<b>"}, ("last_name", "invalid_name")),
        ({"phone": "call me"}, ("phone", "invalid_phone")),
        ({"password": "short"}, ("password", "weak_password")),
        ({"password": "Ana Berg 123"}, ("password", "weak_password")),
        ({"password": ["seven swans on the lake"]}, ("password", "invalid_request")),
        ({"role": "owner"}, ("role", "invalid_request")),
    ],
)
async def test_what_breaks_a_rule_makes_no_user_and_leaves_the_key(
    client: Client,
    database: Database,
    mailbox: Mailbox,
    change: dict[str, object],
    fault: tuple[str, str],
) -> None:
    await client.post(f"{API}/sign-ups", {"email": "ana@example.com"})
    key = await key_to(database, mailbox, "ana@example.com")
    answer = await client.post(f"{API}/sign-ups/complete", {"key": key, **ANA, **change})

    assert answer.status_code == 422
    [found] = answer.json()["errors"]
    assert (found["path"], found["code"]) == fault
    assert await count(database, "accounts") == 0
    right = await client.post(f"{API}/sign-ups/complete", {"key": key, **ANA})
    assert right.status_code == 201


async def test_a_key_of_a_reset_makes_no_user(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    await client.post(f"{API}/password-resets", {"email": world.ada.email})
    key = await key_to(database, mailbox, world.ada.email)
    answer = await client.post(f"{API}/sign-ups/complete", {"key": key, **ANA})

    assert (answer.status_code, answer.json()["code"]) == (404, "key_not_found")


async def test_where_one_has_to_be_invited_nobody_signs_up(
    invited_only: Client, database: Database
) -> None:
    for path, body in (
        ("/sign-ups", {"email": "ana@example.com"}),
        ("/sign-ups/complete", {"key": "x", **ANA}),
    ):
        answer = await invited_only.post(f"{API}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "sign_ups_closed")
    assert await count(database, "messages") == 0


async def test_one_changes_what_one_names_and_nothing_else(
    client: Client, world: World, database: Database
) -> None:
    ada = client.as_(world.ada)
    before = (await ada.get(f"{API}/me")).json()
    after = (
        await ada.patch(f"{API}/me", {"first_name": " Augusta ", "phone": "020 79460018"})
    ).json()
    cleared = (await ada.patch(f"{API}/me", {"phone": None})).json()
    same = (await ada.patch(f"{API}/me", {})).json()

    assert after == before | {"first_name": "Augusta", "phone": "02079460018"}
    assert cleared == same == after | {"phone": None}
    assert await count(database, "audit") == 2


async def test_one_lands_in_an_organization_that_one_belongs_to(
    client: Client, world: World
) -> None:
    ada = client.as_(world.ada)
    wanted = {"default_organization": world.analytical.public_id}
    assert (await ada.patch(f"{API}/me", wanted)).json()["default_organization"] == (
        world.analytical.public_id
    )
    foreign = await ada.patch(f"{API}/me", {"default_organization": world.elsewhere.public_id})
    nowhere = await ada.patch(
        f"{API}/me", {"default_organization": "org_01h455vb4pex5vsknk084sn02q"}
    )

    assert foreign.status_code == nowhere.status_code == 422
    assert foreign.json() == nowhere.json()
    assert foreign.json()["errors"][0]["code"] == "not_your_organization"
    back = await ada.patch(f"{API}/me", {"default_organization": None})
    assert back.json()["default_organization"] is None


@pytest.mark.parametrize(
    "ending",
    [
        "UPDATE members SET member_until = clock_timestamp() WHERE user_id = $1",
        """
        UPDATE organizations SET closed_at = clock_timestamp()
         WHERE id = (SELECT default_organization_id FROM users WHERE id = $1)
        """,
    ],
    ids=["over", "deleted"],
)
async def test_where_one_is_no_more_is_not_where_one_lands(
    client: Client, world: World, database: Database, ending: str
) -> None:
    di = client.as_(world.di)
    landing = {"default_organization": world.analytical.public_id}
    await di.patch(f"{API}/me", landing)
    async with database.transaction() as tx:
        await tx.execute(ending, world.di.id)

    assert (await di.get(f"{API}/me")).json()["default_organization"] is None
    anew = (await di.post(f"{API}/organizations", {"name": "Anew"})).json()["id"]
    assert (await di.get(f"{API}/me")).json()["default_organization"] == anew


async def test_what_one_says_of_oneself_keeps_nobody_landing_where_they_are_no_more(
    client: Client, world: World, database: Database
) -> None:
    di = client.as_(world.di)
    landing = {"default_organization": world.analytical.public_id}
    await di.patch(f"{API}/me", landing)
    async with database.transaction() as tx:
        over = "UPDATE members SET member_until = clock_timestamp() WHERE user_id = $1"
        await tx.execute(over, world.di.id)
    renamed = await di.patch(f"{API}/me", {"first_name": "Dido"})
    assert (renamed.status_code, renamed.json()["default_organization"]) == (200, None)
    assert (await di.patch(f"{API}/me", landing)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"email": "eve@example.com"},
        {"first_name": None},
        {"first_name": ["Eve"]},
        {"default_organization": 5},
        {"first_name": "a\u0000b"},
        {"last_name": "x" * 81},
    ],
)
async def test_what_may_not_be_changed_stays(
    client: Client, world: World, body: dict[str, object]
) -> None:
    ada = client.as_(world.ada)
    before = (await ada.get(f"{API}/me")).json()

    assert (await ada.patch(f"{API}/me", body)).status_code == 422
    assert (await ada.get(f"{API}/me")).json() == before


async def test_a_key_of_an_address_that_got_an_account_meanwhile_costs_no_hash(
    client: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    """Else a key that can never be spent would have us hash for ever; no rule is even looked at."""
    await client.post(f"{API}/sign-ups", {"email": "ana@example.com"})
    key = await key_to(database, mailbox, "ana@example.com")
    offer = {"email": "ana@example.com", "role": "viewer"}
    await client.as_(world.ada).post(f"{API}/organizations/analytical/invitations", offer)
    invited = await key_to(database, mailbox, "ana@example.com")
    await client.post(f"{API}/invitations/accept", {"key": invited, "account": ANA})

    answer = await client.post(f"{API}/sign-ups/complete", {"key": key, **ANA, "password": "short"})

    assert (answer.status_code, answer.json()["code"]) == (409, "account_exists")
