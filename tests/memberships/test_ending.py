"""The chores of memberships that end: each is told of once, a week before; what is over goes."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from tests import ends, invariants
from tests.client import API, Client, Mailbox
from tests.world import World
from vestibule.kernel.database import Database
from vestibule.memberships import chores, telling
from vestibule.messages.model import Letter, Outbox

ANALYTICAL = f"{API}/organizations/analytical"
SHIFTS = f"{API}/apps/shifts"
DAYS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Clock:
    """The cast, the API, and the chores."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)
    outbox: Outbox = field(repr=False)

    async def tell(self) -> int:
        return await chores.tell_of_ends(self.database, outbox=self.outbox)

    async def clear(self) -> int:
        return await chores.clear_over(self.database)

    async def let_end(self, person_id: UUID, *, ago: timedelta = ends.SECOND) -> None:
        async with self.database.transaction() as tx:
            await ends.let_end(tx, person_id, ago=ago)

    async def letters(self, to: str) -> list[Letter]:
        async with self.database.reader() as reader:
            return await self.mailbox.letters(reader, to=to)

    async def value(self, sql: str, *values: object) -> Any:  # noqa: ANN401
        async with self.database.reader() as reader:
            return await reader.fetch_value(sql, *values)

    async def events(self, event: str) -> int:
        return int(await self.value("SELECT count(*) FROM audit WHERE event = $1", event))

    async def ensure_sound(self) -> None:
        async with self.database.reader() as reader:
            await invariants.ensure(reader)


@pytest.fixture
def clock(
    client: Client, world: World, database: Database, mailbox: Mailbox, outbox: Outbox
) -> Clock:
    return Clock(client, world, database, mailbox, outbox)


async def invited(clock: Clock, path: str, email: str, role: str, *, by: Any) -> None:  # noqa: ANN401
    """Have somebody with an account invited, and join by the link alone."""
    body = {"email": email, "role": role}
    answer = await clock.client.as_(by).post(f"{path}/invitations", body)
    assert answer.status_code == 201, answer.text
    async with clock.database.reader() as reader:
        key = await clock.mailbox.last_key(reader, to=email)
    answer = await clock.client.post(f"{API}/invitations/accept", {"key": key})
    assert answer.status_code == 200, answer.text


async def test_a_week_before_the_member_and_the_owners_are_told_once(clock: Clock) -> None:
    cy = clock.world.cy
    await clock.let_end(cy.id, ago=-6 * DAYS)
    assert await clock.tell() == 1
    assert await clock.tell() == 0

    (theirs,) = await clock.letters(cy.email)
    assert theirs.subject == "Your access to Analytical ends soon"
    assert "/organizations/analytical" in theirs.text
    (owners,) = await clock.letters(clock.world.ada.email)
    assert owners.subject == "The access of Cy Cole to Analytical ends soon"
    assert f"/organizations/analytical/members/{cy.public_id}" in owners.text
    assert "cy@cast.example.com" in owners.text
    assert await clock.letters(clock.world.bo.email) == []


async def test_nobody_is_told_earlier_nor_of_what_is_over(clock: Clock) -> None:
    await clock.let_end(clock.world.cy.id, ago=-8 * DAYS)
    await clock.let_end(clock.world.di.id)
    await clock.let_end(clock.world.emil.id, ago=-8 * DAYS)
    assert await clock.tell() == 0


async def test_the_inviter_is_told_if_they_may_still_change_the_member(clock: Clock) -> None:
    world = clock.world
    await invited(clock, ANALYTICAL, world.flo.email, "viewer", by=world.bo)
    await clock.let_end(world.flo.id, ago=-DAYS)
    await clock.tell()

    subjects = [letter.subject for letter in await clock.letters(world.bo.email)]
    assert subjects == ["The access of Flo Fern to Analytical ends soon"]
    assert await clock.letters(world.ada.email) == []


async def test_the_owners_are_told_if_the_inviter_may_no_longer(clock: Clock) -> None:
    world = clock.world
    await invited(clock, ANALYTICAL, world.flo.email, "viewer", by=world.bo)
    await clock.let_end(world.flo.id, ago=-DAYS)
    answer = await clock.client.as_(world.ada).patch(
        f"{ANALYTICAL}/members/{world.bo.public_id}", {"role": "viewer"}
    )
    assert answer.status_code == 200
    await clock.tell()
    assert len(await clock.letters(world.ada.email)) == 1


async def test_of_a_role_in_an_app_who_manages_apps_is_told_or_the_inviter_inside(
    clock: Clock,
) -> None:
    world = clock.world
    await clock.let_end(world.emil.id, ago=-6 * DAYS)
    await invited(clock, SHIFTS, world.mia.email, "Employee", by=world.bea)
    async with clock.database.transaction() as tx:
        await ends.let_role_end(tx, world.mia.id, "Employee", ago=-DAYS)
    await clock.tell()

    (theirs,) = [one for one in await clock.letters(world.emil.email) if "soon" in one.subject]
    assert "as Employee ends on" in theirs.text
    for manager in (world.ada, world.bo):
        (letter,) = await clock.letters(manager.email)
        assert "/organizations/analytical/apps/shifts/members/" in letter.text
        assert world.emil.public_id in letter.text
    (inside,) = await clock.letters(world.bea.email)
    assert f"/apps/shifts/members/{world.mia.public_id}" in inside.text


async def test_roles_that_end_together_are_told_of_in_one_mail(clock: Clock) -> None:
    emil = clock.world.emil
    async with clock.database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            SELECT id, 'Manager', app_id, organization_id FROM app_members WHERE id = $1
            """,
            emil.id,
        )
        await ends.let_end(tx, emil.id, ago=-2 * DAYS)
    assert await clock.tell() == 2
    (letter,) = await clock.letters(emil.email)
    assert "as Employee, Manager ends on" in letter.text


async def test_another_end_is_told_of_again(clock: Clock) -> None:
    cy, ada = clock.world.cy, clock.client.as_(clock.world.ada)
    await clock.let_end(cy.id, ago=-6 * DAYS)
    await clock.tell()
    until = await clock.value("SELECT clock_timestamp() + interval '30 days'")
    answer = await ada.patch(
        f"{ANALYTICAL}/members/{cy.public_id}", {"member_until": until.isoformat()}
    )
    assert answer.status_code == 200, answer.text
    subjects = [letter.subject for letter in await clock.letters(cy.email)]
    assert subjects == ["When your access to Analytical ends"]  # that of before is taken back

    await clock.let_end(cy.id, ago=-6 * DAYS)
    assert await clock.tell() == 1


async def test_of_whom_is_gone_meanwhile_nothing_is_told(clock: Clock) -> None:
    cy, ada = clock.world.cy, clock.world.ada
    await clock.let_end(cy.id, ago=-6 * DAYS)
    await clock.tell()
    answer = await clock.client.as_(ada).delete(f"{ANALYTICAL}/members/{cy.public_id}")
    assert answer.status_code == 204
    assert await clock.letters(ada.email) == []
    subjects = [letter.subject for letter in await clock.letters(cy.email)]
    assert subjects == ["You are no longer a member of Analytical"]


async def test_a_mail_that_did_not_leave_before_the_end_stays(clock: Clock) -> None:
    await clock.let_end(clock.world.cy.id, ago=-6 * DAYS)
    await clock.tell()
    sql = """
        SELECT bool_and(m.not_after = e.member_until) FROM messages m, members e
         WHERE e.user_id = $1
    """
    assert await clock.value(sql, clock.world.cy.id)


async def test_two_workers_at_once_tell_of_each_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(telling, "BATCH", 1)
    world = clock.world
    for person in (world.bo, world.cy, world.di, world.emil, world.mia):
        await clock.let_end(person.id, ago=-3 * DAYS)

    told = await asyncio.gather(*(clock.tell() for _ in range(4)))
    told.append(await clock.tell())

    assert sum(told) == 5
    for person in (world.bo, world.cy, world.di, world.emil, world.mia):
        letters = await clock.letters(person.email)
        mine = [letter for letter in letters if letter.subject.startswith("Your access")]
        assert len(mine) == 1, person


async def test_a_member_who_is_held_is_left_for_the_next_time(clock: Clock) -> None:
    await clock.let_end(clock.world.cy.id, ago=-3 * DAYS)
    async with clock.database.transaction() as tx:
        await tx.execute("SELECT FROM members WHERE user_id = $1 FOR UPDATE", clock.world.cy.id)
        assert await asyncio.wait_for(clock.tell(), 5) == 0
    assert await clock.tell() == 1


async def test_what_is_over_is_cleared_away_with_all_that_ends_with_it(clock: Clock) -> None:
    world = clock.world
    sent = {"email": "ana@example.com", "role": "viewer"}
    answer = await clock.client.as_(world.bo).post(f"{ANALYTICAL}/invitations", sent)
    inside = {"email": "ana@example.com", "role": "Employee"}
    other = await clock.client.as_(world.mia).post(f"{SHIFTS}/invitations", inside)
    assert (answer.status_code, other.status_code) == (201, 201)
    await clock.let_end(world.bo.id)
    await clock.let_end(world.mia.id)

    assert await clock.clear() == 2
    assert await clock.clear() == 0

    assert await clock.value("SELECT count(*) FROM members WHERE user_id = $1", world.bo.id) == 0
    assert await clock.value("SELECT count(*) FROM accounts WHERE id = $1", world.mia.id) == 0
    sql = "SELECT count(*) FROM invitations WHERE state = 'revoked'"
    assert await clock.value(sql) == 2
    assert await clock.value("SELECT count(*) FROM users WHERE id = $1", world.bo.id) == 1
    sql = "SELECT default_organization_id FROM users WHERE id = $1"
    assert await clock.value(sql, world.bo.id) is None
    for event in ("member.ended", "app_member.ended"):
        sql = "SELECT actor_kind FROM audit WHERE event = $1"
        assert await clock.value(sql, event) == "server"


async def test_of_several_roles_only_what_is_over_goes(clock: Clock) -> None:
    world = clock.world
    await invited(clock, SHIFTS, world.emil.email, "Manager", by=world.bea)
    async with clock.database.transaction() as tx:
        await ends.let_role_end(tx, world.emil.id, "Manager")

    assert await clock.clear() == 1
    sql = "SELECT array_agg(role) FROM app_member_roles WHERE app_member_id = $1"
    assert await clock.value(sql, world.emil.id) == ["Employee"]
    assert await clock.events("app_member.roles_changed") == 1
    assert await clock.events("app_member.ended") == 0


async def test_two_workers_at_once_clear_each_away_once(clock: Clock) -> None:
    world = clock.world
    for person in (world.bo, world.cy, world.di, world.emil, world.mia):
        await clock.let_end(person.id)
    cleared = await asyncio.gather(*(clock.clear() for _ in range(3)))
    assert sum(cleared) == 5
    assert await clock.events("member.ended") == 3
    assert await clock.events("app_member.ended") == 2


async def test_what_is_pending_for_whose_time_is_over_stays(clock: Clock) -> None:
    world = clock.world
    await clock.let_end(world.cy.id)
    body = {"email": world.cy.email, "role": "viewer"}
    answer = await clock.client.as_(world.bo).post(f"{ANALYTICAL}/invitations", body)
    assert answer.status_code == 201
    await clock.clear()
    assert await clock.value("SELECT state FROM invitations") == "pending"


async def test_who_registers_anew_leaves_nothing_pending_in_their_old_name(clock: Clock) -> None:
    world = clock.world
    body = {"email": "ana@example.com", "role": "Employee"}
    answer = await clock.client.as_(world.mia).post(f"{SHIFTS}/invitations", body)
    assert answer.status_code == 201
    async with clock.database.transaction() as tx:
        await tx.execute("DELETE FROM accounts WHERE id = $1", world.mia.id)

    await clock.clear()
    sql = "SELECT state || coalesce(inviter_id::text, '') || inviter_name FROM invitations"
    assert await clock.value(sql) == "revoked"
