"""The round trips to the database are as many as ARCHITECTURE says."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.client import Client, Mailbox
from tests.world import World
from vestibule.bootstrap import House

ARCHITECTURE = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"
INVITATIONS = "/api/v1/organizations/analytical/invitations"
ACCEPT = "/api/v1/invitations/accept"
# What the driver asks once per connection, to learn a type.
_OF_THE_DRIVER = re.compile(r"typeinfo_tree|set_config\('jit'|current_setting\('jit'")


async def test_a_request_takes_as_many_round_trips_as_the_architecture_says(
    house: House, client: Client, world: World, mailbox: Mailbox
) -> None:
    counted = {}
    ada, flo = client.as_(world.ada), client.as_(world.flo)

    await house.database.ping()  # so that there is a connection to listen on
    with _listening(house) as heard:
        await ada.get("/api/v1/me")
        counted["`GET /me` (the session check alone)"] = len(heard)

        heard.clear()
        for email in (world.flo.email, "new@cast.example.com"):
            answer = await ada.post(INVITATIONS, {"email": email, "role": "viewer"})
            assert answer.status_code == 201
        # Limits are off in tests; to ask the right first, and then to count, takes two more.
        counted["invite an address"] = len(heard) // 2 + 2

        key = await _key(house, mailbox, world.flo.email)
        heard.clear()
        assert (await flo.post(ACCEPT, {"key": key})).status_code == 200
        counted["accept, signed in"] = len(heard)

        key = await _key(house, mailbox, "new@cast.example.com")
        account = {"first_name": "Nia", "last_name": "New", "password": world.ada.password}
        heard.clear()
        answer = await client.post(ACCEPT, {"key": key, "account": account})
        assert answer.status_code == 200
        counted["accept, with a new account"] = len(heard)

    assert counted == _written()


@contextmanager
def _listening(house: House) -> Iterator[list[str]]:
    """Every statement that the pool's connections send."""
    heard: list[str] = []

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        if not _OF_THE_DRIVER.search(record.query):
            heard.append(record.query)

    connections = [each._con for each in house.database.pool._holders if each._con]
    for connection in connections:
        connection.add_query_logger(note)
    yield heard
    for connection in connections:
        connection.remove_query_logger(note)


async def _key(house: House, mailbox: Mailbox, address: str) -> str:
    async with house.database.reader() as reader:
        return await mailbox.last_key(reader, to=address)


def _written() -> dict[str, int]:
    text = ARCHITECTURE.read_text().partition("| round trips |\n")[2].partition("\n\n")[0]
    rows = re.findall(r"^\| (.+) \| (\d+) \|$", text, re.MULTILINE)
    return {name: int(number) for name, number in rows}
