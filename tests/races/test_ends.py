"""Access ends while something else is done with it: one is first, and the other finds it so."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from tests import ends
from tests.client import API, Client, Mailbox
from tests.waiting import until_somebody_waits
from tests.world import Member, Person, World
from vestibule.kernel.database import Database, Transaction
from vestibule.memberships import chores

ANALYTICAL = f"{API}/organizations/analytical"
SHIFTS = f"{API}/apps/shifts"
MARCH = "2034-03-03T23:59:59Z"
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Track:
    """The cast, and the means to keep one waiting for the other."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)

    async def clear(self) -> int:
        return await chores.clear_over(self.database)

    async def let_end(self, somebody: Person | Member, **ago: timedelta) -> None:
        async with self.database.transaction() as tx:
            await ends.let_end(tx, somebody.id, **ago)

    async def invited(self, path: str, email: str, role: str, *, by: Person | Member) -> str:
        """Have somebody invited; gives the key in the mail."""
        answer = await self.client.as_(by).post(
            f"{path}/invitations", {"email": email, "role": role}
        )
        assert answer.status_code in {200, 201}, answer.text
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=email)

    async def accept(self, key: str, **more: Any) -> int:  # noqa: ANN401
        answer = await self.client.post(f"{API}/invitations/accept", {"key": key, **more})
        return answer.status_code

    async def count(self, sql: str, *values: object) -> int:
        async with self.database.reader() as reader:
            return int(await reader.fetch_value(f"SELECT count(*) FROM {sql}", *values))

    @asynccontextmanager
    async def then(self, second: Coroutine[Any, Any, Any]) -> AsyncIterator[Transaction]:
        """Give a transaction that holds *Analytical*; the second begins while that is open."""
        async with self.database.transaction() as tx:
            sql = "SELECT FROM organizations WHERE id = $1 FOR NO KEY UPDATE"
            await tx.execute(sql, self.world.analytical.id)
            yield tx
            waiting = asyncio.create_task(second)
            await until_somebody_waits(self.database)
            assert not waiting.done()
        await waiting


@pytest.fixture
def track(client: Client, world: World, database: Database, mailbox: Mailbox) -> Track:
    return Track(client, world, database, mailbox)


async def test_who_is_prolonged_while_the_chore_waits_stays(track: Track) -> None:
    for somebody in (track.world.cy, track.world.emil):
        await track.let_end(somebody)
        async with track.then(track.clear()) as tx:
            await ends.let_end(tx, somebody.id, ago=-timedelta(days=30))
    assert await track.count("audit WHERE event IN ('member.ended', 'app_member.ended')") == 0
    assert (await track.client.as_(track.world.cy).get(ANALYTICAL)).status_code == 200
    assert (await track.client.as_(track.world.emil).get(f"{SHIFTS}/me")).status_code == 200


async def test_whoever_is_cleared_away_cannot_be_prolonged_any_more(track: Track) -> None:
    world, answers = track.world, []

    async def prolong(path: str, by: Person | Member) -> None:
        answer = await track.client.as_(by).patch(path, {"member_until": MARCH})
        answers.append(answer.status_code)

    for somebody, path, by in (
        (world.cy, f"{ANALYTICAL}/members/{world.cy.public_id}", world.bo),
        (world.emil, f"{SHIFTS}/members/{world.emil.public_id}", world.mia),
    ):
        async with track.then(prolong(path, by)) as tx:
            await ends.let_end(tx, somebody.id)
    assert answers == [404, 404]


async def test_who_accepts_anew_while_they_are_cleared_away_is_in_once(track: Track) -> None:
    world = track.world
    for number in range(ROUNDS):
        await track.let_end(world.cy)
        key = await track.invited(ANALYTICAL, world.cy.email, "viewer", by=world.bo)
        accepted, *_ = await asyncio.gather(track.accept(key), track.clear(), track.clear())
        assert accepted == 200
        assert await track.count("audit WHERE event = 'member.ended'") == number + 1
        assert await track.count("present_members WHERE user_id = $1", world.cy.id) == 1


async def test_in_an_app_as_well_and_with_an_account_of_their_own_anew(track: Track) -> None:
    world = track.world
    account = {"password": world.emil.password}
    for number in range(ROUNDS):
        async with track.database.transaction() as tx:
            sql = "SELECT id FROM accounts WHERE address = $1"
            await ends.let_end(tx, await tx.fetch_value(sql, world.emil.email))
        key = await track.invited(SHIFTS, world.emil.email, "Employee", by=world.mia)
        accepted, *_ = await asyncio.gather(
            track.accept(key, account=account), track.clear(), track.clear()
        )
        assert accepted == 200
        assert await track.count("audit WHERE event = 'app_member.ended'") == number + 1
        assert await track.count("present_accounts WHERE address = $1", world.emil.email) == 1


async def test_who_is_handed_the_organization_while_they_get_an_end_has_none(track: Track) -> None:
    world = track.world
    cy = f"{ANALYTICAL}/members/{world.cy.public_id}"
    for number in range(ROUNDS):
        ada = track.client.as_(world.ada)
        calls = [
            ada.post(f"{ANALYTICAL}/transfer", {"user": world.cy.public_id}),
            ada.patch(cy, {"member_until": MARCH}),
        ]
        handed, ended = await asyncio.gather(*(calls if number % 2 else reversed(calls)))
        handed, ended = (handed, ended) if number % 2 else (ended, handed)
        assert handed.status_code == 200, handed.text
        assert ended.status_code in {200, 403, 422}, ended.text
        owned = "members WHERE user_id = $1 AND role = 'owner' AND member_until IS NULL"
        assert await track.count(owned, world.cy.id) == 1
        back = await track.client.as_(world.cy).post(
            f"{ANALYTICAL}/transfer", {"user": world.ada.public_id}
        )
        assert back.status_code == 200
        await ada.patch(cy, {"role": "manager"})


async def test_nothing_is_handed_to_whose_time_is_over_meanwhile(track: Track) -> None:
    world, answers = track.world, []

    async def hand_over() -> None:
        answer = await track.client.as_(world.ada).post(
            f"{ANALYTICAL}/transfer", {"user": world.cy.public_id}
        )
        answers.append(answer.status_code)

    async with track.then(hand_over()) as tx:
        await ends.let_end(tx, world.cy.id)
    assert answers == [404]


async def test_whose_time_ends_while_they_wait_may_do_no_more(track: Track) -> None:
    world, answers = track.world, []

    async def act(path: str, body: dict[str, str], by: Person | Member) -> None:
        answers.append((await track.client.as_(by).post(path, body)).status_code)

    person = {"email": "ana@example.com"}
    for path, body, by in (
        (f"{ANALYTICAL}/invitations", person | {"role": "viewer"}, world.bo),
        (f"{SHIFTS}/invitations", person | {"role": "Employee"}, world.mia),
    ):
        async with track.then(act(path, body, by)) as tx:
            await ends.let_end(tx, by.id)
    assert answers == [404, 403]
    assert await track.count("invitations") == 0


async def test_who_was_invited_finds_the_inviter_out_though_they_waited(track: Track) -> None:
    world, answers = track.world, []

    async def accept(key: str) -> None:
        answers.append(await track.accept(key))

    for path, role, by in (
        (ANALYTICAL, "viewer", world.bo),
        (SHIFTS, "Employee", world.mia),
    ):
        key = await track.invited(path, world.flo.email, role, by=by)
        async with track.then(accept(key)) as tx:
            await ends.let_end(tx, by.id)
    assert answers[0] == 409
    assert answers[1] in {409, 422}
