"""The pages of users: signing up, and the profile."""

from dataclasses import replace

import pytest

from tests.client import Client, Mailbox, link_in
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.settings import SignUps

PASSWORD = "seven swans on the lake"
ANA = {"first_name": "Ana", "last_name": "Berg", "password": PASSWORD, "phone": ""}


async def link_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        letter = await mailbox.last(reader, to=email)
    return link_in(letter.text).removeprefix("http://localhost:8000")


async def test_nobody_signed_in_has_no_profile(client: Client) -> None:
    answer = await client.get("/profile")

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/profile")


async def test_one_signs_up_by_mail_and_is_signed_in(
    client: Client, database: Database, mailbox: Mailbox
) -> None:
    asked = await client.submit("/sign-up", {"email": "ana@example.com"})
    link = await link_to(database, mailbox, "ana@example.com")
    opened = await client.get(link)
    path = opened.headers["Location"]
    page = await client.get(path)
    faulty = await client.submit(path, {**ANA, "first_name": "", "phone": "+31 6"}, page=path)
    done = await client.submit(path, ANA, page=path)

    assert (asked.status_code, opened.status_code, page.status_code) == (200, 303, 200)
    assert "ana@example.com" in page.text
    assert link.partition("=")[2] not in page.text + path
    assert (faulty.status_code, 'value="Berg"' in faulty.text) == (422, True)
    assert PASSWORD not in faulty.text
    assert (done.status_code, done.headers["Location"]) == (303, "/")
    assert 'value="Ana"' in (await client.get("/profile")).text
    assert (await client.get(link)).status_code == 410


async def test_signing_up_comes_back_to_where_one_was(
    client: Client, database: Database, mailbox: Mailbox
) -> None:
    await client.submit("/sign-up?next=/organizations/new", {"email": "ana@example.com"})
    opened = await client.get(await link_to(database, mailbox, "ana@example.com"))
    path = opened.headers["Location"]
    done = await client.submit(path, ANA, page=path)

    assert done.headers["Location"] == "/organizations/new"


async def test_the_page_says_the_same_to_a_known_address(client: Client, world: World) -> None:
    known = await client.submit("/sign-up", {"email": world.ada.email})
    unknown = await client.submit("/sign-up", {"email": "no@cast.example.com"})

    assert known.status_code == unknown.status_code == 200
    assert known.text.replace(world.ada.email, "") == unknown.text.replace(
        "no@cast.example.com", ""
    )


@pytest.mark.parametrize("email", ["", "ana", "ana@example.com,eve@example.com", "a\x00@b.example"])
async def test_what_is_no_address_is_shown_again_with_what_to_do(
    client: Client, database: Database, email: str
) -> None:
    answer = await client.submit("/sign-up", {"email": email})

    assert (answer.status_code, "such as ana@example.com" in answer.text) == (422, True)
    async with database.reader() as reader:
        assert await reader.fetch_value("SELECT count(*) FROM messages") == 0


async def test_where_one_has_to_be_invited_the_page_says_so(house: House) -> None:
    settings = replace(house.settings, sign_ups=SignUps.INVITED)
    closed = Client.of(replace(house, settings=settings))
    page = await closed.get("/sign-up")
    sent = await closed.submit("/sign-up", {"email": "ana@example.com"})

    assert (page.status_code, "made by invitation" in page.text) == (200, True)
    assert (sent.status_code, "made by invitation" in sent.text) == (403, True)
    assert 'href="/sign-up"' not in (await closed.get("/sign-in")).text


async def test_one_changes_ones_profile(client: Client, world: World) -> None:
    ada = client.as_(world.ada)
    form = {
        "first_name": "Augusta",
        "last_name": "Abel",
        "phone": "+44 20 7946 0018",
        "default_organization": world.analytical.public_id,
    }
    faulty = await ada.submit("/profile", {**form, "phone": "call me"}, page="/profile")
    done = await ada.submit("/profile", form, page="/profile")
    page = await ada.get("/profile")

    assert (faulty.status_code, 'value="call me"' in faulty.text) == (422, True)
    assert (done.status_code, done.headers["Location"]) == (303, "/profile?saved=profile")
    assert 'value="Augusta"' in page.text
    assert 'value="+442079460018"' in page.text
    assert f'value="{world.analytical.public_id}" selected' in page.text
    signed = await ada.submit(
        "/sign-in", {"email": world.ada.email, "password": world.ada.password}
    )
    assert signed.headers["Location"].startswith("/organizations/")


async def test_one_lands_in_no_organization_of_others(client: Client, world: World) -> None:
    form = {
        "first_name": "Ada",
        "last_name": "Abel",
        "phone": "",
        "default_organization": world.elsewhere.public_id,
    }
    answer = await client.as_(world.ada).submit("/profile", form, page="/profile")

    assert answer.status_code == 422
