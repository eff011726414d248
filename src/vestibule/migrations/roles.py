"""The two roles of the database: its owner brings it up to date, the server's serves.

The server's may not change what the audit trail says. One role may be both; then nothing here is
done but that the retention is kept.
"""

from dataclasses import dataclass

from vestibule.kernel.database import Reader
from vestibule.migrations import runner
from vestibule.migrations.runner import Connection

# What nobody but the owner writes, and what the server only adds to.
_READ_ONLY = ("migrations", "audit_retention")
_ADD_ONLY = ("audit",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Urls:
    """How the database is reached: for serving, and as its owner. `owner` None: not from here."""

    server: str
    owner: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a role is to the trail. `days` is how long entries are kept; None: for good."""

    owns: bool
    may_change: bool
    days: int | None


async def bring_up(urls: Urls, *, audit_days: int | None) -> list[str]:
    """Apply the migrations that are missing, and give the server's role its rights.

    Gives the names of what was applied. Raises MigrationFault.
    """
    applied = await runner.migrate(urls.owner or urls.server)
    if urls.owner is not None:
        role = await _role_of(urls.server)
        await _settle(urls.owner, audit_days, role=role)
    elif await _owns(urls.server):
        await _settle(urls.server, audit_days, role=None)
    return applied


async def find_standing(reader: Reader) -> Standing:
    """Tell what the reader's role may do to the trail."""
    rows = await reader.fetch_all(
        """
        SELECT pg_has_role(c.relowner, 'MEMBER') AS owns,
               has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS may_change,
               (SELECT days FROM audit_retention) AS days
          FROM pg_class c WHERE c.oid = to_regclass('audit')
        """
    )
    return Standing(**rows[0])


async def _role_of(url: str) -> str:
    async with runner.connected(url) as connection:
        role: str = await connection.fetchval("SELECT current_user")
    return role


async def _owns(url: str) -> bool:
    async with runner.connected(url) as connection:
        owns: bool = await connection.fetchval(
            "SELECT pg_has_role(relowner, 'MEMBER') FROM pg_class WHERE oid = to_regclass('audit')"
        )
    return owns


async def _settle(url: str, audit_days: int | None, *, role: str | None) -> None:
    """As the owner: keep the retention, and give the role what serving needs and no more.

    Several may start at once: the lock of the migrations lets one do it at a time, and what is
    right already is left alone.
    """
    async with runner.locked(url) as connection:
        await _keep(connection, audit_days)
        owner = await connection.fetchval("SELECT current_user")
        if role not in {None, owner} and await _lacks(connection, role):
            await connection.execute("SELECT let_serve($1)", role)


async def _keep(connection: Connection, audit_days: int | None) -> None:
    if audit_days == await connection.fetchval("SELECT days FROM audit_retention"):
        return
    if audit_days is None:
        await connection.execute("DELETE FROM audit_retention")
        return
    await connection.execute(
        """
        INSERT INTO audit_retention (days) VALUES ($1)
        ON CONFLICT (is_only) DO UPDATE SET days = excluded.days
        """,
        audit_days,
    )


async def _lacks(connection: Connection, role: str | None) -> bool:
    """Tell whether the role's rights are other than those that `let_serve` gives."""
    lacks: bool = await connection.fetchval(
        """
        SELECT bool_or(
            NOT has_table_privilege($1, c.oid, 'SELECT')
            OR has_table_privilege($1, c.oid, 'INSERT') = (c.relname = ANY ($2))
            OR has_table_privilege($1, c.oid, 'UPDATE') = (c.relname = ANY ($2 || $3))
            OR has_table_privilege($1, c.oid, 'DELETE') = (c.relname = ANY ($2 || $3))
            OR NOT has_function_privilege($1, 'forget_audit(integer)', 'EXECUTE'))
          FROM pg_class c
         WHERE c.relkind IN ('r', 'v') AND c.relnamespace = 'public'::regnamespace
        """,
        role,
        list(_READ_ONLY),
        list(_ADD_ONLY),
    )
    return lacks
