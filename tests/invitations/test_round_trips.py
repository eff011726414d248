"""How often the database is asked: counted on real connections, BEGIN and COMMIT included.

A number that grows fails here. Limits are on, as in production: counting a try is one round trip.
"""

import dataclasses
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.api_keys.cast import Bot, add_key
from tests.client import API, Client
from tests.invitations.api_kit import ACCOUNT, ANA, HERE, Api
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.kernel.limits import Limiter

CREATE = 12
Act = Callable[[Client, str], Awaitable[Any]]


@dataclass(slots=True)
class Trips:
    """What was sent to the database, in order, by whichever connection."""

    sent: list[str] = field(default_factory=list)

    def note(self, query: Any) -> None:  # noqa: ANN401
        """Keep the first words of a statement."""
        self.sent.append(" ".join(query.query.split())[:60])


@pytest.fixture
async def counted(house: House, database: Database) -> AsyncIterator[tuple[Client, Database]]:
    """The application on a pool of one connection, so that what is prepared stays so."""
    limited = await Database.connect(database.url, size=1)
    served = dataclasses.replace(
        house,
        database=limited,
        limiter=Limiter(limited),
        settings=dataclasses.replace(house.settings, limits=True),
    )
    yield Client.of(served), limited
    await limited.close()


@asynccontextmanager
async def counting(database: Database) -> AsyncIterator[Trips]:
    trips = Trips()
    async with database.pool.acquire() as connection:
        raw = connection._con
    raw.add_query_logger(trips.note)
    yield trips
    raw.remove_query_logger(trips.note)


async def test_asking_who_calls_is_one_round_trip(
    counted: tuple[Client, Database], world: World
) -> None:
    client, database = counted
    ada = client.as_(world.ada)
    await ada.get(f"{API}/me")
    async with counting(database) as trips:
        assert (await ada.get(f"{API}/me")).status_code == 200
    assert len(trips.sent) == 1, trips.sent


async def test_a_program_costs_one_round_trip_and_what_is_no_key_costs_none(
    counted: tuple[Client, Database], world: World
) -> None:
    client, database = counted
    async with database.transaction() as tx:
        known = await add_key(tx, Bot(1))
    program, path = client.as_(known), f"{API}/organizations"
    await program.get(path)
    mistyped = known.token[:-1] + known.token[-1].swapcase()
    for token, number in ((known.token, 1), (Bot(2).token, 1), (mistyped + "_", 0)):
        async with counting(database) as trips:
            await client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert len(trips.sent) == number, trips.sent


async def _create(client: Client, email: str) -> int:
    answer = await client.as_(World().bo).post(HERE, {"email": email, "role": "viewer"})
    return answer.status_code


async def _look_up(client: Client, key: str) -> int:
    return (await client.post(f"{API}/invitations/lookup", {"key": key})).status_code


async def _accept(client: Client, key: str) -> int:
    body = {"key": key}
    return (await client.as_(World().flo).post(f"{API}/invitations/accept", body)).status_code


async def _accept_alone(client: Client, key: str) -> int:
    return (await client.post(f"{API}/invitations/accept", {"key": key})).status_code


async def _activate(client: Client, key: str) -> int:
    body = {"key": key, "account": ACCOUNT}
    return (await client.post(f"{API}/invitations/accept", body)).status_code


async def test_creating_takes_so_many_round_trips(
    counted: tuple[Client, Database], world: World
) -> None:
    client, database = counted
    assert world.bo.token
    await _create(client, "warm@example.com")
    async with counting(database) as trips:
        assert await _create(client, ANA) == 201
    assert len(trips.sent) <= CREATE, "\n".join(trips.sent)


@pytest.mark.parametrize(
    ("email", "act", "most"),
    [
        (ANA, _look_up, 1),
        ("flo@cast.example.com", _accept, 10),
        ("flo@cast.example.com", _accept_alone, 11),
        (ANA, _activate, 17),
    ],
)
async def test_answering_takes_so_many_round_trips(
    counted: tuple[Client, Database], api: Api, email: str, act: Act, most: int
) -> None:
    client, database = counted
    await api.invite(api.world.ada, email=email)
    key = await api.key(email)
    await act(client, "x" * 43)
    async with counting(database) as trips:
        assert await act(client, key) == 200
    assert len(trips.sent) <= most, "\n".join(trips.sent)
