"""Bringing a database up to the program: once, whoever starts, and never back."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest

from tests.postgres import Postgres
from vestibule.migrations import runner
from vestibule.migrations.runner import MigrationFault

STARTERS = 6

# Notes for each statement that makes or changes a thing how long it would wait for a lock.
WATCH = """
CREATE TABLE watched (thing text, lock_timeout text);
CREATE FUNCTION note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO public.watched
    SELECT object_identity, current_setting('lock_timeout') FROM pg_event_trigger_ddl_commands();
END $$;
CREATE EVENT TRIGGER watch ON ddl_command_end EXECUTE FUNCTION note();
"""


@dataclass(frozen=True, slots=True)
class Ground:
    """An empty database: its URL for the program, and a connection of who may do everything."""

    url: str
    administrator: asyncpg.Connection

    async def names(self) -> list[str]:
        """Give the migrations that were applied, in order."""
        rows = await self.administrator.fetch("SELECT name FROM migrations ORDER BY number")
        return [row["name"] for row in rows]


@pytest.fixture
async def ground(postgres: Postgres) -> AsyncIterator[Ground]:
    name = await postgres.clone(template="template0")
    administrator = await asyncpg.connect(postgres.administrator(name))
    yield Ground(postgres.owner_url(name), administrator)
    await administrator.close()
    await postgres.drop(name)


def ours() -> list[str]:
    return [migration.name for migration in runner.migrations()]


async def test_an_empty_database_is_brought_up_to_the_program(ground: Ground) -> None:
    assert await runner.pending(ground.url) == ours()
    assert await runner.migrate(ground.url) == ours()
    assert await runner.pending(ground.url) == []
    assert await ground.names() == ours()


async def test_a_second_start_applies_nothing(ground: Ground) -> None:
    await runner.migrate(ground.url)
    assert await runner.migrate(ground.url) == []


async def test_several_that_start_at_once_apply_each_migration_once(ground: Ground) -> None:
    applied = await asyncio.gather(*(runner.migrate(ground.url) for _ in range(STARTERS)))
    assert sorted(applied) == [[]] * (STARTERS - 1) + [ours()]
    assert await ground.names() == ours()


async def test_a_database_that_is_newer_than_the_program_is_refused(ground: Ground) -> None:
    await runner.migrate(ground.url)
    await ground.administrator.execute(
        "INSERT INTO migrations (number, name, checksum) VALUES (9999, '9999_later', '')"
    )
    with pytest.raises(MigrationFault, match=r"newer than this program .*9999"):
        await runner.migrate(ground.url)
    with pytest.raises(MigrationFault, match="newer than this program"):
        await runner.pending(ground.url)


async def test_a_migration_that_was_changed_after_it_was_applied_is_refused(
    ground: Ground,
) -> None:
    await runner.migrate(ground.url)
    await ground.administrator.execute(r"UPDATE migrations SET checksum = '\x00' WHERE number = 1")
    with pytest.raises(MigrationFault, match="0001_the_house is not the one"):
        await runner.migrate(ground.url)
    with pytest.raises(MigrationFault, match="0001_the_house is not the one"):
        await runner.pending(ground.url)


async def test_each_migration_waits_for_a_lock_for_five_seconds_at_most(ground: Ground) -> None:
    await ground.administrator.execute(WATCH)
    await runner.migrate(ground.url)
    seen = await ground.administrator.fetch(
        "SELECT DISTINCT lock_timeout FROM watched WHERE thing NOT LIKE '%migrations%'"
    )
    assert [row["lock_timeout"] for row in seen] == ["5s"]
