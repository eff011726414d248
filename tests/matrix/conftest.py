"""The scene, and the application's own table of routes."""

import pytest

from tests.client import Client, Mailbox
from tests.matrix import scene as scenes
from tests.matrix.scene import Scene
from tests.world import World
from vestibule.bootstrap import House
from vestibule.kernel.database import Database
from vestibule.server import _litestar

Route = tuple[str, str]


@pytest.fixture
async def scene(client: Client, world: World, database: Database, mailbox: Mailbox) -> Scene:
    """The cast, and one of everything that a path can name."""
    return await scenes.make(client, world, database, mailbox)


@pytest.fixture(scope="session")
def routes(house: House) -> set[Route]:
    """Every method and path that the application answers."""
    return {
        (method, route.path)
        for route in _litestar(house).routes
        for method in getattr(route, "route_handler_map", {})
        if method != "OPTIONS"
    }
