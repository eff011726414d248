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
        "invitations_end_with_what_they_offer",
        "invitations_inviter_is_known",
        "invitations_metadata_is_short",
        "invitations_of_an_app",
        "invitations_one_pending_per_destination_and_address",
        "invitations_organization_id_fkey",
        "invitations_pkey",
        "invitations_state_is_known",
        "invitations_to_own_do_not_end",
    },
    "organizations": {
        "organizations_allow_few_domains",
        "organizations_custom_roles_are_few",
        "organizations_custom_roles_are_not_built_in",
        "organizations_default_role_is_not_owner",
        "organizations_have_room_for_an_owner",
        "organizations_invitation_lives_1_hour_to_30_days",
        "organizations_pkey",
        "organizations_slug_is_unique",
        "organizations_slug_is_well_formed",
    },
    "api_keys": {
        "api_keys_hash_is_whole",
        "api_keys_live_a_year_at_most",
        "api_keys_may_something",
        "api_keys_of_a_member",
        "api_keys_of_an_app",
        "api_keys_one_for_each_form",
        "api_keys_pkey",
        "api_keys_secret_is_unique",
    },
    "apps": {
        "apps_are_realms",
        "apps_colour_is_a_colour",
        "apps_logo_has_a_type",
        "apps_logo_is_small",
        "apps_organization_and_id",
        "apps_organization_id_fkey",
        "apps_origins_are_few",
        "apps_pkey",
        "apps_redirect_urls_are_few",
        "apps_slug_is_unique",
        "apps_slug_is_well_formed",
    },
    "app_definitions": {
        "app_definitions_count_from_1",
        "app_definitions_of_an_app",
        "app_definitions_one_draft_and_each_version_once",
        "app_definitions_pkey",
        "app_definitions_source_is_short",
    },
    "app_members": {
        "app_members_app_and_id",
        "app_members_of_an_account",
        "app_members_of_an_app",
        "app_members_one_per_app_and_user",
        "app_members_pkey",
        "app_members_properties_are_short",
        "app_members_user_id_fkey",
    },
    "app_member_roles": {
        "app_member_roles_of_a_member",
        "app_member_roles_one_per_invitation",
        "app_member_roles_pkey",
    },
    "app_codes": {
        "app_codes_continued_by_fkey",
        "app_codes_hash_is_whole",
        "app_codes_make_sessions_when_spent",
        "app_codes_of_a_member",
        "app_codes_pkey",
    },
    "app_continuations": {
        "app_continuations_of_a_session",
        "app_continuations_of_an_app",
        "app_continuations_pkey",
        "app_continuations_user_id_fkey",
    },
    "members": {
        "members_one_per_invitation",
        "members_one_per_organization_and_user",
        "members_organization_id_fkey",
        "members_pkey",
        "members_user_id_fkey",
        "members_who_own_do_not_end",
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
