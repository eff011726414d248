"""*Analytical* with whatever there can be in it, deleted and cleared away, with real commits."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests import invariants
from tests.memberships.hall import Hall
from tests.world import World, calling
from vestibule.apps import actions as apps
from vestibule.audit.model import OPERATOR
from vestibule.deletion import app_deletion, clearing, organization_deletion
from vestibule.kernel.database import Database
from vestibule.messages.model import Outbox
from vestibule.organizations import actions as organizations

NOW = timedelta(0)
# Everything in which an id or a name of the organization or its apps could stand.
OF_ANALYTICAL = (
    *("organizations", "members", "apps", "app_members", "app_member_roles"),
    *("app_definitions", "invitations", "api_keys", "app_codes", "app_continuations"),
)


@dataclass(frozen=True, slots=True)
class Yard:
    """A database with the cast, real commits, and what is cleared away in it."""

    database: Database
    world: World
    outbox: Outbox = field(repr=False)

    async def value(self, sql: str, *values: object) -> int:
        async with self.database.reader() as reader:
            return int(await reader.fetch_value(sql, *values))

    async def execute(self, sql: str, *values: object) -> None:
        async with self.database.transaction() as tx:
            await tx.execute(sql, *values)

    async def delete_organization(self) -> None:
        async with self.database.transaction() as tx:
            held = await organizations.lock_for_change(tx, self.world.analytical.id)
            await organization_deletion.delete(tx, held, by=OPERATOR, outbox=self.outbox)

    async def delete_app(self) -> None:
        async with self.database.transaction() as tx:
            caller = await calling(tx, self.world.ada.id)
            seat = await apps.lock_for_managing(tx, caller, "shifts")
            await app_deletion.delete(tx, seat.app, by=OPERATOR, outbox=self.outbox)

    async def step(self, *, at_most: int = 1) -> bool:
        async with self.database.transaction() as tx:
            return await clearing.clear_some(tx, after=NOW, at_most=at_most)

    async def left(self) -> dict[str, int]:
        """Give how many rows of *Analytical* each table has."""
        sql = "SELECT count(*) FROM {} WHERE {} = $1"
        return {
            table: await self.value(
                sql.format(table, "id" if table == "organizations" else "organization_id"),
                self.world.analytical.id,
            )
            for table in OF_ANALYTICAL
        }

    async def ensure_sound(self) -> None:
        """Check all that must always hold."""
        async with self.database.reader() as reader:
            await invariants.ensure(reader)

    async def fill(self) -> None:
        """Put into the organization, and its app, whatever there can be."""
        async with self.database.transaction() as tx:
            hall = Hall(tx, self.world, self.outbox, None)  # type: ignore[arg-type]
            for number in range(3):
                await hall.invited(f"{number}@x.example.com", "viewer", by=self.world.ada)
                await hall.invited(
                    f"{number}@x.example.com", "Employee", by=self.world.ada, app="shifts"
                )
            await tx.execute(FILLING, self.world.analytical.id, self.world.shifts.id)


FILLING = """
WITH who AS (SELECT $1::uuid AS organization_id, $2::uuid AS app_id,
                    (SELECT id FROM app_members WHERE name = 'Mia') AS mia,
                    (SELECT id FROM users WHERE first_name = 'Ada') AS ada),
key AS (INSERT INTO api_keys (id, organization_id, user_id, name, secret_hash, hint, permissions,
                              expires_at)
        SELECT gen_random_uuid(), organization_id, ada, 'Import', sha256('x'), 'abcd',
               ARRAY['members:read'], clock_timestamp() + interval '1 day' FROM who),
code AS (INSERT INTO app_codes (code_hash, app_id, organization_id, account_id, redirect_url,
                                challenge, issued_in, expires_at)
         SELECT sha256('c'), app_id, organization_id, mia, 'https://x.test', 'x',
                gen_random_uuid(), clock_timestamp() + interval '1 minute' FROM who),
going_on AS (INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
             SELECT s.id, app_id, organization_id, ada
               FROM who JOIN sessions s ON s.account_id = who.mia),
resets AS (INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
           SELECT gen_random_uuid(), app_id, 'sign_up', n::text, sha256(n::text::bytea),
                  clock_timestamp() + interval '1 day' FROM who, generate_series(1, 3) AS n)
UPDATE users SET default_organization_id = (SELECT organization_id FROM who)
 WHERE first_name IN ('Ada', 'Bo')
"""
