"""The PostgreSQL that the tests run on: one per session, and databases cloned from one template."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg

from vestibule.embedded import readiness
from vestibule.embedded.address import SOCKET
from vestibule.embedded.owners import ROOT, Owner
from vestibule.embedded.owners import choose as choose_owner
from vestibule.embedded.readiness import Readiness
from vestibule.embedded.server import EmbeddedPostgres
from vestibule.migrations import roles
from vestibule.migrations.roles import Urls

EMBEDDED = "embedded"
DEBIAN = "debian"
URL_VARIABLE = "VESTIBULE_TEST_DATABASE_URL"
TEMPLATE = "vestibule_template"
OWNER = "vestibule"
SERVER = "vestibule_server"

# A crash of this server loses nothing that anybody needs.
CARELESS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")

# What stays when a test has been: the migrations' own rows. Order by foreign keys is none of ours,
# so triggers are off while the rest goes; that is why the superuser does it.
EMPTY = """
SET session_replication_role = replica;
DO $$
DECLARE one text; is_filled boolean;
BEGIN
    FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public'
               AND tablename NOT IN ('migrations', 'installation', 'realms')
    LOOP
        EXECUTE format('DELETE FROM public.%I', one);
    END LOOP;
    DELETE FROM realms WHERE kind <> 'platform';
END $$;
"""


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `administrator_url` is for making databases, `owner` owns those.

    `role` serves, and owns nothing; on a server that somebody else runs it is all three.
    """

    kind: str
    administrator_url: str
    owner: str
    role: str
    _numbers: Iterator[int]

    async def prepare(self) -> None:
        """Make the role and the template, migrated."""
        if self.kind == EMBEDDED:
            for setting in CARELESS:
                await self._command(f"ALTER SYSTEM SET {setting}")
            await self._command("SELECT pg_reload_conf()")
        if self.kind == DEBIAN:
            await self._command(f"CREATE ROLE {OWNER} LOGIN")
            await self._command(f"CREATE ROLE {SERVER} LOGIN")
        await self._command(f"DROP DATABASE IF EXISTS {TEMPLATE}")
        await self._command(f"CREATE DATABASE {TEMPLATE} OWNER {self.owner} TEMPLATE template0")
        await roles.bring_up(self.urls(TEMPLATE), audit_days=None)

    async def clone(self, *, template: str = TEMPLATE) -> str:
        """Make a database of one's own, as fresh as the template. Gives its name."""
        name = f"vestibule_{os.getpid()}_{next(self._numbers)}"
        await self._command(f"CREATE DATABASE {name} OWNER {self.owner} TEMPLATE {template}")
        return name

    async def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected."""
        await self._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    async def empty(self, name: str) -> None:
        """Take out of a database what a test has put in."""
        connection = await asyncpg.connect(self.administrator(name))
        try:
            await connection.execute(EMPTY)
        finally:
            await connection.close()

    def url(self, name: str) -> str:
        """The URL of a database for the program, as a role that owns nothing in it."""
        return self._url(name, self.role)

    def owner_url(self, name: str) -> str:
        """The URL of a database as the role that owns it, and is nothing beyond it."""
        return self._url(name, self.owner)

    def urls(self, name: str) -> Urls:
        """Both."""
        return Urls(server=self.url(name), owner=self.owner_url(name))

    def administrator(self, name: str) -> str:
        """The URL of a database for who may do everything."""
        return urlunsplit(urlsplit(self.administrator_url)._replace(path=f"/{name}"))

    def _url(self, name: str, role: str) -> str:
        parts = urlsplit(self.administrator(name))
        user, at, place = parts.netloc.rpartition("@")
        if role == _user(user):
            return urlunsplit(parts)
        return urlunsplit(parts._replace(netloc=f"{role}{at or '@'}{place}"))

    async def _command(self, sql: str) -> None:
        connection = await asyncpg.connect(self.administrator_url)
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


def choices(option: str) -> list[str]:
    """The servers to run on, for a choice made on the command line; `both` takes what is there."""
    if os.environ.get(URL_VARIABLE):
        return [URL_VARIABLE]
    if option == "both":
        return [EMBEDDED, *([DEBIAN] if debian_programs() else [])]
    return [option]


def debian_programs() -> Path | None:
    """The folder of Debian's programs, of the oldest version that there is."""
    if shutil.which("setpriv") is None:
        return None
    return min(
        (path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        key=lambda folder: int(folder.parent.name),
        default=None,
    )


@contextmanager
def running(kind: str) -> Iterator[Postgres]:
    """Run a server of this kind as long as the block."""
    if kind == URL_VARIABLE:
        url = os.environ[URL_VARIABLE]
        user = _user(urlsplit(url).netloc.rpartition("@")[0])
        yield Postgres(kind, url, user, user, count())
    elif kind == EMBEDDED:
        with _embedded() as postgres:
            yield postgres
    else:
        with _debian() as postgres:
            yield postgres


def _user(netloc: str) -> str:
    return netloc.partition(":")[0]


@contextmanager
def _embedded() -> Iterator[Postgres]:
    with (
        tempfile.TemporaryDirectory(prefix="vestibule-tests-") as folder,
        EmbeddedPostgres.start(Path(folder) / "data") as server,
    ):
        yield Postgres(EMBEDDED, server.administrator_url, OWNER, SERVER, count())


@contextmanager
def _debian() -> Iterator[Postgres]:
    """Debian's programs, started by hand: a server of the kind that an operator's URL leads to."""
    programs = debian_programs()
    assert programs is not None, "Debian's PostgreSQL is not here: apt-get install postgresql"
    folder = Path(tempfile.mkdtemp(prefix="vestibule-debian-"))
    try:
        owner = choose_owner(folder, folder)
        os.chown(folder, owner.uid, owner.gid)
        with _served(programs, folder / "cluster", owner):
            url = f"postgresql://postgres@/postgres?host={quote(str(folder))}"
            yield Postgres(DEBIAN, url, OWNER, SERVER, count())
    finally:
        shutil.rmtree(folder)


@contextmanager
def _served(programs: Path, cluster: Path, owner: Owner) -> Iterator[None]:
    become = _becoming(owner)
    initdb = [*become, str(programs / "initdb"), "-D", str(cluster), "-U", "postgres"]
    subprocess.run(
        [*initdb, "-A", "trust", "-N", "-E", "UTF8", "--locale=C"],
        check=True,
        capture_output=True,
        cwd="/",
    )
    settings = [*CARELESS, "listen_addresses=", f"unix_socket_directories={cluster.parent}"]
    with (cluster.parent / "log").open("wb") as log:
        server = subprocess.Popen(
            [*become, str(programs / "postgres"), "-D", str(cluster)]
            + [word for setting in settings for word in ("-c", setting)],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        while readiness.ask(f"{cluster.parent}/{SOCKET}").readiness is Readiness.NOT_YET:
            assert server.poll() is None, (cluster.parent / "log").read_text()
            time.sleep(0.02)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def _becoming(owner: Owner) -> list[str]:
    """The words before a command that runs it as its owner, and ends it with us."""
    words = ["setpriv", "--pdeathsig", "INT"]
    if os.geteuid() == ROOT:
        words += [f"--reuid={owner.uid}", f"--regid={owner.gid}", "--clear-groups"]
    return words
