"""Serving: the application on a socket, mail and chores beside it, until somebody says stop."""

import asyncio
import resource
import signal
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from vestibule import upkeep
from vestibule.bootstrap import House, StartFault
from vestibule.server import make_application

# Who sends its request's head more slowly than this is cut off.
HEAD_MILLISECONDS = 10_000
BUFFER_BYTES = 64 * 1024
BACKLOG = 1024
# So many connections at once, those that only sit there among them: such a one is closed when its
# next head is not there in time, so whoever wants to fill them all must open thousands a second.
# By itself the server would take as many as its backlog, and one peer could fill that.
CONNECTIONS = 16_384
# What is left of the file descriptors for the database, mail and files.
OTHER_DESCRIPTORS = 256
GRACE_SECONDS = 20
START_SECONDS = 10


async def serve(house: House, *, host: str, port: int, when_ready: Callable[[], None]) -> None:
    """Serve at the address until SIGTERM or SIGINT; then finish what was begun, within 20 s.

    Raises StartFault if the address is not to be had, or the server ends by itself.
    """
    _ensure_free(host, port)
    stop = _stop_at_signals()
    server = _make_server(house, host, port)
    tasks = [
        asyncio.create_task(server.serve()),
        asyncio.create_task(upkeep.run(house, stop)),
        asyncio.create_task(stop.wait()),
    ]
    await _wait_until_open(host, port)
    when_ready()
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    is_wanted = stop.is_set()
    stop.set()
    server.stop()  # type: ignore[no-untyped-call]
    with suppress(TimeoutError):
        async with asyncio.timeout(GRACE_SECONDS):
            await asyncio.gather(*tasks)
    if not is_wanted:
        raise StartFault("The server ended by itself. Its log says why.")


async def work(house: House) -> None:
    """Deliver mail and do the chores until SIGTERM or SIGINT."""
    await upkeep.run(house, _stop_at_signals())


def _make_server(house: House, host: str, port: int) -> Server:
    application: Any = make_application(house)
    return Server(
        application,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEAD_MILLISECONDS, max_buffer_size=BUFFER_BYTES
        ),
        websockets=False,
        backlog=BACKLOG,
        backpressure=_allow_connections(),
        log_enabled=False,
    )


def _stop_at_signals() -> asyncio.Event:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    return stop


def _ensure_free(host: str, port: int) -> None:
    """Raise StartFault if somebody listens there already, or we may not."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as fault:
            raise StartFault(
                f"Port {port} at {host} cannot be used ({fault.strerror}). Choose another: --port."
            ) from fault


def _allow_connections() -> int:
    """Take as many file descriptors as we may have. Gives how many connections they allow."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + OTHER_DESCRIPTORS
    granted = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < granted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (granted, hard))
    return max(granted - OTHER_DESCRIPTORS, granted // 2)


async def _wait_until_open(host: str, port: int) -> None:
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  compared, not bound
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection(target, port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return
