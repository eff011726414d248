"""Where a life is lived: a database of its own, the product's hands on it, and one look at it all.

The machine is synchronous, the product is not: `run` is the way in between.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Self, TypeVar
from uuid import UUID

import asyncpg
import uvloop

from tests import invariants
from tests.postgres import EMPTY
from vestibule.accounts.guards import Desk
from vestibule.accounts.passwords import Passwords
from vestibule.audit.model import Actor, ActorKind
from vestibule.kernel.database import SERVER_SETTINGS, Database, Transaction
from vestibule.kernel.limits import Limiter
from vestibule.kernel.secrets import Secret
from vestibule.messages.model import Outbox

T = TypeVar("T")
SECRET = Secret(b"a secret of 32 bytes, or a bit more")
NOBODY = Actor(kind=ActorKind.KEY_HOLDER, network="127.0.0.1", user_agent="life")

# All that the model knows of, and every fault, in one answer. In columns: a word for what it is,
# two ids, and what is said of them.
LOOK = f"""
    SELECT 'member' AS what, organization_id AS one, user_id AS other, ARRAY[role] AS said
      FROM present_members JOIN open_organizations o ON o.id = organization_id
     UNION ALL
    SELECT 'role', r.app_id, r.app_member_id, ARRAY[r.role]
      FROM present_app_member_roles r JOIN open_apps a ON a.id = r.app_id
      JOIN present_app_members m ON m.id = r.app_member_id
     UNION ALL
    SELECT 'account', c.id, a.id, ARRAY[address_canonical]
      FROM present_accounts c JOIN realms r ON r.id = realm_id LEFT JOIN open_apps a ON a.id = r.id
     WHERE a.id IS NOT NULL OR r.kind = 'platform'
     UNION ALL
    SELECT 'session', account_id, NULL, ARRAY[count(*)::text]
      FROM sessions s JOIN realms r ON r.id = s.realm_id
      JOIN present_accounts c ON c.id = s.account_id
     WHERE r.kind = 'platform' OR EXISTS (SELECT FROM open_apps a WHERE a.id = r.id)
     GROUP BY account_id
     UNION ALL
    SELECT 'pending', i.id, coalesce(app_id, organization_id),
           ARRAY[role, address_canonical, inviter_kind, inviter_id::text, send_count::text,
                 CASE WHEN expires_at > clock_timestamp() THEN 'open' ELSE 'expired' END]
      FROM invitations i JOIN open_organizations o ON o.id = organization_id
     WHERE state = 'pending'
       AND (app_id IS NULL OR EXISTS (SELECT FROM open_apps a WHERE a.id = app_id))
     UNION ALL
    SELECT 'fault', NULL, NULL, ARRAY[name, faults::text] FROM ({invariants.EVERY}) AS broken
"""
Seen = set[tuple[str, UUID | None, UUID | None, tuple[str | None, ...]]]

# Every column that is written: to put things aside, and back again.
COLUMNS = """
    SELECT c.table_name, string_agg(c.column_name, ', ') AS columns
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
     WHERE c.table_schema = 'public' AND t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.is_generated = 'NEVER' AND c.table_name NOT IN ('migrations', 'installation')
     GROUP BY c.table_name
"""
CLOCKS = """
    SELECT c.table_name, array_agg(c.column_name::text) AS columns
      FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
     WHERE c.table_schema = 'public' AND t.table_schema = 'public' AND t.table_type = 'BASE TABLE'
       AND c.data_type = 'timestamp with time zone' AND c.table_name <> 'migrations'
     GROUP BY c.table_name
"""
# The newest key that was mailed to an address for a purpose.
KEY = """
    SELECT key_seed FROM messages
     WHERE recipient = $1 AND key_purpose = $2 AND key_seed IS NOT NULL ORDER BY id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """The database of all examples, one after the other."""

    runner: asyncio.Runner
    database: Database
    watch: asyncpg.Connection
    look_at_all: Any
    owner: asyncpg.Connection
    clocks: Sequence[str]
    desk: Desk

    @classmethod
    def open(cls, url: str, administrator: str) -> Self:
        """Open it, as the server's role; `administrator` empties it, and moves its clocks."""
        runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
        database = runner.run(Database.connect(url, size=2))
        watch = runner.run(asyncpg.connect(url, server_settings=SERVER_SETTINGS))
        owner = runner.run(asyncpg.connect(administrator))
        runner.run(owner.execute("SET session_replication_role = replica"))
        tables = runner.run(owner.fetch(CLOCKS))
        return cls(
            runner=runner,
            database=database,
            watch=watch,
            look_at_all=runner.run(watch.prepare(LOOK)),
            owner=owner,
            clocks=[_moved(row["table_name"], row["columns"]) for row in tables],
            desk=Desk(
                database=database,
                limiter=Limiter(database, is_on=False),
                passwords=Passwords(minimum=10),
                outbox=Outbox(secret=SECRET, has_server=False),
                origin=NOBODY,
            ),
        )

    def close(self) -> None:
        """Let go of it."""
        self.runner.run(self.watch.close())
        self.runner.run(self.owner.close())
        self.runner.run(self.database.close())
        self.desk.passwords.close()
        self.runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something of the product's."""
        return self.runner.run(work)

    def look(self) -> Seen:
        """See all there is, and every fault."""
        rows = self.runner.run(self.look_at_all.fetch())
        return {(row["what"], row["one"], row["other"], tuple(row["said"])) for row in rows}

    def put_aside(self) -> None:
        """Keep what is there, for `put_back`."""

        async def put() -> None:
            await self.owner.execute("CREATE SCHEMA aside")
            for row in await self.owner.fetch(COLUMNS):
                await self.owner.execute(_aside(row["table_name"]))

        self.runner.run(put())

    def put_back(self) -> None:
        """Have what was put aside, and nothing else."""

        async def put() -> None:
            rows = await self.owner.fetch(COLUMNS)
            back = [_back(row["table_name"], row["columns"]) for row in rows]
            await self.owner.execute(EMPTY + "".join(back))

        self.runner.run(put())

    def pass_time(self, span: timedelta) -> None:
        """Let time pass: everything that happened is longer ago, and what will be is nearer."""

        async def move() -> None:
            async with self.owner.transaction():
                for sql in self.clocks:
                    await self.owner.execute(sql, span)

        self.runner.run(move())

    def within(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do it in a transaction of its own."""

        async def done() -> T:
            async with self.database.transaction() as tx:
                return await work(tx)

        return self.run(done())

    async def close_a_day_before(self) -> None:
        """Have what was deleted be deleted a day ago."""
        for table in ("organizations", "apps"):
            await self.owner.execute(
                f"UPDATE {table} SET closed_at = closed_at - interval '25 hours'"
            )

    def key(self, address: str, purpose: str) -> str:
        """Give the newest key that was mailed to the address."""
        seed = self.runner.run(self.watch.fetchval(KEY, address, purpose))
        return self.desk.outbox.secret.derive_key(purpose, seed)


def _moved(table: str, columns: Sequence[str]) -> str:
    changes = ", ".join(f"{column} = {column} - $1::interval" for column in columns)
    return f"UPDATE {table} SET {changes}"


def _aside(table: str) -> str:
    kept = " WHERE kind <> 'platform'" if table == "realms" else ""
    return f"CREATE TABLE aside.{table} AS SELECT * FROM public.{table}{kept}"


def _back(table: str, columns: str) -> str:
    return f"INSERT INTO public.{table} ({columns}) SELECT {columns} FROM aside.{table};"
