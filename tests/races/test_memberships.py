"""Somebody accepts, invites or acts while what they rely on is taken away: who waits, finds it so.

One transaction holds the app and is kept open; the other waits for it, and is then let go on.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from tests.client import API, Client, Mailbox
from tests.world import Member, World, definition
from vestibule.apps import actions as apps
from vestibule.apps import drafting
from vestibule.definitions.model import Definition
from vestibule.kernel.database import Database, Transaction
from vestibule.memberships import app_removal as removal
from vestibule.memberships import app_roles as roles
from vestibule.memberships import publishing
from vestibule.memberships.model import RoleChange, RoleInUse
from vestibule.messages.model import Outbox
from vestibule.users import actions as users
from vestibule.users.model import SignedIn

SHIFTS = f"{API}/apps/shifts"
ANA = "ana@example.com"
ACCOUNT = {"password": "another lamp by the stairs"}
WORKER: dict[str, dict[str, Any]] = {
    "Boss": {"inherits": ["Manager"], "canInvite": True, "canManage": True},
    "Manager": {"canInvite": True, "canManage": True},
    "Worker": {},
}


@dataclass(frozen=True, slots=True)
class Track:
    """The cast, and the means to keep one waiting for the other."""

    client: Client
    world: World
    database: Database = field(repr=False)
    mailbox: Mailbox = field(repr=False)
    outbox: Outbox = field(repr=False)

    async def invited(self, by: Member, role: str = "Employee") -> str:
        """Have somebody invited; gives the key in the mail."""
        body = {"email": ANA, "role": role}
        answer = await self.client.as_(by).post(f"{SHIFTS}/invitations", body)
        assert answer.status_code == 201, answer.text
        async with self.database.reader() as reader:
            return await self.mailbox.last_key(reader, to=ANA)

    async def accept(self, key: str) -> httpx.Response:
        return await self.client.post(f"{API}/invitations/accept", {"key": key, "account": ACCOUNT})

    @asynccontextmanager
    async def then(self, second: Coroutine[Any, Any, Any]) -> AsyncIterator[Transaction]:
        """Give a transaction to do the first thing in; the second begins while that is open."""
        async with self.database.transaction() as tx:
            yield tx
            waiting = asyncio.create_task(second)
            await self._until_somebody_waits()
            assert not waiting.done()
        await waiting

    async def publish(self, tx: Transaction, moved: dict[str, str], **drafted: Any) -> None:  # noqa: ANN401
        """Publish a draft of these roles, as Ada."""
        person = self.world.ada
        ada = SignedIn(user=await users.get(tx, person.id), session_id=person.session_id)
        seat = await apps.lock_for_managing(tx, ada, "shifts")
        written = definition("Shifts")
        written["security"]["roles"] = drafted
        draft = Definition.from_json(written)
        await drafting.save(tx, seat, draft, source="a draft", by=person.actor)
        await publishing.publish(tx, seat, moved, user=ada.user, by=person.actor)

    async def roles_of(self, email: str) -> list[str]:
        async with self.database.reader() as reader:
            rows = await reader.fetch_all(
                """
                SELECT r.role FROM app_member_roles r JOIN accounts c ON c.id = r.app_member_id
                 WHERE c.address_canonical = $1 ORDER BY r.role
                """,
                email,
            )
        return [row["role"] for row in rows]

    async def _until_somebody_waits(self) -> None:
        sql = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        async with asyncio.timeout(10), self.database.reader() as reader:
            while not await reader.fetch_value(sql):  # noqa: ASYNC110  the database tells by no event
                await asyncio.sleep(0.01)


@pytest.fixture
def track(
    client: Client, world: World, database: Database, mailbox: Mailbox, outbox: Outbox
) -> Track:
    return Track(client, world, database, mailbox, outbox)


class Answers(list[httpx.Response]):
    """What came back, kept."""

    async def of(self, call: Coroutine[Any, Any, httpx.Response]) -> None:
        self.append(await call)


async def test_a_role_that_a_publish_removes_brings_nobody_in_who_waits(track: Track) -> None:
    key, answers = await track.invited(track.world.bea), Answers()

    async with track.then(answers.of(track.accept(key))) as tx:
        await track.publish(tx, {"Employee": "Worker"}, **WORKER)

    # Bea is Boss, and may not grant what her role does not inherit.
    (answer,) = answers
    assert (answer.status_code, answer.json()["code"]) == (409, "inviter_not_entitled")
    assert await track.roles_of(ANA) == []
    assert await track.roles_of(track.world.emil.email) == ["Worker"]


async def test_who_waits_for_a_publish_gets_the_role_that_came_for_theirs(track: Track) -> None:
    key, answers = await track.invited(track.world.bea), Answers()
    manager = {**WORKER["Manager"], "inherits": ["Worker"]}

    async with track.then(answers.of(track.accept(key))) as tx:
        await track.publish(tx, {"Employee": "Worker"}, **{**WORKER, "Manager": manager})

    assert answers[0].status_code == 200, answers[0].text
    assert answers[0].json()["invitation"]["role"] == "Worker"
    assert await track.roles_of(ANA) == ["Worker"]


async def test_a_publish_that_waits_counts_who_came_in_meanwhile(track: Track) -> None:
    async def publish() -> None:
        async with track.database.transaction() as tx:
            with pytest.raises(RoleInUse) as refused:
                await track.publish(tx, {}, Boss={}, Manager={})
            assert [(use.role, use.members) for use in refused.value.uses] == [("Employee", 2)]

    async with track.then(publish()) as tx:
        await apps.lock_for_admitting(tx, track.world.analytical.id, track.world.shifts.id)
        await tx.execute(
            """
            INSERT INTO app_member_roles (app_member_id, role, app_id, organization_id)
            VALUES ($1, 'Employee', $2, $3)
            """,
            track.world.mia.id,
            track.world.shifts.id,
            track.world.analytical.id,
        )


async def test_who_waits_while_their_inviter_is_removed_stays_out(track: Track) -> None:
    key, answers = await track.invited(track.world.mia), Answers()
    bo = track.world.bo

    async with track.then(answers.of(track.accept(key))) as tx:
        user = SignedIn(user=await users.get(tx, bo.id), session_id=bo.session_id)
        seat = await apps.lock_for_managing_members(tx, user, "shifts")
        mia = track.world.mia.id
        await removal.remove(tx, seat, mia, by=bo.actor, outbox=track.outbox)

    assert answers[0].json()["code"] == "invitation_revoked"
    assert await track.roles_of(ANA) == []


async def test_who_waits_to_take_a_role_more_while_removed_finds_it_revoked(track: Track) -> None:
    answers, bo, emil = Answers(), track.world.bo, track.world.emil
    invited = await track.client.as_(track.world.bea).post(
        f"{SHIFTS}/invitations", {"email": emil.email, "role": "Manager"}
    )
    assert invited.status_code == 201, invited.text
    async with track.database.reader() as reader:
        key = await track.mailbox.last_key(reader, to=emil.email)
    accept = track.client.as_(emil).post(f"{API}/invitations/accept", {"key": key})

    async with track.then(answers.of(accept)) as tx:
        user = SignedIn(user=await users.get(tx, bo.id), session_id=bo.session_id)
        seat = await apps.lock_for_managing_members(tx, user, "shifts")
        await removal.remove(tx, seat, emil.id, by=bo.actor, outbox=track.outbox)

    assert (answers[0].status_code, answers[0].json()["code"]) == (410, "invitation_revoked")
    assert await track.roles_of(emil.email) == []


async def test_who_waits_to_invite_while_losing_the_right_invites_nobody(track: Track) -> None:
    answers, bo, mia = Answers(), track.world.bo, track.world.mia
    body = {"email": ANA, "role": "Employee"}

    async with track.then(
        answers.of(track.client.as_(mia).post(f"{SHIFTS}/invitations", body))
    ) as tx:
        user = SignedIn(user=await users.get(tx, bo.id), session_id=bo.session_id)
        seat = await apps.lock_for_managing_members(tx, user, "shifts")
        change = RoleChange(mia.id, ["Employee"])
        await roles.change(tx, seat, change, by=bo.actor, outbox=track.outbox)

    assert (answers[0].status_code, answers[0].json()["code"]) == (403, "not_permitted")


async def test_of_two_who_remove_each_other_one_stays(track: Track) -> None:
    answers, bea = Answers(), track.world.bea
    mia = track.world.mia
    async with track.database.transaction() as tx:
        sql = "UPDATE app_member_roles SET role = 'Boss' WHERE app_member_id = $1"
        await tx.execute(sql, mia.id)

    calls = [
        answers.of(track.client.as_(one).delete(f"{SHIFTS}/members/{other.public_id}"))
        for one, other in ((bea, mia), (mia, bea))
    ]
    await asyncio.gather(*calls)

    assert sorted(answer.status_code for answer in answers)[0] == 204
    assert len({answer.status_code for answer in answers}) == 2


async def test_who_leaves_while_being_removed_is_gone_once(track: Track) -> None:
    answers, emil = Answers(), track.world.emil

    await asyncio.gather(
        answers.of(
            track.client.as_(emil).post(f"{SHIFTS}/me/deletion", {"password": emil.password})
        ),
        answers.of(track.client.as_(track.world.bea).delete(f"{SHIFTS}/members/{emil.public_id}")),
    )

    assert 204 in {answer.status_code for answer in answers}
    assert {answer.status_code for answer in answers} <= {204, 401, 404}
    async with track.database.reader() as reader:
        sql = "SELECT count(*) FROM audit WHERE event IN ('app_member.left', 'app_member.removed')"
        assert await reader.fetch_value(sql) == 1
