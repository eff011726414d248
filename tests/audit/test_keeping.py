"""The trail is kept: the server's role only adds to it, and what is past its time goes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import asyncpg
import pytest

from tests.postgres import Postgres
from vestibule import doctor
from vestibule.audit import chores
from vestibule.kernel.database import Database
from vestibule.kernel.settings import Settings
from vestibule.migrations import roles
from vestibule.migrations.roles import Urls
from vestibule.migrations.runner import MigrationFault

ADD = """
INSERT INTO audit (id, at, event, actor_kind, subject_kind)
SELECT gen_random_uuid(), clock_timestamp() - make_interval(days => $1), 'app.made', 'server', 'app'
  FROM generate_series(1, $2)
"""
CHANGES = [
    "UPDATE audit SET event = 'app.changed'",
    "UPDATE audit SET at = at",
    "DELETE FROM audit",
    "TRUNCATE audit",
    "INSERT INTO audit (id, event, actor_kind, subject_kind) SELECT id, '', 'server', ''"
    "  FROM audit ON CONFLICT (id) DO UPDATE SET event = ''",
    "ALTER TABLE audit DISABLE TRIGGER ALL",
    "DROP TRIGGER audit_is_never_changed ON audit",
    "DROP TABLE audit",
    "ALTER TABLE audit OWNER TO CURRENT_USER",
    "GRANT DELETE ON audit TO CURRENT_USER; DELETE FROM audit",
    "SET ROLE vestibule",
    "SET session_replication_role = replica",
    "INSERT INTO audit_retention (days) VALUES (30)",
    "UPDATE audit_retention SET days = 30",
    "DELETE FROM migrations",
    "SELECT let_serve(CURRENT_USER)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
]


@dataclass(frozen=True, slots=True)
class Ground:
    """A database of its own, seen by its owner and by who serves."""

    urls: Urls
    owner: asyncpg.Connection
    server: asyncpg.Connection

    async def count(self) -> int:
        number: int = await self.owner.fetchval("SELECT count(*) FROM audit")
        return number

    async def tidy(self) -> int:
        """Do the chore, as a server."""
        database = await Database.connect(self.urls.server, size=1)
        try:
            return await chores.forget_old(database)
        finally:
            await database.close()


@pytest.fixture
async def ground(postgres: Postgres, own_database: str) -> AsyncIterator[Ground]:
    if postgres.owner == postgres.role:
        pytest.skip("this server has one role")
    urls = postgres.urls(urlsplit(own_database).path.removeprefix("/"))
    owner, server = [await asyncpg.connect(url) for url in (urls.owner, urls.server)]
    await server.execute(ADD.replace("$1", "1").replace("$2", "3"))
    yield Ground(urls, owner, server)
    await server.close()
    await owner.close()


async def test_who_serves_cannot_change_the_trail(ground: Ground) -> None:
    before = await ground.owner.fetch("SELECT * FROM audit ORDER BY id")
    for statement in CHANGES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ground.server.execute(statement)
    assert await ground.owner.fetch("SELECT * FROM audit ORDER BY id") == before


async def test_not_even_the_owner_changes_it_by_mistake(ground: Ground) -> None:
    for statement in CHANGES[:4]:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="audit trail are"):
            await ground.owner.execute(statement)


async def test_without_a_retention_every_entry_stays(ground: Ground) -> None:
    await ground.server.execute(ADD, 3650, 5)
    assert await ground.tidy() == 0
    assert await ground.count() == 8


async def test_what_is_past_the_retention_goes_and_nothing_else(ground: Ground) -> None:
    await roles.bring_up(ground.urls, audit_days=90)
    await ground.server.execute(ADD, 91, 2 * chores.BATCH + 1)
    await ground.server.execute(ADD, 89, 2)
    assert await ground.tidy() == 2 * chores.BATCH + 1
    assert await ground.count() == 5


async def test_two_servers_may_do_the_chore_at_once(ground: Ground) -> None:
    await roles.bring_up(ground.urls, audit_days=90)
    await ground.server.execute(ADD, 91, 3000)
    assert sum(await asyncio.gather(ground.tidy(), ground.tidy())) == 3000
    assert await ground.count() == 3


async def test_the_retention_follows_the_setting_of_who_is_the_owner(ground: Ground) -> None:
    for days in (400, 30, None, 30):
        await roles.bring_up(ground.urls, audit_days=days)
        assert await ground.owner.fetchval("SELECT days FROM audit_retention") == days
    await roles.bring_up(Urls(server=ground.urls.server, owner=None), audit_days=3650)
    assert await ground.owner.fetchval("SELECT days FROM audit_retention") == 30


async def test_a_function_of_the_same_name_as_ours_gains_nobody_anything(ground: Ground) -> None:
    """The owner's function looks for its tables in `public` first, where the server makes none."""
    await ground.server.execute("CREATE TEMPORARY TABLE audit_retention (days int)")
    await ground.server.execute("INSERT INTO pg_temp.audit_retention VALUES (0)")
    assert await ground.server.fetchval("SELECT forget_audit(10)") == 0
    assert await ground.count() == 3


async def test_an_empty_database_is_set_up_for_both_and_the_server_starts_alone(
    postgres: Postgres, ground: Ground
) -> None:
    name = await postgres.clone(template="template0")
    urls = postgres.urls(name)
    alone = Urls(server=urls.server, owner=None)
    try:
        with pytest.raises(MigrationFault, match="VESTIBULE_OWNER_DATABASE_URL"):
            await roles.bring_up(alone, audit_days=None)
        assert await roles.bring_up(urls, audit_days=None)
        assert await roles.bring_up(alone, audit_days=None) == []
    finally:
        await postgres.drop(name)


async def findings(url: str) -> str:
    settings = Settings(database_url=url)
    return "\n".join([each.sentence async for each in doctor.examine(settings, url)])


async def test_the_doctor_says_whether_the_server_can_change_the_trail(ground: Ground) -> None:
    assert ground.urls.owner is not None
    assert "role cannot change the audit trail, kept for good" in await findings(ground.urls.server)
    assert "owns it, and could change it" in await findings(ground.urls.owner)
    await ground.owner.execute("GRANT UPDATE ON audit TO PUBLIC")
    assert "role may change the audit trail" in await findings(ground.urls.server)
    await ground.owner.execute("REVOKE UPDATE ON audit FROM PUBLIC")
    await roles.bring_up(ground.urls, audit_days=400)
    assert "kept for 400 days" in await findings(ground.urls.server)


async def test_rights_that_are_gone_are_given_back_at_the_next_start(ground: Ground) -> None:
    role = await ground.server.fetchval("SELECT current_user")
    await ground.owner.execute(f"REVOKE ALL ON accounts FROM {role}")
    await ground.owner.execute(f"GRANT DELETE ON audit TO {role}")
    await roles.bring_up(ground.urls, audit_days=None)
    assert await ground.server.fetchval("SELECT count(*) FROM accounts") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await ground.server.execute("DELETE FROM audit")
