"""The scene, and the application's own table of routes."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests import world as cast
from tests.client import Client, Mailbox
from tests.matrix import scene as scenes
from tests.matrix.scene import Scene
from tests.postgres import Postgres
from tests.world import World
from vestibule.bootstrap import House, open_house
from vestibule.kernel.database import Database
from vestibule.kernel.settings import Settings
from vestibule.server import _litestar

Route = tuple[str, str]
Handlers = dict[Route, Callable[..., Any]]


@pytest.fixture
async def scene(client: Client, world: World, database: Database, mailbox: Mailbox) -> Scene:
    """The cast, and one of everything that a path can name."""
    return await scenes.make(client, world, database, mailbox)


@pytest.fixture(scope="module")
async def still(postgres: Postgres, settings: Settings) -> AsyncIterator[Scene]:
    """A scene for the tests of a file in which nothing may change: setting it takes a while."""
    name = await postgres.clone()
    async with open_house(settings, postgres.url(name)) as house:
        async with house.database.transaction() as tx:
            world = await cast.make(tx)
        client, mailbox = Client.of(house), Mailbox.of(house)
        yield await scenes.make(client, world, house.database, mailbox)
    await postgres.drop(name)


@pytest.fixture(scope="session")
def handlers(house: House) -> Handlers:
    """Every method and path that the application answers, and the function that does."""
    return {
        (method, route.path): found[0].fn
        for route in _litestar(house).routes
        for method, found in getattr(route, "route_handler_map", {}).items()
        if method != "OPTIONS"
    }


@pytest.fixture(scope="session")
def routes(handlers: Handlers) -> set[Route]:
    """Every method and path that the application answers."""
    return set(handlers)
