"""The queries that look for broken invariants find them: one planted fault for each."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests import invariants
from tests.conftest import Ground
from tests.world import World
from vestibule.kernel.database import Database, Transaction

INVITATION = "'01900000-0000-7000-8000-00000000aaaa'::uuid"
OTHER = "'01900000-0000-7000-8000-00000000bbbb'::uuid"
EVE = "(SELECT id FROM accounts WHERE address LIKE 'eve@%')"
DI = "(SELECT id FROM accounts WHERE address LIKE 'di@%')"
FLO = "(SELECT id FROM accounts WHERE address LIKE 'flo@%')"
PLACE = "(SELECT id FROM organizations WHERE slug = 'analytical')"
SHIFTS = "(SELECT id FROM apps WHERE slug = 'shifts')"
EMIL = "(SELECT id FROM accounts WHERE address LIKE 'emil@%')"
EMILS = "(SELECT address_canonical FROM accounts WHERE address LIKE 'emil@%')"
FLOS = "(SELECT address_canonical FROM accounts WHERE address LIKE 'flo@%')"

# Flo was invited and came: all rows that a true acceptance leaves.
ACCEPTED = f"""
    INSERT INTO invitations (id, organization_id, role, address, address_canonical, inviter_kind,
                             inviter_name, state, locale, expires_at, closed_at, accepted_by)
    VALUES ({INVITATION}, {PLACE}, 'viewer', {FLOS}, {FLOS}, 'operator', 'Op', 'accepted', 'en',
            clock_timestamp() + interval '1 day', clock_timestamp(), {FLO});
    INSERT INTO members (id, organization_id, user_id, role, invitation_id, created_at)
    VALUES (gen_random_uuid(), {PLACE}, {FLO}, 'viewer', {INVITATION},
            clock_timestamp() - interval '1 second');
    INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
    SELECT gen_random_uuid(), id, 'organization_invitation', {INVITATION}::text,
           decode(repeat('ab', 32), 'hex'), clock_timestamp() + interval '400 days'
      FROM realms WHERE kind = 'platform';
    INSERT INTO messages (id, template, recipient, locale, parameters, state, not_after, about,
                          key_purpose, link_path)
    VALUES (gen_random_uuid(), 'invitations/invitation', {FLOS}, 'en', '{{}}', 'sent',
            clock_timestamp(), {INVITATION}, 'organization_invitation', '/organization-invite');
    INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id, at)
    VALUES (gen_random_uuid(), 'invitation.made', 'operator', {PLACE}, 'invitation', {INVITATION},
            clock_timestamp() - interval '1 minute');
    INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id, details)
    SELECT gen_random_uuid(), 'invitation.accepted', 'account', {PLACE}, 'invitation', {INVITATION},
           jsonb_build_object('role', 'viewer', 'account', user_id, 'membership', id)
      FROM members WHERE invitation_id = {INVITATION};
"""
# Jon was invited to Shifts, and came: all rows that this leaves.
TO_APP = "'01900000-0000-7000-8000-00000000cccc'::uuid"
JON = "'01900000-0000-7000-8000-00000000dddd'::uuid"
SHIFTS = "(SELECT id FROM apps WHERE slug = 'shifts')"
MIA = "(SELECT id FROM accounts WHERE address LIKE 'mia@%')"
IN_APP = f"""
    INSERT INTO invitations (id, organization_id, app_id, role, address, address_canonical,
                             inviter_kind, inviter_name, state, locale, expires_at, closed_at,
                             accepted_by)
    VALUES ({TO_APP}, {PLACE}, {SHIFTS}, 'Employee', 'jon@x.test', 'jon@x.test', 'operator', 'Op',
            'accepted', 'en', clock_timestamp() + interval '1 day', clock_timestamp(), {JON});
    INSERT INTO accounts (id, realm_id, address, address_canonical)
    VALUES ({JON}, {SHIFTS}, 'jon@x.test', 'jon@x.test');
    INSERT INTO app_members (id, app_id, organization_id) VALUES ({JON}, {SHIFTS}, {PLACE});
    INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id, invitation_id)
    VALUES ({JON}, 'Employee', {SHIFTS}, {PLACE}, {TO_APP});
    INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
    VALUES (gen_random_uuid(), {SHIFTS}, 'app_invitation', {TO_APP}::text,
            decode(repeat('ba', 32), 'hex'), clock_timestamp() + interval '400 days');
    INSERT INTO messages (id, template, recipient, locale, parameters, state, not_after, about,
                          key_purpose, link_path)
    VALUES (gen_random_uuid(), 'invitations/invitation', 'jon@x.test', 'en', '{{}}', 'sent',
            clock_timestamp(), {TO_APP}, 'app_invitation', '/app-invite');
    INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id, at)
    VALUES (gen_random_uuid(), 'invitation.made', 'operator', {PLACE}, 'invitation', {TO_APP},
            clock_timestamp() - interval '1 minute');
    INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id, details)
    VALUES (gen_random_uuid(), 'invitation.accepted', 'account', {PLACE}, 'invitation', {TO_APP},
            jsonb_build_object('role', 'Employee', 'account', {JON}, 'app', {SHIFTS}));
    INSERT INTO app_codes (code_hash, app_id, organization_id, account_id, redirect_url, challenge,
                           issued_in, expires_at, spent_at, session_id)
    SELECT decode(repeat('ab', 32), 'hex'), {SHIFTS}, {PLACE}, account_id, 'https://x.test', 'x',
           id, clock_timestamp(), clock_timestamp(), id FROM sessions WHERE account_id = {MIA};
    INSERT INTO app_continuations (session_id, app_id, organization_id, user_id)
    SELECT id, {SHIFTS}, {PLACE}, {DI} FROM sessions WHERE account_id = {MIA};
"""
REOPENED = "UPDATE invitations SET state = 'pending', closed_at = NULL, accepted_by = NULL;"
AGAIN = f"""
    INSERT INTO invitations (id, organization_id, role, address, address_canonical, inviter_kind,
                             inviter_name, locale, expires_at)
    SELECT {OTHER}, organization_id, role, address, address_canonical, inviter_kind,
           inviter_name, locale, expires_at FROM invitations WHERE id = {INVITATION};
"""
# Beginning of the invariant's name: the table, and what in it refuses the fault.
GUARDS = {
    "I1 ": ("members", "members_one_per_invitation"),
    "I5 ": ("invitations", "invitations_accepted_before_expiry"),
    "I7 ": ("members", "members_one_per_organization_and_user"),
    "I8 ": ("invitations", "invitations_one_pending_per_destination_and_address"),
    "I16 ": ("messages", "messages_settled_hold_no_seed"),
    "I18 one": ("keys", "keys_one_live_per_subject"),
    "I20 ": ("accounts", "accounts_one_per_realm_and_address"),
    "A1 ": ("app_members", "app_members_of_an_account"),
    "A5 ": ("app_member_roles", "app_member_roles_one_per_invitation"),
    "A6 ": ("app_members", "app_members_of_an_app"),
    "A7 ": ("sessions", "sessions_of_an_account"),
    "A11 ": ("app_members", "app_members_one_per_app_and_user"),
}
# And the statements that break it, where nothing refuses them.
PLANTED = {
    "I1 ": f"UPDATE members SET invitation_id = {INVITATION} WHERE user_id = {DI};",
    "I2 ": f"UPDATE members SET user_id = {EVE} WHERE invitation_id IS NOT NULL;",
    "I3 ": "UPDATE members SET created_at = created_at + interval '1 hour';",
    "I4 ": "UPDATE members SET role = 'admin' WHERE invitation_id IS NOT NULL;",
    "I5 ": "UPDATE invitations SET expires_at = closed_at;",
    "I6 ": f"""
        UPDATE accounts SET created_at = created_at - interval '1 day';
        UPDATE invitations SET accepted_by = {EVE};
        UPDATE members SET user_id = {EVE} WHERE invitation_id IS NOT NULL;
    """,
    "I7 ": f"""INSERT INTO members (id, organization_id, user_id, role)
          VALUES (gen_random_uuid(), {PLACE}, {DI}, 'viewer');""",
    "I8 ": REOPENED + AGAIN,
    "I9 ": "UPDATE members SET role = 'admin' WHERE role = 'owner';",
    "I11 ": REOPENED + f"UPDATE invitations SET inviter_kind = 'user', inviter_id = {EVE};",
    "I12 ": REOPENED,
    "I13 ": "DELETE FROM messages;",
    "I14 ": "UPDATE messages SET state = 'queued', recipient = 'eve@cast.example.com';",
    "I16 ": "UPDATE messages SET key_seed = decode(repeat('ab', 32), 'hex');",
    "I17 ": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'account.password_reset', 'account', 'account', {FLO});
    """,
    "I18 one": """
        INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
        SELECT gen_random_uuid(), realm_id, purpose, subject, decode(repeat('cd', 32), 'hex'),
               expires_at FROM keys WHERE purpose = 'organization_invitation';
    """,
    "I18 a pending": "DELETE FROM keys;",
    "I20 ": f"UPDATE accounts SET address_canonical = {FLOS} WHERE id = {EVE};",
    "I21 ": "DELETE FROM audit WHERE event = 'invitation.accepted';",
    "I26 ": "DELETE FROM audit WHERE event = 'invitation.made';",
    "I27 ": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'invitation.edited', 'operator', 'invitation', {INVITATION});
    """,
    "I28 ": "DELETE FROM members WHERE invitation_id IS NOT NULL;",
    "I2 who accepted for an app": "DELETE FROM app_member_roles WHERE invitation_id IS NOT NULL;",
    "I3 who has a role": f"UPDATE app_member_roles SET role = 'Boss' WHERE app_member_id = {JON};",
    "I12 nobody is invited to a role": REOPENED,
    "A1 ": f"""INSERT INTO app_members (id, app_id, organization_id)
          VALUES ({FLO}, {SHIFTS}, {PLACE});""",
    "A2 ": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'account.made', 'account', 'account', {JON});
        DELETE FROM app_member_roles;
    """,
    "A3 ": "UPDATE app_member_roles SET role = 'Captain' WHERE role = 'Boss';",
    "A4 ": REOPENED + "UPDATE invitations SET role = 'Captain';",
    "A5 ": f"UPDATE app_member_roles SET invitation_id = {TO_APP} WHERE role = 'Boss';",
    "A6 ": f"""UPDATE app_members SET organization_id = (
                      SELECT id FROM organizations WHERE slug = 'elsewhere') WHERE id = {MIA};""",
    "A7 ": f"UPDATE sessions SET realm_id = {SHIFTS} WHERE account_id = {FLO};",
    "A8 ": f"""UPDATE app_continuations SET session_id = (
                      SELECT id FROM sessions WHERE account_id = {FLO});""",
    "A9 ": f"UPDATE app_codes SET account_id = {JON};",
    "A10 ": "UPDATE app_codes SET expires_at = expires_at - interval '26 hours';",
    "A11 ": f"UPDATE app_members SET user_id = {DI} WHERE app_id = {SHIFTS};",
}


@pytest.fixture
async def accepted(world: World, database: Database) -> World:
    """A world in which Flo and Jon have accepted an invitation, and nothing is broken."""
    async with database.transaction() as tx:
        await tx.connection.execute(ACCEPTED)
        await tx.connection.execute(IN_APP)
    return world


@pytest.fixture
async def planting(ground: Ground) -> AsyncIterator[Transaction]:
    """A transaction of who may do everything, also drop what refuses a fault. It is rolled back."""
    transaction = ground.sweeper.transaction()
    await transaction.start()
    await ground.sweeper.execute("SET LOCAL session_replication_role = 'replica'")
    yield Transaction(ground.sweeper)
    await transaction.rollback()


@pytest.mark.usefixtures("accepted")
async def test_a_true_acceptance_breaks_nothing(tx: Transaction) -> None:
    assert await invariants.broken(tx) == {}


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("name", invariants.INVARIANTS)
async def test_a_planted_fault_is_found(name: str, planting: Transaction) -> None:
    start = max((start for start in PLANTED if name.startswith(start)), key=len)
    if start in GUARDS:
        table, guard = GUARDS[start]
        is_index = await planting.fetch_value(
            "SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conname = $1)", guard
        )
        drop = f"DROP INDEX {guard}" if is_index else f"ALTER TABLE {table} DROP CONSTRAINT {guard}"
        await planting.connection.execute(drop)
    await planting.connection.execute(PLANTED[start])
    assert name in await invariants.broken(planting)


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("start", GUARDS)
async def test_the_database_itself_refuses_it(start: str, tx: Transaction) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await tx.connection.execute(PLANTED[start])
    assert refused.value.constraint_name == GUARDS[start][1]
