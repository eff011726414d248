"""How often something may be tried: passwords, mails, keys."""

import asyncio
from dataclasses import replace

import pytest

from tests.client import API, Client, Mailbox
from tests.world import PASSWORD, World
from vestibule.accounts.limit_guards import (
    MAIL_BY_ADDRESS_DAY,
    MAIL_BY_ADDRESS_WEEK,
    PASSWORD_BY_ACCOUNT,
    PASSWORD_BY_SESSION,
)
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.limits import Limiter

NEW = "seven swans on the lake"


@pytest.fixture
def guarded(house: House, database: Database) -> Client:
    """A client of a house that counts."""
    return Client.of(replace(house, limiter=Limiter(database, is_on=True)))


async def key_to(database: Database, mailbox: Mailbox, email: str) -> str:
    async with database.reader() as reader:
        return await mailbox.last_key(reader, to=email)


async def count_mails(database: Database) -> int:
    async with database.reader() as reader:
        count: int = await reader.fetch_value("SELECT count(*) FROM messages")
        return count


async def test_of_many_tries_at_once_no_more_are_checked_than_the_limit(
    guarded: Client, world: World
) -> None:
    body = {"email": world.ada.email, "password": "wrong wrong"}
    answers = await asyncio.gather(*(guarded.post(f"{API}/sessions", body) for _ in range(40)))
    statuses = [answer.status_code for answer in answers]

    assert statuses.count(401) == PASSWORD_BY_ACCOUNT.most
    assert statuses.count(429) == 40 - PASSWORD_BY_ACCOUNT.most


async def test_signing_up_and_resets_share_the_mails_of_an_address_whatever_its_spelling(
    guarded: Client, database: Database
) -> None:
    for number in range(MAIL_BY_ADDRESS_DAY.most + 2):
        body = {"email": f"ana+{number}@example.com"}
        assert (await guarded.post(f"{API}/sign-ups", body)).status_code == 202

    assert await count_mails(database) == MAIL_BY_ADDRESS_DAY.most


async def test_strangers_who_try_the_account_do_not_keep_its_owner_from_a_new_password(
    guarded: Client, world: World
) -> None:
    body = {"email": world.ada.email, "password": "wrong wrong"}
    for _ in range(PASSWORD_BY_ACCOUNT.most):
        await guarded.post(f"{API}/sessions", body)
    assert (await guarded.post(f"{API}/sessions", body)).status_code == 429

    change = {"current": PASSWORD, "new": NEW}
    answer = await guarded.as_(world.ada).post(f"{API}/me/password", change)
    assert answer.status_code == 204


async def test_who_is_signed_in_has_so_many_tries_at_the_present_password(
    guarded: Client, world: World
) -> None:
    change = {"current": "wrong wrong", "new": NEW}
    ada = guarded.as_(world.ada)
    answers = [
        (await ada.post(f"{API}/me/password", change)).status_code
        for _ in range(PASSWORD_BY_SESSION.most + 1)
    ]
    assert answers == [403] * PASSWORD_BY_SESSION.most + [429]


async def test_mails_of_other_kinds_do_not_use_up_the_way_back_in(
    guarded: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    for _ in range(MAIL_BY_ADDRESS_DAY.most + 1):
        await guarded.post(f"{API}/sign-ups", {"email": world.ada.email})
    await guarded.post(f"{API}/password-resets", {"email": world.ada.email})
    async with database.reader() as reader:
        letters = await mailbox.letters(reader, to=world.ada.email)
    assert len(letters) == MAIL_BY_ADDRESS_DAY.most + 1
    assert "password" in letters[-1].subject


async def test_a_stranger_cannot_use_up_the_mails_of_an_address_by_inviting(
    guarded: Client, world: World
) -> None:
    offer = {"email": "victim@cast.example.com", "role": "viewer"}
    eve, ada = guarded.as_(world.eve), guarded.as_(world.ada)
    invitations = f"{API}/organizations/analytical/invitations"
    answers = [
        (await eve.post(invitations, offer)).status_code
        for _ in range(MAIL_BY_ADDRESS_DAY.most + 1)
    ]
    assert set(answers) == {404}
    assert (await ada.post(invitations, offer)).status_code == 201


async def test_wrong_passwords_are_stopped_and_a_right_one_starts_anew(
    guarded: Client, world: World
) -> None:
    async def attempt(password: str, email: str = world.ada.email) -> int:
        body = {"email": email, "password": password}
        return (await guarded.post(f"{API}/sessions", body)).status_code

    tries = PASSWORD_BY_ACCOUNT.most
    assert [await attempt("wrong wrong") for _ in range(tries - 1)] == [401] * (tries - 1)
    assert await attempt(PASSWORD) == 201
    assert [await attempt("wrong wrong") for _ in range(tries)] == [401] * tries
    assert await attempt(PASSWORD) == 429
    assert await attempt(PASSWORD, world.bo.email) == 201


async def test_a_reset_opens_the_door_that_wrong_passwords_closed(
    guarded: Client, world: World, database: Database, mailbox: Mailbox
) -> None:
    body = {"email": world.ada.email, "password": "wrong wrong"}
    answers = [await guarded.post(f"{API}/sessions", body) for _ in range(11)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    await guarded.post(f"{API}/password-resets", {"email": world.ada.email})
    key = await key_to(database, mailbox, world.ada.email)
    await guarded.post(f"{API}/password-resets/complete", {"key": key, "password": NEW})

    answer = await guarded.post(f"{API}/sessions", {"email": world.ada.email, "password": NEW})
    assert answer.status_code == 201


async def test_an_unknown_address_is_stopped_as_a_known_one_is(guarded: Client) -> None:
    body = {"email": "nobody@x.example.com", "password": "wrong wrong"}
    answers = [await guarded.post(f"{API}/sessions", body) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_who_got_enough_mails_gets_no_more_and_nobody_is_told(
    guarded: Client, world: World, database: Database
) -> None:
    body = {"email": world.ada.email}
    asked = MAIL_BY_ADDRESS_DAY.most + 2
    answers = [await guarded.post(f"{API}/password-resets", body) for _ in range(asked)]

    assert {answer.status_code for answer in answers} == {202}
    assert await count_mails(database) == MAIL_BY_ADDRESS_DAY.most


async def test_who_guesses_keys_is_stopped(guarded: Client) -> None:
    body = {"key": "no-such-key", "password": NEW}
    answers = [
        (await guarded.post(f"{API}/password-resets/complete", body)).status_code for _ in range(22)
    ]

    assert answers == [404] * 20 + [429] * 2


async def test_invitations_that_the_day_refuses_do_not_use_up_the_week(
    guarded: Client, world: World, database: Database
) -> None:
    ada = guarded.as_(world.ada)
    offer = {"email": "flo@cast.example.com", "role": "viewer"}
    invitations = f"{API}/organizations/analytical/invitations"
    answers = [(await ada.post(invitations, offer)).status_code for _ in range(12)]
    assert answers == [201, *[200] * (MAIL_BY_ADDRESS_DAY.most - 1), *[429] * 7]

    async with database.reader() as reader:
        week = await reader.fetch_value(
            "SELECT tries FROM limits WHERE name = $1", MAIL_BY_ADDRESS_WEEK.name
        )
    assert week == MAIL_BY_ADDRESS_DAY.most
