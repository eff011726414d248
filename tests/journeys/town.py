"""A town of people around one server: what they do by the API, and the mails that reach them.

Public interfaces only, but for the clock, a change of role, and looking at all tables. Everybody
has an address of their own, so that stories do not meet.
"""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import asyncpg
import httpx

from tests.smtp_sink import Caught, Sink
from tests.world import OPERATOR, PASSWORD
from vestibule.kernel.ids import decode

MAIL_SECONDS = 10.0
_LINK = re.compile(r"https?://[^\s\"<>]+\?key=[A-Za-z0-9_-]+")
_NUMBERS = count(1)


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody with an account: of the platform, or of an app alone."""

    email: str
    first_name: str
    last_name: str
    token: str = field(repr=False)
    password: str = PASSWORD

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


@dataclass(frozen=True, slots=True)
class Town:
    """One server, and the mail server that takes its mail."""

    base_url: str
    sink: Sink
    http: httpx.AsyncClient
    database: asyncpg.Connection

    async def call(
        self, method: str, path: str, body: object = None, *, by: Citizen | None = None
    ) -> httpx.Response:
        """Call the API, as somebody or as nobody."""
        headers = {"Authorization": f"Bearer {by.token}"} if by else {}
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def expect(
        self, status: int, method: str, path: str, body: object = None, *, by: Citizen | None = None
    ) -> Any:  # noqa: ANN401  whatever the JSON says
        """Call the API, and check the status. Gives the JSON, or None."""
        answer = await self.call(method, path, body, by=by)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    async def write(self, app: dict[str, Any], source: str, *, by: Citizen) -> None:
        """Keep a security definition as the app's draft, in YAML."""
        headers = {"Authorization": f"Bearer {by.token}", "Content-Type": "application/yaml"}
        path = f"/api/v1{path_of(app)}/definition"
        answer = await self.http.put(path, content=source, headers=headers)
        assert answer.status_code == 200, answer.text

    async def sign_up(self, name: str = "Ada Abel", *, email: str = "") -> Citizen:
        """Make an account, the whole way: address, mail, key, name and password."""
        first_name, last_name = name.split(" ", 1)
        email = email or address(first_name)
        await self.expect(202, "POST", "/sign-ups", {"email": email})
        key = key_in(link_in((await self.mail_about(email, "Make your account")).text))
        body = {"key": key, "first_name": first_name, "last_name": last_name, "password": PASSWORD}
        session = await self.expect(201, "POST", "/sign-ups/complete", body)
        return Citizen(email, first_name, last_name, session["token"])

    async def found(self, by: Citizen, name: str = "") -> dict[str, Any]:
        """Found an organization."""
        name = name or f"Acme {next(_NUMBERS)}"
        organization: dict[str, Any] = await self.expect(
            201, "POST", "/organizations", {"name": name}, by=by
        )
        return organization

    async def invite(
        self,
        by: Citizen,
        place: dict[str, Any],
        email: str,
        *,
        role: str = "viewer",
        **more: object,
    ) -> tuple[dict[str, Any], str]:
        """Invite somebody, to an organization or to an app.

        Gives the invitation, and the link in the mail that they got.
        """
        before = len(self.sink.to(email))
        body = {"email": email, "role": role, **more}
        answer = await self.call("POST", f"{path_of(place)}/invitations", body, by=by)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json(), link_in((await self.mail(email, nth=before + 1)).text)

    async def limit_seats(self, place: dict[str, Any], number: int | None) -> None:
        """Limit the seats of an organization, as the operator's programs do."""
        answer = await self.http.patch(
            f"/api/v1/operator{path_of(place)}",
            json={"seat_limit": number},
            headers=OPERATOR.headers,
        )
        assert answer.status_code == 200, answer.text

    async def let_expire(self, invitation: dict[str, Any]) -> None:
        """Let an invitation's time pass, which no test can wait for."""
        await self.database.execute(
            """
            UPDATE invitations SET expires_at = clock_timestamp() - interval '1 minute'
             WHERE id = $1
            """,
            decode("inv", invitation["id"]),
        )

    async def demote(self, member: Citizen, role: str = "viewer") -> None:
        """Make somebody less wherever they are a member."""
        await self.database.execute(
            """
            UPDATE members SET role = $2
             WHERE user_id IN (SELECT id FROM accounts WHERE address = $1)
            """,
            member.email,
            role,
        )

    async def look_at(
        self, by: Citizen, place: dict[str, Any], invitation: dict[str, Any]
    ) -> dict[str, Any]:
        """Look at an invitation, once it is known what became of its mail."""
        path = f"{path_of(place)}/invitations/{invitation['id']}"
        ends_at = time.monotonic() + MAIL_SECONDS
        while True:
            seen: dict[str, Any] = await self.expect(200, "GET", path, by=by)
            if seen["delivery"]["state"] != "queued" or time.monotonic() > ends_at:
                return seen

    async def mail(self, email: str, *, nth: int = 1) -> Caught:
        """Wait for the nth mail to this address."""
        return await self._wait(email, lambda mails: mails[nth - 1 : nth], f"number {nth}")

    async def mail_about(self, email: str, words: str) -> Caught:
        """Wait for a mail to this address whose subject has these words; the newest such."""

        def about(mails: list[Caught]) -> list[Caught]:
            return [mail for mail in mails if words in str(mail.message["Subject"])][-1:]

        return await self._wait(email, about, f"about {words!r}")

    async def all_mail_is_out(self) -> None:
        """Wait until there is no mail that has yet to leave."""
        queued, ends_at = "SELECT count(*) FROM messages WHERE state = 'queued'", time.monotonic()
        while await self.database.fetchval(queued):
            assert time.monotonic() < ends_at + MAIL_SECONDS, "there is mail that does not leave"
            await asyncio.sleep(0.01)

    async def _wait(
        self, email: str, choose: Callable[[list[Caught]], list[Caught]], what: str
    ) -> Caught:
        ends_at = time.monotonic() + MAIL_SECONDS
        while time.monotonic() < ends_at:
            if found := choose(self.sink.to(email)):
                return found[0]
            await asyncio.sleep(0.01)
        subjects = [str(mail.message["Subject"]) for mail in self.sink.to(email)]
        raise AssertionError(f"no mail {what} to {email}, only {subjects}")


def path_of(place: dict[str, Any]) -> str:
    """The path of an organization or of an app in the API."""
    return f"/{place['object']}s/{place['id']}"


def address(first_name: str) -> str:
    """An address that nobody else has."""
    return f"{first_name.lower()}-{next(_NUMBERS)}@town.example.com"


def link_in(text: str) -> str:
    """The link with a key in the text of a mail."""
    found = _LINK.findall(text)
    assert found, f"no link in:\n{text}"
    return str(found[0])


def key_in(link: str) -> str:
    """The key of a mailed link."""
    return link.partition("?key=")[2]
