"""What all tests share: one PostgreSQL, one open house on it, and a cast, gone after each test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import hypothesis
import pytest

from tests import postgres as servers
from tests import running
from tests import world as cast
from tests.client import Client, Mailbox
from tests.postgres import Postgres
from tests.terminal import Terminal
from tests.world import World
from vestibule.bootstrap import House, open_house
from vestibule.kernel.database import Database, Transaction
from vestibule.kernel.settings import Settings
from vestibule.messages.model import Outbox

# What looks at edges, pages, processes or documents tells nothing more on a second PostgreSQL, and
# races are run where the default installation runs.
ONCE = frozenset(
    {
        *(
            "api_description",
            "audit",
            "docs",
            "faults",
            "journeys",
            "life",
            "matrix",
            "races",
            "web",
        ),
        *("test_command_line.py", "test_doctor.py", "test_upkeep.py"),
        *("test_client.py", "test_origins.py", "test_logos.py"),
    }
)
AT_THE_EDGE = ("_api.py", "_pages.py")

# The same cases in every run, however busy the machine is: a flaky test is a bug of the day.
hypothesis.settings.register_profile("house", derandomize=True, deadline=None)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        choices=(servers.EMBEDDED, servers.DEBIAN, "both"),
        default=servers.EMBEDDED,
        help=f"which PostgreSQL to run on; {servers.URL_VARIABLE} names another one",
    )


def pytest_report_header(config: pytest.Config) -> str:
    return "postgres: " + ", ".join(servers.choices(config.getoption("--postgres")))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that needs a database on each server; those of ONCE on the first alone."""
    if "postgres" not in metafunc.fixturenames:
        return
    kinds = servers.choices(metafunc.config.getoption("--postgres"))
    path = Path(metafunc.definition.path)
    once = ONCE.intersection(path.parts) or path.name.endswith(AT_THE_EDGE)
    metafunc.parametrize("postgres", kinds[:1] if once else kinds, indirect=True, scope="session")


@pytest.fixture(scope="session")
async def postgres(request: pytest.FixtureRequest) -> AsyncIterator[Postgres]:
    """The server, with a template to clone databases from."""
    with servers.running(request.param) as running:
        await running.prepare()
        yield running


@dataclass(frozen=True, slots=True)
class Ground:
    """The database that most tests share, and the connection that empties it."""

    url: str
    sweeper: asyncpg.Connection


@pytest.fixture(scope="session")
async def ground(postgres: Postgres) -> AsyncIterator[Ground]:
    name = await postgres.clone()
    sweeper = await asyncpg.connect(postgres.administrator(name))
    yield Ground(postgres.url(name), sweeper)
    await sweeper.close()


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The settings of the house in this process: a developer's, without limits, and a key."""
    folder = tmp_path_factory.mktemp("data")
    key = running.operator_key_in(folder)
    return Settings(data_dir=folder, operator_key_file=key, limits=False)


@pytest.fixture(scope="session")
async def house(ground: Ground, settings: Settings) -> AsyncIterator[House]:
    """The house on the shared database. For other settings: `dataclasses.replace`."""
    async with open_house(settings, ground.url) as opened:
        yield opened


@pytest.fixture(scope="session")
def outbox(house: House) -> Outbox:
    """What actions that mail are handed. There is no mail server: every mail can still be read."""
    return house.outbox


@pytest.fixture
async def database(house: House, ground: Ground) -> AsyncIterator[Database]:
    """The shared database, emptied when the test has been."""
    yield house.database
    await ground.sweeper.execute(servers.EMPTY)


@pytest.fixture
async def tx(database: Database) -> AsyncIterator[Transaction]:
    """A transaction that is rolled back at the end."""
    with contextlib.suppress(_NeverMind):
        async with database.transaction() as transaction:
            yield transaction
            raise _NeverMind


class _NeverMind(Exception):
    """Rolls a test's transaction back."""


@pytest.fixture
async def world(database: Database) -> World:
    """The cast, committed: every transaction and every server on the database sees it."""
    async with database.transaction() as transaction:
        return await cast.make(transaction)


@pytest.fixture
async def own_database(postgres: Postgres) -> AsyncIterator[str]:
    """The URL of an empty, migrated database of this test's own, for servers in other processes."""
    name = await postgres.clone()
    yield postgres.url(name)
    await postgres.drop(name)


@pytest.fixture(scope="session")
def nobody(house: House) -> Client:
    return Client.of(house)


@pytest.fixture
def client(nobody: Client, database: Database) -> Client:
    """A browser of its own with nobody signed in; `client.as_(world.ada)` for somebody."""
    return nobody.as_(None)


@pytest.fixture
def mailbox(house: House) -> Mailbox:
    """The mails in the outbox."""
    return Mailbox.of(house)


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    """A server's secret in a file, as an operator makes one."""
    path = tmp_path / "secret"
    path.write_bytes(b"a secret for tests, no shorter than 32 bytes")
    path.chmod(0o600)
    return path


@pytest.fixture
def terminal(own_database: str, tmp_path: Path) -> Terminal:
    return Terminal(tmp_path, own_database)


@pytest.fixture
def town(terminal: Terminal) -> Terminal:
    """A terminal where the cast is in the database."""

    async def make() -> None:
        assert terminal.url
        database = await Database.connect(terminal.url, size=1)
        async with database.transaction() as tx:
            await cast.make(tx)
        await database.close()

    asyncio.run(make())
    return terminal


@pytest.fixture
async def empty(postgres: Postgres, tmp_path: Path) -> Terminal:
    """A terminal on a database in which nothing is."""
    return Terminal(tmp_path, postgres.owner_url(await postgres.clone(template="template0")))
