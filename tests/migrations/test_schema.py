"""The migrations: their sum, and the names that faults and tests go by."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.postgres import Postgres
from tools import schema
from vestibule.kernel.database import Database
from vestibule.migrations import runner

# What stands in the way of a wrong row, by the name that its fault tells.
RULES = {
    "invitations": {
        "invitations_accepted_before_expiry",
        "invitations_accepted_name_by_whom",
        "invitations_closed_have_a_time",
        "invitations_inviter_is_known",
        "invitations_metadata_is_short",
        "invitations_one_pending_per_destination_and_address",
        "invitations_organization_id_fkey",
        "invitations_pkey",
        "invitations_state_is_known",
    },
    "members": {
        "members_one_per_invitation",
        "members_one_per_organization_and_user",
        "members_organization_id_fkey",
        "members_pkey",
        "members_role_is_known",
        "members_user_id_fkey",
    },
}

# Not null is told by its column; only newer versions keep a name for it.
NAMES = """
    SELECT conname FROM pg_constraint WHERE conrelid = to_regclass($1) AND contype <> 'n'
    UNION
    SELECT relname FROM pg_class JOIN pg_index ON pg_class.oid = indexrelid
     WHERE indrelid = to_regclass($1) AND indisunique
"""
UNNAMED = """
    SELECT conname FROM pg_constraint
     WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'u', 'x')
       AND conname ~ '(_check|_key|_excl)[0-9]*$'
    UNION
    SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname ~ '_idx[0-9]*$'
"""


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Database]:
    """A database as the migrations leave it."""
    name = await postgres.clone()
    opened = await Database.connect(postgres.url(name))
    yield opened
    await opened.close()
    await postgres.drop(name)


def test_the_migrations_give_exactly_the_schema_that_is_written_down(database: Database) -> None:
    assert schema.dump(database.url) == schema.FILE.read_text(), "run `make schema`"


@pytest.mark.parametrize("table", RULES)
async def test_what_guards_a_row_goes_by_its_name(table: str, database: Database) -> None:
    async with database.reader() as reader:
        rows = await reader.fetch_all(NAMES, table)
    assert {row["conname"] for row in rows} == RULES[table]


async def test_no_rule_goes_by_a_name_that_the_database_made_up(database: Database) -> None:
    async with database.reader() as reader:
        assert await reader.fetch_all(UNNAMED) == []


def test_the_numbers_of_the_migrations_leave_none_out() -> None:
    numbers = [migration.number for migration in runner.migrations()]
    assert numbers == list(range(1, len(numbers) + 1))


def test_every_sql_file_is_a_migration_or_their_sum() -> None:
    files = {path.stem for path in Path(runner.FOLDER).glob("*.sql")}
    assert files == {migration.name for migration in runner.migrations()} | {"schema"}
