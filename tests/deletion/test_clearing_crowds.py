"""Large organizations: closed in a moment, and cleared away in steps that hold nothing for long.

What is long is told by the rows that a transaction touches, on whatever machine. `CROWD=100000`
measures seconds, too, with as many members as that, and says what it took.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from tests.deletion.yard import NOW, Yard
from vestibule.audit.model import OPERATOR
from vestibule.deletion import clearing, organization_deletion
from vestibule.kernel.database import Transaction
from vestibule.messages import actions as messages
from vestibule.organizations import actions as organizations

WAITING = "SELECT count(*) FROM messages WHERE state = 'queued'"
WITHDRAWN = "SELECT count(*) FROM messages WHERE state = 'failed'"
TOUCHED = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::integer FROM pg_stat_xact_user_tables"


@dataclass(slots=True)
class Watched:
    """Transactions that were looked at: the rows that each touched, and its seconds."""

    yard: Yard
    rows: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        clock = asyncio.get_running_loop().time
        began = clock()
        async with self.yard.database.transaction() as tx:
            before = await tx.fetch_value(TOUCHED)  # of earlier ones, on this connection
            yield tx
            self.rows.append(await tx.fetch_value(TOUCHED) - before)
        self.seconds.append(clock() - began)


async def test_a_crowd_is_closed_in_a_moment_and_cleared_in_short_steps(
    yard: Yard, capsys: pytest.CaptureFixture[str]
) -> None:
    places = (yard.world.analytical.id, yard.world.shifts.id)
    for first in range(0, MEMBERS, AT_ONCE):
        for filling in (CROWD, APP_CROWD, INVITED_CROWD):
            await yard.execute(filling, *places, first, min(first + AT_ONCE, MEMBERS) - 1)

    assert await yard.value(WAITING) > messages.MOST_AT_ONCE
    closing = Watched(yard)
    async with closing.transaction() as tx:
        held = await organizations.lock_for_change(tx, places[0])
        await organization_deletion.delete(tx, held, by=OPERATOR, outbox=yard.outbox)
    withdrawn = await yard.value(WITHDRAWN)
    steps, is_any = Watched(yard), True
    while is_any:
        async with steps.transaction() as tx:
            is_any = await clearing.clear_some(tx, after=NOW)

    assert set((await yard.left()).values()) == {0}
    # Of the mails that wait, so many are withdrawn with it; of the rest no row is touched.
    assert withdrawn == messages.MOST_AT_ONCE
    assert closing.rows[0] - withdrawn < 20
    # A member of an app goes with their account, role and session.
    assert max(steps.rows) < 5 * clearing.BATCH
    if "CROWD" in os.environ:
        assert max(closing.seconds + steps.seconds) < 1.0
        told = f"{MEMBERS} members: closed in {closing.seconds[0]:.3f} s, cleared in "
        told += f"{len(steps.rows)} steps of {max(steps.seconds):.3f} s at most"
        with capsys.disabled():
            print(f"\n{told}, {sum(steps.seconds):.1f} s in all")  # noqa: T201


# So many members of the organization and of its app; a quarter of that is invited to each.
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
      FROM generate_series($3::integer / 4, $4::integer / 4) AS n,
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
