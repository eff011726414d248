"""Clients that are slow, or only sit there: cut off in time, and in nobody's way."""

import asyncio
import json
import resource
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest

from tests import running
from tests.running import HOST, Running

SITTING = 200
# More than the server's backlog, and than the descriptors that a program is started with.
IDLE = 1300
STARTED_WITH = 1024
# The limits are 10 s each; then the connection must be gone.
CUT_SECONDS = 15.0
OTHERS_SECONDS = 1.0


@pytest.fixture
def server(own_database: str, tmp_path: Path) -> Iterator[Running]:
    with running.serve(tmp_path, database_url=own_database) as served:
        yield served


async def test_slow_clients_are_cut_off_and_keep_nobody_from_being_served(server: Running) -> None:
    async with _sitting(server):
        head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost:{server.port}\r\n".encode()
        body = b'{"email": "ana@example.com", "password": "' + b"x" * 400 + b'"}'
        length = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
        dribblers = [_dribble(server, b"", head + length + body) for _ in range(20)]
        dribblers += [_dribble(server, head + length, body) for _ in range(20)]
        dribbling = asyncio.gather(*dribblers)

        slowest = 0.0
        while not dribbling.done():
            began = time.monotonic()
            assert await _get(server, "/sign-in") == 200
            slowest = max(slowest, time.monotonic() - began)
            await asyncio.sleep(0.1)
        assert slowest < OTHERS_SECONDS
        for seconds, answer in await dribbling:
            assert seconds < CUT_SECONDS
            assert not answer or answer.split(b" ", 2)[1] in {b"400", b"408"}
    assert _faults(server) == []


async def test_one_who_hangs_up_in_the_middle_leaves_no_fault_behind(server: Running) -> None:
    head = f"POST /api/v1/sessions HTTP/1.1\r\nHost: localhost:{server.port}\r\n"
    head += "Content-Type: application/json\r\nContent-Length: 400\r\n\r\n"
    for sent in (head[:30], head, head + '{"email"'):
        _, writer = await asyncio.open_connection(HOST, server.port)
        writer.write(sent.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    _, writer = await asyncio.open_connection(HOST, server.port)
    writer.write(f"GET /sign-in HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
    writer.transport.abort()
    await asyncio.sleep(0.3)
    assert await _get(server, "/healthz") == 200
    assert _faults(server) == []


async def test_many_idle_connections_shut_nobody_out_and_are_closed(
    own_database: str, tmp_path: Path
) -> None:
    with _descriptors(STARTED_WITH):
        server = running.start(tmp_path, {"database_url": own_database})
    try:
        running.wait_until_ready(server)
        with _descriptors(None):
            await _ensure_idle_are_closed(server)
        assert _faults(server) == []
    finally:
        server.stop()


async def _ensure_idle_are_closed(server: Running) -> None:
    kept = [await asyncio.open_connection(HOST, server.port) for _ in range(IDLE)]
    try:
        for _, writer in kept[::2]:
            writer.write(f"GET /healthz HTTP/1.1\r\nHost: localhost:{server.port}\r\n\r\n".encode())
        async with asyncio.timeout(2):
            assert await _get(server, "/readyz") == 200
        async with asyncio.timeout(CUT_SECONDS):
            answers = await asyncio.gather(*(reader.read(-1) for reader, _ in kept))
        assert all(answer.startswith(b"HTTP/1.1 200 ") for answer in answers[::2])
    finally:
        for _, writer in kept:
            writer.close()


@contextmanager
def _descriptors(number: int | None) -> Iterator[None]:
    """Let us, and whom we start, have so many file descriptors; None: all that are granted."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard if number is None else number, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@asynccontextmanager
async def _sitting(server: Running) -> AsyncIterator[None]:
    """Two hundred connections that say nothing."""
    connections = [await asyncio.open_connection(HOST, server.port) for _ in range(SITTING)]
    try:
        yield
    finally:
        for _, writer in connections:
            writer.close()


async def _dribble(server: Running, at_once: bytes, slowly: bytes) -> tuple[float, bytes]:
    """Send byte by byte until cut off. Gives after how many seconds that was, and the answer."""
    reader, writer = await asyncio.open_connection(HOST, server.port)
    began = time.monotonic()
    writer.write(at_once)
    answer = asyncio.create_task(reader.read(-1))
    for byte in slowly:
        writer.write(bytes([byte]))
        done, _ = await asyncio.wait([answer], timeout=0.2)
        if done or time.monotonic() - began > CUT_SECONDS:
            break
    seconds = time.monotonic() - began
    writer.close()
    try:
        return seconds, await asyncio.wait_for(answer, 1)
    except (OSError, TimeoutError):
        return seconds, b""


async def _get(server: Running, path: str) -> int:
    reader, writer = await asyncio.open_connection(HOST, server.port)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nConnection: close\r\n\r\n"
    writer.write(request.encode())
    received = await reader.read(-1)
    writer.close()
    return int(received.split(b" ", 2)[1])


def _faults(server: Running) -> list[str]:
    """Give what the server complained of."""
    lines = [line for line in server.said().splitlines() if line.startswith("{")]
    others = [line for line in server.said().splitlines() if "Traceback" in line]
    return others + [line for line in lines if json.loads(line)["level"] != "INFO"]
