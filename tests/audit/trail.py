"""The trail as these tests read it: what was added since they last looked."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import httpx

from tests.client import API, Client, Mailbox, key_in, link_in
from tests.world import Person, World
from vestibule.kernel.database import Database

ANA = "ana@example.com"
BETTER = "another lamp by the quiet stairs"
NEWCOMER = {"first_name": "Ana", "last_name": "Ahn", "password": BETTER}
INVITATIONS = f"{API}/organizations/analytical/invitations"
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Trail:
    """The trail, and the people who leave it."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)
    seen: set[UUID] = field(default_factory=set)

    async def news(self) -> list[Entry]:
        """Give the entries that were added since the last time, oldest first."""
        async with self.database.reader() as reader:
            rows = await reader.fetch_all("SELECT * FROM audit ORDER BY at, id")
        fresh = [dict(row) for row in rows if row["id"] not in self.seen]
        self.seen.update(row["id"] for row in fresh)
        return fresh

    async def only(self, answer: httpx.Response, *events: str) -> Entry:
        """Check that what was answered left these entries and no other. Gives the last one."""
        assert answer.status_code < 400, answer.text
        news = await self.news()
        assert [entry["event"] for entry in news] == list(events)
        for entry in news:
            assert entry["network"] == "127.0.0.1"
            assert entry["user_agent"] == f"python-httpx/{httpx.__version__}"
            assert entry["actor_kind"]
        return news[-1]

    async def nothing(self, answer: httpx.Response) -> None:
        """Check that what was answered left no trace."""
        assert await self.news() == [], answer.text

    async def key(self, email: str) -> str:
        """Give the newest key that was mailed to the address."""
        async with self.database.reader() as reader:
            letters = await self.mailbox.letters(reader, to=email)
        return key_in(link_in(letters[-1].text))

    async def invited(self, email: str = ANA, by: Person | None = None) -> tuple[str, str]:
        """Have somebody invited, and looked past. Gives the invitation's id and the key."""
        inviter = self.client.as_(by or self.world.bo)
        answer = await inviter.post(INVITATIONS, {"email": email, "role": "viewer"})
        assert answer.status_code == 201, answer.text
        await self.news()
        return answer.json()["id"], await self.key(email)


def is_by(entry: Entry, person: Person) -> bool:
    """Tell whether the entry is this user's."""
    return (entry["actor_kind"], entry["actor_id"]) == ("user", person.id)
