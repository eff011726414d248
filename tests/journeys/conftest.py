"""The browser, the server and the mail server of the journeys."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from zlib import crc32

import asyncpg
import httpx
import pytest
from playwright.async_api import Browser, async_playwright

from tests import running, smtp_sink
from tests.journeys.town import Town
from tests.journeys.windows import ARTEFACTS, SIZES, Window, open_window
from tests.postgres import Postgres
from tests.running import Running
from tests.smtp_sink import Sink

NAMES = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

OpenWindow = Callable[..., Awaitable[Window]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The system's Chromium."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    assert program, "the journeys need Chromium: apt-get install chromium"
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield chromium
        await chromium.close()


@pytest.fixture(scope="session", autouse=True)
def artefacts() -> None:
    """A folder for the pictures."""
    ARTEFACTS.mkdir(parents=True, exist_ok=True)


@pytest.fixture(scope="session")
def sink() -> Iterator[Sink]:
    """The mail server."""
    with smtp_sink.running() as server:
        yield server


@pytest.fixture(scope="session")
async def server(
    postgres: Postgres, sink: Sink, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Running]:
    """A server that mails, for all stories that need nothing special."""
    name = await postgres.clone()
    folder = tmp_path_factory.mktemp("server")
    settings = {"smtp_url": sink.url, "operator_key_file": str(running.operator_key_in(folder))}
    with running.serve(folder, database_url=postgres.url(name), **settings) as served:
        yield served


@pytest.fixture
async def town(server: Running, sink: Sink) -> AsyncIterator[Town]:
    """The people around that server."""
    database = await asyncpg.connect(server.environment["VESTIBULE_DATABASE_URL"])
    async with httpx.AsyncClient(base_url=server.url, timeout=20) as http:
        yield Town(server.url, sink, http, database)
    await database.close()


@pytest.fixture
def size(request: pytest.FixtureRequest) -> str:
    """The window's size: half of those that ask here get each; `SIZE=phone` gives all of them one.

    Who names sizes runs in those. `look` sees every page in both.
    """
    by_name = ("desk", "phone")[crc32(request.node.name.encode()) % 2]
    size = os.environ.get("SIZE", by_name)
    assert size in SIZES, f"SIZE={size}: say one of {', '.join(SIZES)}"
    return size


@pytest.fixture
async def window_of(browser: Browser) -> AsyncIterator[OpenWindow]:
    """Open private windows: `await window_of(base_url, size="phone")`. None may complain."""
    windows: list[Window] = []

    async def open_one(base_url: str, *, size: str = "desk", scripts: bool = True) -> Window:
        window = await open_window(browser, base_url, size=size, scripts=scripts)
        windows.append(window)
        return window

    yield open_one
    for window in windows:
        await window.close()
    for window in windows:
        window.ensure_content()
