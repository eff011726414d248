"""Where races are run: two servers on one database, people, places, and the keys in their mails."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from tests import invariants, world
from tests.races import lines
from tests.races.lines import Answer, Call
from tests.races.places import Inside, Kind, Place
from tests.running import Running
from tests.world import Person
from vestibule.kernel.database import Database
from vestibule.kernel.ids import decode
from vestibule.kernel.secrets import Secret

ROUNDS = 30  # for each kind of place
LANES = 4
# A head start for one, then for the other, and none: who wins must not always be the same.
HEAD_STARTS = ((0, 0), (0.002, 0), (0, 0.002), (0.004, 0), (0, 0.004))
_NUMBERS = count(1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation to a place, made for a race, and the key in its mail."""

    place: Place
    id: str
    email: str
    key: str

    def accept(self, by: Person | None = None, **more: Any) -> Call:  # noqa: ANN401
        return Call(path="/invitations/accept", body={"key": self.key, **more}, by=by)

    @property
    def path(self) -> str:
        return f"{self.place.path}/invitations/{self.id}"


@dataclass(frozen=True, slots=True)
class Arena:
    """The servers, and a way into their database."""

    servers: Sequence[Running]
    database: Database
    secret: Secret

    async def at_once(self, *calls: Call) -> list[Answer]:
        """Make the calls at one moment. None may fail by a fault of ours, or for lack of time."""
        answers = await lines.at_once([server.port for server in self.servers], calls)
        for call, answer in zip(calls, answers, strict=True):
            assert answer.status < 500, f"{call.path}: {answer}\n{self._complaints()}"
        return answers

    async def one(self, call: Call) -> Answer:
        """Make one call, that nothing runs against."""
        [answer] = await self.at_once(call)
        return answer

    async def people(self, number: int) -> list[Person]:
        """Make so many people with accounts, signed in."""
        crowd = [world.stranger(next(_NUMBERS)) for _ in range(number)]
        async with self.database.transaction() as tx:
            for person in crowd:
                await world.add_person(tx, person)
        return crowd

    async def places(
        self, kind: Kind, owner: Person, inviter: Person, *, number: int = ROUNDS
    ) -> list[Place]:
        """Make places: one for each round."""
        async with self.database.transaction() as tx:
            return [await kind.make(tx, owner, inviter) for _ in range(number)]

    async def invite(
        self, places: Sequence[Place], emails: Sequence[str], *, by: Person, role: str
    ) -> list[Invited]:
        """Invite an address to each place."""
        answers = []
        for start in range(0, len(places), 10):
            pairs = zip(places[start : start + 10], emails[start : start + 10], strict=True)
            calls = [
                Call(path=f"{place.path}/invitations", body={"email": email, "role": role}, by=by)
                for place, email in pairs
            ]
            answers += await self.at_once(*calls)
        assert {answer.status for answer in answers} == {201}, answers[0]
        ids = [answer.body["id"] for answer in answers]
        keys = await asyncio.gather(*(self.key_about(each) for each in ids))
        return [Invited(*one) for one in zip(places, ids, emails, keys, strict=True)]

    async def key_about(self, invitation: str) -> str:
        """Give the key in the newest mail about an invitation."""
        return await self._key("about = $1", decode("inv", invitation))

    async def key_to(self, email: str) -> str:
        """Give the key in the newest mail to an address."""
        return await self._key("recipient = $1", email)

    async def members(self, kind: Kind, place: Place) -> Sequence[Inside]:
        """Give who was let into a place."""
        async with self.database.reader() as reader:
            return await kind.members(reader, place)

    async def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401
        """Ask the database."""
        async with self.database.reader() as reader:
            return await reader.fetch_value(sql, *values)

    async def ensure_sound(self) -> None:
        """Check all that must always hold."""
        async with self.database.reader() as reader:
            await invariants.ensure(reader)

    async def _key(self, where: str, value: object) -> str:
        async with self.database.reader() as reader:
            row = await reader.fetch_one(
                f"""
                SELECT key_purpose, key_seed FROM messages
                 WHERE {where} AND key_seed IS NOT NULL ORDER BY id DESC LIMIT 1
                """,
                value,
            )
        assert row is not None, f"no mail: {value}"
        return self.secret.derive_key(row["key_purpose"], row["key_seed"])

    def _complaints(self) -> str:
        """Give what the servers wrote that is no line about a request."""
        lines_said = [line for server in self.servers for line in server.said().splitlines()]
        return "\n".join(line for line in lines_said if not _is_usual(line))[-6000:]


def _is_usual(line: str) -> bool:
    try:
        return bool(json.loads(line)["level"] == "INFO")
    except (ValueError, KeyError, TypeError):
        return False


async def in_lanes(one_round: Callable[[int, T], Awaitable[None]], rounds: Sequence[T]) -> None:
    """Run several rounds beside each other, for races that wait for hashes most of their time."""

    async def lane(first: int) -> None:
        for number in range(first, len(rounds), LANES):
            await one_round(number, rounds[number])

    await asyncio.gather(*(lane(first) for first in range(LANES)))


def newcomers(number: int) -> list[str]:
    """Give addresses that nobody has."""
    return [f"newcomer-{next(_NUMBERS)}@race.example.com" for _ in range(number)]
