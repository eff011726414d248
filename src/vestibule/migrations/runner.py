"""Brings a database up to this program: numbered SQL files, forward only.

Each runs in a transaction of its own. Several servers may start at once: an advisory lock lets one
migrate while the others wait.
"""

import hashlib
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypeAlias

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

FOLDER = Path(__file__).resolve().parent
_NUMBERED = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

# Any number that no other program on the database uses: the first eight letters of our name.
_LOCK = int.from_bytes(b"vestibul", "big") >> 1
_LOCK_TIMEOUT = "5s"
CONNECT_SECONDS = 10.0
NOT_THE_OWNER = (
    "The server's database role may not do this. Run `vestibule migrate` with "
    "VESTIBULE_OWNER_DATABASE_URL set, as the role that owns the database."
)


class MigrationFault(Exception):
    """The database and the program do not go together. The text says what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> bytes:
        """Give what tells this text from another."""
        return hashlib.sha256(self.sql.encode()).digest()


@cache
def migrations() -> tuple[Migration, ...]:
    """List the program's migrations, in order."""
    return tuple(
        Migration(int(found[1]), path.stem, path.read_text())
        for path in sorted(FOLDER.glob("*.sql"))
        if (found := _NUMBERED.fullmatch(path.name))
    )


async def migrate(url: str) -> list[str]:
    """Apply what is missing; give the names of what was applied.

    Raises MigrationFault if the database is newer than the program, or a migration was changed
    after it was applied.
    """
    async with locked(url) as connection:
        return await _apply_missing(connection)


async def pending(url: str) -> list[str]:
    """Name the migrations that the database lacks. Raises MigrationFault as `migrate` does."""
    async with connected(url) as connection:
        return [migration.name for migration in _missing(await _applied(connection))]


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Connection]:
    """Lend a connection of its own. Raises MigrationFault if the database does not answer, or
    refuses this role something.
    """
    connection = await _connect(url)
    try:
        yield connection
    except asyncpg.InsufficientPrivilegeError as fault:
        raise MigrationFault(NOT_THE_OWNER) from fault
    finally:
        await connection.close()


@asynccontextmanager
async def locked(url: str) -> AsyncIterator[Connection]:
    """Lend a connection that no other migration runs beside."""
    async with connected(url) as connection:
        await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
        yield connection


async def _connect(url: str) -> Connection:
    try:
        return await asyncpg.connect(
            url, timeout=CONNECT_SECONDS, server_settings={"timezone": "UTC"}
        )
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresConnectionError) as fault:
        # Not the fault's own text: that may hold the URL, and with it a password.
        reason = getattr(fault, "strerror", None) or type(fault).__name__
        raise MigrationFault(
            f"The database does not answer ({reason}). Check VESTIBULE_DATABASE_URL, and that "
            "PostgreSQL runs there."
        ) from fault


async def _apply_missing(connection: Connection) -> list[str]:
    missing = _missing(await _applied(connection))
    if not missing:
        return []  # who only serves may not make tables, and need not
    await connection.execute(
        """
        CREATE TABLE IF NOT EXISTS migrations (
            number integer PRIMARY KEY,
            name text NOT NULL,
            checksum bytea NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )
    for migration in missing:
        await _apply(connection, migration)
    return [migration.name for migration in missing]


async def _applied(connection: Connection) -> dict[int, bytes]:
    if not await connection.fetchval("SELECT to_regclass('migrations') IS NOT NULL"):
        return {}
    rows = await connection.fetch("SELECT number, checksum FROM migrations")
    return {row["number"]: row["checksum"] for row in rows}


def _missing(applied: dict[int, bytes]) -> list[Migration]:
    ours = {migration.number: migration for migration in migrations()}
    if newer := applied.keys() - ours.keys():
        raise MigrationFault(
            f"The database is newer than this program (it has migration {max(newer)}, the newest "
            f"known here is {max(ours)}). Start the version of Vestibule that it belongs to, or a "
            "later one."
        )
    for number, checksum in applied.items():
        if checksum != ours[number].checksum:
            raise MigrationFault(
                f"Migration {ours[number].name} is not the one that this database was made with. "
                "Start the version of Vestibule that it belongs to."
            )
    return [migration for number, migration in sorted(ours.items()) if number not in applied]


async def _apply(connection: Connection, migration: Migration) -> None:
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'")
        await connection.execute(migration.sql)
        await connection.execute(
            "INSERT INTO migrations (number, name, checksum) VALUES ($1, $2, $3)",
            migration.number,
            migration.name,
            migration.checksum,
        )
