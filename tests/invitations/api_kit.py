"""The API of invitations, as the tests of its edges use it, and what they expect of it."""

from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.api_keys.cast import Bot
from tests.client import API, Client, Mailbox
from tests.world import Member, Person, World
from vestibule.kernel.database import Database

HERE = f"{API}/organizations/analytical/invitations"
THERE = f"{API}/apps/shifts/invitations"
ANA = "ana@example.com"
ACCOUNT = {"first_name": "Ana", "last_name": "Ahn", "password": "another lamp by the stairs"}
TABLES = (
    *("accounts", "users", "members", "app_members", "app_member_roles"),
    *("sessions", "messages", "audit", "keys"),
)
PUBLIC = {
    *("object", "id", "destination", "email", "role", "state", "inviter", "locale"),
    *("created_at", "expires_at", "member_until", "redirect_url"),
}


@dataclass(frozen=True, slots=True)
class Api:
    """A client with nobody signed in, the cast, and what is behind."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    async def invite(self, by: Person | Bot, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        """Invite to the organization; Ana as a viewer, unless told otherwise."""
        sent = {"email": ANA, "role": "viewer", **body}
        answer = await self.client.as_(by).post(HERE, sent)
        assert answer.status_code in {200, 201}, answer.text
        invitation: dict[str, Any] = answer.json()
        return invitation

    async def invite_to_app(self, by: Person | Member | Bot, **body: Any) -> dict[str, Any]:  # noqa: ANN401
        """Invite to the app; Ana as an Employee, unless told otherwise."""
        answer = await self.client.as_(by).post(THERE, {"email": ANA, "role": "Employee", **body})
        assert answer.status_code in {200, 201}, answer.text
        invitation: dict[str, Any] = answer.json()
        return invitation

    async def key(self, email: str = ANA) -> str:
        """Give the newest key mailed to the address."""
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=email)

    async def run(self, sql: str, *values: object) -> None:
        """Change what no call can."""
        async with self.database.transaction() as tx:
            await tx.execute(sql, *values)

    async def counts(self) -> list[int]:
        """Count the rows of every table that accepting writes."""
        async with self.database.reader() as reader:
            return [await reader.fetch_value(f"SELECT count(*) FROM {one}") for one in TABLES]


def assert_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["type"] == f"urn:vestibule:problem:{code}"
    assert answer.json()["title"]
    assert answer.json()["detail"]
