"""The queries that look for broken invariants find them: one planted fault for each."""
# long: one table of faults

from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests import invariants
from tests.conftest import Ground
from tests.world import World
from vestibule.invariants import queries
from vestibule.kernel.database import Database, Transaction

INVITATION = "'01900000-0000-7000-8000-00000000aaaa'::uuid"
OTHER = "'01900000-0000-7000-8000-00000000bbbb'::uuid"
BO = "(SELECT id FROM accounts WHERE address LIKE 'bo@%')"
BEA = "(SELECT id FROM accounts WHERE address LIKE 'bea@%')"
EVE = "(SELECT id FROM accounts WHERE address LIKE 'eve@%')"
DI = "(SELECT id FROM accounts WHERE address LIKE 'di@%')"
FLO = "(SELECT id FROM accounts WHERE address LIKE 'flo@%')"
PLACE = "(SELECT id FROM organizations WHERE slug = 'analytical')"
EMIL = "(SELECT id FROM accounts WHERE address LIKE 'emil@%')"
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
# How the cast came in, as the trail would tell it.
TOLD = """
    INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id, details,
                       at)
    SELECT gen_random_uuid(), 'member.added', 'operator', organization_id, 'user', user_id,
           jsonb_build_object('role', role, 'membership', id), created_at FROM members
     UNION ALL
    SELECT gen_random_uuid(), 'app_member.joined', 'operator', organization_id, 'app_member',
           app_member_id, jsonb_build_object('role', role, 'app', app_id), created_at
      FROM app_member_roles;
"""
REOPENED = "UPDATE invitations SET state = 'pending', closed_at = NULL, accepted_by = NULL"
TO_ANALYTICAL = f"{REOPENED} WHERE id = {INVITATION};"
TO_SHIFTS = f"{REOPENED} WHERE id = {TO_APP};"
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
    "I1 an invitation gives": ("app_member_roles", "app_member_roles_one_per_invitation"),
    "A10 ": ("members", "members_who_own_do_not_end"),
    "A11 ": ("invitations", "invitations_end_with_what_they_offer"),
    "A6 ": ("app_members", "app_members_of_an_app"),
    "A7 ": ("api_keys", "api_keys_of_a_member"),
    "I17 a session is of": ("sessions", "sessions_of_an_account"),
    "A9 ": ("app_members", "app_members_one_per_app_and_user"),
}
# And the statements that break it, where nothing refuses them.
PLANTED = {
    "I1 ": f"UPDATE members SET invitation_id = {INVITATION} WHERE user_id = {DI};",
    "I2 ": f"UPDATE members SET user_id = {EVE} WHERE invitation_id IS NOT NULL;",
    "I3 ": "UPDATE members SET created_at = created_at + interval '1 hour';",
    "I4 ": "UPDATE members SET role = 'admin' WHERE invitation_id IS NOT NULL;",
    "I5 ": f"UPDATE invitations SET expires_at = closed_at WHERE id = {INVITATION};",
    "I6 ": f"""
        UPDATE accounts SET created_at = created_at - interval '1 day';
        UPDATE invitations SET accepted_by = {EVE};
        UPDATE members SET user_id = {EVE} WHERE invitation_id IS NOT NULL;
    """,
    "I7 ": f"""INSERT INTO members (id, organization_id, user_id, role)
          VALUES (gen_random_uuid(), {PLACE}, {DI}, 'viewer');""",
    "I8 ": TO_ANALYTICAL + AGAIN,
    "I9 ": f"UPDATE members SET role = 'admin' WHERE role = 'owner' AND organization_id = {PLACE};",
    "I10 ": f"""
        UPDATE organizations SET seat_limit = 1 WHERE id = {PLACE};
        INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id,
                           details)
        VALUES (gen_random_uuid(), 'organization.seat_limit_changed', 'operator', {PLACE},
                'organization', {PLACE}, '{{"members": 1, "invited": 1}}');
    """,
    "I11 what a user": TO_ANALYTICAL
    + f"""
        UPDATE invitations SET inviter_kind = 'user', inviter_id = {BO}, role = 'owner'
         WHERE id = {INVITATION};
    """,
    "I11 what a program": TO_ANALYTICAL
    + f"""
        INSERT INTO api_keys (id, organization_id, user_id, name, secret_hash, hint, permissions,
                              expires_at)
        VALUES ({OTHER}, {PLACE}, {BO}, 'Robot', decode(repeat('ab', 32), 'hex'), 'abcd',
                ARRAY['invitations:manage'], clock_timestamp() + interval '1 day');
        UPDATE invitations SET inviter_kind = 'api_key', inviter_id = {OTHER}
         WHERE id = {INVITATION};
    """,
    "I11 no mail": f"""
        UPDATE messages SET state = 'queued', place_id = {PLACE} WHERE about = {INVITATION};
        UPDATE organizations SET closed_at = clock_timestamp();
    """,
    "I11 what is pending": TO_SHIFTS
    + f"""
        UPDATE invitations SET inviter_kind = 'app_member', inviter_id = {EVE} WHERE id = {TO_APP};
    """,
    "I11 what a member": TO_SHIFTS
    + f"""
        UPDATE invitations SET inviter_kind = 'app_member', inviter_id = {EMIL}
         WHERE id = {TO_APP};
    """,
    "I12 nobody is invited to where": TO_ANALYTICAL,
    "I13 ": f"DELETE FROM messages WHERE about = {INVITATION};",
    "I14 ": f"""UPDATE messages SET state = 'queued', recipient = 'eve@cast.example.com'
          WHERE about = {INVITATION};""",
    "I16 ": f"""UPDATE messages SET key_seed = decode(repeat('ab', 32), 'hex')
          WHERE about = {INVITATION};""",
    "I17 ": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'account.password_reset', 'account', 'account', {FLO});
    """,
    "I18 one": """
        INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
        SELECT gen_random_uuid(), realm_id, purpose, subject, decode(repeat('cd', 32), 'hex'),
               expires_at FROM keys WHERE purpose = 'organization_invitation';
    """,
    "I18 a pending": f"DELETE FROM keys WHERE subject = {INVITATION}::text;",
    "I20 ": f"UPDATE accounts SET address_canonical = {FLOS} WHERE id = {EVE};",
    "I21 ": f"""DELETE FROM audit
          WHERE event = 'invitation.accepted' AND subject_id = {INVITATION};""",
    "I26 making": f"""DELETE FROM audit
          WHERE event = 'invitation.made' AND subject_id = {INVITATION};""",
    "I26 closing": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'invitation.declined', 'operator', 'invitation', {INVITATION});
    """,
    "I26 entries": "ALTER TABLE audit DISABLE TRIGGER audit_is_never_changed;",
    "I27 ": f"""
        INSERT INTO audit (id, event, actor_kind, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'invitation.edited', 'operator', 'invitation', {INVITATION});
    """,
    "I28 the trail leads to the members of every organization": f"""
        DELETE FROM members WHERE user_id = {FLO};
    """,
    "I28 the trail leads to the members of every app": f"""
        INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
        VALUES ({BEA}, 'Manager', {SHIFTS}, {PLACE});
    """,
    "I28 each": f"""
        INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id,
                           details)
        VALUES (gen_random_uuid(), 'member.role_changed', 'user', {PLACE}, 'user', {FLO},
                '{{"before": "manager", "after": "viewer"}}');
    """,
    "I2 who accepted for an app": "DELETE FROM app_member_roles WHERE invitation_id IS NOT NULL;",
    "I3 who has a role": f"UPDATE app_member_roles SET role = 'Boss' WHERE app_member_id = {JON};",
    "I12 nobody is invited to a role": TO_SHIFTS,
    "A1 ": f"""INSERT INTO app_members (id, app_id, organization_id)
          VALUES ({FLO}, {SHIFTS}, {PLACE});""",
    "A2 ": f"DELETE FROM app_member_roles WHERE app_member_id = {JON};",
    "A3 ": "UPDATE app_member_roles SET role = 'Captain' WHERE role = 'Boss';",
    "A4 ": TO_SHIFTS + f"UPDATE invitations SET role = 'Captain' WHERE id = {TO_APP};",
    "A5 ": f"UPDATE members SET role = 'captain' WHERE user_id = {FLO};",
    "I1 an invitation gives": f"""
        UPDATE app_member_roles SET invitation_id = {TO_APP} WHERE role = 'Boss';
    """,
    "A6 ": f"""UPDATE app_members SET organization_id = (
                      SELECT id FROM organizations WHERE slug = 'elsewhere') WHERE id = {MIA};""",
    "I17 a session is of": f"UPDATE sessions SET realm_id = {SHIFTS} WHERE account_id = {FLO};",
    "I17 what a user began": f"""UPDATE app_continuations SET session_id = (
                      SELECT id FROM sessions WHERE account_id = {FLO});""",
    "I17 a session that a code": f"UPDATE app_codes SET account_id = {JON};",
    "A7 ": f"""
        INSERT INTO api_keys (id, organization_id, user_id, name, secret_hash, hint, permissions,
                              expires_at)
        VALUES (gen_random_uuid(), {PLACE}, {EVE}, 'Robot', decode(repeat('ab', 32), 'hex'), 'abcd',
                ARRAY['members:read'], clock_timestamp() + interval '1 day');
    """,
    "A13 ": f"""
        INSERT INTO api_keys (id, organization_id, user_id, name, secret_hash, hint, permissions,
                              expires_at)
        VALUES ({EVE}, {PLACE}, {BO}, 'Robot', decode(repeat('ab', 32), 'hex'), 'abcd',
                ARRAY['members:read'], clock_timestamp() + interval '1 day');
    """,
    "A10 ": f"""
        UPDATE members SET member_until = clock_timestamp() WHERE user_id = (
               SELECT user_id FROM members WHERE role = 'owner' AND organization_id = {PLACE});
    """,
    "A11 ": f"UPDATE invitations SET member_until = expires_at - interval '1 day'"
    f" WHERE id = {INVITATION};",
    "A12 ": f"""UPDATE members SET member_until = clock_timestamp() - interval '2 days'
          WHERE user_id = {FLO};""",
    "A8 ": "UPDATE app_codes SET expires_at = expires_at - interval '26 hours';",
    "A9 ": f"UPDATE app_members SET user_id = {DI} WHERE app_id = {SHIFTS};",
}


NAMES = [invariant.name for invariant in queries.EVERY]


@pytest.fixture
async def accepted(world: World, database: Database) -> World:
    """A world in which Flo and Jon have accepted an invitation, and nothing is broken."""
    async with database.transaction() as tx:
        await tx.connection.execute(TOLD)
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
async def test_who_came_in_anew_by_themselves_breaks_nothing(tx: Transaction) -> None:
    await tx.connection.execute(f"""
        DELETE FROM accounts WHERE id = {JON};
        INSERT INTO audit (id, event, actor_kind, organization_id, subject_kind, subject_id)
        VALUES (gen_random_uuid(), 'app_member.ended', 'server', {PLACE}, 'app_member', {JON});
    """)
    assert not [name for name in await invariants.broken(tx) if name.startswith("I2 ")]


@pytest.mark.usefixtures("accepted")
async def test_whoever_is_out_of_an_app_may_be_invited_to_the_role_of_then(tx: Transaction) -> None:
    """Jon is there as Flo, who does not manage the app any more."""
    await tx.connection.execute(f"""
        UPDATE app_members SET user_id = {FLO} WHERE id = {JON};
        {TO_SHIFTS}
    """)
    assert not [name for name in await invariants.broken(tx) if name.startswith("I12")]


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("name", NAMES)
async def test_a_planted_fault_is_found(name: str, planting: Transaction) -> None:
    start = _start_of(name)
    if start in GUARDS:
        table, guard = GUARDS[start]
        is_index = await planting.fetch_value(
            "SELECT NOT EXISTS (SELECT FROM pg_constraint WHERE conname = $1)", guard
        )
        drop = (
            f"DROP INDEX {guard}"
            if is_index
            else f"ALTER TABLE {table} DROP CONSTRAINT {guard} CASCADE"
        )
        await planting.connection.execute(drop)
    await planting.connection.execute(PLANTED[start])
    assert (await invariants.broken(planting))[name] == 1


def test_there_is_one_fault_for_each() -> None:
    assert sorted(_start_of(name) for name in NAMES) == sorted(PLANTED)


def _start_of(name: str) -> str:
    return max((start for start in PLANTED if name.startswith(start)), key=len)


@pytest.mark.usefixtures("accepted")
@pytest.mark.parametrize("start", GUARDS)
async def test_the_database_itself_refuses_it(start: str, tx: Transaction) -> None:
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await tx.connection.execute(PLANTED[start])
    assert refused.value.constraint_name == GUARDS[start][1]
