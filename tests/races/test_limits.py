"""Limits under many tries at once, counted over two servers: not one more than the limit passes."""

from collections import Counter
from collections.abc import AsyncIterator

import pytest

from tests import running
from tests.postgres import Postgres
from tests.races.arena import Arena, newcomers
from tests.races.lines import Call
from tests.races.places import Kind
from vestibule.accounts import limit_guards
from vestibule.invitations.limit_guards import INVITE_BY_INVITER
from vestibule.kernel.database import Database
from vestibule.kernel.secrets import Secret

TRIES = 200


@pytest.fixture(scope="module")
async def limited_grounds(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Arena]:
    name = await postgres.clone()
    folder = tmp_path_factory.mktemp("limited")
    url = postgres.url(name)
    servers = [running.start(folder, {"database_url": url, "limits": "on"}) for _ in range(2)]
    database = await Database.connect(url, size=4)
    try:
        for server in servers:
            running.wait_until_ready(server)
        yield Arena(servers, database, Secret(running.secret_in(folder).read_bytes()))
    finally:
        for server in servers:
            server.stop()
        await database.close()


@pytest.fixture
async def arena(limited_grounds: Arena) -> AsyncIterator[Arena]:
    """Two servers that keep their limits; the counters start anew for each test."""
    async with limited_grounds.database.transaction() as tx:
        await tx.execute("DELETE FROM limits")
    yield limited_grounds
    await limited_grounds.ensure_sound()


async def test_of_many_wrong_passwords_no_more_than_the_limit_are_hashed(arena: Arena) -> None:
    [person] = await arena.people(1)
    body = {"email": person.email, "password": "not this one, not at all"}
    told = await _told(arena, [Call(path="/sessions", body=body)] * TRIES)
    most = limit_guards.PASSWORD_BY_ACCOUNT.most
    assert told == {"invalid_credentials": most, "rate_limited": TRIES - most}


async def test_of_many_addresses_tried_from_one_network_no_more_than_the_limit_are_hashed(
    arena: Arena,
) -> None:
    calls = [
        Call(path="/sessions", body={"email": email, "password": "not this one, not at all"})
        for email in newcomers(TRIES)
    ]
    told = await _told(arena, calls)
    most = limit_guards.PASSWORD_BY_NETWORK.most
    assert told == {"invalid_credentials": most, "rate_limited": TRIES - most}


async def test_an_inviter_at_the_limit_gets_exactly_what_is_left(
    arena: Arena, destination: Kind
) -> None:
    owner, inviter = await arena.people(2)
    place = (await arena.places(destination, owner, inviter))[0]
    first, *others = [
        Call(
            path=f"{place.path}/invitations",
            body={"email": email, "role": destination.low},
            by=inviter,
        )
        for email in newcomers(61)
    ]
    assert (await arena.one(first)).word == "201"
    async with arena.database.transaction() as tx:
        name, most = INVITE_BY_INVITER.name, INVITE_BY_INVITER.most
        await tx.execute("UPDATE limits SET tries = $2 WHERE name = $1", name, most - 25)
    assert await _told(arena, others) == {"201": 25, "rate_limited": 35}


async def test_an_address_gets_no_more_mail_than_the_limit_whoever_invites(
    arena: Arena, destination: Kind
) -> None:
    owner, *inviters = await arena.people(5)
    places = [(await arena.places(destination, owner, inviter))[0] for inviter in inviters]
    [email] = newcomers(1)
    body = {"email": email, "role": destination.low}
    calls = [
        Call(path=f"{place.path}/invitations", body=body, by=inviter)
        for place, inviter in zip(places, inviters, strict=True)
    ]
    told = await _told(arena, calls * 5)
    most = limit_guards.MAIL_BY_ADDRESS_DAY.most
    assert told["200"] + told["201"] == most
    assert told["rate_limited"] == 20 - most
    mails = await arena.value("SELECT count(*) FROM messages WHERE recipient = $1", email)
    assert mails <= most


async def test_who_guesses_keys_is_stopped_while_others_are_not(arena: Arena) -> None:
    calls = [
        Call(path="/invitations/lookup", body={"key": f"{number:043d}"}) for number in range(TRIES)
    ]
    told = await _told(arena, calls)
    assert set(told) == {"key_not_found", "rate_limited"}
    again = await _told(arena, calls[:20])
    assert again == {"rate_limited": 20}


async def _told(arena: Arena, calls: list[Call]) -> Counter[str]:
    return Counter(answer.word for answer in await arena.at_once(*calls))
