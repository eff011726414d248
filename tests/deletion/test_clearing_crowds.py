"""Large organizations: closed in a moment, and cleared away in steps that hold nothing for long.

`CROWD=100000` measures as many members as that, and says what it took.
"""

import asyncio
import os

import pytest

from tests.deletion.yard import Yard
from vestibule.deletion import clearing


async def test_a_crowd_is_closed_in_a_moment_and_cleared_in_short_steps(
    yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    places = (yard.world.analytical.id, yard.world.shifts.id)
    for first in range(0, MEMBERS, AT_ONCE):
        for filling in (CROWD, APP_CROWD, INVITED_CROWD):
            await yard.execute(filling, *places, first, min(first + AT_ONCE, MEMBERS) - 1)
    clock = asyncio.get_running_loop().time
    began = clock()
    await yard.delete_organization()
    closing = clock() - began

    steps = []
    began = clock()
    while await yard.step(at_most=clearing.BATCH):
        steps.append(clock() - began)
        began = clock()
    assert set((await yard.left()).values()) == {0}
    assert closing < 1.0
    assert max(steps) < 1.0
    with capsys.disabled():
        if "CROWD" in os.environ:
            told = f"{MEMBERS} members: closed in {closing:.3f} s, cleared in {len(steps)} steps of"
            print(f"\n{told} {max(steps):.3f} s at most, {sum(steps):.1f} s in all")  # noqa: T201


# So many members of the organization and of its app; a tenth of that is invited to each.
MEMBERS = int(os.environ.get("CROWD", "2500"))
AT_ONCE = 10000
CROWD = """
WITH made AS (
    INSERT INTO accounts (id, realm_id, address, address_canonical)
    SELECT gen_random_uuid(), r.id, n || '@crowd.test', n || '@crowd.test'
      FROM realms r, generate_series($3::integer, $4::integer) AS n
     WHERE r.kind = 'platform' AND $2::uuid IS NOT NULL
    RETURNING id
), people AS (
    INSERT INTO users (id, first_name, last_name, default_organization_id)
    SELECT id, 'One', 'Many', $1 FROM made RETURNING id
)
INSERT INTO members (id, organization_id, user_id, role)
SELECT gen_random_uuid(), $1, id, 'viewer' FROM people
"""
APP_CROWD = """
WITH made AS (
    INSERT INTO accounts (id, realm_id, address, address_canonical)
    SELECT gen_random_uuid(), $2, n || '@crowd.test', n || '@crowd.test'
      FROM generate_series($3::integer, $4::integer) AS n
    RETURNING id
), sessions AS (
    INSERT INTO sessions (id, realm_id, account_id, token_hash, expires_at)
    SELECT gen_random_uuid(), $2, id, sha256(id::text::bytea), clock_timestamp() + interval '1 day'
      FROM made
), people AS (
    INSERT INTO app_members (id, app_id, organization_id) SELECT id, $2, $1 FROM made
)
INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
SELECT id, 'Employee', $2, $1 FROM made
"""
INVITED_CROWD = """
WITH made AS (
    INSERT INTO invitations (id, organization_id, app_id, role, address, address_canonical,
                             inviter_kind, inviter_name, locale, expires_at)
    SELECT gen_random_uuid(), $1, app_id, 'viewer', n || '@x.test', n || '@x.test', 'operator',
           'Op', 'en', clock_timestamp() + interval '5 days'
      FROM generate_series($3::integer / 10, $4::integer / 10) AS n,
           unnest(ARRAY[NULL, $2::uuid]) AS app_id
    RETURNING id, coalesce(app_id, organization_id) AS place_id, address
), keys AS (
    INSERT INTO keys (id, realm_id, purpose, subject, key_hash, expires_at)
    SELECT gen_random_uuid(), r.id, 'organization_invitation', made.id::text,
           sha256(made.id::text::bytea), clock_timestamp() + interval '400 days'
      FROM made, realms r WHERE r.kind = 'platform'
)
INSERT INTO messages (id, template, recipient, locale, parameters, link_path, key_purpose,
                      key_seed, state, not_after, about, place_id)
SELECT gen_random_uuid(), 'invitations/invitation', address, 'en', '{}', '/organization-invite',
       'organization_invitation', sha256('seed'), 'queued', clock_timestamp() + interval '5 days',
       id, place_id
  FROM made
"""
