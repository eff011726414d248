"""Two servers on one database, for all races; after each the database must be sound."""

from collections.abc import AsyncIterator

import pytest

from tests import running
from tests.invitations.kinds import KINDS as KINDS_OF_THE_LIFE
from tests.postgres import Postgres
from tests.races.arena import Arena
from tests.races.places import KINDS, Kind
from vestibule.kernel.database import Database
from vestibule.kernel.secrets import Secret


@pytest.fixture(params=list(KINDS_OF_THE_LIFE))
def destination(request: pytest.FixtureRequest) -> Kind:
    """Each kind of destination."""
    return KINDS[request.param]


@pytest.fixture(scope="session")
async def grounds(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Arena]:
    """The arena without its closing check."""
    name = await postgres.clone()
    folder = tmp_path_factory.mktemp("arena")
    url = postgres.url(name)
    settings = {"database_url": url, "operator_key_file": str(running.operator_key_in(folder))}
    servers = [running.start(folder, settings) for _ in range(2)]
    database = await Database.connect(url, size=4)
    try:
        for server in servers:
            running.wait_until_ready(server)
        yield Arena(servers, database, Secret(running.secret_in(folder).read_bytes()))
    finally:
        for server in servers:
            server.stop()
        await database.close()


@pytest.fixture
async def arena(grounds: Arena) -> AsyncIterator[Arena]:
    """Two servers without limits."""
    yield grounds
    await grounds.ensure_sound()
