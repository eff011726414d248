"""PostgreSQL: the pool, and the only place where a transaction opens and closes.

Says nothing of any table. Faults of the database become kinds of `kernel.errors` here, so that no
edge sees a driver's.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self, TypeAlias

import asyncpg
import msgspec

from vestibule.kernel.errors import InvalidRequest, Unavailable
from vestibule.kernel.i18n import gettext

log = logging.getLogger("vestibule.database")

Row: TypeAlias = Mapping[str, Any]
# What the driver raises and nobody foresaw. Its text is for an operator's eyes alone.
DatabaseFault: TypeAlias = asyncpg.PostgresError

ACQUIRE_SECONDS = 5.0
# Longer than the server's own patience, below: who reaches it has a server that hangs.
ANSWER_SECONDS = 8.0
PING_SECONDS = 3.0
CLOSE_SECONDS = 5.0

# Session settings, sent once per connection. Times are in milliseconds: a statement or lock that
# takes longer is given up, and the request answers 503 rather than piling up behind it.
SERVER_SETTINGS = {
    "application_name": "vestibule",
    "statement_timeout": "7000",
    "lock_timeout": "5000",
    "idle_in_transaction_session_timeout": "15000",
    "timezone": "UTC",
    "jit": "off",
}

_BUSY = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
    asyncpg.InsufficientResourcesError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.PostgresConnectionError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.ReadOnlySQLTransactionError,
    # What it refers to was deleted a moment ago: who tries again is told so.
    asyncpg.ForeignKeyViolationError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
_UNWRITABLE = (
    asyncpg.DataError,
    asyncpg.CharacterNotInRepertoireError,
    asyncpg.UntranslatableCharacterError,
)


class Reader(Protocol):
    """What reads need: no transaction, one statement at a time."""

    async def fetch_all(self, sql: str, *values: object) -> Sequence[Row]:
        """Give every row."""

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """Give the first row, if there is one."""

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """Give the first column of the first row, or None."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A connection inside an open transaction (READ COMMITTED).

    Whoever holds one may write, nobody may commit.
    """

    connection: Any

    async def fetch_all(self, sql: str, *values: object) -> Sequence[Row]:
        """Give every row."""
        rows: Sequence[Row] = await self.connection.fetch(sql, *values)
        return rows

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """Give the first row, if there is one."""
        row: Row | None = await self.connection.fetchrow(sql, *values)
        return row

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """Give the first column of the first row, or None."""
        return await self.connection.fetchval(sql, *values)

    async def execute(self, sql: str, *values: object) -> int:
        """Run a statement; give the number of rows that it touched."""
        status: str = await self.connection.execute(sql, *values)
        count = status.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0


class TookTooLong(Exception):
    """A statement of a snapshot was given up: it took longer than it was given."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A connection that sees one moment. A statement that takes too long ends by itself alone."""

    connection: Any
    seconds: int

    async def fetch_all(self, sql: str, *values: object) -> Sequence[Row]:
        """Give every row. Raises TookTooLong."""
        try:
            async with self.connection.transaction():
                rows: Sequence[Row] = await self.connection.fetch(
                    sql, *values, timeout=self.seconds + ANSWER_SECONDS
                )
        except (asyncpg.QueryCanceledError, asyncpg.LockNotAvailableError) as fault:
            raise TookTooLong from fault
        return rows

    async def fetch_one(self, sql: str, *values: object) -> Row | None:
        """Give the first row, if there is one. Raises TookTooLong."""
        rows = await self.fetch_all(sql, *values)
        return rows[0] if rows else None

    async def fetch_value(self, sql: str, *values: object) -> Any:
        """Give the first column of the first row, or None. Raises TookTooLong."""
        row = await self.fetch_one(sql, *values)
        return next(iter(row.values())) if row else None


@dataclass(frozen=True, slots=True)
class Database:
    """A pool of connections that carry no state from one use to the next."""

    pool: Any
    url: str

    @classmethod
    async def connect(cls, url: str, *, size: int = 10) -> Self:
        """Open the pool. Raises Unavailable if nothing answers at the URL."""
        with _translating():
            pool = await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                init=_prepare,
                reset=_leave_clean,
                server_settings=SERVER_SETTINGS,
                timeout=ACQUIRE_SECONDS,
                command_timeout=ANSWER_SECONDS,
                max_inactive_connection_lifetime=300,
            )
        return cls(pool=pool, url=url)

    async def close(self) -> None:
        """Close every connection, once their work is done, or will not be."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    async def ping(self) -> None:
        """Ask the server for an answer. Raises Unavailable."""
        with _translating():
            async with (
                self.pool.acquire(timeout=PING_SECONDS) as connection,
                _letting_go(connection),
            ):
                await connection.fetchval("SELECT 1", timeout=PING_SECONDS)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; commit at the end of the block, roll back on any exception."""
        with _translating():
            async with (
                self.pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
                _letting_go(connection),
                connection.transaction(),
                _letting_go(connection),
            ):
                yield Transaction(connection)

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Reader]:
        """Lend a connection for plain reads, each statement by itself."""
        with _translating():
            async with (
                self.pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
                _letting_go(connection),
            ):
                yield Transaction(connection)

    @asynccontextmanager
    async def snapshot(self, *, seconds: int) -> AsyncIterator[Reader]:
        """Lend a connection that sees the one moment for all its statements, and writes nothing.

        For long looks: a statement may take so many seconds, then it raises TookTooLong.
        """
        with _translating():
            async with (
                self.pool.acquire(timeout=ACQUIRE_SECONDS) as connection,
                _letting_go(connection),
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                milliseconds = str(seconds * 1000)
                await connection.execute(
                    "SELECT set_config('statement_timeout', $1, true)", milliseconds
                )
                yield Snapshot(connection, seconds)

    @asynccontextmanager
    async def listen(self, channel: str, wake: Callable[[], None]) -> AsyncIterator[None]:
        """Call `wake` for each NOTIFY on the channel, and once if the connection for it is lost."""
        with _translating():
            connection = await asyncpg.connect(self.url, timeout=ACQUIRE_SECONDS)
        try:
            connection.add_termination_listener(lambda _: wake())
            await connection.add_listener(channel, lambda *_: wake())
            yield
        finally:
            await connection.close(timeout=1)


@contextmanager
def _translating() -> Iterator[None]:
    """Turn the driver's faults into ours, logged by kind alone: its messages may hold values."""
    try:
        yield
    except _UNWRITABLE as fault:
        raise InvalidRequest.at(
            "", gettext("It holds a character or a number that cannot be kept.")
        ) from fault
    except _BUSY as fault:
        log.warning("database unavailable: %s", type(fault).__name__)
        raise Unavailable from fault


@asynccontextmanager
async def _letting_go(connection: Any) -> AsyncIterator[None]:
    """Drop a connection that does not answer: asking it to roll back would wait as long again."""
    try:
        yield
    except TimeoutError:
        connection.terminate()
        raise


async def _prepare(connection: Any) -> None:
    for kind in ("json", "jsonb"):
        await connection.set_type_codec(
            kind, schema="pg_catalog", encoder=_write_json, decoder=msgspec.json.decode
        )


async def _leave_clean(connection: Any) -> None:
    # The driver's own reset costs a round trip on every release (measured: 2.2 times). We keep no
    # session state, so an abandoned transaction is all that there can be to clean.
    if connection.is_in_transaction():
        await connection.execute("ROLLBACK")


def _write_json(value: object) -> str:
    return msgspec.json.encode(value).decode()
