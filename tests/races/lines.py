"""Requests that reach their servers at one moment: all but the last byte is sent, then that.

A client of its own on bare sockets, because that byte must be ours to hold back.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.api_keys.cast import Bot
from tests.running import HOST
from tests.world import Operator, Person

ANSWER_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call of the API. `after`: so many seconds later than the others."""

    path: str
    body: object = None
    by: Person | Operator | Bot | None = None
    method: str = "POST"
    after: float = 0

    def written(self, port: int) -> bytes:
        """The request as it goes over the wire."""
        body = b"" if self.body is None else json.dumps(self.body).encode()
        head = [f"{self.method} /api/v1{self.path} HTTP/1.1", f"Host: localhost:{port}"]
        head += [f"{name}: {value}" for name, value in (self.by.headers if self.by else {}).items()]
        if self.body is not None:
            head += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        return "\r\n".join([*head, "Connection: close", "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def word(self) -> str:
        """The code of a problem, or the status of what is none."""
        return str(self.body["code"]) if self.status >= 400 else str(self.status)


@dataclass(frozen=True, slots=True)
class Line:
    """A connection that has heard all of a request but its last byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    call: Call
    last: bytes

    @classmethod
    async def to(cls, port: int, call: Call) -> "Line":
        """Connect, and send what may be sent."""
        reader, writer = await asyncio.open_connection(HOST, port)
        request = call.written(port)
        writer.write(request[:-1])
        await writer.drain()
        return cls(reader, writer, call, request[-1:])

    async def finish(self) -> Answer:
        """Send the last byte, and wait for the answer."""
        if self.call.after:
            await asyncio.sleep(self.call.after)
        self.writer.write(self.last)
        async with asyncio.timeout(ANSWER_SECONDS):
            received = await self.reader.read(-1)
        self.writer.close()
        return read(received)


async def ask(port: int, call: Call) -> Answer:
    """Make one call. Raises ConnectionError if no whole answer comes back."""
    [answer] = await at_once([port], [call])
    return answer


async def at_once(ports: Sequence[int], calls: Sequence[Call]) -> list[Answer]:
    """Make the calls at one moment, spread over the servers in turn."""
    lines = await asyncio.gather(
        *(Line.to(ports[number % len(ports)], call) for number, call in enumerate(calls))
    )
    return list(await asyncio.gather(*(line.finish() for line in lines)))


def read(received: bytes) -> Answer:
    """Read an answer off the wire."""
    head, _, body = received.partition(b"\r\n\r\n")
    if not head:
        raise ConnectionError("the server hung up")
    first, *fields = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (f.partition(":") for f in fields)}
    if len(body) != int(headers.get("content-length", len(body))):
        raise ConnectionError("the server hung up in the middle of its answer")
    return Answer(int(first.split(" ", 2)[1]), json.loads(body) if body else None, headers)
