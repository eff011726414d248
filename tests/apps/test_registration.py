"""Registration: for an app that is open, by mail, with the default role, by no other key."""

from typing import Any

import pytest

from tests.apps.cast import Stage
from tests.client import API, Client, Mailbox, key_in, link_in
from tests.world import PASSWORD, AppPlace, World
from vestibule.kernel.database import Database

SHIFTS = f"{API}/apps/shifts"
ANA = "ana@example.com"
BETTER = "another lamp by the quiet stairs"


@pytest.fixture
async def is_open(world: World, database: Database) -> World:
    """A world in which *Shifts* is open to everybody."""
    await open_(database, world.shifts)
    return world


async def open_(database: Database, app: AppPlace, *, is_open: bool = True) -> None:
    async with database.transaction() as tx:
        await Stage(tx, World()).open(app.id, is_open=is_open)


async def ask(client: Client, email: str = ANA, app: str = "shifts") -> int:
    return (await client.post(f"{API}/apps/{app}/sign-ups", {"email": email})).status_code


async def key_for(database: Database, mailbox: Mailbox, email: str = ANA) -> str:
    async with database.reader() as reader:
        return await mailbox.last_key(reader, to=email)


async def complete(client: Client, key: str, app: str = "shifts", **more: str) -> Any:  # noqa: ANN401
    body = {"key": key, "password": BETTER, **more}
    return await client.post(f"{API}/apps/{app}/sign-ups/complete", body)


async def counts(database: Database) -> tuple[int, int, int]:
    async with database.reader() as reader:
        return (
            await reader.fetch_value("SELECT count(*) FROM users"),
            await reader.fetch_value("SELECT count(*) FROM app_members"),
            await reader.fetch_value("SELECT count(*) FROM messages"),
        )


async def test_a_closed_app_takes_nobody_by_the_api(
    client: Client, world: World, database: Database
) -> None:
    before = await counts(database)
    for person in (None, world.ada, world.mia):
        answer = await client.as_(person).post(f"{SHIFTS}/sign-ups", {"email": ANA})
        assert answer.status_code == 403
        assert answer.json()["code"] == "self_registration_disabled"
    assert await counts(database) == before


async def test_a_closed_app_says_so_on_its_page(
    client: Client, world: World, database: Database
) -> None:
    page = await client.get("/apps/shifts/register")
    assert page.status_code == 200
    assert 'name="email"' not in page.text
    before = await counts(database)
    answer = await client.submit("/apps/shifts/register", {"email": ANA}, page="/apps/shifts/login")
    assert answer.status_code == 403
    assert await counts(database) == before


async def test_an_open_app_takes_who_read_the_mail(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    before = await counts(database)
    assert await ask(client) == 202
    key = await key_for(database, mailbox)
    answer = await complete(client, key, name="Ana")

    assert answer.status_code == 201
    member = answer.json()["member"]
    assert (member["email"], member["name"], member["roles"]) == (ANA, "Ana", ["Manager"])
    after = await counts(database)
    assert (after[0], after[1]) == (before[0], before[1] + 1)
    assert (await complete(client, key)).json()["code"] == "key_used"
    headers = {"Authorization": f"Bearer {answer.json()['token']}"}
    me = await client.request("GET", f"{SHIFTS}/me", headers=headers)
    assert me.json() == member


async def test_the_mail_and_the_page_are_the_app_s_own(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    browser = client.as_(None)
    shown = await browser.submit(
        "/apps/shifts/register", {"email": ANA}, page="/apps/shifts/register"
    )
    assert shown.status_code == 200
    async with database.reader() as reader:
        letter = await mailbox.last(reader, to=ANA)
    assert "Shifts" in letter.subject
    assert "/apps/shifts/activation?key=" in letter.text

    arrived = await browser.get(link_in(letter.text))
    there = arrived.headers["Location"]
    assert there.startswith("/apps/shifts/activation/registration/key_")
    assert key_in(link_in(letter.text)) not in there
    form = {"name": "", "password": "short"}
    weak = await browser.submit(there, form, page=there)
    assert weak.status_code == 422
    good = await browser.submit(there, form | {"password": BETTER}, page=there)
    assert (good.status_code, good.headers["Location"]) == (303, "/apps/shifts/profile")
    profile = await browser.get("/apps/shifts/profile")
    assert profile.status_code == 200
    assert "Manager" in profile.text
    again = await browser.get(there)
    assert again.status_code in {404, 410}


async def test_what_was_closed_between_mail_and_click_stays_closed(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    await ask(client)
    key = await key_for(database, mailbox)
    await open_(database, is_open.shifts, is_open=False)
    before = await counts(database)

    answer = await complete(client, key)
    assert (answer.status_code, answer.json()["code"]) == (403, "self_registration_disabled")
    assert await counts(database) == before

    browser = client.as_(None)
    arrived = await browser.get(f"/apps/shifts/activation?key={key}")
    if arrived.status_code == 303:
        there = arrived.headers["Location"]
        form = {"name": "", "password": BETTER}
        page = await browser.submit(there, form, page="/apps/shifts/login")
        assert page.status_code == 403
    assert await counts(database) == before

    await open_(database, is_open.shifts)
    assert (await complete(client, key)).status_code == 201


async def test_a_key_of_one_app_opens_no_other_nor_the_platform(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    await open_(database, is_open.rota)
    await ask(client)
    key = await key_for(database, mailbox)

    answer = await complete(client, key, app="rota")
    assert (answer.status_code, answer.json()["code"]) == (404, "key_not_found")
    names = {"first_name": "Ana", "last_name": "Ahn"}
    body = {"key": key, "password": BETTER, **names}
    answer = await client.post(f"{API}/sign-ups/complete", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "key_not_found")
    for page in ("/apps/rota/activation", "/activation"):
        assert (await client.get(f"{page}?key={key}")).status_code == 404

    await client.post(f"{API}/sign-ups", {"email": "bea@example.com"})
    key = await key_for(database, mailbox, "bea@example.com")
    assert (await complete(client, key)).json()["code"] == "key_not_found"


async def test_a_known_address_gets_the_same_answer_and_another_mail(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    for email in (is_open.emil.email, ANA):
        assert await ask(client, email) == 202
    async with database.reader() as reader:
        known = await mailbox.last(reader, to=is_open.emil.email)
        new = await mailbox.last(reader, to=ANA)
    assert "?key=" not in known.text
    assert "/apps/shifts/login" in known.text
    assert "?key=" in new.text


async def test_an_invitation_that_was_faster_leaves_nothing_to_register(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    await ask(client)
    key = await key_for(database, mailbox)
    offer = {"email": ANA, "role": "Employee"}
    await client.as_(is_open.mia).post(f"{SHIFTS}/invitations", offer)
    invited = {"key": await key_for(database, mailbox), "account": {"password": BETTER}}
    assert (await client.post(f"{API}/invitations/accept", invited)).status_code == 200

    answer = await complete(client, key)
    assert answer.status_code in {409, 410}
    async with database.reader() as reader:
        roles = "SELECT count(*) FROM app_member_roles r JOIN accounts a ON a.id = r.app_member_id"
        assert await reader.fetch_value(f"{roles} WHERE a.address = $1", ANA) == 1


async def test_the_default_role_is_that_of_the_moment_of_the_click(
    client: Client, is_open: World, database: Database, mailbox: Mailbox
) -> None:
    await ask(client)
    key = await key_for(database, mailbox)
    async with database.transaction() as tx:
        await tx.execute(
            """
            UPDATE app_definitions SET definition = jsonb_set(definition::jsonb,
                   '{security,default,role}', '"Employee"')::json
            """
        )
    answer = await complete(client, key)
    assert answer.json()["member"]["roles"] == ["Employee"]


async def test_an_app_that_is_not_published_has_no_door(
    client: Client, is_open: World, database: Database
) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE apps SET version = NULL WHERE slug = 'shifts'")
    before = await counts(database)
    for path in ("login", "register", "activation", "forgotten-password", "profile"):
        assert (await client.get(f"/apps/shifts/{path}")).status_code == 404
    assert await ask(client) == 404
    sent = {"email": is_open.emil.email, "password": PASSWORD}
    assert (await client.post(f"{SHIFTS}/sessions", sent)).status_code == 404
    assert (await client.post(f"{SHIFTS}/password-resets", {"email": ANA})).status_code == 404
    assert await counts(database) == before
