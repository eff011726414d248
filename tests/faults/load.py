"""Servers under load: guests accept one invitation after another, and note what they are told."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from tests import running
from tests.races import lines
from tests.races.arena import Arena, Invited
from tests.races.lines import Answer, Call
from tests.races.places import KINDS, Kind
from tests.running import Running
from tests.world import Person
from vestibule.kernel.database import Database
from vestibule.kernel.ids import decode
from vestibule.kernel.secrets import Secret

GUESTS = 8
ORGANIZATION: Kind = KINDS["organization"]


@dataclass(frozen=True, slots=True)
class Errand:
    """An invitation, and the guest who is to accept it."""

    invited: Invited
    guest: Person

    @property
    def call(self) -> Call:
        return self.invited.accept(self.guest)

    @property
    def id(self) -> UUID:
        return decode("inv", self.invited.id)


@dataclass(slots=True)
class Journal:
    """What the guests were told: by errand, the last answer; None where no whole answer came."""

    told: dict[UUID, Answer | None] = field(default_factory=dict)

    @property
    def words(self) -> Counter[str]:
        """How often each answer was given."""
        return Counter(answer.word if answer else "nothing" for answer in self.told.values())

    @property
    def joined(self) -> dict[UUID, str]:
        """The memberships that were acknowledged."""
        return {
            errand: answer.body["membership"]["id"]
            for errand, answer in self.told.items()
            if answer and answer.status == 200
        }

    async def run(self, server: Running, errands: Sequence[Errand]) -> None:
        """Run the errands, eight at a time, until the last is done or the server is gone."""
        left = iter(errands)

        async def guest() -> None:
            for errand in left:
                self.told[errand.id] = await attempt(server, errand.call)
                if self.told[errand.id] is None:
                    return

        await asyncio.gather(*(guest() for _ in range(GUESTS)))

    async def reaches(self, number: int) -> None:
        """Wait until so many were let in."""
        while len(self.joined) < number:  # noqa: ASYNC110  what changes is a dictionary
            await asyncio.sleep(0.002)


async def attempt(server: Running, call: Call) -> Answer | None:
    """Make a call of a server that may be gone."""
    try:
        return await lines.ask(server.port, call)
    except OSError:
        return None


@asynccontextmanager
async def arena_of(server: Running, folder: Path, url: str) -> AsyncIterator[Arena]:
    """Run an arena around one server, whose database is at the URL."""
    database = await Database.connect(url, size=4)
    secret = folder / "secret" if (folder / "secret").exists() else folder / "data" / "secret"
    try:
        yield Arena([server], database, Secret(secret.read_bytes()))
    finally:
        database.pool.terminate()


async def errands(arena: Arena, *, guests: int) -> list[Errand]:
    """Invite so many guests to fifty places each."""
    owner, inviter, *crowd = await arena.people(2 + guests)
    places = await arena.places(ORGANIZATION, owner, inviter)
    found = []
    for guest in crowd:
        emails = [guest.email] * len(places)
        invited = await arena.invite(places, emails, by=inviter, role=ORGANIZATION.low)
        found += [Errand(one, guest) for one in invited]
    return found


async def accepted(arena: Arena) -> set[UUID]:
    """Give the invitations that the database says were accepted."""
    async with arena.database.reader() as reader:
        rows = await reader.fetch_all("SELECT id FROM invitations WHERE state = 'accepted'")
    return {row["id"] for row in rows}


def restarted(server: Running, folder: Path, **settings: str) -> Running:
    """Start a server anew where another was, and wait for it."""
    again = running.start(folder, settings, port=server.port)
    running.wait_until_ready(again)
    return again
