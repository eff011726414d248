"""Where an app lives: a tiny site of its own, to which people are led back with a code."""

import asyncio
import hashlib
import secrets
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode

from tests.running import HOST, free_port

PAGE = (
    "<!doctype html><html lang=en><title>Shifts</title><link rel=icon href=data:,>"
    "<main><h1>The shifts of this week</h1></main>"
)
ANSWER = (
    "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
    f"Content-Length: {len(PAGE)}\r\nConnection: close\r\n\r\n{PAGE}"
)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The site. `visits` is what it was asked for."""

    port: int
    visits: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def back(self) -> str:
        """Where people come back to."""
        return f"{self.url}/back"

    def answer(self) -> dict[str, str]:
        """Give the query that the last visit came back with."""
        path, _, query = self.visits[-1].partition("?")
        assert path == "/back", self.visits
        return {name: values[0] for name, values in parse_qs(query).items()}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Show the one page at every address."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.visits.append(head.split(" ", 2)[1])
        writer.write(ANSWER.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()


@dataclass(frozen=True, slots=True)
class Errand:
    """One way to the login and back, as the app's server makes it: state and PKCE (RFC 7636)."""

    redirect_url: str
    state: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(48))

    @property
    def query(self) -> str:
        """What stands behind the address of the app's page."""
        hashed = hashlib.sha256(self.verifier.encode()).digest()
        asked = {
            "redirect_url": self.redirect_url,
            "state": self.state,
            "code_challenge": urlsafe_b64encode(hashed).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        return "?" + urlencode(asked)

    def code_in(self, answer: dict[str, str]) -> dict[str, str]:
        """Give what the app's server sends for a session; the state must be the one it sent."""
        assert set(answer) == {"code", "state"}
        assert answer["state"] == self.state
        return {"code": answer["code"], "code_verifier": self.verifier}


@asynccontextmanager
async def open_site() -> AsyncIterator[Elsewhere]:
    """Serve the site as long as the block."""
    site = Elsewhere(free_port())
    server = await asyncio.start_server(site.serve, HOST, site.port)
    async with server:
        yield site
